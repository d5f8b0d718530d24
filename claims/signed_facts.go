package claims

import (
	"fmt"

	"samenclaim/claims/letter"
	"samenclaim/internal/locale"
	"samenclaim/participants"
)

// signedPaper is a record as its paper tells it.
func signedPaper(c Claim, r participants.Record) letter.SignedMandate {
	paper := letter.SignedMandate{
		Claim: c.Name(r.Lang), Number: r.Number, Name: r.Name, TypedName: r.TypedName, Email: r.Email, Address: r.Address.Lines(),
		FeeOption: signedFee(c, r), SignedAt: r.ReceivedAt, Facts: signedFacts(r),
	}
	if r.Ward != nil {
		paper.OnBehalf = onBehalf(*r.Ward, r.Lang)
	}
	for _, t := range []participants.ShownText{r.Mandate, r.Agreement} {
		paper.Texts = append(paper.Texts, letter.SignedText{Title: t.Title, Body: t.Body, Version: t.Version, SHA256: t.SHA256})
	}
	for _, done := range r.Controls {
		if done.Done == "ticked" {
			paper.Ticked = append(paper.Ticked, letter.Item{Label: done.Label, Text: inLanguage(r.Lang, "aangevinkt", "ticked")})
		}
	}
	return paper
}

// signedFee is the fee option as it was signed.
func signedFee(c Claim, r participants.Record) string {
	name := inLanguage(r.Lang, "vast bedrag", "flat fee")
	if FeeOption(r.FeeOption) == Percentage {
		name = inLanguage(r.Lang, "percentage van wat u krijgt", "percentage of what you get")
	}
	shown := r.AmountsShown["chosen"]
	if shown == "" {
		shown = feeWords(c, FeeOption(r.FeeOption), r.Lang)
	}
	return name + " (" + shown + ")"
}

// provenBy is how an e-mail address was proven, in words.
var provenBy = map[string]letter.Words{
	participants.ProvenByCode:   {NL: "met een code die naar dit adres was gemaild", EN: "with a code that was mailed to this address"},
	participants.ProvenByImport: {NL: "buiten deze site; vastgelegd bij het overnemen", EN: "outside this site; recorded when it was taken over"},
}

// signedFacts are the circumstances of a signature. What is not known is not said.
func signedFacts(r participants.Record) []letter.Item {
	lang := letter.Lang(r.Lang)
	var facts []letter.Item
	add := func(nl, en, value string) {
		if value != "" {
			facts = append(facts, letter.Item{Label: inLanguage(r.Lang, nl, en), Text: value})
		}
	}
	proven := locale.Moment(r.EmailProvenAt, r.Lang)
	if how, ok := provenBy[r.ProvenBy]; ok {
		proven += ", " + how.In(lang)
	}
	add("E-mailadres bewezen", "E-mail address proven", proven)
	if r.ShownAt != nil {
		add("Pagina getoond", "Page shown", locale.Moment(*r.ShownAt, r.Lang))
	}
	for i, c := range r.Controls {
		done := inLanguage(r.Lang, "leeg; ingevuld", "empty; filled in")
		if c.Done == "ticked" {
			done = inLanguage(r.Lang, "leeg; aangevinkt", "empty; ticked")
		}
		add(fmt.Sprintf("Stap %d", i+1), fmt.Sprintf("Step %d", i+1), c.Label+" ("+done+")")
	}
	add("Volgorde", "Order", inLanguage(r.Lang, "zoals de velden op de pagina staan; in welke volgorde u ze invulde, is niet vastgelegd",
		"as the fields stand on the page; in which order you filled them in was not recorded"))
	for _, line := range r.Examples {
		add("Voorbeeld getoond", "Example shown", line)
	}
	add("Termijn getoond", "Deadline shown", r.Deadline)
	if r.Privacy.ID != 0 {
		add("Privacyverklaring", "Privacy notice", inLanguage(r.Lang, "versie ", "version ")+r.Privacy.Version+inLanguage(r.Lang, ", als link op de pagina", ", as a link on the page"))
	}
	add("Taal", "Language", inLanguage(r.Lang, "Nederlands", "English"))
	add("IP-adres", "IP address", r.IP)
	add("Browser", "Browser", r.UserAgent)
	add("Aanvraag", "Request", r.RequestID)
	return facts
}
