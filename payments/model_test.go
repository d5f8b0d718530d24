package payments

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"gorm.io/gorm"

	"samenclaim/payments/mollie"
)

// model is the same money in a few lines of arithmetic: what stands on each account, from states alone.
type model struct {
	people []person
	costs  Cents
	pot    Cents // received, not distributed
	mollie Cents
}

// person is where the money of one participation stands.
type person struct {
	fee      string // "", open, expired, paid, back, gone, used, charged_back
	payout   string // "", owed, planned, sent, booked
	gross    Cents
	prepaid  bool // the award counts on the prepayment
	feeCents Cents
	refund   Cents // owed back through Mollie
}

// balances counts what must be on the accounts.
func (m *model) balances() map[string]Cents {
	b := map[string]Cents{"1100": m.mollie, "2100": -m.pot, "4100": m.costs}
	bank := m.pot - m.costs
	for _, p := range m.people {
		switch p.fee {
		case "paid":
			b["2000"] -= feeCents
		}
		b["2050"] -= p.refund
		ex, vat := VAT(p.feeCents, 2100)
		out := p.gross - p.feeCents
		if p.prepaid {
			out += p.feeCents
		}
		switch p.payout {
		case "owed", "planned":
			b["2110"] -= out
			b["2120"] -= p.feeCents
			bank += p.gross
		case "sent":
			b["2200"] -= out
			b["2120"] -= p.feeCents
			bank += p.gross
		case "booked":
			b["8000"] -= ex
			b["2500"] -= vat
			bank += p.gross - out
		}
	}
	b["1000"] = bank
	return b
}

// play is the real thing beside the model.
type play struct {
	*fixture
	model
	chance   *rand.Rand
	run      *Run
	isClosed bool // the month
	earned   int  // how often a fee was earned
	undone   int  // how often one was taken back
}

// happening is something that may happen; it tells whether it could.
type happening struct {
	name string
	do   func(*play) bool
}

var happenings = []happening{
	{"prepay", func(p *play) bool {
		i := p.pick(func(x person) bool { return (x.fee == "" || x.fee == "expired" || x.fee == "back") && x.payout == "" })
		if i < 0 {
			return false
		}
		p.start(int64(i + 1))
		p.people[i].fee = "open"
		return true
	}},
	{"news of a prepayment, old or new", func(p *play) bool {
		i := p.pick(func(x person) bool { return x.fee == "open" || x.fee == "paid" || x.fee == "expired" })
		if i < 0 {
			return false
		}
		status := []mollie.Status{mollie.Paid, mollie.Open, mollie.Expired, mollie.Paid}[p.chance.IntN(4)]
		if p.people[i].payout != "" && status == mollie.Paid {
			status = mollie.Open // what is paid after the award is refunded by the claim, not here
		}
		pre := p.byPerson(int64(i + 1))
		c := p.apply(mollie.Payment{ID: *pre.ProviderID, Reference: pre.Ref, AmountCents: int64(feeCents), Status: status})
		if c.Changed {
			p.people[i].fee = c.Now
			if c.Now == PrepaymentPaid {
				p.mollie += feeCents
			}
		}
		return true
	}},
	{"chargeback", func(p *play) bool {
		i := p.pick(func(x person) bool { return x.fee == "paid" })
		if i < 0 {
			return false
		}
		pre := p.byPerson(int64(i + 1))
		p.apply(mollie.Payment{ID: *pre.ProviderID, Reference: pre.Ref, AmountCents: int64(feeCents), Status: mollie.Paid,
			Chargebacks: []mollie.Chargeback{{ID: fmt.Sprintf("chb_%08d", pre.ID), AmountCents: int64(feeCents)}}})
		p.people[i].fee = "charged_back"
		p.mollie -= feeCents
		return true
	}},
	{"withdraw: the prepayment goes back", func(p *play) bool {
		i := p.pick(func(x person) bool { return x.fee == "paid" && x.payout == "" })
		if i < 0 {
			return false
		}
		p.require(p.byPerson(int64(i+1)), "withdrawn")
		p.people[i].fee, p.people[i].refund = "back", feeCents
		return true
	}},
	{"Mollie refunds", func(p *play) bool {
		i := p.pick(func(x person) bool { return x.refund > 0 })
		if i < 0 {
			return false
		}
		if _, err := p.s.DueRefunds(p.Context(), 50); err != nil { // they are asked for
			p.Fatal(err)
		}
		all, err := RefundsOf(p.Context(), p.DB, int64(i+1))
		if err != nil {
			p.Fatal(err)
		}
		for _, r := range all {
			for range 1 + p.chance.IntN(2) { // told twice now and then
				p.tx(func(tx *gorm.DB) error {
					_, _, err := ApplyRefund(p.Context(), tx, r.ID, mollie.Refund{ID: fmt.Sprintf("re_%08d", r.ID), Status: mollie.Refunded})
					return err
				})
			}
		}
		p.mollie -= p.people[i].refund
		p.people[i].refund = 0
		return true
	}},
	{"prepare", func(p *play) bool {
		if p.run != nil || p.pick(func(x person) bool { return x.payout == "owed" }) < 0 {
			return false
		}
		run := p.prepared()
		p.run = &run
		p.all("owed", "planned")
		return true
	}},
	{"approve, or release", func(p *play) bool {
		if p.run == nil || p.run.Status != RunPrepared && p.run.Status != RunApproved {
			return false
		}
		do := p.s.Approve
		if p.run.Status == RunApproved {
			do = p.s.Release
			p.all("planned", "sent")
		}
		p.tx(func(tx *gorm.DB) error {
			run, err := do(p.Context(), tx, checker, p.run.ID, p.run.TotalCents)
			p.run = &run
			return err
		})
		return true
	}},
	{"cancel", func(p *play) bool {
		if p.run == nil || p.run.Status == RunReleased || p.chance.IntN(3) > 0 {
			return false
		}
		p.tx(func(tx *gorm.DB) error { _, _, err := p.s.Cancel(p.Context(), tx, maker, p.run.ID); return err })
		p.all("planned", "owed")
		p.run = nil
		return true
	}},
	{"the bank carries out", func(p *play) bool {
		if p.run == nil || p.run.Status != RunReleased {
			return false
		}
		p.bank(p.file(*p.run, 1))
		for _, x := range p.people {
			if x.payout == "sent" {
				p.earned++
			}
		}
		p.all("sent", "booked")
		p.run = nil
		return true
	}},
	{"the month is over and is closed", func(p *play) bool {
		if p.day < 4 || p.isClosed || p.chance.IntN(4) > 0 {
			return false
		}
		p.isClosed = true
		p.closed(november)
		return true
	}},
	{"a payout comes back", func(p *play) bool {
		i := p.pick(func(x person) bool { return x.payout == "booked" })
		if i < 0 {
			return false
		}
		sent := Cents(one[int64](p.fixture, `SELECT amount_cents FROM payouts WHERE participation_id = $1 LIMIT 1`, i+1))
		less := Cents(p.chance.IntN(2) * 3)
		p.bank(p.back(int64(i+1), sent-less, "AC04"))
		p.people[i].payout = "owed"
		p.undone++
		p.costs += less
		return true
	}},
}

// pick gives somebody of whom it holds, or -1.
func (p *play) pick(holds func(person) bool) int {
	var fit []int
	for i, x := range p.people {
		if holds(x) {
			fit = append(fit, i)
		}
	}
	if len(fit) == 0 {
		return -1
	}
	return fit[p.chance.IntN(len(fit))]
}

func (p *play) all(from, to string) {
	for i := range p.people {
		if p.people[i].payout == from {
			p.people[i].payout = to
		}
	}
}

// distribute awards everybody, in the middle of it all.
func (p *play) distribute() {
	gross := make([]Cents, len(p.people))
	var pot Cents
	for i := range p.people {
		gross[i] = Cents(5_001 + p.chance.IntN(30_000))
		pot += gross[i]
	}
	p.settlement(pot)
	p.bank(entry{cents: pot, text: "SCH-1"})
	p.award(gross...)
	for i := range p.people {
		x := &p.people[i]
		x.payout, x.gross, x.feeCents = "owed", gross[i], feeCents
		if x.fee == "paid" {
			x.fee, x.prepaid = "used", true
		}
	}
}

// In whatever order things happen, the accounts say what the states say.
func TestEveryOrderOfEvents(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			p := &play{fixture: setup(t, 5), model: model{people: make([]person, 5)}, chance: rand.New(rand.NewPCG(seed, 1))}
			var done []string
			for i := range 60 {
				if i == 25 {
					p.distribute()
				}
				for _, at := range p.chance.Perm(len(happenings)) {
					if happenings[at].do(p) {
						done = append(done, happenings[at].name)
						break
					}
				}
				if n := one[int](p.fixture, `SELECT count(*) FILTER (WHERE kind = 'invoice') * 1000 + count(*) FILTER (WHERE kind = 'credit') FROM invoices`); n != p.earned*1000+p.undone {
					t.Fatalf("%d invoices and %d credit notes, want %d and %d after %q", n/1000, n%1000, p.earned, p.undone, done)
				}
				want := p.model.balances()
				for _, account := range slices.Sorted(maps.Keys(want)) {
					if got := p.balance(account); got != want[account] {
						t.Fatalf("account %s = %s, want %s after %q", account, got, want[account], done)
					}
				}
			}
			if len(done) < 50 {
				t.Errorf("only %d things happened: %q", len(done), done)
			}
		})
	}
}

func TestNothingIsDoneOutsideATransaction(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	ctx := t.Context()
	for name, err := range map[string]error{
		"OpenPrepayment":   errOf(OpenPrepayment(ctx, f.DB, 1, 1, 5000)),
		"ApplyPrepayment":  errOf(ApplyPrepayment(ctx, f.DB, mollie.Payment{ID: "tr_12345678"})),
		"RequireRefunds":   errOf(RequireRefunds(ctx, f.DB, 1, "lost")),
		"ApplyRefund":      errOf2(ApplyRefund(ctx, f.DB, 1, mollie.Refund{})),
		"PostDistribution": errOf(PostDistribution(ctx, f.DB, 1)),
		"PostZeroAwards":   errOf(PostZeroAwards(ctx, f.DB, 1)),
		"Prepare":          errOf(f.s.Prepare(ctx, f.DB, maker, 1, debtor, payday, payees(ctx, f.DB))),
		"Approve":          errOf(f.s.Approve(ctx, f.DB, maker, 1, 1)),
		"Release":          errOf(f.s.Release(ctx, f.DB, maker, 1, 1)),
		"Cancel":           errOf2(f.s.Cancel(ctx, f.DB, maker, 1)),
		"Close":            errOf(f.s.Close(ctx, f.DB, maker, 1)),
		"Book":             errOf(f.s.Book(ctx, f.DB, maker, "x")),
		"Match":            errOf(f.s.Match(ctx, f.DB, maker, 1, "unknown", 0)),
		"MatchOpen":        errOf(f.s.MatchOpen(ctx, f.DB, maker)),
	} {
		if err == nil || errors.Is(err, ErrNotFound) {
			t.Errorf("%s outside a transaction: %v, want it refused", name, err)
		}
	}
}
