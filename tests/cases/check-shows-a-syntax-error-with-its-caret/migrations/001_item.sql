SELECT 1;

CREATE TABLE item (
  id bigint PRIMARY KEY,
  org text NOT NUL
);
