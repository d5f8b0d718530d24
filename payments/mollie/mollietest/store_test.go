package mollietest_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/payments/mollie/mollietest"
)

func stored(path string) func(*mollietest.Options) {
	return func(o *mollietest.Options) {
		o.Store, o.BaseURL = mollietest.FileStore(path), "http://localhost/mollie/"
	}
}

func TestARestartForgetsNothing(t *testing.T) {
	t.Parallel()
	path, in := filepath.Join(t.TempDir(), "mollie.json"), newInbox(t)
	in.answers(500)
	before := start(t, stored(path))
	first := send(t, before, "POST", "v2/payments", order(in.URL), "Idempotency-Key", "k1")
	id := first.at("id").(string)
	if err := before.Set(id, "paid"); err != nil {
		t.Fatal(err)
	}
	send(t, before, "POST", "v2/payments/"+id+"/refunds", `{"amount":{"currency":"EUR","value":"20.00"}}`)

	after := start(t, stored(path))
	if diff := cmp.Diff(before.Payments(), after.Payments(), cmp.AllowUnexported(mollietest.Payment{})); diff != "" {
		t.Errorf("after a restart the payments differ (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(before.Webhooks(), after.Webhooks()); diff != "" {
		t.Errorf("after a restart the webhooks differ (-before +after):\n%s", diff)
	}
	if again := send(t, after, "POST", "v2/payments", order(in.URL), "Idempotency-Key", "k1"); again.text != first.text {
		t.Errorf("after a restart the key gives %s, want the first answer", again.text)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".mollie-*")); err != nil || len(left) != 0 {
		t.Errorf("litter is left: %v, %v", left, err)
	}
}

func TestADamagedMemoryIsSaid(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "mollie.json")
	if err := os.WriteFile(path, []byte(`{"Payments":[`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := mollietest.New(mollietest.Options{BaseURL: "http://localhost/", Store: mollietest.FileStore(path)})
	if err == nil {
		t.Error("New takes a damaged memory, want an error")
	}
}

type fullDisk struct{}

func (fullDisk) Load() ([]byte, error) { return nil, nil }
func (fullDisk) Save([]byte) error     { return errors.New("no space") }

func TestWhatCannotBeKeptIsNotPromised(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *mollietest.Options) { o.Store = fullDisk{} })
	if got := send(t, s, "POST", "v2/payments", order("")); got.status != 503 {
		t.Errorf("with a full disk it answers %d, want 503", got.status)
	}
}

func TestASeedIsPutInOnce(t *testing.T) {
	t.Parallel()
	s, c := mollietest.Start(t)
	day := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	seed := []mollietest.SeedPayment{
		{ID: "tr_seed000002", Reference: "R2", AmountCents: 5000, Status: "open", CreatedAt: day.Add(time.Hour)},
		{
			ID: "tr_seed000001", Reference: "R1", AmountCents: 5000, Status: "paid", CreatedAt: day,
			Refunds: []mollietest.Refund{{ID: "re_seed000001", Reference: "B1", AmountCents: 5000, Status: "refunded"}},
		},
	}
	if err := s.Seed(seed); err != nil {
		t.Fatal(err)
	}
	if err := s.Set("tr_seed000002", "paid"); err != nil {
		t.Fatal(err)
	}
	if err := s.Seed(seed); err != nil {
		t.Fatal(err)
	}
	all := s.Payments()
	if len(all) != 2 || all[0].ID != "tr_seed000001" || all[1].Status != "paid" {
		t.Errorf("after seeding twice there are %+v, want two, the oldest first, and what happened since", all)
	}
	r, err := c.FindRefund(t.Context(), "tr_seed000001", "B1")
	if err != nil || r.ID != "re_seed000001" || !r.CreatedAt.Equal(day) {
		t.Errorf("FindRefund = %+v, %v", r, err)
	}
	if err := s.Seed([]mollietest.SeedPayment{{ID: "tr_seed000003"}}); err == nil {
		t.Error("a seed without an amount is taken")
	}
}
