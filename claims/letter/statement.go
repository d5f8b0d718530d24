package letter

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	// ErrSums means a payout statement whose amounts don't add up.
	ErrSums = errors.New("the amounts of the payout statement don't add up")
	// ErrUnmasked means a whole account number where a masked one belongs.
	ErrUnmasked = errors.New("a payout statement shows an account masked")
)

// Statement is the account of one payout to one person: what came in for the
// person, what the foundation kept and by which rule, what was paid out.
type Statement struct {
	Sender    Sender
	Claim     string
	Defendant string
	Number    string // of the participation
	Name      string
	Address   []string
	Date      time.Time

	GrossCents      int64
	Rule            FeeRule
	FeeExVATCents   int64
	VATCents        int64
	FeeCents        int64 // VAT included
	NetCents        int64 // gross less fee
	PrepaidCents    int64 // of the fee, paid before
	TotalCents      int64 // what goes to the bank
	RefundedCents   int64 // paid before beyond the fee: goes back apart
	Run             string
	Account         string // masked: NL•• •••• •••• ••12 34
	AccountHolder   string
	Reference       string    // EndToEndId, as it stands on the person's bank statement
	BookedOn        time.Time // zero: the bank has not confirmed it yet
	InstalmentNo    int       // 0 when there is one payout only
	InstalmentsDone bool      // no more will follow
}

// FeeRule is how the fee was calculated.
type FeeRule struct {
	Percentage bool
	FlatCents  int64
	RateBP     int64 // basis points
	VATBP      int64
	Capped     bool // the flat fee was higher than the award
}

// In says the rule in words.
func (r FeeRule) In(lang Lang) string {
	switch {
	case r.Percentage:
		return percentIn(r.RateBP, lang) + Words{" van het bedrag dat voor u is ontvangen, naar beneden afgerond op hele centen", " of the amount received for you, rounded down to whole cents"}.In(lang)
	case r.Capped:
		return Words{"Vast bedrag van ", "Flat fee of "}.In(lang) + euroIn(r.FlatCents, lang) + Words{", ten hoogste wat voor u is ontvangen", ", at most what was received for you"}.In(lang)
	}
	return Words{"Vast bedrag van ", "Flat fee of "}.In(lang) + euroIn(r.FlatCents, lang)
}

func percentIn(bp int64, lang Lang) string {
	s := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d.%02d", bp/100, bp%100), "0"), ".")
	if lang == Dutch {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s + "%"
}

// addsUp says whether every sum on the paper is one.
func (s Statement) addsUp() bool {
	for _, c := range []int64{s.GrossCents, s.FeeExVATCents, s.VATCents, s.FeeCents, s.PrepaidCents, s.TotalCents, s.RefundedCents} {
		if c < 0 {
			return false
		}
	}
	return s.FeeExVATCents+s.VATCents == s.FeeCents && s.GrossCents-s.FeeCents == s.NetCents &&
		s.NetCents+s.PrepaidCents == s.TotalCents && s.PrepaidCents <= s.FeeCents
}

// Document writes the statement. It refuses amounts that don't add up and an
// account number that isn't masked.
func (s Statement) Document(lang Lang) (Document, error) {
	if !s.addsUp() {
		return Document{}, ErrSums
	}
	if s.Account != "" && !strings.ContainsAny(s.Account, "•*…x") {
		return Document{}, ErrUnmasked
	}
	w := func(nl, en string) string { return Words{nl, en}.In(lang) }
	title := w("Uitbetalingsoverzicht", "Payout statement")
	to := Block{Kind: KindAddress, Items: []Item{{Text: oneLine(s.Name)}}}
	for _, l := range cleanLines(s.Address) {
		to.Items = append(to.Items, Item{Text: l})
	}
	return Document{
		Title: title, Subject: oneLine(s.Claim), Version: "statement-1", Lang: lang, Date: s.Date, Sender: s.Sender,
		Blocks: []Block{
			to,
			{Kind: KindMeta, Items: []Item{
				{Label: w("Datum", "Date"), Text: dayIn(s.Date, lang)},
				{Label: w("Zaak", "Claim"), Text: oneLine(s.Claim)},
				{Label: w("Deelname", "Participation"), Text: oneLine(s.Number)},
			}},
			{Kind: KindTitle, Text: title},
			{Kind: KindText, Text: s.opening(lang)},
			s.sums(lang),
			{Kind: KindHeading, Text: w("Hoe wij onze vergoeding berekenen", "How our fee is calculated")},
			{Kind: KindText, Text: s.Rule.In(lang) + ". " + w("Daarin zit ", "This includes ") + percentIn(s.Rule.VATBP, lang) + w(" btw.", " VAT.")},
			{Kind: KindHeading, Text: w("De overboeking", "The transfer")},
			s.transfer(lang),
			{Kind: KindSmall, Text: s.closing(lang)},
		},
	}, nil
}

func (s Statement) opening(lang Lang) string {
	text := Words{"Wij hebben geld ontvangen", "We received money"}.In(lang)
	if d := oneLine(s.Defendant); d != "" {
		text += Words{" van ", " from "}.In(lang) + d
	}
	text += Words{" voor uw deelname aan deze zaak. Hieronder leggen wij tot op de cent uit wat u krijgt.", " for your participation in this claim. Below we account, to the cent, for what you get."}.In(lang)
	if s.InstalmentNo > 0 {
		text += fmt.Sprintf(Words{" Dit is deelbetaling %d.", " This is instalment %d."}.In(lang), s.InstalmentNo)
		if s.InstalmentsDone {
			text += Words{" Er volgen er geen meer.", " No more will follow."}.In(lang)
		}
	}
	return text
}

func (s Statement) sums(lang Lang) Block {
	b := Block{Kind: KindSums}
	add := func(nl, en string, cents int64, strong bool) {
		b.Items = append(b.Items, Item{Label: Words{nl, en}.In(lang), Text: euroIn(cents, lang), Strong: strong})
	}
	add("Voor u ontvangen (bruto)", "Received for you (gross)", s.GrossCents, false)
	add("Onze vergoeding, zonder btw", "Our fee, without VAT", -s.FeeExVATCents, false)
	add("Btw over onze vergoeding", "VAT on our fee", -s.VATCents, false)
	add("Voor u (netto)", "For you (net)", s.NetCents, s.PrepaidCents == 0 && s.TotalCents == s.NetCents)
	if s.PrepaidCents > 0 {
		add("Al vooruit betaald: krijgt u erbij", "Already paid in advance: added", s.PrepaidCents, false)
	}
	if s.PrepaidCents > 0 || s.TotalCents != s.NetCents {
		add("Uitbetaald op uw rekening", "Paid to your account", s.TotalCents, true)
	}
	return b
}

func (s Statement) transfer(lang Lang) Block {
	b := Block{Kind: KindFacts}
	add := func(nl, en, value string) {
		if value = oneLine(value); value != "" {
			b.Items = append(b.Items, Item{Label: Words{nl, en}.In(lang), Text: value})
		}
	}
	add("Bedrag", "Amount", euroIn(s.TotalCents, lang))
	add("Rekening", "Account", s.Account)
	add("Ten name van", "Account holder", s.AccountHolder)
	add("Kenmerk", "Reference", s.Reference)
	add("Uitbetaling", "Payout run", s.Run)
	if s.BookedOn.IsZero() {
		add("Geboekt", "Booked", Words{"Nog niet door de bank bevestigd", "Not yet confirmed by the bank"}.In(lang))
	} else {
		add("Geboekt", "Booked", dayIn(s.BookedOn, lang))
	}
	if s.RefundedCents > 0 {
		add("Apart terug", "Refunded apart", euroIn(s.RefundedCents, lang)+Words{" (vooruit betaald boven de vergoeding)", " (paid in advance beyond the fee)"}.In(lang))
	}
	return b
}

func (s Statement) closing(lang Lang) string {
	return Words{
		"Uw rekeningnummer staat hier niet volledig op, voor het geval dit overzicht in andere handen komt. Klopt er iets niet? Neem contact met ons op en noem het nummer van uw deelname. Bewaar dit overzicht voor uw administratie.",
		"Your account number is not shown in full, in case this statement falls into other hands. Is anything wrong? Contact us and mention the number of your participation. Keep this statement for your records.",
	}.In(lang)
}
