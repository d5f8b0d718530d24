package mollietest

import (
	"fmt"
	"net/http"
	"strings"
)

// words are the texts of the simulator's pages.
var words = map[string]map[string]string{
	"nl": {
		"title": "Mollie (simulatie)", "banner": "Dit is een simulatie. Er wordt geen geld betaald.",
		"other": "English", "amount": "Bedrag", "for": "Voor", "number": "Betaalnummer", "status": "Status",
		"choose": "Kies hoe deze betaling afloopt", "back": "Terug naar de website",
		"closed": "Deze betaling is al afgerond", "closed-text": "U kunt hier niets meer kiezen.",
		"gone": "Deze betaling bestaat niet", "gone-text": "Controleer het adres. Of begin opnieuw op de website.",
		"no-move": "Dit kan niet meer met deze betaling", "no-move-text": "Ga terug naar het overzicht en kijk hoe de betaling er nu voor staat.",
		"overview": "Overzicht", "payments": "Betalingen", "refunds": "Terugbetalingen onderweg", "none": "Er zijn er geen.",
		"reference": "Kenmerk", "date": "Datum", "refunded": "Terug", "charged-back": "Teruggeboekt", "actions": "Acties",
		"checkout": "Betaalpagina", "chargeback": "Boek terug", "reversal": "Draai terugboeking terug", "webhook": "Stuur webhook", "next-step": "Volgende stap", "fail": "Laat mislukken",
		"process": "Verwerk nu alles", "process-text": "Mollie wacht twee uur voor een terugbetaling naar de bank gaat. Hier hoeft u niet te wachten.",
		"older": "Oudere betalingen", "newest": "Nieuwste betalingen", "find": "Zoek op betaalnummer of kenmerk", "search": "Zoek", "total": "betalingen in totaal",
		"settlements": "Uitbetaald aan de stichting", "settle": "Betaal nu uit", "settle-text": "Mollie maakt over wat er staat, min de kosten. Het kenmerk staat straks op het afschrift.",
		"costs": "Kosten", "chargebacks": "Terugboekingen",
		"webhooks": "Laatste webhooks", "tries": "Pogingen", "answer": "Antwoord", "waiting": "nog geen",
		"do-paid": "Betaald", "do-paid-text": "De betaling lukt.",
		"do-failed": "Mislukt", "do-failed-text": "De bank weigert de betaling.",
		"do-canceled": "Geannuleerd", "do-canceled-text": "U breekt de betaling af.",
		"do-expired": "Verlopen", "do-expired-text": "U wacht te lang.",
		"do-pending": "Nog bezig", "do-pending-text": "De bank weet het nog niet.",
		"is-open": "open", "is-pending": "nog bezig", "is-authorized": "toegezegd", "is-paid": "betaald", "is-canceled": "geannuleerd", "is-expired": "verlopen", "is-failed": "mislukt",
		"is-queued": "wacht op saldo", "is-processing": "bij de bank", "is-refunded": "terugbetaald",
	},
	"en": {
		"title": "Mollie (simulation)", "banner": "This is a simulation. No money is paid.",
		"other": "Nederlands", "amount": "Amount", "for": "For", "number": "Payment number", "status": "Status",
		"choose": "Choose how this payment ends", "back": "Back to the website",
		"closed": "This payment is already finished", "closed-text": "There is nothing left to choose here.",
		"gone": "This payment does not exist", "gone-text": "Check the address. Or start again on the website.",
		"no-move": "This payment can no longer do that", "no-move-text": "Go back to the overview and see how the payment stands now.",
		"overview": "Overview", "payments": "Payments", "refunds": "Refunds on their way", "none": "There are none.",
		"reference": "Reference", "date": "Date", "refunded": "Refunded", "charged-back": "Charged back", "actions": "Actions",
		"checkout": "Checkout", "chargeback": "Charge back", "reversal": "Reverse the chargeback", "webhook": "Send webhook", "next-step": "Next step", "fail": "Let it fail",
		"process": "Process all now", "process-text": "Mollie waits two hours before a refund goes to the bank. Here you need not wait.",
		"older": "Older payments", "newest": "Newest payments", "find": "Find by payment number or reference", "search": "Find", "total": "payments in total",
		"settlements": "Paid out to the foundation", "settle": "Pay out now", "settle-text": "Mollie transfers what there is, less the costs. The reference will be on the bank statement.",
		"costs": "Costs", "chargebacks": "Chargebacks",
		"webhooks": "Latest webhooks", "tries": "Tries", "answer": "Answer", "waiting": "none yet",
		"do-paid": "Paid", "do-paid-text": "The payment succeeds.",
		"do-failed": "Failed", "do-failed-text": "The bank refuses the payment.",
		"do-canceled": "Canceled", "do-canceled-text": "You stop the payment.",
		"do-expired": "Expired", "do-expired-text": "You wait too long.",
		"do-pending": "Pending", "do-pending-text": "The bank does not know yet.",
		"is-open": "open", "is-pending": "pending", "is-authorized": "authorized", "is-paid": "paid", "is-canceled": "canceled", "is-expired": "expired", "is-failed": "failed",
		"is-queued": "waits for balance", "is-processing": "at the bank", "is-refunded": "refunded",
	},
}

// language is what the address asks for, else what the payment says, else Dutch.
func language(r *http.Request, locale string) string {
	if asked := r.FormValue("lang"); words[asked] != nil {
		return asked
	}
	if strings.HasPrefix(locale, "en") {
		return "en"
	}
	return "nl"
}

func otherLanguage(lang string) string {
	if lang == "nl" {
		return "en"
	}
	return "nl"
}

// shown writes an amount the way the language does.
func shown(lang string, cents int64) string {
	if lang == "nl" {
		return fmt.Sprintf("€ %d,%02d", cents/100, cents%100)
	}
	return fmt.Sprintf("€%d.%02d", cents/100, cents%100)
}
