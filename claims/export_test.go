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

// GuardedMove is a move that somebody makes, with the keys of what has to be true.
type GuardedMove struct {
	From, To Status
	Guards   []string
}

// GuardedMoves are all moves with a guard.
func GuardedMoves() (all []GuardedMove) {
	for _, m := range lifecycle {
		g := GuardedMove{From: m.From, To: m.To}
		for _, one := range m.Guards {
			g.Guards = append(g.Guards, one.Key)
		}
		if len(g.Guards) > 0 {
			all = append(all, g)
		}
	}
	return all
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
