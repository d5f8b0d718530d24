package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"samenclaim/payments/bank"
)

// statementInspectCmd reads a bank file and says what is in it.
type statementInspectCmd struct {
	File string `arg:"" help:"camt.053 (.02 or .08) or MT940; - reads standard input."`
	JSON bool   `help:"Print for other programs." name:"json"`
}

// Run needs no database.
func (s *statementInspectCmd) Run(c console) error {
	file, err := openInput(c, s.File)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	seen, err := bank.Inspect(file, bank.Options{})
	if err != nil {
		return err
	}
	if s.JSON {
		return c.json(seen)
	}
	for _, st := range seen.Statements {
		printStatement(c, st)
	}
	return nil
}

// openInput opens a file of the command line.
func openInput(c console, name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(c.in), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errors.Join(fmt.Errorf("read the file: %s is a folder", name), f.Close())
	}
	return f, nil
}

// printStatement says in a few lines what a statement holds.
func printStatement(c console, s bank.ReportedStatement) {
	text := func(p *string) string {
		if p == nil {
			return "unknown"
		}
		return *p
	}
	ties := "it cannot be told whether opening and entries make closing"
	if s.Ties != nil && *s.Ties {
		ties = "opening and entries make closing"
	} else if s.Ties != nil {
		ties = "opening and entries do NOT make closing"
	}
	c.say("statement %s of %s (%s): %d entries, opening %s, closing %s; %s", s.ID, s.Account, s.Currency, s.Entries, text(s.Opening), text(s.Closing), ties)
	for _, r := range s.Returns {
		c.say("  returned: %s, %s, reason %s", r.EndToEndID, r.Amount, r.Reason)
	}
	for _, w := range s.Warnings {
		c.say("  warning: %s", w)
	}
}
