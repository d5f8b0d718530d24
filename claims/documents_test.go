package claims_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
)

func TestTheSignedDocumentIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(1, claims.Flat)[0]
	print := func() []byte {
		t.Helper()
		pdf, err := c.Claims.SignedDocument(t.Context(), c.Participation(m))
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Fatalf("SignedDocument = %.8q, %v", pdf, err)
		}
		return pdf
	}
	first := print()
	c.Watch.Advance(time.Hour)
	if !bytes.Equal(first, print()) {
		t.Error("the same signature printed twice is two documents")
	}
	if err := changeFee(c, m, claims.Percentage); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(first, print()) {
		t.Error("the new signature prints as the old one")
	}
	if _, err := c.Claims.Statement(t.Context(), c.Participation(m)); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("Statement before there is money = %v, want %v", err, claims.ErrNotFound)
	}
}

func TestTheStatementFollowsThePayout(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(2, claims.Flat)
	c.Prepay(m[0])
	c.Send()
	c.Arrive(1)
	c.Settle(40_000)
	c.Receive(40_000)
	print := func() []byte {
		t.Helper()
		pdf, err := c.Claims.Statement(t.Context(), c.Participation(m[0]))
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Fatalf("Statement = %.8q, %v", pdf, err)
		}
		return pdf
	}
	if d, err := c.Claims.Calculate(t.Context(), claimstest.Accountant, c.Claim.ID); err != nil {
		t.Fatal(err)
	} else if _, err := c.Claims.Statement(t.Context(), c.Participation(m[0])); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("Statement before the approval = %v, want %v", err, claims.ErrNotFound)
	} else if err := c.Claims.ApproveDistribution(t.Context(), claimstest.Board, d.ID); err != nil {
		t.Fatal(err)
	}
	c.Reload()
	awarded := print()
	c.Accounts(m...)
	run := c.Release()
	sent := print()
	c.Bank(c.Carried(run)...)
	booked := print()
	if bytes.Equal(awarded, sent) || bytes.Equal(sent, booked) {
		t.Error("the statement does not follow the payout")
	}
	if !bytes.Equal(booked, print()) {
		t.Error("the same payout printed twice is two documents")
	}
}
