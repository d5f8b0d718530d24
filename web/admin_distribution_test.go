package web

import (
	"net/http"
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/web/staff"
)

const distributionPage = "/nl/beheer/zoom/verdeling"

func TestDistributionRoad(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 3)
	o.accountant.get(distributionPage).want(200, "Er is nog niets te verdelen")
	late := o.c.Join(1) // after the annex
	o.c.Settle(100_000)

	o.accountant.get(distributionPage).want(200, "De verdeling is nog niet berekend", "Wacht op het geld", "1 deelnemer staat niet in een bijlage")
	o.board.get(distributionPage).want(200)
	o.accountant.send(distributionPage+"/berekenen", signed(o.accountant)).goes(distributionPage)
	page := o.accountant.get(distributionPage).want(200, "De verdeling is berekend", "wacht op een tweede persoon", "Iemand van het bestuur", "€\u00a01.000,00", "€\u00a0333,34", "€\u00a0333,33", "voor 3 personen", "Medewerker", "Per soort vergoeding")
	if strings.Contains(page.Body, late[0].Number) {
		t.Error("somebody who is in no annex is in the distribution")
	}
	o.board.get(distributionPage).want(200, "Goedkeuren kan pas als al het geld binnen is")
	approve(o, o.board).want(http.StatusUnprocessableEntity, "nog niet helemaal binnen")

	o.c.Receive(100_000)
	o.board.get(distributionPage).want(200, "Keur de verdeling goed")
	approve(o, o.board).goes(distributionPage)
	o.board.get(distributionPage).want(200, "De verdeling is goedgekeurd")
	o.c.Status(claims.Distributing)
	approve(o, o.board).want(http.StatusConflict, "Dit kan nu niet")
	o.accountant.send(distributionPage+"/berekenen", signed(o.accountant)).want(http.StatusConflict)
}

// approve approves what stands on the page now, also when the page offers no button for it.
func approve(o *office, c *client) page {
	return c.send(distributionPage+"/goedkeuren", signed(c, "hash", claimstest.One[string](o.c, `SELECT encode(sha256, 'hex') FROM distributions WHERE status <> 'dropped'`)))
}

func TestADistributionTakesTwoPeople(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 2)
	o.settled(t, 50_000)
	both := o.member(t, staff.Accountant, staff.Board)
	both.send(distributionPage+"/berekenen", signed(both)).goes(distributionPage)
	both.get(distributionPage).want(200, "U hebt deze verdeling zelf berekend")
	approve(o, both).want(http.StatusForbidden, "Hier zijn twee mensen voor nodig")
	approve(o, o.accountant).want(http.StatusForbidden, "U mag deze pagina niet bekijken")
	if n := o.count(t, `SELECT count(*) FROM distributions WHERE status = 'approved'`); n != 0 {
		t.Error("one person was enough")
	}
	both.send(distributionPage+"/weg", signed(both)).goes(distributionPage)
	both.get(distributionPage).want(200, "De berekening is teruggenomen", "De verdeling is nog niet berekend")
}

// What is approved is what was looked at: another calculation in between is not.
func TestOnlyTheCalculationThatWasSeenIsApproved(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 2)
	o.settled(t, 50_000)
	o.accountant.send(distributionPage+"/berekenen", signed(o.accountant)).goes(distributionPage)
	values := form(o.board.get(distributionPage))
	values.Set("hash", strings.Repeat("0", 64))
	o.board.send(distributionPage+"/goedkeuren", values).want(http.StatusUnprocessableEntity, "Er is iets veranderd sinds de berekening")
	for _, text := range naughty {
		values.Set("hash", text)
		o.board.send(distributionPage+"/goedkeuren", values).want(http.StatusUnprocessableEntity)
	}
	o.c.Status(claims.Settled)
}

func TestApproveDistributionEightAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 3)
	o.settled(t, 50_000)
	o.accountant.send(distributionPage+"/berekenen", signed(o.accountant)).goes(distributionPage)
	onlyOne(t, o.board.eightAtOnce(distributionPage+"/goedkeuren", form(o.board.get(distributionPage))))
	if n := o.count(t, `SELECT count(*) FROM journals WHERE event = 'distribution.approved'`); n != 1 {
		t.Errorf("%d journals of the approval, want 1", n)
	}
}

func TestAwardsArePaged(t *testing.T) {
	t.Parallel()
	o := newOffice(t, awardsAtOnce+2)
	o.settled(t, 1_000_001)
	o.accountant.send(distributionPage+"/berekenen", signed(o.accountant)).goes(distributionPage)
	first := o.accountant.get(distributionPage)
	if got := strings.Count(first.Body, `data-label="Netto"`); got != awardsAtOnce {
		t.Errorf("the first page has %d people, want %d", got, awardsAtOnce)
	}
	last := claimstest.One[string](o.c, `SELECT number FROM awards ORDER BY number OFFSET ? LIMIT 1`, awardsAtOnce-1)
	next := o.accountant.get(distributionPage+"?na="+last).want(200, "Terug naar het begin")
	if got := strings.Count(next.Body, `data-label="Netto"`); got != 2 {
		t.Errorf("the second page has %d people, want 2", got)
	}
	o.accountant.get(distributionPage + "?na=ZZZZ").want(http.StatusNotFound)
	o.accountant.get(distributionPage + "?na=%27--%3Cb%3E").want(200)
}
