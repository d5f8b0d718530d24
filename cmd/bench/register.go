package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
)

// measureRegister opens the pages of the register in turn with the bare
// statements that each of them asks, at one size after another.
func (s *site) measureRegister(ctx context.Context, o options) error {
	if err := s.restart(ctx, nil); err != nil {
		return err
	}
	clerk, err := s.clerk(ctx)
	if err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	watched, err := s.observed(ctx)
	if err != nil {
		return err
	}
	defer watched.pool.Close()
	conn, err := pgx.Connect(ctx, s.pg.DSN)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, size := range o.sizes {
		if err := s.fill(ctx, size); err != nil {
			return err
		}
		fmt.Printf("register of %d\n  %-26s %8s   %-31s %-31s %-10s   %s\n", size, "ms p50 / p95 / p99", "queries", "page over HTTP", "its statements alone", "p95 ratio", "the search alone")
		for _, v := range registerViews {
			if err := s.measureView(ctx, v, clerk, watched, conn, o.looks); err != nil {
				return fmt.Errorf("%s: %w", v.name, err)
			}
		}
	}
	return nil
}

// mostQueries is how many statements a page may ask.
const mostQueries = 12

// registerView is one way to look at the register; example gives a value that is there.
type registerView struct {
	name, example string
	path          func(value string) string
}

var registerViews = []registerView{
	{"first page", "SELECT ''", func(string) string { return "" }},
	{"next page by key", "SELECT id::text FROM participations WHERE id <= (SELECT (min(id) + max(id)) / 2 FROM participations) ORDER BY id DESC LIMIT 1", func(id string) string { return "?na=" + id }},
	{"number", "SELECT number FROM participations WHERE number LIKE 'ZM-%' ORDER BY id OFFSET 1234 LIMIT 1", nil},
	{"e-mail address", "SELECT email FROM participants WHERE synthetic ORDER BY id OFFSET 1234 LIMIT 1", nil},
	{"part of a name, 5 letters", "SELECT left(last_name, 5) FROM participants WHERE synthetic ORDER BY id OFFSET 1234 LIMIT 1", nil},
	{"a part many names have", "SELECT 'berg'", nil},
	{"full name", "SELECT first_names || ' ' || last_name FROM participants WHERE synthetic ORDER BY id OFFSET 1234 LIMIT 1", nil},
	{"postcode", "SELECT '1234 AB'", nil},
}

func (s *site) measureView(ctx context.Context, v registerView, clerk *browser, watched *observed, conn *pgx.Conn, looks int) error {
	var value string
	if err := s.owner.QueryRow(ctx, v.example).Scan(&value); err != nil {
		return err
	}
	path := "/nl/beheer/" + s.claim.Slug + "/register"
	if v.path != nil {
		path += v.path(value)
	} else {
		page, err := clerk.page(ctx, path)
		if err != nil {
			return err
		}
		a, err := clerk.send(ctx, path+"/zoek", page.form(url.Values{"term": {value}}))
		if err != nil {
			return err
		}
		path = a.to
	}
	asked, err := watched.statements(clerk, path)
	if err != nil {
		return err
	}
	var search []statement
	for _, st := range asked {
		if st.finds() {
			search = append(search, st)
		}
	}
	var page, whole, alone gathered
	for i := range looks + 20 {
		if i == 20 { // warm
			page, whole, alone = gathered{}, gathered{}, gathered{}
		}
		begin := time.Now()
		_, err := clerk.page(ctx, path)
		page.add(begin, err)
		begin = time.Now()
		whole.add(begin, bare(ctx, conn, asked))
		begin = time.Now()
		alone.add(begin, bare(ctx, conn, search))
	}
	fmt.Printf("  %-26s %8d   %s   %s   %8.1f      %s\n", v.name, len(asked), page.all, whole.all, page.all.at(0.95)/whole.all.at(0.95), alone.all)
	if len(asked) > mostQueries {
		return fmt.Errorf("%d queries, and %d are allowed", len(asked), mostQueries)
	}
	return errors.Join(page.err(), whole.err(), alone.err())
}
