package web

import (
	"time"

	"samenclaim/claims"
	"samenclaim/internal/locale"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

// deadlineWords say until when signing is in time, how long that is yet, and what follows; "" where nothing was announced.
func deadlineWords(v ui.View, claim claims.Claim, now time.Time) string {
	d := claim.ClosesAt
	if d == nil || claim.CutoffAt != nil || !now.Before(*d) {
		return ""
	}
	key := "join.deadline." + string(claim.Late())
	if locale.Today(d.Add(-time.Minute)).Equal(locale.Today(now)) {
		return v.T("join.deadline.today", "When", v.LastMinute(*d)) + " " + v.T(key+".after")
	}
	return v.T("join.deadline.until", "When", v.LastMinute(*d), "Days", locale.DaysUntil(locale.Today(d.Add(-time.Minute)), now)) + " " + v.T(key+".after")
}

// policyWords say what coming late means in a claim: before anybody is late, and after.
func policyWords(v ui.View, claim claims.Claim, now time.Time) string {
	name, price := string(claim.Late()), ""
	if claim.LatePriceCents != nil {
		price = v.Euro(int64(*claim.LatePriceCents))
	}
	if claim.TooLate(now) {
		return v.T("join.late."+name+".now", "Price", price, "Date", v.Day(claim.LimitationOn))
	}
	return v.T("join.late."+name+".then", "Price", price)
}

// lateWords say what has to be paid ahead for signing late, and what becomes of it; "" if nothing has to be.
func lateWords(v ui.View, price payments.Cents) string {
	if price == 0 {
		return ""
	}
	return v.T("join.late.price", "Price", v.Euro(int64(price)))
}
