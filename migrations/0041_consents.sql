-- +goose Up

-- What stands in the address to unsubscribe: chance, and nothing of the person.
ALTER TABLE consents ADD COLUMN ref text NOT NULL UNIQUE DEFAULT upper(replace(gen_random_uuid()::text, '-', '')) CHECK (ref ~ '^[0-9A-Z]{26,32}$');

-- News goes to everybody who takes part, or to those who want the newsletter.
ALTER TABLE news ADD COLUMN newsletter boolean NOT NULL DEFAULT false;
