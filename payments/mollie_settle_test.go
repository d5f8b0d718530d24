package payments

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"samenclaim/payments/mollie"
	"samenclaim/payments/mollie/mollietest"
)

// settle lets the simulated Mollie pay out.
func (f *fixture) settle() mollietest.Settlement {
	f.Helper()
	one, err := f.sim.Settle()
	if err != nil {
		f.Fatal(err)
	}
	return one
}

// fetch reads what Mollie paid out.
func (f *fixture) fetch() (stored int, ask []string) {
	f.Helper()
	stored, ask, err := f.s.FetchSettlements(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	return stored, ask
}

func (f *fixture) settlements() []MollieSettlement {
	f.Helper()
	all, err := f.s.MollieSettlements(f.Context(), 0, 100)
	if err != nil {
		f.Fatal(err)
	}
	return all
}

func TestWhatMolliePaysOutIsReconciledToTheCent(t *testing.T) {
	t.Parallel()
	f := setup(t, 4)
	f.paid(1)
	f.paid(2)
	back, lost := f.paid(3), f.paid(4)
	f.require(back, "withdrawn")
	f.drain()
	if err := errors.Join(f.sim.ProcessRefunds(), f.sim.Chargeback(*lost.ProviderID)); err != nil {
		t.Fatal(err)
	}
	f.news(lost)
	f.Watch.Advance(time.Hour)
	f.drain()
	one := f.settle()
	// 200.00 − 50.00 − 50.00 − 4 × 0.3509 − 0.3025 = 98.2939
	if stored, ask := f.fetch(); stored != 1 || len(ask) != 0 {
		t.Fatalf("%d stored, ask about %q, want one and nothing", stored, ask)
	}
	if stored, _ := f.fetch(); stored != 0 {
		t.Errorf("%d stored the second time, want none", stored)
	}
	got := f.settlements()
	want := []MollieSettlement{{
		ID: 1, ProviderID: one.ID, Reference: one.Reference, AmountCents: 9829, ItemsCents: 10_000, CostsExact: 17061, CostsCents: 171,
	}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(MollieSettlement{}, "SettledAt")); diff != "" {
		t.Errorf("the settlement differs (-want +got):\n%s", diff)
	}
	f.balances(map[string]Cents{"1100": 9829, "4100": 171, "4900": 0, "2000": -10_000})
	if got[0].Settled() {
		t.Error("it counts as settled before it is on the bank statement")
	}

	if out := f.bank(entry{cents: 9829, text: "Uitbetaling Mollie ref " + one.Reference + " dank"}); out.Matched != 1 {
		t.Errorf("%d lines matched, want the transfer from Mollie", out.Matched)
	}
	f.balances(map[string]Cents{"1100": 0, "1000": 9829})
	if got = f.settlements(); !got[0].Settled() || got[0].LineID == nil {
		t.Errorf("it is %+v, want it settled", got[0])
	}
	totals, err := f.s.MollieTotals(t.Context(), 1)
	wantTotals := []MollieTotal{{"payment", 4, 20_000}, {"refund", 1, -5000}, {"chargeback", 1, -5000}}
	if diff := cmp.Diff(wantTotals, totals); diff != "" || err != nil {
		t.Errorf("totals differ (-want +got), %v:\n%s", err, diff)
	}

	if err := f.sim.Reverse(*lost.ProviderID); err != nil { // in the next one it comes back
		t.Fatal(err)
	}
	f.Watch.Advance(time.Hour)
	two := f.settle()
	if _, ask := f.fetch(); len(ask) != 1 || ask[0] != *lost.ProviderID {
		t.Errorf("ask about %q, want the one that was reversed", ask)
	}
	f.news(lost)
	f.bank(entry{cents: Cents(two.AmountCents), text: two.Reference})
	f.balances(map[string]Cents{"1100": 0})
	if got = f.settlements(); len(got) != 2 || !got[0].Settled() || !got[1].Settled() || got[0].ID != 2 {
		t.Errorf("settlements = %+v, want both settled, the newest first", got)
	}
}

func TestALineThatCameBeforeItsSettlement(t *testing.T) {
	t.Parallel()
	f := setup(t, 2)
	f.paid(1)
	one := f.settle()
	f.bank(entry{cents: Cents(one.AmountCents), text: one.Reference}, entry{cents: Cents(one.AmountCents) + 1, text: one.Reference}, entry{cents: 7, text: "niets 12.34"})
	why := func() (all []string) {
		r, err := f.s.Reconciliation(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range r.OpenLines {
			all = append(all, l.Why)
		}
		return all
	}
	if diff := cmp.Diff([]string{WhyNotFetched, WhyNotFetched, WhyUnknown}, why()); diff != "" {
		t.Errorf("before it is fetched (-want +got):\n%s", diff)
	}
	f.fetch()
	if diff := cmp.Diff([]string{WhyFits, WhyAmount, WhyUnknown}, why()); diff != "" {
		t.Errorf("after it is fetched (-want +got):\n%s", diff)
	}
	for _, want := range []int{1, 0} {
		f.tx(func(tx *gorm.DB) error {
			out, err := f.s.MatchOpen(t.Context(), tx, maker)
			if out.Matched != want {
				t.Errorf("%d matched, want %d", out.Matched, want)
			}
			return err
		})
	}
	if diff := cmp.Diff([]string{WhyBookedBefore, WhyUnknown}, why()); diff != "" {
		t.Errorf("after it is matched (-want +got):\n%s", diff)
	}
	f.balances(map[string]Cents{"1100": 0})
}

func TestOneTransferOfMollieIsMatchedOnce(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.paid(1)
	one := f.settle()
	f.fetch()
	same := entry{cents: Cents(one.AmountCents), text: one.Reference}
	if out := f.bank(same, same); out.Matched != 1 {
		t.Errorf("%d of two equal lines matched, want 1", out.Matched)
	}
	r, err := f.s.Reconciliation(t.Context())
	if err != nil || len(r.OpenLines) != 1 {
		t.Fatal(r.OpenLines, err)
	}
	if err := f.try(func(tx *gorm.DB) error {
		_, err := f.s.Match(t.Context(), tx, maker, r.OpenLines[0].ID, "mollie", 1)
		return err
	}); !errors.Is(err, ErrNoMatch) {
		t.Errorf("the other by hand = %v, want ErrNoMatch", err)
	}
}

func TestByHandToASettlement(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.paid(1)
	paidOut := f.settle()
	f.fetch()
	f.bank(entry{cents: Cents(paidOut.AmountCents), text: "zonder kenmerk"}, entry{cents: 1, text: "x"})
	line := func(cents Cents) int64 {
		return one[int64](f, `SELECT id FROM statement_lines WHERE amount_cents = $1`, cents)
	}
	for _, tt := range []struct {
		cents Cents
		id    int64
		want  error
	}{{1, 1, ErrNoMatch}, {Cents(paidOut.AmountCents), 9, ErrNoMatch}, {Cents(paidOut.AmountCents), 1, nil}} {
		err := f.try(func(tx *gorm.DB) error {
			_, err := f.s.Match(t.Context(), tx, maker, line(tt.cents), "mollie", tt.id)
			return err
		})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s to settlement %d = %v, want %v", tt.cents, tt.id, err, tt.want)
		}
	}
	if got := f.settlements(); !got[0].Settled() {
		t.Errorf("it is %+v, want it settled", got[0])
	}
}

func TestADifferenceIsOpenUntilItIsExplained(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	f.paid(1)
	one := f.settle()
	if err := f.sim.ChangeSettlement(one.ID, -250); err != nil { // Mollie keeps something it does not say what for
		t.Fatal(err)
	}
	f.fetch()
	f.bank(entry{cents: Cents(one.AmountCents) - 250, text: one.Reference})
	got := f.settlements()[0]
	if got.DifferenceCents != -250 || got.RoundingCents != 0 || got.Settled() || got.LineID == nil {
		t.Errorf("it is %+v, want a difference of 2.50 that is open", got)
	}
	f.balances(map[string]Cents{"1100": 250, "4100": 35, "4900": 0})
	if err := f.s.ExplainDifference(t.Context(), maker, got.ID, "  "); !errors.Is(err, ErrNote) {
		t.Errorf("without words = %v, want ErrNote", err)
	}
	ends := f.eight(func() error { return f.s.ExplainDifference(f.Context(), maker, got.ID, "Een correctie van mei") })
	if ends[nil] != 1 || ends[ErrWrongState] != 7 {
		t.Errorf("eight at once ended %v, want one", ends)
	}
	f.balances(map[string]Cents{"1100": 0, "4100": 285})
	if got = f.settlements()[0]; !got.Settled() {
		t.Errorf("it is %+v, want it settled", got)
	}
}

func TestPartsThatDoNotAgree(t *testing.T) {
	t.Parallel()
	f := setup(t, 3)
	missed, back := f.start(1), f.paid(2)
	f.set(missed, "paid") // the webhook got lost
	f.require(back, "withdrawn")
	f.drain()
	refunds, err := RefundsOf(t.Context(), f.DB, 2)
	if err != nil || len(refunds) != 1 {
		t.Fatal(refunds, err)
	}
	if err := f.sim.SetRefund(*refunds[0].ProviderID, "processing"); err != nil {
		t.Fatal(err)
	}
	if err := f.sim.Seed([]mollietest.SeedPayment{{ID: "tr_somebodyelse", AmountCents: 700, Status: "paid"}}); err != nil {
		t.Fatal(err)
	}
	f.settle()
	_, ask := f.fetch()
	if len(ask) != 1 || ask[0] != *missed.ProviderID {
		t.Errorf("ask about %q, want the one whose webhook was lost", ask)
	}
	why := func() map[string]string {
		items, err := f.s.MollieItems(t.Context(), 1, false, MollieItem{}, 100)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		for _, it := range items {
			all[it.ProviderID] = it.Why
		}
		return all
	}
	want := map[string]string{
		*missed.ProviderID: MollieNotBooked, *back.ProviderID: "", *refunds[0].ProviderID: MollieRefundBusy, "tr_somebodyelse": MollieNotOurs,
	}
	if diff := cmp.Diff(want, why()); diff != "" {
		t.Errorf("the parts differ (-want +got):\n%s", diff)
	}
	if got := f.settlements()[0]; got.OpenItems != 3 || got.OpenCents != 700 || got.Settled() {
		t.Errorf("it is %+v, want three open parts of 7.00", got)
	}
	f.news(missed)
	f.tx(func(tx *gorm.DB) error {
		_, _, err := ApplyRefund(t.Context(), tx, refunds[0].ID, mollie.Refund{ID: *refunds[0].ProviderID, Status: mollie.RefundFailed})
		return err
	})
	want[*missed.ProviderID], want[*refunds[0].ProviderID] = "", MollieRefundFailed
	if diff := cmp.Diff(want, why()); diff != "" {
		t.Errorf("later the parts differ (-want +got):\n%s", diff)
	}
}

func TestWithoutATokenThereAreNoSettlements(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	conf := f.sim.Config()
	conf.AccessToken = ""
	client, err := mollie.New(conf)
	if err != nil {
		t.Fatal(err)
	}
	f.s.mollie = client
	if _, _, err := f.s.FetchSettlements(t.Context()); !errors.Is(err, ErrNoToken) || f.s.ReadsSettlements() {
		t.Errorf("fetch = %v, reads %v; want ErrNoToken and false", err, f.s.ReadsSettlements())
	}
	f.paid(1) // the rest works
	f.balances(map[string]Cents{"1100": 5000})
}

func TestEightFetchAtOnce(t *testing.T) {
	t.Parallel()
	f := setup(t, 2)
	f.paid(1)
	f.settle()
	f.paid(2)
	f.settle()
	if ends := f.eight(func() error { _, _, err := f.s.FetchSettlements(f.Context()); return err }); ends[nil] != 8 {
		t.Errorf("ended %v, want eight times well", ends)
	}
	if got := f.settlements(); len(got) != 2 || f.balance("4100") != 70 {
		t.Errorf("%d settlements, %s of costs; want 2 and 0.70", len(got), f.balance("4100"))
	}
}

func TestWhileMollieIsIllNothingIsHalfFetched(t *testing.T) {
	t.Parallel()
	for _, fault := range []mollietest.Fault{mollietest.Error500, mollietest.TooMany, mollietest.CutBody, mollietest.LostAnswer, mollietest.Garbage} {
		f := setup(t, 1)
		f.paid(1)
		f.settle()
		f.sim.FailNext(9, fault)
		if _, _, err := f.s.FetchSettlements(t.Context()); !errors.Is(err, ErrProviderDown) {
			t.Errorf("%s: fetch = %v, want ErrProviderDown", fault, err)
		}
		f.sim.Recover()
		if n := one[int](f, `SELECT (SELECT count(*) FROM mollie_settlements) + (SELECT count(*) FROM mollie_settlement_items)`); n != 0 {
			t.Errorf("%s: %d rows are there, want none", fault, n)
		}
		if stored, _ := f.fetch(); stored != 1 {
			t.Errorf("%s: later %d stored, want 1", fault, stored)
		}
	}
}

// What is taken apart is put together again: to the cent, and with at most a cent of rounding.
func TestASettlementIsItsParts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var items []mollie.SettlementItem
		var cents int64
		for range rapid.IntRange(1, 30).Draw(t, "items") {
			n := rapid.Int64Range(-100_00, 500_00).Draw(t, "cents")
			items = append(items, mollie.SettlementItem{AmountCents: n})
			cents += n
		}
		costs := mollie.Exact(rapid.Int64Range(0, 900_000).Draw(t, "costs"))
		exact := mollie.Exact(cents)*100 - costs
		off := rapid.SampledFrom([]int64{0, 0, 0, 250, -250, 2, -2}).Draw(t, "off")
		amount := mollie.Exact(exact.Cents()+off) * 100
		p := split(mollie.Settlement{Amount: amount, Costs: []mollie.SettlementCost{{Gross: costs}}}, items)
		if p.amount != p.items-p.costs+p.rounding+p.difference {
			t.Fatalf("%+v does not add up", p)
		}
		if off == 0 && (p.difference != 0 || p.rounding < -1 || p.rounding > 1) {
			t.Fatalf("%+v: an amount that is rounded leaves a difference", p)
		}
		if off != 0 && (p.difference == 0 || p.rounding != 0) {
			t.Fatalf("%+v: a difference of %d cents is called rounding", p, off)
		}
	})
}

func TestTheReferenceOfMollie(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Uitbetaling 1234567.2404.03": "1234567.2404.03", "REF:1234567.2404.03/x": "1234567.2404.03", "1234567.2404.03 1234567.2404.03": "1234567.2404.03",
		"1234567.2404.03 en 1234567.2404.04": "", "12.34.56": "", "1234567.2404": "", "": "", "v1234567.2404.03": "", "1234567.2404.031234": "",
	} {
		if got := mollieReference(Line{AmountCents: 1, Remittance: text}); got != want {
			t.Errorf("mollieReference(%q) = %q, want %q", text, got, want)
		}
	}
	if got := mollieReference(Line{AmountCents: -1, Remittance: "1234567.2404.03"}); got != "" {
		t.Errorf("money that goes out names %q, want nothing", got)
	}
}
