package web

import (
	"net/url"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
)

const refundsPage = "/nl/beheer/zoom/terugbetalingen"

func queryText(text string) string { return url.QueryEscape(text) }

func TestRefundsOfALostCase(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	members := c.JoinWith(3, claims.Flat)
	c.Prepay(members[0])
	c.Prepay(members[1])
	c.Send()
	c.Arrive(1)
	o := officeOf(t, c)
	o.board.get(refundsPage).want(200, "Er is niets terug te betalen", "Betaald", "€\u00a0100,00", "2 keer")
	c.MoveTo(claims.Litigation)
	c.MoveTo(claims.Lost)
	c.Reload()
	o.board.get(refundsPage).want(200, "2 terugbetalingen zijn onderweg", "Moet nog", "€\u00a0100,00", "Bij Mollie staat genoeg")
	must(t, c.Mollie.LowBalance(true))
	o.board.get(refundsPage).want(200, "Bij Mollie staat €\u00a0100,00 te weinig", "Nodig voor terugbetalingen: €\u00a0100,00. Beschikbaar bij Mollie: €\u00a00,00.")
	must(t, c.Mollie.LowBalance(false))
	o.board.get("/en/beheer/zoom/terugbetalingen").want(200, "2 refunds are on the way", "Still to do")
	o.board.get(settlementPage).want(200)
	o.board.get(distributionPage).want(200)
	o.board.get(payoutsPage).want(200, "Uitbetalen kan zodra de verdeling is goedgekeurd")
}
