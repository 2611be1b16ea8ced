-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN 1;
END;
$$;
-- +goose StatementEnd
ALTER TABLE item ADD COLUMN name text;

-- +goose Down
DROP FUNCTION f();
