package main

import (
	"path/filepath"

	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"

	"samenclaim/claims"
	"samenclaim/internal/files"
	"samenclaim/internal/jobs"
	"samenclaim/internal/vault"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/payments/mollie"
	"samenclaim/web/staff"
)

// kit is the domain over the database of the site.
type kit struct {
	db     *gorm.DB
	vault  *vault.Vault
	people *participants.Service
	money  *payments.Service
	claims *claims.Service
	staff  *staff.Service
	claim  claims.Claim
}

func newKit(pool *pgxpool.Pool, v *vault.Vault, dir string) (k kit, err error) {
	k.vault = v
	if k.db, err = jobs.OpenDB(pool, nil); err != nil {
		return k, err
	}
	store, err := files.Open(filepath.Join(dir, "prepared"))
	if err != nil {
		return k, err
	}
	provider, err := mollie.New(mollie.Config{Key: "test_benchbenchbenchbenchbenchbench", BaseURL: "http://127.0.0.1:1/"})
	if err != nil {
		return k, err
	}
	k.people = participants.New(k.db, v)
	k.money = payments.New(k.db, v, provider, payments.Config{BaseURL: "http://localhost"})
	k.claims = claims.New(k.db, v, store, k.people, k.money, func(string) {})
	k.staff = staff.New(k.db, v, "http://localhost")
	return k, nil
}
