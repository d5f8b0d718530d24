package letter

import (
	"fmt"
	"time"
)

// Sheet is a receipt on paper: what it says in words, and a code that holds all
// that is needed to check it. Whose number it is stands nowhere on it. where is
// the address of the page that tells how to check it.
func (r Receipt) Sheet(sender Sender, where string, lang Lang) (Document, error) {
	code, err := r.Printed()
	if err != nil {
		return Document{}, err
	}
	date, err := time.ParseInLocation(time.DateOnly, r.Letter.Date, home)
	if err != nil {
		return Document{}, malformed("letter.date")
	}
	w := func(nl, en string) string { return Words{nl, en}.In(lang) }
	title := fmt.Sprintf(w("Bewijs: deelname %s staat in bijlage %d", "Receipt: participation %s is in annex %d"), r.Number, r.Letter.Ordinal)
	doc := Document{Title: title, Subject: r.Claim, Version: "receipt-1", Lang: lang, Date: date, Sender: sender}
	doc.Blocks = []Block{
		{Kind: KindTitle, Text: title},
		{Kind: KindText, Text: fmt.Sprintf(w(
			"Nummer %s staat in bijlage %d bij de brief die %s op %s aan %s stuurde. Die bijlage telt %s deelnames. Na het versturen kan zij niet meer veranderen.",
			"Number %s is in annex %d of the letter that %s sent on %s to %s. That annex holds %s participations. It can't change after it was sent.",
		), r.Number, r.Letter.Ordinal, r.Foundation, dayIn(date, lang), r.Defendant, countIn(r.Annex.Count, lang))},
		{Kind: KindCode, Text: code, Items: []Item{{Text: w("Vierkante code met het hele bewijs", "Square code that holds the whole receipt")}}},
		{Kind: KindHeading, Text: w("Zo controleert u dit", "How to check this")},
		{Kind: KindList, Items: []Item{
			{Label: "1.", Text: w("Ga naar ", "Go to ") + where + w(" en haal daar de controlepagina op. Die werkt ook zonder internet.", " and download the page for checking. It also works without internet.")},
			{Label: "2.", Text: w("Scan de code met een telefoon en plak de tekst in de controlepagina.", "Scan the code with a telephone and paste the text into that page.")},
			{Label: "3.", Text: w("Kies ook de pdf van de brief, of vergelijk de wortelwaarde hieronder met die in de brief.", "Choose the PDF of the letter as well, or compare the root value below with the one in the letter.")},
		}},
		{Kind: KindFacts, Items: []Item{
			{Label: w("Plaats", "Position"), Text: fmt.Sprintf(w("%s van %s", "%s of %s"), countIn(r.Index+1, lang), countIn(r.Annex.Count, lang))},
			{Label: w("Wortelwaarde", "Root value"), Text: inGroups(r.Annex.Root, 8), Code: true},
			{Label: w("Brief (SHA-256)", "Letter (SHA-256)"), Text: inGroups(r.Letter.SHA256, 8), Code: true},
		}},
		{Kind: KindSmall, Text: w(
			"Op dit blad staat niet van wie het nummer is. U kunt het dus aan iemand laten zien. Wie ook uw naam moet kunnen nagaan, heeft uw bewijs als bestand nodig: dat staat in Mijn zaak, bij Documenten.",
			"This sheet doesn't say whose number it is, so it can be shown to others. Who must check your name as well needs your receipt as a file: it is in My case, under Documents.",
		)},
	}
	return doc, nil
}
