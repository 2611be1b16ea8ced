-- +goose ENVSUB ON
-- +goose Up
CREATE TABLE ${NAME} (id int);
-- +goose Down
