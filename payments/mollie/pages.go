package mollie

import (
	"fmt"
	"iter"
	"net/url"

	lib "github.com/VictorAvelar/mollie-api-go/v4/mollie"
)

const (
	pageSize  = 250
	mostPages = 20
)

// pages walks through a list, newest first, as far as somebody wants to see. A list that does not end within
// mostPages ends with ErrDown: what was not seen is not taken for absent.
func pages[T any](page func(from string) ([]*T, lib.PaginationLinks, error)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		from := ""
		for range mostPages {
			items, links, err := page(from)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, one := range items {
				if one != nil && !yield(one, nil) {
					return
				}
			}
			if from = nextFrom(links); from == "" {
				return
			}
		}
		yield(nil, fmt.Errorf("%w: not among the newest %d", ErrDown, mostPages*pageSize))
	}
}

// nextFrom takes only the id out of the link to the next page: we never follow an address that an answer gives us.
func nextFrom(links lib.PaginationLinks) string {
	if links.Next == nil {
		return ""
	}
	u, err := url.Parse(links.Next.Href)
	if err != nil {
		return ""
	}
	if from := u.Query().Get("from"); listID.MatchString(from) {
		return from
	}
	return ""
}

// noList is the error of a page that did not come.
func noList(err error) error {
	if err == nil {
		return ErrDown
	}
	return err
}
