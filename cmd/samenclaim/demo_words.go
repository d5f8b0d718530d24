package main

// demoWords gives the words of the demo's own pages; the program itself never shows them.
func demoWords(lang string) func(key string) string {
	return func(key string) string {
		w, ok := demoTexts[key]
		if !ok {
			return "⟦" + key + "⟧"
		}
		if lang == "en" {
			return w[1]
		}
		return w[0]
	}
}

var demoTexts = map[string][2]string{
	"title":        {"Demonstratie", "Demonstration"},
	"lead":         {"Alles hier is verzonnen: de stichting, de mensen, de betalingen en de mails. Kijk gerust overal rond.", "Everything here is made up: the foundation, the people, the payments and the mails. Feel free to look around."},
	"other":        {"In English", "In het Nederlands"},
	"places":       {"Waar is wat", "Where things are"},
	"place":        {"Pagina", "Page"},
	"about":        {"Wat u daar ziet", "What you find there"},
	"place.claim":  {"Zaak tegen Zoom", "Claim against Zoom"},
	"about.claim":  {"De openbare pagina van een open zaak met 10.308 deelnames. Hier meldt iemand zich aan.", "The public page of an open claim with 10,308 participations. People sign up here."},
	"place.second": {"Zaak tegen Pulsara", "Claim against Pulsara"},
	"about.second": {"Een zaak die is geschikt: het geld is onderweg naar 2.000 deelnemers.", "A settled claim: the money is on its way to 2,000 participants."},
	"place.mine":   {"Mijn zaak", "My case"},
	"about.mine":   {"Log in met een e-mailadres van hieronder. De code komt per mail: kijk in de mailviewer.", "Log in with an e-mail address from below. The code comes by mail: look in the mail viewer."},
	"place.desk":   {"Beheer", "Back office"},
	"about.desk":   {"Voor medewerkers, met wachtwoord en code.", "For staff, with password and code."},
	"place.mail":   {"Mailviewer", "Mail viewer"},
	"about.mail":   {"Elke mail die het programma heeft bezorgd sinds de start.", "Every mail the program has delivered since it started."},
	"place.mollie": {"Nagebootste Mollie", "Simulated Mollie"},
	"about.mollie": {"De betalingen en terugbetalingen, zoals de betaaldienst ze zou kennen.", "Payments and refunds, as the payment provider would know them."},
	"place.file":   {"Bankafschrift", "Bank statement"},
	"about.file":   {"Het afschrift van gisteren: de bank heeft de uitbetaling uitgevoerd, drie kwamen terug. Lees het in bij Beheer, Bank.", "Yesterday's statement: the bank carried out the payouts, and three came back. Import it in the back office, under Bank."},
	"people":       {"Deelnemers om als in te loggen", "Participants to log in as"},
	"email":        {"E-mailadres", "E-mail address"},
	"number":       {"Nummer", "Number"},
	"case":         {"Zaak", "Claim"},
	"whom":         {"Wat u ziet", "What you see"},
	"who.prepay":   {"koos € 50 vast en kan vooruitbetalen", "chose the flat € 50 and can prepay"},
	"who.prepaid":  {"heeft vooruitbetaald", "has prepaid"},
	"who.evidence": {"heeft bewijs gestuurd", "has sent evidence"},
	"who.payout":   {"krijgt geld, de uitbetaling is onderweg", "gets money, the payout is on its way"},
	"who.message":  {"heeft een bericht van ons dat nog niet is gelezen", "has a message from us that was not read yet"},
	"who.guardian": {"doet mee voor een kind", "takes part for a child"},
	"who.of_age":   {"doet mee voor een kind dat net 18 is: de link om het over te nemen staat in de mailviewer", "takes part for a child who has just come of age: the link to take it over is in the mail viewer"},
	"who.account":  {"moet nog een rekeningnummer opgeven", "still has to give an account number"},
	"staff":        {"Medewerkers", "Staff"},
	"password":     {"Het wachtwoord is voor iedereen:", "The password is the same for everybody:"},
	"codes":        {"Een code werkt een halve minuut, en één keer. Laad deze pagina opnieuw voor nieuwe codes.", "A code works for half a minute, and once. Reload this page for new codes."},
	"role":         {"Rol", "Role"},
	"name":         {"Naam", "Name"},
	"code":         {"Code nu", "Code now"},
	"next":         {"Code hierna", "Next code"},
	"mails":        {"Bezorgde mails", "Delivered mails"},
	"mailslead":    {"De nieuwste staat bovenaan. Deze mails zijn nergens heen gegaan.", "The newest comes first. These mails went nowhere."},
	"find":         {"Zoek op adres", "Search by address"},
	"when":         {"Wanneer", "When"},
	"to":           {"Aan", "To"},
	"from":         {"Van", "From"},
	"subject":      {"Onderwerp", "Subject"},
	"none":         {"Er is nog geen mail bezorgd.", "No mail has been delivered yet."},
	"text":         {"Tekst", "Text"},
	"links":        {"Links in deze mail", "Links in this mail"},
	"html":         {"Bekijk de opgemaakte mail", "See the mail as laid out"},
}
