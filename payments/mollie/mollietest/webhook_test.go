package mollietest_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"samenclaim/payments/mollie/mollietest"
)

const form = "application/x-www-form-urlencoded id="

func TestAWebhookHoldsOnlyTheID(t *testing.T) {
	t.Parallel()
	in := newInbox(t)
	s := start(t)
	id := create(t, s, in.URL)
	for _, status := range []string{"pending", "paid"} {
		if err := s.Set(id, status); err != nil {
			t.Fatal(err)
		}
	}
	if got := in.got(); !slices.Equal(got, []string{form + id}) {
		t.Errorf("our server got %q, want one call with the id: nothing is told about pending", got)
	}
}

func TestWebhooksForRefundsNameThePayment(t *testing.T) {
	t.Parallel()
	in := newInbox(t)
	s := start(t)
	id := create(t, s, in.URL)
	if err := s.Set(id, "paid"); err != nil {
		t.Fatal(err)
	}
	send(t, s, "POST", "v2/payments/"+id+"/refunds", `{"amount":{"currency":"EUR","value":"50.00"}}`)
	if got := in.got(); len(got) != 1 {
		t.Errorf("after asking for a refund there were %d calls, want 1", len(got))
	}
	if err := s.ProcessRefunds(); err != nil {
		t.Fatal(err)
	}
	if got := in.got(); len(got) != 3 || got[2] != form+id {
		t.Errorf("our server got %q, want calls for paid, processing and refunded", got)
	}
}

func TestAWebhookIsTriedAgainByPlan(t *testing.T) {
	t.Parallel()
	in, c := newInbox(t), newClock()
	s := start(t, func(o *mollietest.Options) {
		o.Now, o.Plan = c.Now, []time.Duration{time.Minute, time.Hour}
	})
	in.answers(http.StatusServiceUnavailable)
	id := create(t, s, in.URL)
	if err := s.Set(id, "paid"); err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		wait time.Duration
		want int
	}{{30 * time.Second, 1}, {30 * time.Second, 2}, {59 * time.Minute, 2}, {time.Minute, 3}, {100 * time.Hour, 3}} {
		c.pass(step.wait)
		if err := s.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := len(in.got()); got != step.want {
			t.Errorf("after step %d there were %d calls, want %d", i, got, step.want)
		}
	}
	want := mollietest.Webhook{PaymentID: id, Tries: 3, Answer: 503, Done: true}
	if got := s.Webhooks(); len(got) != 1 || got[0] != want {
		t.Errorf("Webhooks() = %+v, want %+v", got, want)
	}
}

func TestAnAnsweredWebhookIsNotRepeated(t *testing.T) {
	t.Parallel()
	in, c := newInbox(t), newClock()
	s := start(t, func(o *mollietest.Options) { o.Now = c.Now })
	in.answers(http.StatusCreated) // only 200 counts
	id := create(t, s, in.URL)
	if err := s.Set(id, "paid"); err != nil {
		t.Fatal(err)
	}
	in.answers(http.StatusOK)
	for range 3 {
		c.pass(24 * time.Hour)
		if err := s.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(in.got()); got != 2 {
		t.Errorf("there were %d calls, want 2", got)
	}
	if err := s.Notify(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := len(in.got()); got != 3 {
		t.Errorf("after asking once more there were %d calls, want 3", got)
	}
}

func TestWebhooksStayOnThisMachine(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, away := range []string{"http://192.0.2.1/hook", "http://169.254.169.254/latest", "http://example.test/hook"} {
		id := create(t, s, away)
		begin := time.Now()
		if err := s.Set(id, "paid"); err != nil {
			t.Fatal(err)
		}
		hooks := s.Webhooks()
		if got := hooks[len(hooks)-1]; got.Tries != 1 || got.Answer != 0 || time.Since(begin) > time.Second {
			t.Errorf("a webhook to %s gave %+v after %v, want a refusal at once", away, got, time.Since(begin))
		}
	}
}

func TestTheClockAloneMovesThings(t *testing.T) {
	t.Parallel()
	in, c := newInbox(t), newClock()
	s := start(t, func(o *mollietest.Options) { o.Now = c.Now })
	late, paid := create(t, s, in.URL), createPaid(t, s)
	refund := send(t, s, "POST", "v2/payments/"+paid+"/refunds", `{"amount":{"currency":"EUR","value":"50.00"}}`).at("id").(string)
	for _, step := range []struct {
		wait            time.Duration
		payment, refund string
	}{
		{15*time.Minute - time.Second, "open", "pending"},
		{time.Second, "expired", "pending"},
		{105 * time.Minute, "expired", "processing"},
		{24 * time.Hour, "expired", "refunded"},
	} {
		c.pass(step.wait)
		if got := send(t, s, "GET", "v2/payments/"+late, "").at("status"); got != step.payment {
			t.Errorf("at %v the payment is %v, want %s", c.Now(), got, step.payment)
		}
		if got := send(t, s, "GET", "v2/payments/"+paid+"/refunds/"+refund, "").at("status"); got != step.refund {
			t.Errorf("at %v the refund is %v, want %s", c.Now(), got, step.refund)
		}
	}
	if err := s.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := in.got(); len(got) != 1 {
		t.Errorf("our server got %q, want one call about the expired payment", got)
	}
}

func TestManyWebhooksAreAllSent(t *testing.T) {
	t.Parallel()
	in := newInbox(t)
	s := start(t)
	var seed []mollietest.SeedPayment
	for i := range 45 {
		seed = append(seed, mollietest.SeedPayment{
			ID: fmt.Sprintf("tr_seed%06d", i), AmountCents: 5000, Status: "paid", WebhookURL: in.URL,
			Refunds: []mollietest.Refund{{AmountCents: 5000, Status: "processing"}},
		})
	}
	if err := s.Seed(seed); err != nil {
		t.Fatal(err)
	}
	if err := s.ProcessRefunds(); err != nil {
		t.Fatal(err)
	}
	if got := in.got(); len(got) != 45 || len(slices.Compact(slices.Sorted(slices.Values(got)))) != 45 {
		t.Errorf("our server got %d calls, want one for each of 45 payments", len(got))
	}
}

func TestWebhooksThatGoWrong(t *testing.T) {
	t.Parallel()
	in := newInbox(t)
	s := start(t)
	var ids []string
	for range 4 {
		ids = append(ids, create(t, s, in.URL))
	}
	s.FailHooks(1, mollietest.HookDoubled)
	s.FailHooks(1, mollietest.HookLost)
	s.FailHooks(2, mollietest.HookLate)
	for _, id := range ids {
		if err := s.Set(id, "paid"); err != nil {
			t.Fatal(err)
		}
	}
	if got := in.got(); !slices.Equal(got, []string{form + ids[0], form + ids[0]}) {
		t.Errorf("at once our server got %q, want the first one twice", got)
	}
	if err := s.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := in.got(); !slices.Equal(got[2:], []string{form + ids[3], form + ids[2]}) {
		t.Errorf("later our server got %q, want the newest first and never the second", got[2:])
	}
}
