package payments

import (
	"context"

	"gorm.io/gorm"
)

// Difference is where the books, or another record, are not what the raw rows say.
type Difference struct{ Rule, Subject, Want, Got string }

// Broken is a rule of the database that rows break.
type Broken struct {
	Rule   string
	Count  int64
	Sample string // the first few rows, without personal data
}

// Verify recounts everything from the raw rows with queries of its own, and names each difference.
func Verify(ctx context.Context, db *gorm.DB) ([]Difference, error) { return nil, errTodo }

// Invariants asks every rule of the database whether rows break it.
func Invariants(ctx context.Context, db *gorm.DB) ([]Broken, error) { return nil, errTodo }
