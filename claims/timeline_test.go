package claims_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/participants"
)

func lived(t *testing.T) (*claimstest.Case, claimstest.Member) {
	t.Helper()
	c := claimstest.New(t)
	must := func(errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		c.Watch.Advance(time.Minute)
	}
	p := c.Next()
	p.FeeOption, p.EvidencePlan = "percentage", "now"
	token := c.Ready(p)
	if _, err := c.People.Answer(t.Context(), c.Claim.ID, token, func(a *participants.Answers) { a.AccountEmail = "MERK-gebruik@proef.example" }); err != nil {
		t.Fatal(err)
	}
	j, err := c.Claims.Sign(t.Context(), c.Claim, token, c.Form(p))
	must(err)
	m := claimstest.Member{Joined: j, Person: p, Token: token}
	owner := claims.Owner{ParticipationID: j.ParticipationID}
	must(c.Claims.SetConsents(t.Context(), c.Claim, token, []string{"newsletter"}))
	must(c.People.WithdrawConsent(t.Context(), visitor, j.ParticipationID, "newsletter"))
	kept, err := c.Claims.AttachFile(t.Context(), visitor, owner, "MERK-bestand.pdf", bytes.NewReader(aPDF("% MERK-inhoud")))
	must(err)
	gone, err := c.Claims.AttachStatement(t.Context(), visitor, owner, "MERK-weg")
	must(err, c.Claims.Retract(t.Context(), visitor, owner, gone.Ref))
	_, err = c.Claims.AttachStatement(t.Context(), visitor, owner, "MERK-verklaring")
	must(err)
	must(changeFee(c, m, claims.Flat))
	c.Prepay(m)
	c.Watch.Advance(time.Minute)
	c.Join(1)
	c.Send()
	c.Publish(claims.DraftNews{TitleNL: "MERK-nieuws", TitleEN: "News", BodyNL: "Tekst", BodyEN: "Text", RequestID: "news-1"})
	c.Arrive(1)
	_, err = c.Claims.View(t.Context(), claimstest.Register, c.Claim.ID, j.Number, "question of the member")
	must(err)
	must(c.Claims.WriteMessage(t.Context(), c.Participation(m), claims.Writing{Text: "MERK-bericht", RequestID: "vraag"}),
		c.Claims.AnswerMessage(t.Context(), claimstest.Intake, c.Participation(m), claims.Writing{Text: "MERK-antwoord", RequestID: "antwoord", Seen: 1}))
	c.MoveTo(claims.Negotiation)
	c.MoveTo(claims.SettlementProposed)
	must(c.Claims.WriteConsultation(t.Context(), claimstest.Lawyer, c.Claim.ID, question(c)), c.Claims.OpenConsultation(t.Context(), claimstest.Board, c.Claim.ID, 1), vote(c, m, claims.VoteFor))
	ended(c)
	c.Settle(30_000)
	c.Receive(30_000)
	c.Distribute()
	c.Watch.Advance(time.Minute)
	c.Accounts(m)
	run := c.Release()
	c.Watch.Advance(time.Minute)
	c.Bank(c.Carried(run)...)
	c.Watch.Advance(time.Minute)
	c.Bank(c.Back(m, "AC04"))
	c.Watch.Advance(time.Minute)
	if kept.Ref == "" {
		t.Fatal("no evidence")
	}
	return c, m
}

func TestTheTimeLineTellsEverythingOnce(t *testing.T) {
	t.Parallel()
	c, m := lived(t)
	events, err := c.Claims.Timeline(t.Context(), c.Participation(m))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for i, e := range events {
		kinds = append(kinds, e.Kind)
		if i > 0 && e.At.After(events[i-1].At) {
			t.Errorf("%s stands below what came before it", e.Kind)
		}
		if !slices.Contains(claims.EventKinds, e.Kind) {
			t.Errorf("%s has no place in the list of kinds", e.Kind)
		}
	}
	slices.Reverse(kinds)
	want := []string{
		"signed", "consent_given", "consent_withdrawn", "evidence_sent", "evidence_sent", "evidence_retracted", "evidence_sent", "fee_changed", "prepaid",
		"letter_sent", "claim_moved", "claim_moved", "news", "letter_delivered", "claim_moved", "claim_moved", "claim_moved", "claim_moved",
		"awarded", "claim_moved", "payee_set", "payout_sent", "payout_booked", "payout_returned",
	}
	count := func(all []string) map[string]int {
		n := map[string]int{}
		for _, k := range all {
			n[k]++
		}
		delete(n, "claim_moved") // as many as the road takes
		return n
	}
	if diff := cmp.Diff(count(want), count(kinds)); diff != "" {
		t.Errorf("kinds (-want +got):\n%s\n%v", diff, kinds)
	}
	first := map[string]int{}
	for i, k := range kinds {
		if _, ok := first[k]; !ok {
			first[k] = i
		}
	}
	for _, pair := range [][2]string{{"signed", "consent_given"}, {"fee_changed", "prepaid"}, {"prepaid", "letter_sent"}, {"letter_sent", "letter_delivered"}, {"letter_delivered", "awarded"}, {"awarded", "payee_set"}, {"payout_sent", "payout_booked"}, {"payout_booked", "payout_returned"}} {
		if first[pair[0]] > first[pair[1]] {
			t.Errorf("%s comes after %s", pair[0], pair[1])
		}
	}
}

func TestTheTimeLineOfWhoLeft(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(1, claims.Flat)[0]
	c.Prepay(m)
	c.Watch.Advance(time.Minute)
	if err := c.Claims.Leave(t.Context(), visitor, c.Participation(m)); err != nil {
		t.Fatal(err)
	}
	drain(c, "refunds")
	if err := c.Mollie.ProcessRefunds(); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(time.Hour)
	drain(c, "refunds")
	events, err := c.Claims.Timeline(t.Context(), c.Participation(m))
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	if diff := cmp.Diff([]string{"refund_done", "ended", "refund_required", "prepaid", "signed"}, kinds); err != nil || diff != "" {
		t.Errorf("kinds (-want +got): %v\n%s", err, diff)
	}
	if got := events[0].Args["cents"]; got != fmt.Sprint(int64(c.Claim.FlatFeeCents)) {
		t.Errorf("the refund is %s cents, want %d", got, c.Claim.FlatFeeCents)
	}
}
