package mailer

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/jobs"
)

// What the jobs know the sending by: wake DrainName after a commit with mails in it, MailingDrainName
// after one that begins a mailing or lets it go on.
const (
	DrainName        = "mail"
	MailingDrainName = "mailings"
)

// flush is after how many mails the outcomes are written down: at most so many
// per process are in doubt after a crash, besides those on the way.
const flush = 50

// errStale means that a batch took so long that its end is left to a next one.
var errStale = errors.New("the batch took too long")

// NewDrain makes the job that sends what waits in the outbox. Several may run at
// once, on several machines, and be killed at any moment: each mail ends in one state.
func NewDrain(db *gorm.DB, s *SMTP, r *Renderer, o DrainOptions) jobs.Drain {
	w := newWorker(db, s, r, o)
	return jobs.Drain{Name: DrainName, Every: w.Every, Timeout: lease, Run: w.run}
}

// NewMailingDrain makes the job that works off mailings, beside the one for all other mails: a
// login code waits neither for their turn nor for their conversations with the mail server.
func NewMailingDrain(db *gorm.DB, s *SMTP, r *Renderer, o DrainOptions) jobs.Drain {
	w := newWorker(db, s, r, o)
	return jobs.Drain{Name: MailingDrainName, Every: w.Every, Timeout: lease, Run: w.runMailings}
}

func newWorker(db *gorm.DB, s *SMTP, r *Renderer, o DrainOptions) *worker {
	for _, d := range []struct {
		field *int
		value int
	}{{&o.Batch, 200}, {&o.Connections, 4}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	if o.Every == 0 {
		o.Every = 15 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Pace > 0 { // a login code must not wait long behind a batch
		o.Batch = min(o.Batch, max(1, 2*o.Pace))
	}
	return &worker{db, s, r, o}
}

// run sends one batch.
func (w *worker) run(ctx context.Context) (more bool, err error) {
	if err := lapse(ctx, w.db); err != nil {
		return false, err
	}
	rows, err := take(ctx, w.db, w.renderer.domain, w.Batch)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	if err := w.send(ctx, rows); err != nil {
		return false, err
	}
	return len(rows) == w.Batch, nil
}

// runMailings sends one batch of the mailings that go on, and ends those of which every recipient has one final state.
func (w *worker) runMailings(ctx context.Context) (more bool, err error) {
	if err := lapse(ctx, w.db); err != nil {
		return false, err
	}
	rows, taken, err := takeMailings(ctx, w.db, w.renderer.domain, w.Batch)
	if err != nil {
		return false, err
	}
	if len(rows) > 0 {
		if err := w.send(ctx, rows); err != nil {
			return false, err
		}
	}
	if taken == w.Batch {
		return true, nil
	}
	return false, finishMailings(ctx, w.db)
}

// send hands a batch over and writes down what became of each mail.
func (w *worker) send(ctx context.Context, rows []row) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := time.AfterFunc(lease/2, func() { cancel(errStale) })
	defer late.Stop()

	results, unreached := w.hand(ctx, cancel, rows)
	var errs []error
	var some []result
	taken := false
	for r := range results {
		w.warn(r)
		taken = taken || r.outcome != untried
		if some = append(some, r); len(some) == flush {
			errs = append(errs, record(ctx, w.db, some))
			some = nil
		}
	}
	errs = append(errs, record(ctx, w.db, some))
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, errStale) {
		errs = append(errs, cause)
	}
	if err := unreached(); err != nil && !taken {
		errs = append(errs, err) // with some conversations going, a missing one is no trouble
	}
	return errors.Join(errs...)
}

// warn tells of a mail that will not arrive, or may not have.
func (w *worker) warn(r result) {
	switch r.outcome {
	case refused:
		w.Logger.Warn("a mail was refused", "outbox", r.row.ID, "template", r.row.Template, "why", r.why)
	case unsure:
		w.Logger.Warn("nobody knows whether a mail was handed over", "outbox", r.row.ID, "template", r.row.Template, "policy", r.row.Policy)
	case later:
		if r.row.Attempts >= maxAttempts {
			w.Logger.Warn("a mail was tried too often", "outbox", r.row.ID, "template", r.row.Template, "why", r.why)
		}
	}
}
