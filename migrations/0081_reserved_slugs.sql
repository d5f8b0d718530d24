-- +goose Up
-- A claim never stands where another page of the site does.
ALTER TABLE claims DROP CONSTRAINT claims_slug_check;
ALTER TABLE claims ADD CONSTRAINT claims_slug_check CHECK (slug ~ '^[a-z][a-z0-9-]{1,39}$'
    AND slug NOT IN ('mijn', 'beheer', 'demo', 'static', 'webhooks', 'theme', 'zo-werkt-het', 'afmelden'));
