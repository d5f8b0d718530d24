package web

import (
	"net/http"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/payments"
)

const molliePage = "/nl/beheer/mollie"

func TestWhatMolliePaysOutOnThePages(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	members := c.JoinWith(2, claims.Flat)
	c.Prepay(members[0])
	c.Prepay(members[1])
	o := officeOf(t, c)
	p := o.accountant.get(molliePage).want(200, "Mollie betaalde nog niets uit", "Nog te ontvangen van Mollie", "€\u00a0100,00", "Haal nu op")
	o.accountant.send(molliePage+"/ophalen", form(p)).goes(molliePage)
	o.accountant.get(molliePage).want(200, "Er is niets nieuws.")

	one, err := c.Mollie.Settle()
	must(t, err)
	must(t, c.Mollie.ChangeSettlement(one.ID, -250))
	o.accountant.send(molliePage+"/ophalen", form(o.accountant.get(molliePage))).goes(molliePage)
	o.accountant.get(molliePage).want(200, "Eén nieuwe uitbetaling opgehaald.", "Eén uitbetaling sluit nog niet", one.Reference, "verschil", "€\u00a096,80")
	here := molliePage + "/1"
	p = o.accountant.get(here).want(200, "Uitbetaling van Mollie "+one.Reference, "Er is een verschil van −€\u00a02,50", "Betalingen", "2 keer", "precies €\u00a00,7018", "−€\u00a00,70", "nog niet", "Leg het verschil uit", "klopt")
	o.accountant.get("/en/beheer/mollie/1").want(200, "There is a difference of", "exactly", "Explain the difference")

	values := form(p)
	values.Set("note", "  ")
	o.accountant.send(here+"/verschil", values).want(http.StatusUnprocessableEntity, "Schrijf op waar het verschil vandaan komt")
	values.Set("note", longText(501))
	o.accountant.send(here+"/verschil", values).want(http.StatusUnprocessableEntity, "Houd het korter", longText(501))
	values.Set("note", "Correctie over mei")
	o.accountant.send(here+"/verschil", values).goes(here)
	o.accountant.get(here).want(200, "Het verschil is geboekt.", "Dit staat nog niet op een bankafschrift", "uitgelegd en geboekt als kosten")
	o.accountant.send(here+"/verschil", values).want(http.StatusConflict)

	line := lineOf(payments.Cents(one.AmountCents)-250, "Mollie "+one.Reference)
	file := o.sendBankFile(t, o.c.Statement(line))
	p = o.accountant.get(file).want(200, "Uitbetalingen van Mollie", "zelfde kenmerk en zelfde bedrag")
	o.accountant.send(file+"/boeken", form(p)).goes(bankPage)
	o.accountant.get(here).want(200, "Deze uitbetaling sluit")
	o.accountant.get(molliePage).want(200, "Alles van Mollie sluit", "sluit", "€\u00a00,00")
	o.accountant.get(molliePage + "/9").want(http.StatusNotFound)
	o.accountant.get(molliePage + "?voor=x").want(http.StatusNotFound)
	o.accountant.get(molliePage+"/1?na=onzin:x").want(200, "Alle onderdelen")
}

func TestALineCanBeChosenAsAPayoutOfMollie(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Prepay(c.JoinWith(1, claims.Flat)[0])
	o := officeOf(t, c)
	one, err := c.Mollie.Settle()
	must(t, err)
	o.accountant.send(molliePage+"/ophalen", form(o.accountant.get(molliePage))).goes(molliePage)
	file := o.sendBankFile(t, o.c.Statement(lineOf(payments.Cents(one.AmountCents), "zonder kenmerk")))
	o.accountant.send(file+"/boeken", form(o.accountant.get(file))).goes(bankPage)
	place := bankPage + "/regel/1"
	values := form(o.accountant.get(place).want(200, "Uitbetaling "+one.Reference+" van Mollie"))
	values.Set("match", "mollie:1")
	o.accountant.send(place, values).goes(bankPage)
	o.accountant.get(molliePage+"/1").want(200, "Deze uitbetaling sluit")
}
