package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"samenclaim/payments"
)

// ledgerBalanceCmd prints what stands on every account, and compares the bank with the books.
type ledgerBalanceCmd struct {
	Until string `help:"Last day that counts, such as 2026-12-31; without it everything." placeholder:"DATE"`
	JSON  bool   `help:"Print for other programs." name:"json"`
}

type balanceRow struct {
	Account string `json:"account"`
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Debit   string `json:"debit"`
	Credit  string `json:"credit"`
	Balance string `json:"balance"`
}

// Run writes nothing.
func (l *ledgerBalanceCmd) Run(ctx context.Context, c console) error {
	var until time.Time
	if l.Until != "" {
		var err error
		if until, err = time.Parse(time.DateOnly, l.Until); err != nil {
			return fmt.Errorf("--until is a day such as 2026-12-31, not %q", l.Until)
		}
	}
	o, err := openCommand(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	all, err := o.money.TrialBalance(ctx, until)
	if err != nil {
		return err
	}
	rec, err := o.money.Reconciliation(ctx)
	if err != nil {
		return err
	}
	return l.print(c, all, rec)
}

func (l *ledgerBalanceCmd) print(c console, all []payments.Balance, rec payments.Reconciliation) error {
	var debit, credit payments.Cents
	rows := make([]balanceRow, len(all))
	for i, b := range all {
		d, k := payments.Cents(b.DebitCents), payments.Cents(b.CreditCents)
		debit, credit = debit+d, credit+k
		rows[i] = balanceRow{b.Account, b.NameEN, b.Kind, d.String(), k.String(), (d - k).String()}
	}
	if l.JSON {
		return c.json(map[string]any{"accounts": rows, "debit": debit.String(), "credit": credit.String(),
			"bank": rec.BankCents.String(), "ledger": rec.LedgerCents.String(), "difference": rec.DifferenceCents.String()})
	}
	for _, r := range rows {
		c.say("%s  %-32s %16s %16s %16s", r.Account, r.Name, r.Debit, r.Credit, r.Balance)
	}
	c.say("%-38s %16s %16s", "total", debit, credit)
	c.say("bank %s, ledger %s, difference %s", rec.BankCents, rec.LedgerCents, rec.DifferenceCents)
	return nil
}

// ledgerExportCmd writes all journals to a file.
type ledgerExportCmd struct {
	Format string `required:"" help:"csv or hledger." enum:"csv,hledger"`
	Out    string `required:"" help:"The file to write; it must not exist." placeholder:"FILE"`
}

// Run makes the whole file or none.
func (l *ledgerExportCmd) Run(ctx context.Context, c console) error {
	o, err := openCommand(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	export := o.money.ExportCSV
	if l.Format == "hledger" {
		export = o.money.ExportHledger
	}
	if err := writeFile(l.Out, func(w io.Writer) error { return export(ctx, w) }); err != nil {
		return err
	}
	c.say("Wrote %s.", l.Out)
	return nil
}
