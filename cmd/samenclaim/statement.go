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

// inspected is a bank file as it is printed; amounts are text, so that no program rounds them.
type inspected struct {
	Statements []inspectedStatement `json:"statements"`
}

type inspectedStatement struct {
	ID       string            `json:"id"`
	Account  string            `json:"account"`
	Currency string            `json:"currency"`
	Opening  *string           `json:"opening"`
	Closing  *string           `json:"closing"`
	Ties     *bool             `json:"ties"` // null when a balance is missing
	Entries  int               `json:"entries"`
	Returns  []inspectedReturn `json:"returns"`
	Warnings []string          `json:"warnings"`
}

type inspectedReturn struct {
	EndToEndID string `json:"end_to_end_id"`
	Amount     string `json:"amount"`
	Reason     string `json:"reason"`
}

// Run needs no database.
func (s *statementInspectCmd) Run(c console) error {
	file, err := openInput(c, s.File)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	seen, err := inspect(file)
	if err != nil {
		return err
	}
	if s.JSON {
		return c.json(seen)
	}
	for _, st := range seen.Statements {
		st.print(c)
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

// inspect reads a bank file of any size, and keeps only what it prints.
func inspect(r io.Reader) (inspected, error) {
	out := inspected{Statements: []inspectedStatement{}}
	var returns []inspectedReturn
	_, err := bank.Read(r, bank.Options{}, bank.Visitor{
		Statement: func(*bank.Statement) error {
			returns = []inspectedReturn{}
			return nil
		},
		Entry: func(_ *bank.Statement, e *bank.Entry) error {
			for _, part := range e.Parts() {
				if part.Return {
					returns = append(returns, inspectedReturn{part.EndToEndID, part.Amount.String(), part.ReturnReason})
				}
			}
			return nil
		},
		Close: func(st *bank.Statement) error {
			out.Statements = append(out.Statements, inspectedOf(st, returns))
			return nil
		},
	})
	return out, err
}

func inspectedOf(st *bank.Statement, returns []inspectedReturn) inspectedStatement {
	s := inspectedStatement{
		ID: st.ID, Account: st.Account, Currency: st.Currency, Entries: st.EntryCount, Returns: returns,
		Warnings: append(append([]string{}, st.Warnings...), st.Obstacles...),
	}
	if st.Opening != nil {
		text := st.Opening.Amount.String()
		s.Opening = &text
	}
	if st.Closing != nil {
		text := st.Closing.Amount.String()
		s.Closing = &text
	}
	if s.Opening != nil && s.Closing != nil {
		ties := st.Ties
		s.Ties = &ties
	}
	return s
}

func (s inspectedStatement) print(c console) {
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
