// Package table asks GORM for the rows of one table, of which T is one row.
//
// It asks as gorm.G does and drops no error either. gorm.G hands out interfaces
// that hold each other, and the compiler makes some three hundred functions of
// them for each T in each package that asks: nine tenths of the code of package
// claims, and most of the time it took to build. A Query is one struct.
package table

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Query is a question about rows that is being put together: each part is added to it and
// returns it. Asking changes nothing of it, so it can be asked again.
type Query[T any] struct{ db *gorm.DB }

// Of asks the table of T; with clauses, as of a lock or a conflict.
func Of[T any](db *gorm.DB, with ...clause.Expression) Query[T] {
	return Query[T]{db.Session(&gorm.Session{}).Clauses(with...)}
}

// Where keeps the rows for which a condition holds; conditions are joined by AND.
func (q Query[T]) Where(condition string, args ...any) Query[T] {
	return Query[T]{q.db.Where(condition, args...)}
}

// Select reads or writes these columns and no others.
func (q Query[T]) Select(column string, more ...any) Query[T] {
	return Query[T]{q.db.Select(column, more...)}
}

// Omit leaves these columns out.
func (q Query[T]) Omit(columns ...string) Query[T] { return Query[T]{q.db.Omit(columns...)} }

// Order sorts the rows, as in SQL.
func (q Query[T]) Order(by string) Query[T] { return Query[T]{q.db.Order(by)} }

// Limit finds no more than n rows.
func (q Query[T]) Limit(n int) Query[T] { return Query[T]{q.db.Limit(n)} }

// Raw asks in SQL.
func (q Query[T]) Raw(sql string, args ...any) Query[T] { return Query[T]{q.db.Raw(sql, args...)} }

// Take finds one row, or returns gorm.ErrRecordNotFound.
func (q Query[T]) Take(ctx context.Context) (T, error) {
	var row T
	err := q.db.WithContext(ctx).Take(&row).Error
	return row, err
}

// Find finds all rows.
func (q Query[T]) Find(ctx context.Context) ([]T, error) {
	var rows []T
	err := q.db.WithContext(ctx).Find(&rows).Error
	return rows, err
}

// Count counts the rows in which a column has a value; "*" counts all.
func (q Query[T]) Count(ctx context.Context, column string) (int64, error) {
	var n int64
	err := q.db.WithContext(ctx).Model(new(T)).Select(column).Count(&n).Error
	return n, err
}

// Create adds a row and fills in what the database gave it.
func (q Query[T]) Create(ctx context.Context, row *T) error {
	return q.db.WithContext(ctx).Create(row).Error
}

// Updates writes what is not zero in a change, or what Select names, and tells how many rows it met.
func (q Query[T]) Updates(ctx context.Context, change T) (int, error) {
	done := q.db.WithContext(ctx).Updates(change)
	return int(done.RowsAffected), done.Error
}

// LockTimeout reports whether PostgreSQL gave up waiting for a lock that others hold: asked again later, it may come.
func LockTimeout(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.Code == "55P03" // lock_not_available
}
