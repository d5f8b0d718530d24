package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"samenclaim/claims"
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

// ledgerExportCmd writes the books to a file.
type ledgerExportCmd struct {
	Format string `required:"" help:"csv or hledger for all journals; xlsx, xaf-4.0 or xaf-3.2 for the books of one year." enum:"csv,hledger,xlsx,xaf-4.0,xaf-3.2"`
	Year   int    `help:"The year, for xlsx and xaf." placeholder:"YEAR"`
	Out    string `required:"" help:"The file to write; it must not exist." placeholder:"FILE"`
}

var errYear = errors.New("--year goes with xlsx and xaf, and is a year such as 2026")

// Run makes the whole file or none.
func (l *ledgerExportCmd) Run(ctx context.Context, c console) error {
	ofYear := l.Format != "csv" && l.Format != "hledger"
	if ofYear != (l.Year != 0) || l.Year != 0 && (l.Year < 2000 || l.Year > 2999) {
		return errYear
	}
	o, err := openCommand(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	if err := writeFile(l.Out, func(w io.Writer) error { return l.write(ctx, o, w) }); err != nil {
		return err
	}
	c.say("Wrote %s.", l.Out)
	return nil
}

func (l *ledgerExportCmd) write(ctx context.Context, o office, w io.Writer) error {
	switch l.Format {
	case "csv":
		return o.money.ExportCSV(ctx, w)
	case "hledger":
		return o.money.ExportHledger(ctx, w)
	case "xlsx":
		return o.money.ExportXLSX(ctx, w, l.Year)
	}
	f, err := o.claims.Foundation(ctx)
	if err != nil {
		return err
	}
	return o.money.ExportXAF(ctx, w, strings.TrimPrefix(l.Format, "xaf-"), l.Year, f.Company())
}

// ledgerVATCmd sets the rate of VAT of a claim from a day on.
type ledgerVATCmd struct {
	Claim string `required:"" help:"The word of the claim in its address, such as zoom." placeholder:"SLUG"`
	From  string `required:"" help:"The first day of the rate, such as 2027-01-01; no invoice may be of that day or later." placeholder:"DATE"`
	Rate  int64  `required:"" help:"The rate in basis points: 2100 is 21%." placeholder:"BP"`
	Yes   bool   `help:"Do it; without this nothing is written."`
}

// Run sets nothing without --yes.
func (l *ledgerVATCmd) Run(ctx context.Context, c console) error {
	from, err := time.Parse(time.DateOnly, l.From)
	if err != nil {
		return fmt.Errorf("--from is a day such as 2027-01-01, not %q", l.From)
	}
	o, err := openCommand(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	claim, err := o.claims.ClaimBySlug(ctx, l.Claim)
	if errors.Is(err, claims.ErrNotFound) {
		return fmt.Errorf("there is no claim %q", l.Claim)
	}
	if err != nil {
		return err
	}
	c.say("From %s the VAT of claim %s is %s%%.", l.From, l.Claim, payments.Cents(l.Rate))
	if !l.Yes {
		c.dryRun()
		return nil
	}
	return o.money.SetVAT(ctx, byCommand, claim.ID, from, l.Rate)
}
