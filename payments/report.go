package payments

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/table"
)

// YearBalance is one account over a year: what stood there, what was booked, what stands there.
type YearBalance struct {
	Account, NameNL, NameEN, Kind         string
	ClientMoney                           bool
	OpeningCents, DebitCents, CreditCents Cents
}

// ClosingCents is what stands on the account at the end; debit is positive.
func (b YearBalance) ClosingCents() Cents { return b.OpeningCents + b.DebitCents - b.CreditCents }

// resultOfBefore is the account on which the result of earlier years opens: income and expenses begin at nothing.
const resultOfBefore = "0500"

// yearBalances gives every account over a year, from the journals that have a number.
func yearBalances(ctx context.Context, db *gorm.DB, year int) ([]YearBalance, error) {
	var all []YearBalance
	err := db.WithContext(ctx).Raw(`SELECT a.code AS account, a.name_nl, a.name_en, a.kind, a.client_money,
			CASE WHEN a.code = '`+resultOfBefore+`' THEN coalesce(sum(o.before) FILTER (WHERE o.kind IN ('income', 'expense') OR o.account = a.code), 0)
				WHEN a.kind IN ('income', 'expense') THEN 0 ELSE coalesce(sum(o.before) FILTER (WHERE o.account = a.code), 0) END::bigint AS opening_cents,
			coalesce(sum(o.debit) FILTER (WHERE o.account = a.code), 0)::bigint AS debit_cents, coalesce(sum(o.credit) FILTER (WHERE o.account = a.code), 0)::bigint AS credit_cents
		FROM accounts a LEFT JOIN (SELECT e.account, k.kind, sum(e.amount_cents) FILTER (WHERE n.year < @year) AS before,
				sum(e.amount_cents) FILTER (WHERE n.year = @year AND e.amount_cents > 0) AS debit, -sum(e.amount_cents) FILTER (WHERE n.year = @year AND e.amount_cents < 0) AS credit
			FROM `+numbered+` JOIN entries e ON e.journal_id = j.id JOIN accounts k ON k.code = e.account WHERE n.year <= @year GROUP BY e.account, k.kind) o ON true
		GROUP BY a.code ORDER BY a.code`, map[string]any{"year": year}).Scan(&all).Error
	return all, wrap(err, "balances of a year")
}

// years are the years in which something is booked, the last first.
func years(ctx context.Context, db *gorm.DB) ([]int, error) {
	var all []int
	err := db.WithContext(ctx).Raw(`SELECT year FROM generate_series((SELECT extract(year FROM min(booked_on))::int FROM journals), (SELECT extract(year FROM max(booked_on))::int FROM journals)) year
		WHERE EXISTS (SELECT FROM journals WHERE booked_on BETWEEN make_date(year, 1, 1) AND make_date(year, 12, 31)) ORDER BY year DESC`).Scan(&all).Error
	return all, wrap(err, "years of the books")
}

// CardLine is one line of a ledger card, with what stood on the account after it.
type CardLine struct {
	EntryID      int64
	Year, Number *int64 // of the journal; empty until it is numbered
	BookedOn     time.Time
	Text, Event  string
	Source       string
	About        string // number of the participation
	AmountCents  Cents  // debit is positive
	BalanceCents Cents
}

// Label is the number of the journal, empty until it has one.
func (l CardLine) Label() string {
	if l.Year == nil || l.Number == nil {
		return ""
	}
	return journalLabel(*l.Year, *l.Number)
}

// Card gives a page of the ledger card of an account, the newest line first: those with an entry below before (zero is the newest).
func (s *Service) Card(ctx context.Context, account string, before int64, limit int) ([]CardLine, error) {
	var all []CardLine
	err := s.db.WithContext(ctx).Raw(`SELECT e.id AS entry_id, n.year, n.number, j.booked_on, j.text, j.event, j.source, coalesce(p.number, '') AS about, e.amount_cents,
			(SELECT sum(b.amount_cents) FROM entries b WHERE b.account = @account AND b.id <= f.last)::bigint
				- coalesce(sum(e.amount_cents) OVER (ORDER BY e.id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS balance_cents
		FROM (SELECT * FROM entries WHERE account = @account AND (@before = 0 OR id < @before) ORDER BY id DESC LIMIT @limit) e
		CROSS JOIN (SELECT max(id) AS last FROM entries WHERE account = @account AND (@before = 0 OR id < @before)) f
		JOIN journals j ON j.id = e.journal_id LEFT JOIN journal_numbers n ON n.journal_id = j.id LEFT JOIN participations p ON p.id = e.participation_id ORDER BY e.id DESC`,
		map[string]any{"account": account, "before": before, "limit": limit}).Scan(&all).Error
	return all, wrap(err, "ledger card")
}

// OpenItem is what is still open of one kind, by how long it has been.
type OpenItem struct {
	Account, NameNL, NameEN string
	Count                   int64 // of people; zero where an account is about nobody in particular
	Cents                   Cents // what we have to receive is positive
	// The same by age, in days: up to 30, 60, 90, and older.
	Upto30, Upto60, Upto90, Older Cents
}

// agedAccounts are the accounts of which the lines are settled one by another.
const agedAccounts = `('1100', '2000', '2050', '2100', '2110', '2120', '2200', '2900')`

// openItems is what is open on a day, by age: what was booked first is taken to be settled first.
func openItems(ctx context.Context, db *gorm.DB, on time.Time) ([]OpenItem, error) {
	var all []OpenItem
	err := db.WithContext(ctx).Raw(`WITH lines AS (
			SELECT e.account, e.participation_id AS who, e.id, j.booked_on, e.amount_cents AS cents, sum(e.amount_cents) OVER w AS open
			FROM entries e JOIN journals j ON j.id = e.journal_id WHERE e.account IN `+agedAccounts+` AND j.booked_on <= CAST(@on AS date)
			WINDOW w AS (PARTITION BY e.account, e.participation_id)
		), later AS ( -- of what grew the open amount: how much came after it
			SELECT *, coalesce(sum(cents) OVER (PARTITION BY account, who ORDER BY booked_on DESC, id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS after
			FROM lines WHERE open <> 0 AND sign(cents) = sign(open)
		), parts AS (
			SELECT account, who, CAST(@on AS date) - booked_on AS days, sign(open) * greatest(0, least(abs(cents), abs(open) - abs(after))) AS cents FROM later
		)
		SELECT a.code AS account, a.name_nl, a.name_en, count(DISTINCT p.who) AS count, sum(p.cents)::bigint AS cents, coalesce(sum(p.cents) FILTER (WHERE days <= 30), 0)::bigint AS upto30,
			coalesce(sum(p.cents) FILTER (WHERE days BETWEEN 31 AND 60), 0)::bigint AS upto60, coalesce(sum(p.cents) FILTER (WHERE days BETWEEN 61 AND 90), 0)::bigint AS upto90,
			coalesce(sum(p.cents) FILTER (WHERE days > 90), 0)::bigint AS older
		FROM parts p JOIN accounts a ON a.code = p.account WHERE p.cents <> 0 GROUP BY a.code ORDER BY a.code`, map[string]any{"on": on.Format(time.DateOnly)}).Scan(&all).Error
	return all, wrap(err, "open items")
}

// VATQuarter is what was invoiced with one rate in one quarter, credit notes taken off.
type VATQuarter struct {
	Year, Quarter     int
	RateBP            int64 `gorm:"column:rate_bp"`
	Invoices, Credits int64
	FeeCents          Cents // VAT included
	VatCents          Cents
	BookedCents       Cents // VAT as the books have it, of all rates of the quarter
}

// vatSummary gives the VAT by quarter and rate, the newest first. The return is the sum of the invoices.
func vatSummary(ctx context.Context, db *gorm.DB) ([]VATQuarter, error) {
	var all []VATQuarter
	err := db.WithContext(ctx).Raw(`SELECT i.*, coalesce(b.cents, 0)::bigint AS booked_cents FROM (
			SELECT year, extract(quarter FROM dated)::int AS quarter, rate_bp, count(*) FILTER (WHERE kind = 'invoice') AS invoices, count(*) FILTER (WHERE kind = 'credit') AS credits,
				sum(CASE kind WHEN 'credit' THEN -fee_cents ELSE fee_cents END)::bigint AS fee_cents, sum(CASE kind WHEN 'credit' THEN -vat_cents ELSE vat_cents END)::bigint AS vat_cents
			FROM invoices GROUP BY 1, 2, 3) i
		LEFT JOIN (SELECT extract(year FROM j.booked_on)::int AS year, extract(quarter FROM j.booked_on)::int AS quarter, -sum(e.amount_cents) AS cents
			FROM entries e JOIN journals j ON j.id = e.journal_id WHERE e.account = '` + accVAT + `' GROUP BY 1, 2) b USING (year, quarter) ORDER BY year DESC, quarter DESC, rate_bp DESC`).Scan(&all).Error
	return all, wrap(err, "VAT by quarter")
}

// ClientMoney is what is held for participants beside what is owed to them. What is held above it is the foundation's own.
type ClientMoney struct {
	HeldCents, OwedCents Cents
	ShortDays            int64      // on how many days less was held than owed
	FirstShort           *time.Time // the first of them
}

// clientMoney compares what is held with what is owed, today and at the end of every day there was.
func clientMoney(ctx context.Context, db *gorm.DB) (ClientMoney, error) {
	var m ClientMoney
	err := db.WithContext(ctx).Raw(`WITH days AS (
			SELECT j.booked_on, sum(e.amount_cents) FILTER (WHERE a.kind = 'asset') AS held, -sum(e.amount_cents) FILTER (WHERE a.kind = 'liability') AS owed
			FROM entries e JOIN journals j ON j.id = e.journal_id JOIN accounts a ON a.code = e.account WHERE a.client_money GROUP BY 1
		), ends AS (SELECT booked_on, sum(coalesce(held, 0) - coalesce(owed, 0)) OVER (ORDER BY booked_on) AS own FROM days)
		SELECT coalesce(sum(held), 0)::bigint AS held_cents, coalesce(sum(owed), 0)::bigint AS owed_cents,
			(SELECT count(*) FROM ends WHERE own < 0) AS short_days, (SELECT min(booked_on) FROM ends WHERE own < 0) AS first_short FROM days`).Scan(&m).Error
	return m, wrap(err, "client money")
}

// Years are the years in which something is booked, the last first.
func (s *Service) Years(ctx context.Context) ([]int, error) { return years(ctx, s.db) }

// OpenItems is what is open on a day, by age.
func (s *Service) OpenItems(ctx context.Context, on time.Time) ([]OpenItem, error) {
	return openItems(ctx, s.db, on)
}

// VAT gives the VAT by quarter and rate, the newest first.
func (s *Service) VAT(ctx context.Context) ([]VATQuarter, error) { return vatSummary(ctx, s.db) }

// ClientMoney compares what is held for participants with what is owed to them.
func (s *Service) ClientMoney(ctx context.Context) (ClientMoney, error) {
	return clientMoney(ctx, s.db)
}

// Account is one account of the chart.
type Account struct {
	Code, NameNL, NameEN string
}

// Account finds an account by its code.
func (s *Service) Account(ctx context.Context, code string) (Account, error) {
	a, err := table.Of[Account](s.db).Where("code = ?", code).Take(ctx)
	return a, wrap(err, "account")
}

// rowsOf runs a query and gives its rows one by one.
func rowsOf(tx *gorm.DB, sql string, arg any, each func(scan func(...any) error) error) error {
	rows, err := tx.Raw(sql, arg).Rows()
	if err != nil {
		return fmt.Errorf("read the books: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
