package participants

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"samenclaim/internal/table"
	"samenclaim/internal/vault"
)

// Service begins what stays within people; what is part of something larger
// is a function that takes the transaction.
type Service struct {
	db    *gorm.DB
	vault *vault.Vault
}

// New returns the people of a database, whose sealed fields the vault opens.
func New(db *gorm.DB, v *vault.Vault) *Service { return &Service{db: db, vault: v} }

// take returns the one row a query finds, or ErrNotFound.
func take[T any](ctx context.Context, q table.Query[T]) (T, error) {
	row, err := q.Take(ctx)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return row, ErrNotFound
	}
	return row, err
}
