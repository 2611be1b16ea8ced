\set owner 'me'
ALTER TABLE item OWNER TO :owner;
