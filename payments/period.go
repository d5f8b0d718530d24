package payments

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/payments/ledger"
)

var (
	// ErrCloseDay means a period that cannot be closed: it does not end with a month, is not over, or is closed.
	ErrCloseDay = errors.New("books are closed up to the end of a month that is over and not closed yet")
	// ErrCloseProposed means that another close waits for its second person.
	ErrCloseProposed = errors.New("another close waits for a second person")
	// ErrNotReady means that something of the period is not done yet.
	ErrNotReady = errors.New("something of this period is not done yet: see the list")
	// ErrBooksBusy means that a long booking is under way; a little later the books can be closed.
	ErrBooksBusy = errors.New("a booking is under way: try again in a minute")
)

// Close is a period of the books that is closed, or proposed to be.
type Close struct {
	ID          int64
	UntilOn     time.Time
	Status      string // proposed, closed or withdrawn
	ProposedBy  audit.Actor
	ProposedAt  time.Time
	ClosedBy    *audit.Actor
	ClosedAt    *time.Time
	WithdrawnBy *audit.Actor
	Journals    *int64 // how many were closed with it
	SHA256      []byte `gorm:"column:sha256"` // over all that was booked since the close before
}

// TableName is the table of closes.
func (Close) TableName() string { return "book_closes" }

func (c Close) subject() string { return fmt.Sprintf("book_close:%d", c.ID) }

// The states of a close.
const (
	CloseProposed  = "proposed"
	CloseDone      = "closed"
	CloseWithdrawn = "withdrawn"
)

// Hash is the hash over what was closed, as it is shown.
func (c Close) Hash() string { return hex.EncodeToString(c.SHA256) }

// Closing is where the closing of the books stands.
type Closing struct {
	Closed   []Close // newest first
	Proposed *Close
	Next     time.Time // last day of the month that comes next; zero when none is over
	Checks   []CloseCheck
}

// Ready tells whether nothing keeps that month from being closed.
func (c Closing) Ready() bool {
	return !slices.ContainsFunc(c.Checks, func(k CloseCheck) bool { return k.Must && !k.Done })
}

// Closing tells what is closed and what the next month still needs.
func (s *Service) Closing(ctx context.Context) (c Closing, err error) {
	all, err := table.Of[Close](s.db).Where("status <> 'withdrawn'").Order("until_on DESC").Find(ctx)
	if err != nil {
		return c, wrap(err, "closes of the books")
	}
	for i := range all {
		if all[i].Status == CloseProposed {
			c.Proposed = &all[i]
		} else {
			c.Closed = append(c.Closed, all[i])
		}
	}
	months, err := s.openMonths(ctx, c)
	if err != nil {
		return c, err
	}
	for _, month := range months { // the last that is ready closes those before it too
		c.Next = month
		if c.Checks, err = closeChecks(ctx, s.db, month); err != nil || c.Ready() {
			return c, err
		}
	}
	return c, nil
}

// openMonths are the last days of two months that can be closed: the last that is over, and the first that is open;
// or of the one that is proposed.
func (s *Service) openMonths(ctx context.Context, c Closing) ([]time.Time, error) {
	if c.Proposed != nil {
		return []time.Time{c.Proposed.UntilOn}, nil
	}
	var first *time.Time
	if len(c.Closed) > 0 {
		day := c.Closed[0].UntilOn.AddDate(0, 0, 1)
		first = &day
	} else if err := s.db.WithContext(ctx).Raw(`SELECT min(booked_on) FROM journals`).Row().Scan(&first); err != nil || first == nil {
		return nil, wrap(err, "first booking")
	}
	today := bookingDay(s.db.NowFunc())
	early, late := time.Date(first.Year(), first.Month()+1, 0, 0, 0, 0, 0, time.UTC), time.Date(today.Year(), today.Month(), 0, 0, 0, 0, 0, time.UTC)
	switch {
	case late.Before(early):
		return nil, nil
	case late.Equal(early):
		return []time.Time{late}, nil
	}
	return []time.Time{late, early}, nil
}

// ProposeClose is the first of two people closing the books up to and including a day.
func (s *Service) ProposeClose(ctx context.Context, by audit.Actor, until time.Time) (c Close, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		c, err = propose(ctx, tx, by, until)
		return err
	})
	return c, err
}

func propose(ctx context.Context, tx *gorm.DB, by audit.Actor, until time.Time) (Close, error) {
	if until.AddDate(0, 0, 1).Day() != 1 || !until.Before(bookingDay(tx.NowFunc())) {
		return Close{}, ErrCloseDay
	}
	if err := errors.Join(patient(ctx, tx), ready(ctx, tx, until)); err != nil {
		return Close{}, err
	}
	c := Close{UntilOn: until, Status: CloseProposed, ProposedBy: by, ProposedAt: tx.NowFunc()}
	if err := table.Of[Close](tx).Create(ctx, &c); err != nil {
		return c, closeTrouble(err)
	}
	return c, audit.Record(ctx, tx, by, "books.close_proposed", c.subject(), map[string]string{"until": until.Format(time.DateOnly)})
}

// CloseBooks is the second of two people: from then on nothing is booked on those days. Every journal gets its
// number first, and a hash over all of them is kept.
func (s *Service) CloseBooks(ctx context.Context, by audit.Actor, id int64) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return closeBooks(ctx, tx, by, id) })
}

func closeBooks(ctx context.Context, tx *gorm.DB, by audit.Actor, id int64) error {
	c, err := lockClose(ctx, tx, id)
	switch {
	case err != nil:
		return err
	case c.Status != CloseProposed:
		return ErrWrongState
	case c.ProposedBy == by:
		return ErrSamePerson
	}
	if err := holdBooks(ctx, tx); err != nil {
		return err
	}
	if err := ready(ctx, tx, c.UntilOn); err != nil {
		return err
	}
	if _, err := ledger.Number(ctx, tx); err != nil {
		return err
	}
	return closeNow(ctx, tx, by, c)
}

// holdBooks lets no booking begin or end until the transaction does. It does not wait long: everybody would wait behind it.
func holdBooks(ctx context.Context, tx *gorm.DB) error {
	if err := patient(ctx, tx); err != nil {
		return err
	}
	err := tx.WithContext(ctx).Exec(`SET LOCAL lock_timeout = '2s'; SELECT pg_advisory_xact_lock(hashtext('books')); SET LOCAL lock_timeout = 0`).Error
	if table.LockTimeout(err) {
		return ErrBooksBusy
	}
	return err
}

func closeNow(ctx context.Context, tx *gorm.DB, by audit.Actor, c Close) error {
	n := tx.WithContext(ctx).Exec(`UPDATE book_closes SET status = 'closed', closed_by = ?, closed_at = ?, sha256 = books_sha256(closed_until(), until_on),
		journals = (SELECT count(*) FROM journals WHERE booked_on > closed_until() AND booked_on <= book_closes.until_on) WHERE id = ? AND status = 'proposed'`, by, tx.NowFunc(), c.ID)
	if n.Error != nil {
		return closeTrouble(n.Error)
	}
	if n.RowsAffected != 1 {
		return ErrWrongState
	}
	return audit.Record(ctx, tx, by, "books.closed", c.subject(), map[string]string{"until": c.UntilOn.Format(time.DateOnly)})
}

// WithdrawClose takes a proposal back; either person may.
func (s *Service) WithdrawClose(ctx context.Context, by audit.Actor, id int64) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return withdrawClose(ctx, tx, by, id) })
}

func withdrawClose(ctx context.Context, tx *gorm.DB, by audit.Actor, id int64) error {
	c, err := lockClose(ctx, tx, id)
	if err != nil {
		return err
	}
	n, err := table.Of[Close](tx).Where("id = ? AND status = 'proposed'", c.ID).Updates(ctx, Close{Status: CloseWithdrawn, WithdrawnBy: &by})
	if err != nil {
		return closeTrouble(err)
	}
	if n != 1 {
		return ErrWrongState
	}
	return audit.Record(ctx, tx, by, "books.close_withdrawn", c.subject(), nil)
}

func lockClose(ctx context.Context, tx *gorm.DB, id int64) (Close, error) {
	c, err := table.Of[Close](tx, clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(ctx)
	return c, wrap(err, "close of the books")
}

// closeTrouble says what the schema refused in the words of this package.
func closeTrouble(err error) error {
	var bad *pgconn.PgError
	switch {
	case errors.As(err, &bad) && strings.HasPrefix(bad.ConstraintName, "book_closes_one"), errors.Is(err, gorm.ErrDuplicatedKey):
		return ErrCloseProposed
	case bad != nil && bad.ConstraintName == "close_is_in_order":
		return ErrCloseDay
	}
	return fmt.Errorf("close the books: %w", err)
}

// CloseCheck is one thing that must be so before a period can be closed.
type CloseCheck struct {
	What  string // over, lines, statements, balanced, client_money
	Done  bool
	Must  bool  // without it the period cannot be closed
	Count int64 // how many lines are open; for client_money the cents that are short
}

// closeChecks tells what of a period is done, up to and including a day.
func closeChecks(ctx context.Context, db *gorm.DB, until time.Time) ([]CloseCheck, error) {
	var f struct {
		Open, Unbalanced, Short int64
		Reached                 bool
	}
	err := db.WithContext(ctx).Raw(`SELECT (SELECT count(*) FROM statement_lines WHERE matched_at IS NULL AND booked_on <= CAST(@until AS date)) AS open,
		NOT EXISTS (SELECT FROM statements) OR EXISTS (SELECT FROM statements WHERE closed_on >= CAST(@until AS date)) AS reached,
		(SELECT coalesce(sum(e.amount_cents), 0) FROM entries e JOIN journals j ON j.id = e.journal_id WHERE j.booked_on <= CAST(@until AS date))::bigint AS unbalanced,
		greatest(0, -(SELECT coalesce(sum(e.amount_cents), 0) FROM entries e JOIN journals j ON j.id = e.journal_id JOIN accounts a ON a.code = e.account
			WHERE a.client_money AND j.booked_on <= CAST(@until AS date)))::bigint AS short`, map[string]any{"until": until.Format(time.DateOnly)}).Scan(&f).Error
	return []CloseCheck{
		{"over", until.Before(bookingDay(db.NowFunc())), true, 0}, {"lines", f.Open == 0, true, f.Open}, {"statements", f.Reached, true, 0},
		{"balanced", f.Unbalanced == 0, true, 0}, {"client_money", f.Short == 0, false, f.Short},
	}, wrap(err, "checks of a close")
}

func ready(ctx context.Context, tx *gorm.DB, until time.Time) error {
	checks, err := closeChecks(ctx, tx, until)
	if err != nil {
		return err
	}
	for _, c := range checks {
		if c.Must && !c.Done {
			return fmt.Errorf("%w: %s", ErrNotReady, c.What)
		}
	}
	return nil
}

// NumberJournals gives every journal that is committed its number.
func (s *Service) NumberJournals(ctx context.Context) (more bool, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		_, err := ledger.Number(ctx, tx)
		return err
	})
	return false, err
}
