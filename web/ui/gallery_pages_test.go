package ui

import (
	"strings"
	"time"

	"github.com/a-h/templ"
)

func publicGallery(v View) []templ.Component {
	return []templ.Component{
		with(Hero(v, HeroProps{
			Eyebrow: "Collectieve actie", Title: "Samen sterk tegen Zoom",
			Lead: "Gebruikte u Zoom? Dan hebt u misschien recht op een vergoeding tot € 500. Meedoen is gratis tot de klachtbrief is verstuurd.",
			Note: "U betaalt alleen als wij aan u uitbetalen.",
		}), StartLink("Doe mee", "#"), ButtonLink("Wat kost het?", "#", "secondary")),
		with(Stats(), Stat("Deelnemers", "10.308", "op 1 december 2026 om 14.00 uur"), Stat("Opgericht", "2016", ""), StatLink("Acties", "2", "in heel Nederland", "#")),
		with(Section("Wat is er gebeurd?"), with(Prose(), Paragraphs("Zoom groeide in het voorjaar van 2020 van 10 naar 200 miljoen gebruikers per dag. De app op de iPhone stuurde gegevens naar Facebook.\n\nDat stond niet in de privacyverklaring."))),
		with(Section("Wat kost het?"), FeeCompare(v, FeeCompareProps{
			Caption: "Wat u overhoudt bij elke keuze", Head: []string{"U krijgt", "Vast bedrag: € 50,00", "Percentage: 20%"},
			Rows: [][]string{{"€ 40,00", "kosten € 40,00, u houdt € 0,00", "kosten € 8,00, u houdt € 32,00"}, {"€ 250,00", "kosten € 50,00, u houdt € 200,00", "kosten € 50,00, u houdt € 200,00"}, {"€ 500,00", "kosten € 50,00, u houdt € 450,00", "kosten € 100,00, u houdt € 400,00"}},
			Note: "Bij € 250,00 zijn beide keuzes gelijk.",
		})),
		with(Section("Drie redenen"), with(Columns(), with(Card("Uw privacy is geschonden"), text("Met opzet, uit slordigheid of door fouten.")), with(Card("U hebt recht op vergoeding"), text("Dat staat in de Europese wet.")), with(Card("U loopt geen risico"), text("Krijgt u niets? Dan betaalt u niets.")))),
		with(SectionID("vragen", "Vragen en antwoorden"), Faq([]FaqItem{{"Wie is de tegenpartij?", "Een beursgenoteerd bedrijf uit Amerika.\n\nHet bestaat sinds 2011."}, {"Was het veilig?", "Nee."}})),
	}
}

func formGallery(v View) []templ.Component {
	bad := Problems{{"email", "Vul een e-mailadres in zoals naam@voorbeeld.nl"}, {"fee", "Kies hoe u wilt betalen"}, {"mandate", "Zet een vinkje bij de volmacht"}, {"", "De tekst is zojuist veranderd"}}
	options := []Option{{"yes", "Ja", ""}, {"no", "Nee", ""}, {"unknown", "Weet ik niet", "Wij helpen u om het uit te zoeken"}}
	return []templ.Component{
		ErrorSummary(v, bad),
		StepText(v, 3, 7),
		with(
			Form(v, "#"),
			TextField(v, FieldProps{Name: "email", Label: "Wat is uw e-mailadres?", Hint: "Hier sturen wij uw code en nieuws over uw zaak heen", Value: "jan@", Error: bad.For("email"), Type: "email", Autocomplete: "email", NoSpell: true, Heading: true, MaxLength: 254}),
			TextField(v, FieldProps{Name: "middle", Label: "Tussenvoegsel", Width: "m", Optional: true, Autocomplete: "additional-name"}),
			TextField(v, FieldProps{Name: "amount", Label: "Bedrag", Width: "s", Prefix: "€", Suffix: "per persoon", Inputmode: "decimal"}),
			CodeField(v, FieldProps{Name: "code", Label: "Vul uw code in", Hint: "6 cijfers", Value: "123456"}),
			RadioGroup(v, GroupProps{Name: "used", Legend: "Hebt u Zoom gebruikt?", Hint: "Ook als u het gratis gebruikte", Options: options, Value: "yes"}),
			RadioGroup(v, GroupProps{Name: "adult", Legend: "Bent u 18 jaar of ouder?", Options: options[:2], Inline: true}),
			RadioCards(v, CardsProps{Name: "fee", Legend: "Hoe wilt u betalen?", Hint: "U kunt dit later nog veranderen.", Error: bad.For("fee"), Options: []CardOption{
				{"flat", "Vast bedrag", "€ 50,00", "Wij houden dit in als wij aan u uitbetalen.", []string{"U krijgt € 500,00: u houdt € 450,00", "U krijgt € 100,00: u houdt € 50,00"}},
				{"percentage", "Percentage", "20%", "Wij houden dit in als wij aan u uitbetalen.", []string{"U krijgt € 500,00: u houdt € 400,00", "U krijgt € 100,00: u houdt € 80,00"}},
			}}),
			DateField(v, DateProps{Name: "from", Legend: "Vanaf wanneer gebruikte u Zoom?", Hint: "Bijvoorbeeld 3 2020", Month: "3", Year: "2020", NoDay: true}),
			DateField(v, DateProps{Name: "until", Legend: "Tot wanneer?", Error: "Het einde is eerder dan het begin"}),
			CheckboxGroup(v, GroupProps{Name: "kind", Legend: "Hoe gebruikte u Zoom?", Options: []Option{{"private", "Privé", ""}, {"work", "Werk", ""}, {"school", "School", ""}}, Values: []string{"work"}}),
			SelectField(v, GroupProps{Name: "country", Legend: "Land", Options: []Option{{"NL", "Nederland", ""}, {"BE", "België", ""}}, Value: "NL"}),
			FileField(v, FieldProps{Name: "file", Label: "Uw bewijs", Hint: "Kies een foto of een pdf. Niet groter dan 10 MB.", Accept: "image/jpeg,image/png,application/pdf"}),
			TextArea(v, FieldProps{Name: "note", Label: "Wilt u nog iets vertellen?", Optional: true, Rows: 3, Value: "\nMet regels"}),
			with(Fieldset("Ondertekenen", false, "Twee vakjes, allebei leeg."),
				CheckboxField(v, CheckProps{Name: "mandate", Label: "Ik geef de stichting een volmacht om namens mij op te treden.", Error: bad.For("mandate")}),
				CheckboxField(v, CheckProps{Name: "agreement", Label: "Ik ga akkoord met de overeenkomst.", Hint: "Met de kosten: € 50,00 als u geld krijgt.", Checked: true})),
			with(Actions(), SubmitButton(v, "Verder"), SubmitAs(v, "Bewaren en later verdergaan", "plain", "next", "later")),
		),
		with(UploadForm(v, "#"), Hidden("case", "zoom"), SubmitAs(v, "Verwijderen", "danger", "do", "delete")),
	}
}

func portalGallery(v View) []templ.Component {
	when := time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)
	return []templ.Component{
		Heading("Mijn zaak", ""),
		StatusLine(v, "good", "De zaak loopt", "Wij hebben de klachtbrief verstuurd. Zoom heeft tot 15 januari 2027 om te antwoorden."),
		with(Section("Wat u nu kunt doen"), with(Columns(), ActionCard("Bewijs sturen", "U hebt nog geen bewijs gestuurd. Dat hoeft ook niet.", "Stuur bewijs", "#"), ActionCard("Nu al betalen", "U mag de vaste vergoeding nu al betalen.", "Betaal € 50,00", "#"))),
		with(Split(),
			with(Section("Wat er gebeurde"), Timeline(v, []TimelineItem{
				{Title: "U deed mee", When: when, State: "done", Text: "U tekende de volmacht.", URL: "#", LinkLabel: "Lees de tekst van toen"},
				{Title: "Klachtbrief verstuurd", When: when.AddDate(0, 1, 3), State: "current"}, {Title: "Antwoord van Zoom", State: "todo"},
			})),
			with(Card("Uw deelname"), DefinitionList([]Definition{{"Nummer", "ZM-4F7K-29QD", false}, {"Vergoeding", "Vast bedrag: € 50,00", false}, {"Volmacht", strings.Repeat("0123456789abcdef", 4), true}}))),
		SummaryList(v, []SummaryRow{{Label: "Naam", Value: "Jan van den Berg", ChangeURL: "#", ChangeLabel: "uw naam"}, {Label: "Adres", Lines: []string{"Dorpsstraat 12", "1234 AB Utrecht"}, ChangeURL: "#", ChangeLabel: "uw adres"}, {Label: "Gebruik", ChangeURL: "#", ChangeLabel: "hoe u Zoom gebruikte"}}),
		Breakdown([]BreakdownRow{{Label: "U krijgt", Amount: v.Euro(50000)}, {Label: "Vergoeding", Note: "Daarin zit € 8,68 btw", Amount: v.Euro(-5000)}, {Label: "Wij betalen u", Amount: v.Euro(45000), Total: true}}),
		with(Notice(v, "warn", "Uw rekeningnummer is veranderd"), text("U kunt het 7 dagen niet gebruiken. Zo beschermen wij u tegen oplichters.")),
		with(Notice(v, "info", ""), text("Wij mailen u als er nieuws is.")), with(Notice(v, "success", "Opgeslagen")), with(Notice(v, "error", "Het is niet gelukt"), text("U hebt niets betaald.")),
		with(Empty("U hebt nog geen bewijs gestuurd. Dat hoeft ook niet."), ButtonLink("Stuur bewijs", "#", "secondary")),
		with(Details("Hoe werkt dit?"), text("Zo werkt het.")),
	}
}

func adminGallery(v View) []templ.Component {
	when := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	columns := []Column{{Label: "Nummer", SortURL: "#", Sorted: "ascending"}, {Label: "Naam", SortURL: "#"}, {Label: "Status"}, {Label: "Bedrag", Num: true}}
	rows := []Row{
		Cells(LinkTo("ZM-4F7K-29QD", "#"), Cell{Text: "J. van den B…", Sub: "1234 AB"}, Tagged("good", "Actief"), Num(v.Euro(123456))),
		{Cells: []Cell{LinkTo("ZM-7H2M-88KC", "#"), Text("M. Jansen"), Tagged("warn", "Wacht op code"), Num(v.Euro(-5000))}, Current: true},
		Cells(Cell{Text: "ZM-9QQ2-11AA", Mono: true}, Text("P. de Wit"), Tagged("bad", "Teruggekomen"), Cell{Content: Amount("€ 0,00"), Num: true}),
		Cells(LinkTo("ZM-1111-AAAA", "#"), Text("A. Yılmaz"), Tagged("", "Concept"), Num("–")), Cells(LinkTo("ZM-2222-AAAB", "#"), Text("Ł. Nowak"), Tagged("info", "Onderweg"), Num(v.Euro(1))), Cells(LinkTo("ZM-3333-AAAC", "#"), Text("K. Smit"), Tagged("done", "Afgerond"), Num(v.Euro(99))),
	}
	table := TableProps{Caption: "Deelnemers", Columns: columns, Rows: rows, Foot: []Cell{Text("Totaal"), Text(""), Text(""), Num(v.Euro(118456))}, Stack: true}
	return []templ.Component{
		with(PageHead("Uitbetaling 3", "2.000 personen, € 898.342,00"), ButtonLink("Download bestand", "#", "primary"), ButtonLink("Terug naar lijst", "#", "")),
		Stepper(v, []StepItem{{"Concept", "Femke de Boer", when, "", "done"}, {"Klaargezet", "Femke de Boer", when, "", "done"}, {"Goedgekeurd", "", time.Time{}, "Door iemand anders", "current"}, {"Vrijgegeven", "", time.Time{}, "", "todo"}, {"Verwerkt", "", time.Time{}, "", "todo"}}),
		Balance(v, BalanceProps{"Banksaldo volgens afschrift", v.Euro(89834200), "Grootboek", v.Euro(89834200), v.Euro(0), true}),
		Balance(v, BalanceProps{"Banksaldo volgens afschrift", v.Euro(89834200), "Grootboek", v.Euro(89789300), v.Euro(44900), false}),
		with(SearchForm(v, "#"), TextField(v, FieldProps{Name: "q", Label: "Zoeken", Type: "search"}), SelectField(v, GroupProps{Name: "status", Legend: "Status", Options: []Option{{"", "Alle", ""}}}), SubmitAs(v, "Zoeken", "primary", "", "")),
		FilterChips(v, []Chip{{"Actief", "#"}, {"Met bewijs", "#"}}, "#"),
		DataTable(v, table),
		Pager(v, PagerProps{"#", "#", "1 tot 50 van 10.308"}),
		DataTable(v, TableProps{Caption: "Retouren", Columns: columns, Empty: "Geen deelnemers gevonden. Verwijder een filter."}),
		with(TableFrame("Eigen tabel"), templ.Raw(`<table class="table-own"><caption>Eigen tabel</caption><tbody><tr><th scope="row">a</th><td>b</td></tr></tbody></table>`)),
		ConfirmTotal(v, ConfirmProps{Name: "total", Label: "Typ het totaal over", Total: v.Euro(89834200)}),
		Progress(v, "Mails verstuurd", 4210, 10308),
		with(Card("Volgende stap"), Moves(v, []Move{{Label: "Klachtbrief klaarzetten", Action: "#", Allowed: true}, {Label: "Schikking vastleggen", Reason: "Kan pas als de brief is bezorgd"}, {Label: "Stoppen", Action: "#", Allowed: true, Danger: true}})),
		CopyText(v, "NL88TRIO0391209736"), Mono("EndToEndId-1"), PostButton(v, "#", "Herhaal", ""),
	}
}

func letterGallery(v View) []templ.Component {
	return []templ.Component{
		Heading("Lees en onderteken", "Lees eerst de hele tekst."),
		with(Document(v, DocumentProps{Title: "Volmacht", Version: "3", Date: v.Day(v.Now), Hash: strings.Repeat("9f86d081884c7d65", 4)}),
			templ.Raw("<h3>1. Wat u ons geeft</h3>"), Paragraphs("U geeft de stichting een volmacht om namens u op te treden.\n\nDe stichting mag een brief sturen, onderhandelen en naar de rechter gaan."),
			templ.Raw("<h3>2. Wat het kost</h3>"), Paragraphs("U betaalt alleen als wij aan u uitbetalen.")),
	}
}
