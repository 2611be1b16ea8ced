CREATE FUNCTION outer_quotes() RETURNS text LANGUAGE plpgsql AS $body$
DECLARE
  inner_sql text := $sql$ SELECT $$a;b$$ || ';' $sql$;
  answer text;
BEGIN
  -- A ; in a comment, an ' too, and $$ as well.
  EXECUTE inner_sql INTO answer;
  RETURN answer;
END;
$body$;

CREATE FUNCTION old_style() RETURNS text LANGUAGE plpgsql AS '
BEGIN
  RETURN ''it''''s; '' || quote_literal(''x'');
END;
';

CREATE FUNCTION tagged() RETURNS text LANGUAGE sql AS $fn_1$ SELECT '$fn_2$; $$'::text; $fn_1$;
