package claims_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/locale"
)

func TestLimitation(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, delivered, last string }{
		{"on an ordinary day", "2026-11-10T12:00:00+01:00", "2031-11-10"},
		{"on new year's eve", "2026-12-31T23:59:59+01:00", "2031-12-31"},
		{"late at night in UTC it is the next day here", "2026-06-30T22:30:00Z", "2031-07-01"},
		{"the day before a leap day", "2024-02-28T12:00:00+01:00", "2029-02-28"},
		{"on a leap day: the period begins on 1 March", "2024-02-29T12:00:00+01:00", "2029-02-28"},
		{"ending just before a leap day", "2023-02-28T12:00:00+01:00", "2028-02-29"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339, tt.delivered)
			if err != nil {
				t.Fatal(err)
			}
			day := locale.Today(at)
			if got := claims.Runs(day, []claims.Act{{Kind: claims.ByLetter, On: day}}).Until.Format(time.DateOnly); got != tt.last {
				t.Errorf("delivered at %s: preserved until %s, want %s", tt.delivered, got, tt.last)
			}
		})
	}
}

var (
	proofJPEG = append([]byte{0xff, 0xd8, 0xff, 0xe0}, bytes.Repeat([]byte{0}, 20)...)
	proofPNG  = []byte("\x89PNG\r\n\x1a\nrest of it")
)

func TestWhatCountsAsADelivery(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	c.Send()
	sent := c.Watch.Now()
	c.Watch.Advance(48 * time.Hour)
	good := claims.Delivery{Channel: "bailiff", Tracking: "B-1", DeliveredAt: sent.Add(24 * time.Hour), Proof: claimstest.ProofPDF}
	for _, tt := range []struct {
		name   string
		want   error
		change func(*claims.Delivery)
	}{
		{"by pigeon", claims.ErrChannel, func(d *claims.Delivery) { d.Channel = "pigeon" }},
		{"without proof", claims.ErrProof, func(d *claims.Delivery) { d.Proof = nil }},
		{"a page in place of a proof", claims.ErrProof, func(d *claims.Delivery) { d.Proof = []byte("<html>received</html>") }},
		{"a proof that is too large", claims.ErrProof, func(d *claims.Delivery) { d.Proof = append([]byte("%PDF-1.7"), make([]byte, 10<<20)...) }},
		{"the day before it was sent", claims.ErrDeliveryTime, func(d *claims.Delivery) { d.DeliveredAt = sent.Add(-24 * time.Hour) }},
		{"tomorrow", claims.ErrDeliveryTime, func(d *claims.Delivery) { d.DeliveredAt = c.Watch.Now().Add(24 * time.Hour) }},
		{"of a letter that is not there", claims.ErrNotFound, func(*claims.Delivery) {}},
	} {
		d, ordinal := good, 1
		tt.change(&d)
		if errors.Is(tt.want, claims.ErrNotFound) {
			ordinal = 2
		}
		if err := c.Claims.Deliver(t.Context(), claimstest.Register, c.Claim.ID, ordinal, d); !errors.Is(err, tt.want) {
			t.Errorf("%s = %v, want %v", tt.name, err, tt.want)
		}
	}
	c.Status(claims.LetterSent)
	if d, err := c.Claims.DeliveryOf(t.Context(), c.Claim.ID, 1); err != nil || d != nil {
		t.Errorf("delivery = %+v, %v, want none yet", d, err)
	}
}

func TestALetterArrives(t *testing.T) {
	t.Parallel()
	for name, proof := range map[string][]byte{"application/pdf": claimstest.ProofPDF, "image/jpeg": proofJPEG, "image/png": proofPNG} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := claimstest.New(t)
			members := c.Join(3)
			p := c.Participation(members[2])
			c.Send()
			if err := c.Claims.Leave(t.Context(), "participant:1", p); err != nil {
				t.Fatal(err)
			}
			midnight := time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC) // only the day was filled in
			err := c.Claims.Deliver(t.Context(), claimstest.Register, c.Claim.ID, 1, claims.Delivery{Channel: "registered_post", Tracking: "3S1", DeliveredAt: midnight, Proof: proof})
			if err != nil {
				t.Fatal(err)
			}
			c.Status(claims.LetterDelivered)
			d, err := c.Claims.DeliveryOf(t.Context(), c.Claim.ID, 1)
			if err != nil || d.ProofType != name || !d.DeliveredAt.Equal(c.Watch.Now()) || len(d.Proof) != 0 {
				t.Errorf("delivery = %+v, %v, want a proof of type %s on the moment of sending", d, err, name)
			}
			media, got, err := c.Claims.DeliveryProof(t.Context(), claimstest.Lawyer, c.Claim.ID, 1)
			if err != nil || media != name || !bytes.Equal(got, proof) {
				t.Errorf("proof = %s of %d bytes, %v, want the %s that was sent", media, len(got), err, name)
			}
			for _, m := range members {
				if p := until(c, m); p.Until.Format(time.DateOnly) != "2031-11-02" || p.By == nil || p.By.Kind != claims.ByLetter {
					t.Errorf("%s is preserved %+v, want until 2031-11-02 by the letter", m.Number, p)
				}
			}
			if n := claimstest.One[int64](c, `SELECT count(*) FROM outbox WHERE template = 'letter_delivered'`); n != 2 {
				t.Errorf("%d mails tell of it, want 2: not to who left", n)
			}
		})
	}
}

func TestALetterArrivesOnceByEight(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(2)
	c.Send()
	ends := claimstest.Eight(func(int) error {
		return c.Claims.Deliver(context.Background(), claimstest.Register, c.Claim.ID, 1, claims.Delivery{Channel: "email", DeliveredAt: c.Watch.Now(), Proof: proofPNG})
	}, claims.ErrWrongState)
	if diff := cmp.Diff(map[error]int{nil: 1, claims.ErrWrongState: 7}, ends); diff != "" {
		t.Errorf("delivering eight times at once (-want +got):\n%s", diff)
	}
}
