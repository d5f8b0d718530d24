package main

import (
	"context"
	"fmt"
	"os"

	"samenclaim/migrations"
)

// migrateCmd brings the schema up to date; any number of replicas may do it at once.
type migrateCmd struct{}

// Run needs the rights of the owner of the database.
func (m *migrateCmd) Run(ctx context.Context, c console) error {
	set, err := loadSettings(os.Environ())
	if err != nil {
		return err
	}
	if set.DatabaseURL == "" {
		return fmt.Errorf("%w: DATABASE_URL is missing: the address of the database, such as postgres://samenclaim@db/samenclaim", errSettings)
	}
	owner, err := openOwner(ctx, set.DatabaseURL)
	if err != nil {
		return err
	}
	defer owner.Close()
	was, err := migrations.Version(ctx, owner)
	if err != nil {
		return err
	}
	if err := migrations.Up(ctx, owner); err != nil {
		return err
	}
	c.say("The schema is at version %d (it was %d).", migrations.Newest(), was)
	return nil
}
