package claims_test

import (
	"errors"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/locale"
	"samenclaim/participants"
)

func TestTheFourteenDaysEndWithTheFourteenthDay(t *testing.T) {
	t.Parallel()
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	for signed, want := range map[string]string{
		"2026-11-02 00:00": "2026-11-16 23:59:59", "2026-11-02 23:59": "2026-11-16 23:59:59",
		"2026-10-20 12:00": "2026-11-03 23:59:59", "2026-02-20 12:00": "2026-03-06 23:59:59",
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", signed, amsterdam)
		if err != nil {
			t.Fatal(err)
		}
		if got := claims.CoolingOffUntil(at.UTC()).In(amsterdam).Format("2006-01-02 15:04:05"); got != want {
			t.Errorf("signed %s: until %s, want %s", signed, got, want)
		}
	}
}

func TestRevokingIsForFourteenDays(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(2, claims.Flat)
	c.Prepay(m[0])
	c.Watch.Set(claims.CoolingOffUntil(c.Participation(m[0]).SignedAt))
	p := c.Participation(m[0])
	if ends := claimstest.Eight(func(int) error { return c.Claims.Revoke(c.Ctx(), visitor, p) }); ends[nil] != 8 {
		t.Errorf("eight at once in the last second = %v, want no trouble", ends)
	}
	if err := c.Claims.Leave(t.Context(), visitor, p); err != nil {
		t.Errorf("ended after it was revoked = %v, want nothing to happen", err)
	}
	c.Stand(m[0], participants.Withdrawn)
	c.Watch.Advance(time.Second)
	if err := c.Claims.Revoke(t.Context(), visitor, c.Participation(m[1])); !errors.Is(err, claims.ErrCoolingOff) {
		t.Errorf("a second later = %v, want %v", err, claims.ErrCoolingOff)
	}
	c.Refunded()
	got := claimstest.One[string](c, `SELECT concat_ws(' ', (SELECT count(*) FROM exits), (SELECT kind FROM exits), (SELECT status FROM refunds),
		(SELECT count(*) FROM outbox WHERE template = 'revoked'), (SELECT count(*) FROM outbox WHERE template = 'left'), (SELECT count(*) FROM audit_events WHERE action = 'participation.revoked'))`)
	if got != "1 revoked refunded 1 0 1" {
		t.Errorf("exit, refund, mails and log: %s, want 1 revoked refunded 1 0 1", got)
	}
}

func TestTheReceiptSaysWhatWasRevokedAndWhen(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(1, claims.Flat)[0]
	c.Prepay(m)
	if err := c.Claims.Revoke(t.Context(), visitor, c.Participation(m)); err != nil {
		t.Fatal(err)
	}
	var data struct{ Name, Number, When, Date, Refund string }
	err := c.DB.Raw(`SELECT data->>'Name' AS name, data->>'Number' AS number, data->>'When' AS when, data->>'Date' AS date, data->>'Refund' AS refund
		FROM outbox WHERE template = 'revoked'`).Scan(&data).Error
	person := participants.FullName(m.Person.FirstNames, m.Person.Infix, m.Person.LastName)
	if err != nil || data.Name != person || data.Number != m.Number || data.When == "" || data.Date == "" || data.Refund == "" {
		t.Errorf("receipt = %+v, %v", data, err)
	}
}

func TestAnOptOutNeedsACourt(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(3, claims.Flat)
	optOut := func(i int, on time.Time) error { return c.Claims.OptOut(c.Ctx(), visitor, c.Participation(m[i]), on) }
	today := locale.Today(c.Watch.Now())
	if err := optOut(0, today); !errors.Is(err, claims.ErrNoCourt) {
		t.Errorf("before there is a case in court = %v, want %v", err, claims.ErrNoCourt)
	}
	c.Send()
	c.Arrive(1)
	c.MoveTo(claims.Litigation)
	if err := optOut(0, today.AddDate(0, 0, 1)); !errors.Is(err, claims.ErrToldOn) {
		t.Errorf("told tomorrow = %v, want %v", err, claims.ErrToldOn)
	}
	c.Watch.Advance(time.Minute)
	if ends := claimstest.Eight(func(int) error { return optOut(0, today) }); ends[nil] != 8 {
		t.Errorf("eight at once = %v", ends)
	}
	c.Stand(m[0], participants.OptedOut)
	got, err := c.Claims.LeftBy(t.Context(), c.Participation(m[0]))
	if err != nil || got == nil || got.Kind != claims.OptedOut || got.ToldOn == nil {
		t.Fatalf("LeftBy = %+v, %v", got, err)
	}
	c.MoveTo(claims.SettlementProposed)
	if err := c.Claims.RecordSettlement(t.Context(), claimstest.Lawyer, c.Claim.ID, claims.Settlement{Kind: "settlement", Reference: c.Reference(), PotCents: 20_000, AgreedOn: locale.Today(c.Watch.Now())}); err != nil {
		t.Fatal(err)
	}
	c.MoveTo(claims.Settled)
	c.Receive(20_000)
	c.Distribute()
	if err := optOut(1, today); !errors.Is(err, claims.ErrAwarded) {
		t.Errorf("after the award = %v, want %v", err, claims.ErrAwarded)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM awards`); n != 2 {
		t.Errorf("%d awards, want none for who opted out", n)
	}
}

func TestEachExitIsShownBeforeItIsTaken(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(1, claims.Flat)[0]
	c.Prepay(m)
	look := func(kind claims.Exit) claims.ExitPreview {
		t.Helper()
		p, err := c.Claims.PreviewExit(t.Context(), c.Reload(), c.Participation(m), kind)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := look(claims.Revoked); p.Err != nil || p.RefundCents != 5000 || p.FeeStays || p.InLetter {
		t.Errorf("revoking = %+v, want possible, with € 50 back", p)
	}
	if p := look(claims.OptedOut); !errors.Is(p.Err, claims.ErrNoCourt) {
		t.Errorf("opting out = %v, want %v", p.Err, claims.ErrNoCourt)
	}
	c.Send()
	c.Arrive(1)
	if p := look(claims.Ended); p.Err != nil || !p.InLetter || p.RefundCents != 5000 {
		t.Errorf("ending after the letter = %+v", p)
	}
	c.Settle(20_000)
	c.Receive(20_000)
	c.Distribute()
	if p := look(claims.Ended); p.Err != nil || !p.FeeStays || p.FeeCents != 5000 || p.PayoutCents != 20_000 || p.RefundCents != 0 {
		t.Errorf("ending after the award = %+v, want the fee to stay", p)
	}
}
