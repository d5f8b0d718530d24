package claims

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// move is one line of the life cycle.
type move struct {
	From, To Status
	By       []string // roles that may propose it; none: another act makes it (sending the letter, approving the distribution)
	Two      bool     // a second person, of the board, has to approve; how many an act takes, the act says
	Guards   []guard
}

// guard is what has to be true before a move, with the key of its words.
type guard struct {
	Key   string
	Holds func(ctx context.Context, tx *gorm.DB, c Claim) (bool, error)
}

var (
	lawyer  = []string{"lawyer"}
	board   = []string{"board", "lawyer"}
	endings = []string{"board", "lawyer", "accountant"}
)

// lifecycle is every move a claim can make, who may propose it, and what has
// to be true. There are no others. Source: the life cycle of the product.
var lifecycle = []move{
	{Draft, Open, board, true, []guard{textsInBothLanguages, feeSound, lateChosen, limitationAhead, classDefined, processorsChecked}},
	{Open, LetterReady, lawyer, false, []guard{letterLinted}},
	{LetterReady, Open, lawyer, false, nil},
	{LetterReady, LetterSent, nil, false, nil},
	{LetterSent, LetterDelivered, nil, false, nil},
	{LetterDelivered, Negotiation, lawyer, false, nil},
	{LetterDelivered, Litigation, board, true, nil},
	{Negotiation, Litigation, board, true, nil},
	{Litigation, Negotiation, lawyer, false, nil},
	{Negotiation, Stayed, lawyer, false, nil},
	{Litigation, Stayed, lawyer, false, nil},
	{Stayed, Negotiation, lawyer, false, []guard{stayedFrom(Negotiation)}},
	{Stayed, Litigation, lawyer, false, []guard{stayedFrom(Litigation)}},
	{Negotiation, SettlementProposed, board, true, nil},
	{Litigation, SettlementProposed, board, true, nil},
	{SettlementProposed, Negotiation, lawyer, false, nil},
	{SettlementProposed, Litigation, lawyer, false, nil},
	{SettlementProposed, Settled, board, true, []guard{termsRecorded, consultationOver}},
	{Litigation, Won, board, true, []guard{termsRecorded}},
	{Litigation, Lost, board, true, nil},
	{Open, Discontinued, board, true, nil},
	{LetterReady, Discontinued, board, true, nil},
	{LetterDelivered, Discontinued, board, true, nil},
	{Negotiation, Discontinued, board, true, nil},
	{Litigation, Discontinued, board, true, nil},
	{Settled, Distributing, nil, false, nil},
	{Won, Distributing, nil, false, nil},
	{Lost, Refunding, nil, false, nil},
	{Discontinued, Refunding, nil, false, nil},
	{Distributing, Closed, endings, true, []guard{payoutsFinal, refundsFinal, booksAgree}},
	{Refunding, Closed, endings, true, []guard{refundsFinal, booksAgree}},
	{Closed, Archived, endings, true, nil},
}

// effect is what a claim's coming to a state brings with it, for staff to read
// before they decide: keys of what freezes, and the mails that go out.
type effect struct{ Freezes, Mails []string }

var effects = map[Status]effect{
	Open:            {Freezes: []string{"terms"}},
	LetterSent:      {Freezes: []string{"annex"}, Mails: []string{"letter_sent"}},
	LetterDelivered: {Freezes: []string{"delivery"}, Mails: []string{"letter_delivered"}},
	Settled:         {Freezes: []string{"result"}, Mails: []string{"result"}},
	Won:             {Freezes: []string{"result"}, Mails: []string{"result"}},
	Lost:            {Freezes: []string{"result"}, Mails: []string{"case_lost"}},
	Discontinued:    {Freezes: []string{"result"}, Mails: []string{"case_lost"}},
	Distributing:    {Freezes: []string{"distribution"}, Mails: []string{"payee_request"}},
	Refunding:       {Mails: []string{"refund_started", "refund_done"}},
	Closed:          {Freezes: []string{"all"}},
}

// textsInBothLanguages: every text is there, and what people sign and read while signing is published.
var textsInBothLanguages = guard{"texts", func(ctx context.Context, tx *gorm.DB, c Claim) (ok bool, err error) {
	err = tx.WithContext(ctx).Raw(`SELECT count(DISTINCT (key, lang)) = @all AND count(DISTINCT (key, lang)) FILTER (WHERE key IN @signed AND published_at <= @now) = @half
		FROM texts WHERE claim_id = @claim AND key IN @required`, map[string]any{
		"all": 2 * len(requiredTexts), "required": requiredTexts, "half": 2 * len(signingTexts), "signed": signingTexts, "claim": c.ID, "now": tx.NowFunc(),
	}).Scan(&ok).Error
	return ok, err
}}

// feeSound: the fee terms that everybody will sign can be meant.
var feeSound = guard{"fee", func(_ context.Context, _ *gorm.DB, c Claim) (bool, error) {
	return c.Terms().Validate() == nil && c.FlatFeeCents > 0 && c.RateBP > 0, nil
}}

// lateChosen: before anybody signs it stands fast what happens to who comes too late.
var lateChosen = guard{"late", func(_ context.Context, _ *gorm.DB, c Claim) (bool, error) {
	return c.Late().valid() && (c.Late() == LatePaid) == (c.LatePriceCents != nil), nil
}}

// classDefined: who is represented stands fast, by service, period and country.
var classDefined = sqlGuard("class", `SELECT class_nl <> '' AND class_en <> '' AND service <> '' AND jsonb_array_length(countries) > 0 AND period_to >= period_from
	FROM claims WHERE id = @claim`)

// processorsChecked: it is told who works with people's data, and each contract was looked at within a year.
var processorsChecked = sqlGuard("processors", `SELECT count(*) > 0 AND count(*) FILTER (WHERE checked_on < CAST(@now AS date) - 365) = 0
	FROM processors p WHERE ended_on IS NULL AND NOT EXISTS (SELECT FROM processors n WHERE n.replaces_id = p.id)`)

// limitationAhead: a claim that has lapsed is not opened.
var limitationAhead = sqlGuard("limitation", `SELECT limitation_on > CAST(@now AS date) FROM claims WHERE id = @claim`)

// termsRecorded: what was agreed or awarded stands in the program.
var termsRecorded = sqlGuard("terms", `SELECT EXISTS (SELECT FROM settlements WHERE claim_id = @claim)`)

// consultationOver: nobody decides while participants are still asked.
var consultationOver = sqlGuard("consultation", `SELECT NOT EXISTS (SELECT FROM consultations WHERE claim_id = @claim AND status = 'open')`)

// payoutsFinal: everybody entitled was paid, or their money has another owner.
var payoutsFinal = sqlGuard("payouts", `SELECT NOT EXISTS (SELECT FROM participations
	WHERE claim_id = @claim AND status IN ('entitled', 'payee_pending', 'payable', 'in_run', 'estate'))
	AND NOT EXISTS (SELECT FROM payout_runs WHERE claim_id = @claim AND status IN ('prepared', 'approved', 'released'))`)

// refundsFinal: nobody waits for a prepayment, nor is one still under way.
var refundsFinal = sqlGuard("refunds", `SELECT NOT EXISTS (SELECT FROM refunds r JOIN prepayments p ON p.id = r.prepayment_id
	WHERE p.claim_id = @claim AND r.status NOT IN ('refunded', 'failed', 'canceled'))
	AND NOT EXISTS (SELECT FROM refunds r JOIN prepayments p ON p.id = r.prepayment_id
	WHERE p.claim_id = @claim AND r.status IN ('failed', 'canceled')
	  AND NOT EXISTS (SELECT FROM refunds o WHERE o.prepayment_id = p.id AND o.status = 'refunded'))
	AND NOT EXISTS (SELECT FROM prepayments WHERE claim_id = @claim AND status IN ('created', 'open'))`)

// booksAgree: what the bank says and what the books say is the same, to the cent.
var booksAgree = sqlGuard("books", `SELECT NOT EXISTS (SELECT FROM statement_lines WHERE matched_at IS NULL)
	AND coalesce((SELECT closing_cents FROM statements s WHERE s.account = (SELECT iban FROM foundations) ORDER BY closed_on DESC, id DESC LIMIT 1), 0)
	  = coalesce((SELECT sum(amount_cents) FROM entries WHERE account = '1000'), 0)`)

// letterLinted: the draft of the letter misses no clause.
var letterLinted = guard{"letter", func(ctx context.Context, tx *gorm.DB, c Claim) (bool, error) {
	l, err := openLetter(ctx, tx, c.ID)
	if err != nil {
		return false, ignoreNotFound(err)
	}
	misses, err := lintLetter(ctx, tx, c, l)
	return len(misses) == 0, err
}}

// stayedFrom: after a stay the case goes on where it was.
func stayedFrom(s Status) guard {
	return guard{"stayed", func(_ context.Context, _ *gorm.DB, c Claim) (bool, error) {
		return c.StayedFrom != nil && *c.StayedFrom == s, nil
	}}
}

func sqlGuard(key, sql string) guard {
	return guard{key, func(ctx context.Context, tx *gorm.DB, c Claim) (ok bool, err error) {
		var values []any
		if strings.Contains(sql, "@") {
			values = append(values, map[string]any{"claim": c.ID, "now": tx.NowFunc()})
		}
		err = tx.WithContext(ctx).Raw(sql, values...).Scan(&ok).Error
		return ok, err
	}}
}

// findMove returns the line of the life cycle for a move, or nil.
func findMove(from, to Status) *move {
	for i := range lifecycle {
		if lifecycle[i].From == from && lifecycle[i].To == to {
			return &lifecycle[i]
		}
	}
	return nil
}

// failing lists the keys of the guards that do not hold.
func (m move) failing(ctx context.Context, tx *gorm.DB, c Claim) (keys []string, err error) {
	for _, g := range m.Guards {
		ok, err := g.Holds(ctx, tx, c)
		if err != nil {
			return nil, fmt.Errorf("guard %s: %w", g.Key, err)
		}
		if !ok {
			keys = append(keys, g.Key)
		}
	}
	return keys, nil
}

// holding lists the keys of the guards that hold, beside those that do not.
func (m move) holding(failing []string) (keys []string) {
	for _, g := range m.Guards {
		if !slices.Contains(failing, g.Key) {
			keys = append(keys, g.Key)
		}
	}
	return keys
}

// Steps prints, move by move, who makes it, what has to be true, what freezes
// and which mails go out, for the documentation.
func Steps() string {
	var b strings.Builder
	b.WriteString("| from | to | who | has to be true | freezes | mails |\n|---|---|---|---|---|---|\n")
	for _, m := range lifecycle {
		var guards []string
		for _, g := range m.Guards {
			guards = append(guards, g.Key)
		}
		if m.proven() {
			guards = append(guards, "document")
		}
		if m.final() {
			guards = append(guards, "final_on")
		}
		e := effects[m.To]
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", m.From, m.To, m.who(), strings.Join(guards, ", "), strings.Join(e.Freezes, ", "), strings.Join(e.Mails, ", "))
	}
	return b.String()
}

// who says who makes a move.
func (m move) who() string {
	who := strings.Join(m.By, " or ")
	if len(m.By) == 0 {
		who = "by the act itself"
	}
	if m.Two {
		who += ", two people"
	}
	return who
}

// proven reports whether a move needs the document that it rests on.
func (m move) proven() bool { return m.To == Settled || m.final() }

// final reports whether a move is possible only when nobody can appeal any more.
func (m move) final() bool { return m.To == Won || m.To == Lost }

// Diagram prints the life cycle as a state diagram for the documentation.
func Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n    [*] --> draft\n")
	for _, m := range lifecycle {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", m.From, m.To, m.who())
	}
	return b.String()
}
