package letter

import (
	"fmt"
	"time"
)

// Invoice is the foundation's bill to one person for the fee that it earned, or the credit note that takes it back.
// Nothing has to be paid on it: the fee was kept from the payout or paid before.
type Invoice struct {
	Sender    Sender
	VATNumber string // of the foundation
	Claim     string
	Number    string // "2026-000012"
	Credits   string // of a credit note: the number of the invoice it takes back
	Date      time.Time
	Of        string // number of the participation
	Name      string // empty on the copy for the books, which know a person by number
	Address   []string

	ExVATCents   int64
	VATCents     int64
	TotalCents   int64
	RateBP       int64 // of VAT
	PrepaidCents int64 // of the fee, paid before
	NothingLeft  bool  // the fee took all there was: nothing was paid out
}

// Document writes the invoice. It refuses amounts that don't add up.
func (i Invoice) Document(lang Lang) (Document, error) {
	if i.ExVATCents < 0 || i.VATCents < 0 || i.ExVATCents+i.VATCents != i.TotalCents || i.PrepaidCents < 0 || i.PrepaidCents > i.TotalCents {
		return Document{}, ErrSums
	}
	w := func(nl, en string) string { return Words{nl, en}.In(lang) }
	title := w("Factuur", "Invoice")
	if i.Credits != "" {
		title = w("Creditnota", "Credit note")
	}
	to := Block{Kind: KindAddress, Items: []Item{{Text: w("Deelname ", "Participation ") + oneLine(i.Of)}}}
	if name := oneLine(i.Name); name != "" {
		to.Items[0].Text = name
		for _, l := range cleanLines(i.Address) {
			to.Items = append(to.Items, Item{Text: l})
		}
	}
	return Document{
		Title: title + " " + i.Number, Subject: oneLine(i.Claim), Version: "invoice-1", Lang: lang, Date: i.Date, Sender: i.Sender,
		Blocks: []Block{to, i.head(lang), {Kind: KindTitle, Text: title}, {Kind: KindText, Text: i.opening(lang)}, i.sums(lang), {Kind: KindText, Text: i.settled(lang)}, {Kind: KindSmall, Text: i.from(lang)}},
	}, nil
}

func (i Invoice) head(lang Lang) Block {
	b := Block{Kind: KindMeta}
	add := func(nl, en, value string) {
		if value != "" {
			b.Items = append(b.Items, Item{Label: Words{nl, en}.In(lang), Text: value})
		}
	}
	add("Nummer", "Number", i.Number)
	add("Hoort bij factuur", "Takes back invoice", i.Credits)
	add("Datum", "Date", dayIn(i.Date, lang))
	add("Zaak", "Claim", oneLine(i.Claim))
	add("Deelname", "Participation", oneLine(i.Of))
	return b
}

func (i Invoice) opening(lang Lang) string {
	if i.Credits != "" {
		return Words{
			"De bank heeft uw uitbetaling teruggestuurd. U hebt het geld dus niet gekregen, en dan is er ook geen vergoeding. Met deze creditnota vervalt de factuur.",
			"The bank sent your payout back. So you did not get the money, and then there is no fee either. This credit note takes the invoice back.",
		}.In(lang)
	}
	if i.NothingLeft {
		return Words{
			"Dit is de factuur voor onze vergoeding in deze zaak. Wij hebben de vergoeding verdiend toen de bank aan alle anderen had uitbetaald. Voor u bleef er niets over om over te maken.",
			"This is the invoice for our fee in this claim. We earned the fee when the bank had paid out to everybody else. Nothing was left to transfer to you.",
		}.In(lang)
	}
	return Words{
		"Dit is de factuur voor onze vergoeding in deze zaak. Wij hebben de vergoeding verdiend op de dag dat de bank uw uitbetaling deed.",
		"This is the invoice for our fee in this claim. We earned the fee on the day the bank made your payout.",
	}.In(lang)
}

func (i Invoice) sums(lang Lang) Block {
	sign := int64(1)
	if i.Credits != "" {
		sign = -1
	}
	b := Block{Kind: KindSums}
	add := func(label string, cents int64, strong bool) {
		b.Items = append(b.Items, Item{Label: label, Text: euroIn(sign*cents, lang), Strong: strong})
	}
	add(Words{"Vergoeding voor het voeren van de zaak, zonder btw", "Fee for conducting the claim, without VAT"}.In(lang), i.ExVATCents, false)
	add(percentIn(i.RateBP, lang)+Words{" btw", " VAT"}.In(lang), i.VATCents, false)
	add(Words{"Totaal", "Total"}.In(lang), i.TotalCents, true)
	return b
}

// settled says how the fee was paid: nobody has to do anything.
func (i Invoice) settled(lang Lang) string {
	kept := i.TotalCents - i.PrepaidCents
	switch {
	case i.Credits != "":
		return Words{"U hoeft niets te doen. Als wij opnieuw uitbetalen, krijgt u een nieuwe factuur.", "You don't have to do anything. When we pay out again, you get a new invoice."}.In(lang)
	case i.PrepaidCents == 0:
		return Words{"U hoeft niets te betalen: wij hebben dit bedrag al ingehouden op wat voor u is ontvangen.", "You have nothing to pay: we kept this amount from what was received for you."}.In(lang)
	case kept == 0:
		return Words{"U hoeft niets te betalen: u had dit bedrag al vooruit betaald.", "You have nothing to pay: you had paid this amount in advance."}.In(lang)
	}
	return fmt.Sprintf(Words{"U hoeft niets te betalen: u had %s vooruit betaald, en %s hebben wij ingehouden op wat voor u is ontvangen.", "You have nothing to pay: you had paid %s in advance, and we kept %s from what was received for you."}.In(lang),
		euroIn(i.PrepaidCents, lang), euroIn(kept, lang))
}

// from names who sends it as the law asks of an invoice.
func (i Invoice) from(lang Lang) string {
	s := i.Sender
	text := s.legal()
	for _, l := range cleanLines(s.Address) {
		text += ", " + l
	}
	if s.RegisterNumber != "" {
		text += Words{". KvK-nummer ", ". Chamber of Commerce number "}.In(lang) + s.RegisterNumber
	}
	if i.VATNumber != "" {
		text += Words{". Btw-nummer ", ". VAT number "}.In(lang) + i.VATNumber
	}
	return text + "."
}
