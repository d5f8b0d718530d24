package claims

import "context"

// What the tests outside the package look at from the inside.

// CanMove reports whether the life cycle knows a move, and whether it takes two people.
func CanMove(from, to Status) (known, two, byHand bool) {
	m := findMove(from, to)
	if m == nil {
		return false, false, false
	}
	return true, m.Two, len(m.By) > 0
}

// Statuses are all states of a claim.
var Statuses = []Status{
	Draft, Open, LetterReady, LetterSent, LetterDelivered, Negotiation, Litigation, Stayed, SettlementProposed,
	Settled, Won, Lost, Discontinued, Distributing, Refunding, Closed, Archived,
}

// Guards are the keys of all guards.
func Guards() map[string]bool {
	keys := map[string]bool{}
	for _, m := range lifecycle {
		for _, g := range m.Guards {
			keys[g.Key] = true
		}
	}
	return keys
}

// NamesSQL is the query that finds people by name.
func NamesSQL(term string) (string, []any) {
	match, args := nameMatch(term)
	sql, limit := namesSQL(match)
	return sql, append(args, limit)
}

// PageSQL is the query of a page of the register.
func PageSQL(ctx context.Context, s *Service, f Filter) (string, []any, error) {
	q, _, err := s.registerQuery(ctx, f)
	sql, args := q.page(f)
	return sql, args, err
}
