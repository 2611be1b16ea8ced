-- +goose Up
CREATE TABLE item (id int);

-- +goose Down
DROP TABLE item;
