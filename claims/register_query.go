package claims

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"samenclaim/participants"
)

// registerQuery is the condition of a page of the register, over participations t.
type registerQuery struct {
	where string
	args  []any
	now   time.Time
}

func (q *registerQuery) and(condition string, args ...any) {
	q.where += " AND " + condition
	q.args = append(q.args, args...)
}

// ofClaim adds a condition that asks for the claim wherever it has a question mark.
func (q *registerQuery) ofClaim(condition string, claimID int64) {
	q.and(condition)
	for range strings.Count(condition, "?") {
		q.args = append(q.args, claimID)
	}
}

// cutOff is the moment of the first annex; asked once per page, not once per row.
const cutOff = "(SELECT cutoff_at FROM claims WHERE id = ?)"

const hasEvidence = "EXISTS (SELECT FROM evidence e WHERE e.participation_id = t.id AND e.retracted_at IS NULL)"

// restricted is whether somebody asked us to use their data for less, and it is in force at a moment.
const restricted = "EXISTS (SELECT FROM restrictions(?) r WHERE r.participation_id = t.id)"

// yesNo are the filters that are a plain question.
var yesNo = []struct {
	value func(Filter) string
	yes   string
	no    string
}{
	{func(f Filter) string { return f.Mark }, "t.review_mark <> ''", "t.review_mark = ''"},
	{
		func(f Filter) string { return f.Late }, "t.signed_at > " + cutOff,
		"(" + cutOff + " IS NULL OR t.signed_at <= " + cutOff + ")",
	},
	{func(f Filter) string { return f.Evidence }, hasEvidence, "NOT " + hasEvidence},
}

// registerQuery makes the condition of a filter, and says how its term was read.
func (s *Service) registerQuery(ctx context.Context, f Filter) (registerQuery, string, error) {
	q := registerQuery{where: "t.claim_id = ?", args: []any{f.ClaimID}, now: s.db.NowFunc()}
	if f.Status != "" {
		q.and("t.status = ?", f.Status)
	}
	if f.FeeOption != "" {
		q.and("EXISTS (SELECT FROM fee_options f WHERE f.participation_id = t.id AND f.superseded_at IS NULL AND f.option = ?)", f.FeeOption)
	}
	switch f.Country {
	case "":
	case "other":
		q.and("t.country <> 'NL'")
	default:
		q.and("t.country = ?", f.Country)
	}
	switch f.Limited {
	case "yes":
		q.and(restricted, q.now)
	case "no":
		q.and("NOT "+restricted, q.now)
	}
	for _, x := range yesNo {
		switch x.value(f) {
		case "yes":
			q.ofClaim(x.yes, f.ClaimID)
		case "no":
			q.ofClaim(x.no, f.ClaimID)
		case "later":
			q.and("t.evidence_plan = 'later' AND " + x.no)
		}
	}
	by, err := s.readTerm(ctx, &q, f.ClaimID, strings.TrimSpace(f.Term))
	return q, by, err
}

// readTerm finds out what was typed in the one search box.
func (s *Service) readTerm(ctx context.Context, q *registerQuery, claimID int64, term string) (by string, err error) {
	if term == "" {
		return "", nil
	}
	number, err := participants.ParseNumber(term)
	if err == nil || errors.Is(err, participants.ErrNumberCheck) {
		// Ten letters can be a name as well: then it is a number only if there is one.
		found, err := s.isNumber(ctx, claimID, term, number)
		if err != nil || found {
			q.and("t.number = ?", number.String())
			return "number", err
		}
	}
	if strings.Contains(term, "@") {
		key := term
		if email, err := participants.ParseEmail(term); err == nil {
			key = email.Key
		}
		q.and("t.participant_id IN (SELECT id FROM participants WHERE email_key = ?)", key)
		return "email", nil
	}
	if postcode, err := participants.CleanPostcode(term); err == nil {
		q.and("t.participant_id IN (SELECT id FROM participants WHERE postcode_index = ?)", s.vault.Index("postcode", postcode))
		return "postcode", nil
	}
	return "name", s.byName(ctx, q, term)
}

func (s *Service) isNumber(ctx context.Context, claimID int64, term string, number participants.Number) (found bool, err error) {
	if strings.ContainsAny(term, "0123456789-") {
		return true, nil
	}
	err = s.db.WithContext(ctx).Raw(`SELECT EXISTS (SELECT FROM participations WHERE claim_id = ? AND number = ?)`, claimID, number.String()).Scan(&found).Error
	return found, err
}

// fewNames is up to how many people the register is read from the names; with
// more it is read from the newest on, and the first page is full soon enough.
const fewNames = 5_000

// byName adds a search for people whose name has every word of the term in it, accents or not.
func (s *Service) byName(ctx context.Context, q *registerQuery, term string) error {
	match, args := nameMatch(term)
	if match == "" {
		q.and("false")
		return nil
	}
	sql, limit := namesSQL(match)
	var ids []int64
	if err := s.db.WithContext(ctx).Raw(sql, append(append([]any{}, args...), limit)...).Scan(&ids).Error; err != nil {
		return err
	}
	switch {
	case len(ids) == 0:
		q.and("false")
	case len(ids) <= fewNames:
		q.and("t.participant_id = ANY(?::bigint[])", idList(ids))
	default:
		q.and("EXISTS (SELECT FROM participants p WHERE p.id = t.participant_id AND "+match+")", args...)
	}
	return nil
}

// namesSQL finds people by name through the trigram index.
func namesSQL(match string) (sql string, limit int) {
	return `SELECT p.id FROM participants p WHERE ` + match + ` LIMIT ?`, fewNames + 1
}

// nameMatch is the condition that a name has every word of a term in it. A
// single word of two letters has to be a whole word: shorter than that an index cannot find.
func nameMatch(term string) (condition string, args []any) {
	words := strings.FieldsFunc(term, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\t' })
	words = words[:min(len(words), 6)]
	long := false
	for _, w := range words {
		long = long || utf8.RuneCountInString(w) >= 3
	}
	var all []string
	for _, w := range words {
		w = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(w)
		if long {
			all, args = append(all, `p.name_search LIKE '%' || lower(f_unaccent(?)) || '%'`), append(args, w)
			continue
		}
		all = append(all, `(p.name_search LIKE lower(f_unaccent(?)) || ' %' OR p.name_search LIKE '% ' || lower(f_unaccent(?)) || ' %' OR p.name_search LIKE '% ' || lower(f_unaccent(?)))`)
		args = append(args, w, w, w)
	}
	return strings.Join(all, " AND "), args
}

// idList writes ids as one value, so that the statement is the same for any number of them.
func idList(ids []int64) string {
	b := []byte{'{'}
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, id, 10)
	}
	return string(append(b, '}'))
}
