package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"gorm.io/gorm"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/payments"
)

// statementImportCmd shows what a bank file would book, and books it.
type statementImportCmd struct {
	File string `arg:"" help:"camt.053 (.02 or .08) or MT940; - reads standard input."`
	Yes  bool   `help:"Book it."`
	JSON bool   `help:"Print for other programs." name:"json"`
}

// importOutcome is what a bank file booked, or would have.
type importOutcome struct {
	preview payments.StatementPreview
	booked  payments.Booked
}

// errDryRun takes a transaction back that was only for looking.
var errDryRun = errors.New("only to look")

// Run books everything in one transaction; without --yes it takes that
// transaction back, so that what is shown is what would happen.
func (s *statementImportCmd) Run(ctx context.Context, c console) error {
	file, err := openInput(c, s.File)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	o, err := openCommand(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	if err := o.needVault(); err != nil {
		return err
	}
	var done importOutcome
	err = o.db.WithContext(ctx).Transaction(func(tx *gorm.DB) (err error) {
		if done, err = s.book(ctx, tx, o, file); err == nil && !s.Yes {
			err = errDryRun
		}
		return err
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return err
	}
	return s.report(c, done)
}

// book uploads, looks and books, as the pages do, but inside one transaction.
func (s *statementImportCmd) book(ctx context.Context, tx *gorm.DB, o office, file io.Reader) (done importOutcome, err error) {
	people, money := participants.New(tx, o.vault), payments.New(tx, o.vault, nil, payments.Config{})
	ref, err := money.Upload(ctx, byCommand, filepath.Base(s.File), file)
	if err != nil {
		return done, err
	}
	if done.preview, err = money.Preview(ctx, ref); err != nil {
		return done, err
	}
	later := func(string) {} // the schedule of the running program finds the mails
	done.booked, err = claims.New(tx, o.vault, nil, people, money, later).BookStatement(ctx, byCommand, ref)
	if err == nil { // what the schema checks at the end, it checks now
		err = tx.Exec(`SET CONSTRAINTS ALL IMMEDIATE`).Error
	}
	return done, err
}

func (s *statementImportCmd) report(c console, done importOutcome) error {
	b := done.booked
	if s.JSON {
		return c.json(map[string]any{"lines": b.Lines, "new": b.New, "matched": b.Matched, "paid": len(b.PaidParticipations), "returned": len(b.Returned), "booked": s.Yes})
	}
	for _, st := range done.preview.Statements {
		c.say("statement %s of %s, %s to %s: opening %s, closing %s, %d lines", st.BankID, st.Account,
			st.OpenedOn.Format("2006-01-02"), st.ClosedOn.Format("2006-01-02"), st.OpeningCents, st.ClosingCents, st.Lines)
		for _, e := range st.Expected {
			kind := e.Kind
			if kind == "" {
				kind = "still open"
			}
			c.say("  %s: %d lines, %s", kind, e.Lines, e.TotalCents)
		}
		for _, w := range append(st.Warnings, st.Obstacles...) {
			c.say("  warning: %s", w)
		}
	}
	c.say("%d lines, %d new, %d matched, %d payouts carried out, %d returned.", b.Lines, b.New, b.Matched, len(b.PaidParticipations), len(b.Returned))
	if !s.Yes {
		c.dryRun()
	}
	return nil
}
