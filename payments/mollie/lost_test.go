package mollie_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"samenclaim/payments/mollie"
	"samenclaim/payments/mollie/mollietest"
)

func TestOneFaultIsHealedByTryingAgain(t *testing.T) {
	t.Parallel()
	for _, fault := range []mollietest.Fault{mollietest.Error500, mollietest.TooMany, mollietest.CutBody, mollietest.LostAnswer, mollietest.Garbage} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			s, c := mollietest.Start(t)
			s.FailNext(2, fault)
			p := mustCreate(t, c, "R1")
			if got := s.Payments(); len(got) != 1 || got[0].ID != p.ID {
				t.Errorf("there are %d payments, want the one that was answered", len(got))
			}
			if err := s.Set(p.ID, "paid"); err != nil {
				t.Fatal(err)
			}
			s.FailNext(2, fault)
			if _, err := c.GetPayment(t.Context(), p.ID); err != nil {
				t.Errorf("GetPayment fails with %v", err)
			}
			s.FailNext(2, fault)
			if _, err := c.CreateRefund(t.Context(), p.ID, back("back-1")); err != nil {
				t.Errorf("CreateRefund fails with %v", err)
			}
			s.FailNext(2, fault)
			if _, err := c.FindRefund(t.Context(), p.ID, "back-1"); err != nil {
				t.Errorf("FindRefund fails with %v", err)
			}
			if got := s.Payments()[0].Refunds; len(got) != 1 {
				t.Errorf("there are %d refunds, want 1", len(got))
			}
		})
	}
}

func TestALostAnswerIsFoundByItsReference(t *testing.T) {
	t.Parallel()
	for _, fault := range []mollietest.Fault{mollietest.CutBody, mollietest.LostAnswer} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			s, c := mollietest.Start(t)
			if _, err := c.FindPayment(t.Context(), "R1"); !errors.Is(err, mollie.ErrNotFound) {
				t.Errorf("before it is made FindPayment gives %v, want ErrNotFound", err)
			}
			s.FailNext(3, fault)
			if _, err := c.CreatePayment(t.Context(), fee("R1")); !errors.Is(err, mollie.ErrDown) {
				t.Errorf("CreatePayment fails with %v, want ErrDown", err)
			}
			p, err := c.FindPayment(t.Context(), "R1")
			if err != nil || p.AmountCents != 5000 || p.CheckoutURL == "" {
				t.Fatalf("FindPayment = %+v, %v", p, err)
			}
			if err := s.Set(p.ID, "paid"); err != nil {
				t.Fatal(err)
			}
			s.FailNext(3, fault)
			if _, err := c.CreateRefund(t.Context(), p.ID, back("back-1")); !errors.Is(err, mollie.ErrDown) {
				t.Errorf("CreateRefund fails with %v, want ErrDown", err)
			}
			r, err := c.FindRefund(t.Context(), p.ID, "back-1")
			if err != nil || r.AmountCents != 5000 {
				t.Errorf("FindRefund = %+v, %v", r, err)
			}
			again, err := c.CreateRefund(t.Context(), p.ID, back("back-1"))
			if err != nil || again != r {
				t.Errorf("the same key gives %+v, %v, want %+v", again, err, r)
			}
		})
	}
}

func TestAPaymentFarBackIsFound(t *testing.T) {
	t.Parallel()
	s, c := mollietest.Start(t)
	var seed []mollietest.SeedPayment
	for i := range 700 {
		seed = append(seed, mollietest.SeedPayment{
			ID: fmt.Sprintf("tr_seed%06d", i), Reference: fmt.Sprintf("S%d", i), AmountCents: int64(100 + i), Status: "paid",
			CreatedAt: time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC),
		})
	}
	if err := s.Seed(seed); err != nil {
		t.Fatal(err)
	}
	p, err := c.FindPayment(t.Context(), "S3")
	if err != nil || p.ID != "tr_seed000003" || p.AmountCents != 103 {
		t.Errorf("FindPayment = %+v, %v", p, err)
	}
	if n := s.Calls()["GET /v2/payments"]; n != 3 {
		t.Errorf("the list was asked %d times, want 3 pages of 250", n)
	}
}

func TestHangingEndsInTime(t *testing.T) {
	t.Parallel()
	s, _ := mollietest.Start(t)
	conf := s.Config()
	conf.Timeout = 50 * time.Millisecond
	c, err := mollie.New(conf)
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range []mollietest.Fault{mollietest.Hang, mollietest.Slow} {
		s.Recover()
		s.FailNext(5, fault)
		begin := time.Now()
		_, err = c.CreatePayment(t.Context(), fee("R1"))
		if !errors.Is(err, mollie.ErrDown) || time.Since(begin) > 5*time.Second {
			t.Errorf("%s: after %v: %v, want ErrDown at once", fault, time.Since(begin), err)
		}
	}
}

func TestWhoStopsWaitingGetsNoClearAnswer(t *testing.T) {
	t.Parallel()
	s, c := mollietest.Start(t)
	s.FailNext(5, mollietest.Hang)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.CreatePayment(ctx, fee("R1")); !errors.Is(err, mollie.ErrDown) || !errors.Is(err, context.Canceled) {
		t.Errorf("CreatePayment fails with %v, want ErrDown and Canceled", err)
	}
}

func TestNobodyHome(t *testing.T) {
	t.Parallel()
	c, err := mollie.New(mollie.Config{Key: mollietest.TestKey, BaseURL: "http://127.0.0.1:1/", Backoff: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.FindPayment(t.Context(), "R1"); !errors.Is(err, mollie.ErrDown) {
		t.Errorf("FindPayment fails with %v, want ErrDown", err)
	}
}

func TestAStaleAnswerIsReadAsItIs(t *testing.T) {
	t.Parallel()
	s, c := mollietest.Start(t)
	p := paid(t, s, c, "R1")
	s.FailNext(1, mollietest.Stale)
	for _, want := range []mollie.Status{mollie.Open, mollie.Paid} {
		if got, err := c.GetPayment(t.Context(), p.ID); err != nil || got.Status != want {
			t.Errorf("GetPayment says %q, %v, want %q", got.Status, err, want)
		}
	}
}

func TestTheSameKeyIsOnePaymentAndOneRefund(t *testing.T) {
	t.Parallel()
	s, c := mollietest.Start(t)
	ids := eightTimes(func() string {
		p, err := c.CreatePayment(context.Background(), fee("R1"))
		return fmt.Sprint(p.ID, err)
	})
	if len(ids) != 1 || len(s.Payments()) != 1 {
		t.Fatalf("eight at once gave %d answers and %d payments, want 1 and 1: %v", len(ids), len(s.Payments()), ids)
	}
	id := s.Payments()[0].ID
	if err := s.Set(id, "paid"); err != nil {
		t.Fatal(err)
	}
	part := back("back-1")
	part.AmountCents = 100 // eight of these would fit
	ids = eightTimes(func() string {
		r, err := c.CreateRefund(context.Background(), id, part)
		return fmt.Sprint(r.ID, err)
	})
	if got := s.Payments()[0].RefundedCents(); len(ids) != 1 || got != 100 {
		t.Errorf("eight at once gave %d answers and %d cents back, want 1 and 100: %v", len(ids), got, ids)
	}
}

func TestEightKeysAreEightPayments(t *testing.T) {
	t.Parallel()
	s, c := mollietest.Start(t)
	var n int
	var mu sync.Mutex
	eightTimes(func() string {
		mu.Lock()
		n++
		ref := fmt.Sprint("R", n)
		mu.Unlock()
		_, err := c.CreatePayment(context.Background(), fee(ref))
		return fmt.Sprint(err)
	})
	if got := len(s.Payments()); got != 8 {
		t.Errorf("eight keys gave %d payments, want 8: the test above proves nothing", got)
	}
}

// eightTimes does something eight times at once and gives the different results.
func eightTimes(f func() string) map[string]bool {
	got := map[string]bool{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			one := f()
			mu.Lock()
			defer mu.Unlock()
			got[one] = true
		})
	}
	wg.Wait()
	return got
}
