package web

import (
	"slices"
	"strconv"
	"time"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

// standingWords are how things stand with somebody's case, in words.
type standingWords struct {
	Kind, Title, Text, Next string // Kind as of Notice
}

// standing says how things stand: by what happens to this person, or else to the whole claim.
func standing(v ui.View, o ownCase, award *claims.Award) standingWords {
	name := stateName(o, award)
	args := []any{"Defendant", o.claim.DefendantName, "Amount", amountOf(v, award), "When", ""}
	if o.part.EndedAt != nil {
		args[5] = v.Moment(*o.part.EndedAt)
	}
	key := "portal.status." + name
	return standingWords{Kind: stateKind(name), Title: v.T(key+".title", args...), Text: v.T(key+".text", args...), Next: v.T(key+".next", args...)}
}

func amountOf(v ui.View, a *claims.Award) string {
	if a == nil {
		return ""
	}
	return v.Euro(int64(a.PayoutCents))
}

func stateName(o ownCase, award *claims.Award) string {
	switch o.part.Status {
	case participants.Active:
		if o.claim.CutoffAt != nil && o.claim.TakesSignups() {
			if o.part.LatePriceCents != nil {
				return "late_paid"
			}
			return "late"
		}
		return string(o.claim.Status)
	case participants.Included:
		return string(o.claim.Status)
	case participants.Paid:
		if award != nil && award.PayoutCents == 0 {
			return "paid_zero"
		}
	}
	return string(o.part.Status)
}

// stateKind is how a state looks: the colour only helps the words.
func stateKind(name string) string {
	switch name {
	case "payee_pending", "unclaimed":
		return "warn"
	case "paid", "settled", "won":
		return "success"
	}
	return "info"
}

// tagOf is the tag in the colour of a notice.
func tagOf(kind string) string {
	switch kind {
	case "warn":
		return "warn"
	case "success":
		return "good"
	}
	return "info"
}

// evidenceOpen reports whether evidence can still be sent.
func (o ownCase) evidenceOpen() bool {
	return (o.part.Status == participants.Active || o.part.Status == participants.Included) && o.claim.EndedAt == nil
}

// feeOpen reports whether the fee option can still be changed, as far as the participation tells.
func (o ownCase) feeOpen() bool {
	return o.part.Status == participants.Active && o.claim.TakesSignups()
}

// prepayment is what can be paid ahead: the flat fee, or the advance of who signed late.
func (o ownCase) prepayment() payments.Cents {
	if o.part.LatePriceCents != nil {
		return payments.Cents(*o.part.LatePriceCents)
	}
	return o.claim.FlatFeeCents
}

// lateOpen reports whether an advance has to be paid before a letter covers the participation, and one still can.
func (o ownCase) lateOpen() bool {
	return o.part.LatePriceCents != nil && o.part.Status == participants.Active && o.claim.TakesSignups()
}

// payOpen reports whether the flat fee can still be paid ahead.
func (o ownCase) payOpen() bool {
	if o.part.Status != participants.Active && o.part.Status != participants.Included {
		return false
	}
	switch o.claim.Status {
	case claims.SettlementProposed, claims.Settled, claims.Won:
		return o.part.LatePriceCents == nil || o.part.Status == participants.Included
	}
	return o.claim.TakesSignups()
}

// timeline puts what happened in words, newest first.
func timeline(v ui.View, events []claims.Event) []ui.TimelineItem {
	items := make([]ui.TimelineItem, 0, len(events))
	for _, e := range slices.DeleteFunc(slices.Clone(events), func(e claims.Event) bool { return toldTwice(events, e) }) {
		args := eventArgs(v, e)
		items = append(items, ui.TimelineItem{Title: v.T(eventKey(e), args...), When: e.At, State: "done"})
	}
	return items
}

// toldTwice reports whether a move of the claim only repeats what happened to this person.
func toldTwice(events []claims.Event, e claims.Event) bool {
	own := map[string]string{"letter_sent": "letter_sent", "letter_delivered": "letter_delivered", "distributing": "awarded"}[e.Args["to"]]
	return e.Kind == "claim_moved" && own != "" && slices.ContainsFunc(events, func(o claims.Event) bool { return o.Kind == own })
}

// eventKey is the key of the words of an event; some have words for each kind.
func eventKey(e claims.Event) string {
	key := "portal.event." + e.Kind
	switch e.Kind {
	case "consent_given", "consent_withdrawn", "evidence_sent", "evidence_retracted":
		return key + "_" + e.Args["kind"]
	case "fee_changed":
		return key + "_" + e.Args["option"]
	case "claim_moved":
		return key + "_" + e.Args["to"]
	}
	return key
}

// eventArgs are the values in the words of an event, written for the reader.
func eventArgs(v ui.View, e claims.Event) []any {
	title := e.Args["title_nl"]
	if v.Lang == "en" {
		title = e.Args["title_en"]
	}
	return []any{
		"Amount", centsArg(v, e.Args["cents"]), "Payout", centsArg(v, e.Args["payout_cents"]), "Title", title, "Ordinal", e.Args["ordinal"],
		"When", momentArg(v, e.Args["usable_from"]),
	}
}

func centsArg(v ui.View, s string) string {
	cents, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return ""
	}
	return v.Euro(cents)
}

func momentArg(v ui.View, s string) string {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return ""
	}
	return v.Moment(at)
}
