package mollie_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/payments/mollie"
	"samenclaim/payments/mollie/mollietest"
)

// allOf gathers what a list gives.
func allOf[T any](t *testing.T, list func(func(T, error) bool)) (all []T) {
	t.Helper()
	for one, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

func TestASettlementIsReadWithItsParts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s, c := mollietest.Start(t, func(o *mollietest.Options) { o.Now = func() time.Time { return now } })
	one, two, three := paid(t, s, c, "R1"), paid(t, s, c, "R2"), paid(t, s, c, "R3")
	half := back("back-1")
	half.AmountCents = 1999
	r, err := c.CreateRefund(t.Context(), one.ID, half)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.ProcessRefunds(), s.Chargeback(two.ID)); err != nil {
		t.Fatal(err)
	}
	first, err := s.Settle()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Reverse(two.ID); err != nil {
		t.Fatal(err)
	}
	second, err := s.Settle()
	if err != nil {
		t.Fatal(err)
	}

	got := allOf(t, c.Settlements(t.Context()))
	if len(got) != 2 || got[0].ID != second.ID || got[1].Reference != first.Reference {
		t.Fatalf("settlements are %+v, want the newest first", got)
	}
	// 150.00 − 19.99 − 50.00 − 3 × 0.3509 − 0.3025 = 78.6548
	want := mollie.Settlement{
		ID: first.ID, Reference: "1234567.2603.01", Status: mollie.SettlementPaidOut, Amount: 786500, Revenue: 800100, CreatedAt: now, SettledAt: now,
		Costs: []mollie.SettlementCost{{Month: "2026-03", Description: "iDEAL", Count: 3, Gross: 10527}, {Month: "2026-03", Description: "Refund", Count: 1, Gross: 3025}},
	}
	if diff := cmp.Diff(want, got[1]); diff != "" {
		t.Errorf("the first settlement differs (-want +got):\n%s", diff)
	}
	items, err := c.SettlementItems(t.Context(), first.ID)
	wantItems := []mollie.SettlementItem{
		{Kind: mollie.ItemPayment, ID: three.ID, PaymentID: three.ID, AmountCents: 5000},
		{Kind: mollie.ItemPayment, ID: two.ID, PaymentID: two.ID, AmountCents: 5000},
		{Kind: mollie.ItemPayment, ID: one.ID, PaymentID: one.ID, AmountCents: 5000},
		{Kind: mollie.ItemRefund, ID: r.ID, PaymentID: one.ID, AmountCents: -1999},
		{Kind: mollie.ItemChargeback, ID: chargebackOf(t, c, two.ID).ID, PaymentID: two.ID, AmountCents: -5000},
	}
	if diff := cmp.Diff(wantItems, items); diff != "" || err != nil {
		t.Errorf("its items differ (-want +got), %v:\n%s", err, diff)
	}
	items, err = c.SettlementItems(t.Context(), second.ID)
	if err != nil || len(items) != 1 || items[0].Kind != mollie.ItemReversal || items[0].AmountCents != 5000 {
		t.Errorf("the second settlement holds %+v, %v, want the chargeback that came back", items, err)
	}
	if b, err := c.Balance(t.Context()); err != nil || b.Available != 0 || b.Pending != 0 {
		t.Errorf("the balance is %+v, %v, want nothing: all was paid out", b, err)
	}
}

func chargebackOf(t *testing.T, c *mollie.Client, paymentID string) mollie.Chargeback {
	t.Helper()
	p, err := c.GetPayment(t.Context(), paymentID)
	if err != nil || len(p.Chargebacks) != 1 {
		t.Fatalf("GetPayment = %+v, %v, want one chargeback", p, err)
	}
	return p.Chargebacks[0]
}

func TestAReversalIsSeenOnThePaymentAndInTheList(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s, c := mollietest.Start(t, func(o *mollietest.Options) { o.Now = func() time.Time { return now } })
	p := paid(t, s, c, "R1")
	if err := s.Chargeback(p.ID); err != nil {
		t.Fatal(err)
	}
	want := mollie.Chargeback{ID: chargebackOf(t, c, p.ID).ID, PaymentID: p.ID, AmountCents: 5000, CreatedAt: now}
	if got := chargebackOf(t, c, p.ID); !cmp.Equal(got, want) {
		t.Errorf("the chargeback is %+v, want %+v", got, want)
	}
	if err := s.Reverse(p.ID); err != nil {
		t.Fatal(err)
	}
	want.ReversedAt = now
	got := allOf(t, c.Chargebacks(t.Context()))
	if !cmp.Equal(got, []mollie.Chargeback{want}) || !cmp.Equal(chargebackOf(t, c, p.ID), want) {
		t.Errorf("the chargebacks are %+v, want %+v", got, want)
	}
}

func TestLongListsAreReadToTheEnd(t *testing.T) {
	t.Parallel()
	s, c := mollietest.Start(t)
	var seed []mollietest.SeedPayment
	for i := range 600 {
		seed = append(seed, mollietest.SeedPayment{
			ID: fmt.Sprintf("tr_seed%06d", i), Reference: fmt.Sprintf("S%d", i), AmountCents: 5000, Status: "paid",
			CreatedAt: time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC), Chargebacks: []mollietest.Chargeback{{AmountCents: 100}},
		})
	}
	if err := s.Seed(seed); err != nil {
		t.Fatal(err)
	}
	one, err := s.Settle()
	if err != nil {
		t.Fatal(err)
	}
	items, err := c.SettlementItems(t.Context(), one.ID)
	seen, cents := map[string]bool{}, int64(0)
	for _, it := range items {
		seen[it.ID] = true
		cents += it.AmountCents
	}
	if err != nil || len(seen) != 1200 || len(items) != 1200 || cents != 600*4900 {
		t.Errorf("%d items, %d of them different, of %d cents, %v; want 1200 of 2940000", len(items), len(seen), cents, err)
	}
	if n := len(allOf(t, c.Chargebacks(t.Context()))); n != 600 {
		t.Errorf("%d chargebacks, want 600", n)
	}
}

func TestWithoutATokenTheRestWorks(t *testing.T) {
	t.Parallel()
	s, full := mollietest.Start(t)
	conf := s.Config()
	conf.AccessToken = ""
	c, err := mollie.New(conf)
	if err != nil {
		t.Fatal(err)
	}
	p := paid(t, s, c, "R1")
	if _, err := c.CreateRefund(t.Context(), p.ID, back("back-1")); err != nil {
		t.Errorf("CreateRefund fails with %v", err)
	}
	for _, err := range c.Settlements(t.Context()) {
		if !errors.Is(err, mollie.ErrNoToken) {
			t.Errorf("Settlements fails with %v, want ErrNoToken", err)
		}
	}
	if _, err := c.Balance(t.Context()); !errors.Is(err, mollie.ErrNoToken) {
		t.Errorf("Balance fails with %v, want ErrNoToken", err)
	}
	if c.Settles() || !full.Settles() {
		t.Errorf("Settles() = %v and %v, want false and true", c.Settles(), full.Settles())
	}
	if n := s.Calls()["GET /v2/settlements"] + s.Calls()["GET /v2/balances/{id}"]; n != 0 {
		t.Errorf("Mollie was asked %d times, want 0", n)
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	_, c := mollietest.Start(t)
	got, err := c.Methods(t.Context(), 5000, "nl_NL")
	if err != nil || len(got) == 0 || got[0] != (mollie.Method{ID: "ideal", Description: "iDEAL"}) {
		t.Errorf("Methods = %+v, %v, want iDEAL first", got, err)
	}
}

func TestSettlementsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	const good = `{"count":1,"_embedded":{"settlements":[{"id":"stl_abcdefgh","reference":"1.2604.01","status":"paidout","amount":{"currency":"EUR","value":"39.75"},
"periods":{"2026":{"04":{"revenue":[{"amountGross":{"currency":"EUR","value":"86.1000"}},{"amountGross":{"currency":"EUR","value":"-43.20"}}],
"costs":[{"description":"iDEAL","count":2,"rate":{"percentage":"1.8","fixed":null},"amountGross":{"currency":"EUR","value":"3.1460"}}]}}}}]},"_links":{}}`
	tests := []struct {
		name, old, now string
		want           error
	}{
		{"a good answer", "", "", nil},
		{"a status we do not know is kept", "paidout", "teleported", nil},
		{"another currency", `"EUR","value":"39.75"`, `"USD","value":"39.75"`, mollie.ErrMismatch},
		{"three decimals", "86.1000", "86.100", mollie.ErrMismatch},
		{"an exponent", "86.1000", "8.61e1", mollie.ErrMismatch},
		{"no amount", `"amount":`, `"anount":`, mollie.ErrMismatch},
		{"an id with a path", "stl_abcdefgh", "stl_../x", mollie.ErrMismatch},
		{"an amount that is a number", `"39.75"`, `39.75`, mollie.ErrDown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := answering(t, 200, "application/hal+json", replaceOnce(good, tt.old, tt.now))
			for got, err := range c.Settlements(t.Context()) {
				if !errors.Is(err, tt.want) {
					t.Errorf("Settlements fails with %v, want %v", err, tt.want)
				}
				if err == nil && (got.Amount != 397500 || got.Revenue != 429000 || got.CostsExact() != 31460) {
					t.Errorf("it is read as %+v", got)
				}
			}
		})
	}
}
