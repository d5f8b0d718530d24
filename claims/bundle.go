package claims

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"gorm.io/gorm"
)

// list is one of several lists that are read in one statement: a page that shows
// ten of them asks the database once.
type list struct {
	name string
	sql  string // gives the rows, in their order
	fill func(ctx context.Context, db *gorm.DB, rows []byte) error
}

// readLists reads all lists at one moment; args are the named values of all of them together.
func readLists(ctx context.Context, db *gorm.DB, args map[string]any, lists ...list) error {
	columns := make([]string, len(lists))
	for i, l := range lists {
		columns[i] = "(SELECT jsonb_agg(to_jsonb(x)) FROM (" + l.sql + ") x)"
	}
	found, places := make([][]byte, len(lists)), make([]any, len(lists))
	for i := range found {
		places[i] = &found[i]
	}
	if err := db.WithContext(ctx).Raw("SELECT "+strings.Join(columns, ", "), args).Row().Scan(places...); err != nil {
		return fmt.Errorf("read lists: %w", err)
	}
	for i, l := range lists {
		if found[i] == nil {
			continue
		}
		if err := l.fill(ctx, db, found[i]); err != nil {
			return fmt.Errorf("read %s: %w", l.name, err)
		}
	}
	return nil
}

// listOf is a list of which each row becomes a T, by the names of its columns.
func listOf[T any](name, sql string, to *[]T) list {
	return list{name, sql, func(ctx context.Context, db *gorm.DB, content []byte) error {
		var rows []map[string]json.RawMessage
		if err := json.Unmarshal(content, &rows); err != nil {
			return err
		}
		*to = make([]T, len(rows))
		for i, row := range rows {
			if err := fillRow(ctx, db, row, &(*to)[i]); err != nil {
				return err
			}
		}
		return nil
	}}
}

func fillRow(ctx context.Context, db *gorm.DB, row map[string]json.RawMessage, to any) error {
	stmt := &gorm.Statement{DB: db}
	if err := stmt.Parse(to); err != nil {
		return err
	}
	for _, f := range stmt.Schema.Fields {
		raw, ok := row[f.DBName]
		if !ok || bytes.Equal(raw, []byte("null")) {
			continue
		}
		place := f.ReflectValueOf(ctx, reflect.ValueOf(to).Elem()).Addr().Interface()
		if b, ok := place.(*[]byte); ok { // PostgreSQL writes bytes as \x and digits
			var digits string
			err := json.Unmarshal(raw, &digits)
			if err == nil {
				*b, err = hex.DecodeString(strings.TrimPrefix(digits, `\x`))
			}
			if err != nil {
				return fmt.Errorf("%s: %w", f.DBName, err)
			}
			continue
		}
		if err := json.Unmarshal(raw, place); err != nil {
			return fmt.Errorf("%s: %w", f.DBName, err)
		}
	}
	return nil
}
