package bank

// Action is what happens next with a payout that came back.
type Action string

const (
	// AskAccount means the payee is asked for another account.
	AskAccount Action = "ask_account"
	// Retry means the payout can be tried again after a correction of ours.
	Retry Action = "retry"
	// Hold means nothing happens by itself; a person looks first.
	Hold Action = "hold"
	// Deceased means the account holder has died: no automatic mail, the heirs are dealt with by a person.
	Deceased Action = "deceased"
	// Compliance means never to try again without somebody who checks sanctions.
	Compliance Action = "compliance"
)

// Reason is why a bank sent a transfer back, and what we do then.
type Reason struct {
	Code    string
	Meaning string
	ToDo    string
	Action  Action
}

// todo is what staff read for each action, in Dutch and English.
var todo = map[Action][2]string{
	AskAccount: {"Vraag de deelnemer om een ander rekeningnummer.", "Ask the participant for another account."},
	Retry:      {"Herstel de gegevens en betaal opnieuw.", "Correct the data and pay again."},
	Hold:       {"Betaal niet opnieuw. Een medewerker zoekt dit eerst uit.", "Do not pay again. A member of staff looks into it first."},
	Deceased:   {"Stuur geen automatische mail. Neem contact op met de erfgenamen.", "Send no automatic mail. Contact the heirs."},
	Compliance: {"Betaal nooit vanzelf opnieuw. Leg dit voor aan de jurist: het kan om sancties gaan.", "Never pay again by itself. Ask the lawyer: sanctions may be involved."},
}

var reasons = map[string]struct {
	nl, en string
	action Action
}{
	"AC01": {"Het rekeningnummer bestaat niet", "The account number does not exist", AskAccount},
	"AC03": {"Het rekeningnummer klopt niet", "The account number is wrong", AskAccount},
	"AC04": {"De rekening is opgeheven", "The account is closed", AskAccount},
	"AC06": {"De rekening is geblokkeerd", "The account is blocked", AskAccount},
	"AC13": {"Dit soort rekening kan dit niet ontvangen", "This kind of account cannot receive this", AskAccount},
	"AG01": {"Naar deze rekening kan niet worden overgemaakt, bijvoorbeeld een spaarrekening", "No transfers to this account, such as a savings account", AskAccount},
	"AG02": {"De opdracht had een verkeerde code", "The order had a wrong code", Hold},
	"AM05": {"De bank ziet een dubbele betaling", "The bank sees a duplicate", Hold},
	"DUPL": {"Teruggevraagd: dubbel betaald", "Recalled: paid twice", Hold},
	"BE01": {"De naam hoort niet bij het rekeningnummer", "The name does not belong to the account", AskAccount},
	"BE05": {"De opdrachtgever wordt niet herkend", "The ordering party is not recognised", Hold},
	"BE04": {"Het adres van de ontvanger ontbreekt", "The address of the payee is missing", Retry},
	"CNOR": {"De bank van de ontvanger doet niet mee", "The payee's bank cannot be reached", AskAccount},
	"MD07": {"De rekeninghouder is overleden", "The account holder has died", Deceased},
	"MS02": {"De ontvanger weigerde, zonder reden", "Refused by the payee without a reason", AskAccount},
	"MS03": {"De bank noemt geen reden", "The bank gives no reason", AskAccount},
	"RC01": {"De code van de bank klopt niet", "The bank's code is wrong", Retry},
	"RC07": {"De code van de bank van de ontvanger klopt niet", "The code of the payee's bank is wrong", Retry},
	"RR01": {"Gegevens die de wet vraagt ontbreken", "Data required by law are missing", Compliance},
	"RR02": {"Naam of adres van de betaler ontbreekt", "Name or address of the payer is missing", Compliance},
	"RR03": {"Naam of adres van de ontvanger ontbreekt", "Name or address of the payee is missing", Compliance},
	"RR04": {"De bank mag dit niet uitvoeren", "The bank is not allowed to carry this out", Compliance},
	"FOCR": {"Terug op ons eigen verzoek", "Back at our own request", Hold},
	"FRAD": {"Teruggevraagd wegens fraude", "Recalled because of fraud", Hold},
	"TECH": {"Teruggevraagd na een technische fout", "Recalled after a technical mistake", Hold},
	"CUST": {"Teruggevraagd door de klant", "Recalled by the customer", Hold},
	"ED05": {"De verrekening tussen banken mislukte", "The settlement between banks failed", Hold},
	"TM01": {"Te laat aangeboden", "Handed in too late", Retry},
	"MD06": {"De betaler vroeg zijn geld terug", "The payer asked for the money back", Hold},
	"NARR": {"De bank geeft een reden in woorden", "The bank gives a reason in words", Hold},
}

// ReasonOf explains a return code in the language nl or en. A code we do not
// know is shown as it is and left to a person.
func ReasonOf(code, lang string) Reason {
	at := 0
	if lang == "en" {
		at = 1
	}
	r, ok := reasons[code]
	if !ok {
		unknown := [2]string{"Onbekende reden", "Unknown reason"}
		return Reason{Code: code, Meaning: unknown[at], ToDo: todo[Hold][at], Action: Hold}
	}
	return Reason{Code: code, Meaning: [2]string{r.nl, r.en}[at], ToDo: todo[r.action][at], Action: r.action}
}

// statuses are what a bank says about a payment file or a payment, in Dutch and English.
var statuses = map[string][2]string{
	"RCVD": {"Ontvangen", "Received"},
	"ACTC": {"Ontvangen en leesbaar; nog niet betaald", "Received and readable; not paid yet"},
	"ACCP": {"Aangenomen; nog niet betaald", "Accepted; not paid yet"},
	"ACSP": {"In behandeling; nog niet betaald", "Being processed; not paid yet"},
	"ACSC": {"Uitgevoerd", "Carried out"},
	"ACCC": {"Uitgevoerd en bijgeschreven", "Carried out and credited"},
	"ACWC": {"Aangenomen, met een wijziging", "Accepted with a change"},
	"ACWP": {"Aangenomen; nog niet bijgeschreven", "Accepted; not credited yet"},
	"PDNG": {"Wordt nog bekeken", "Still being looked into"},
	"PART": {"Deels aangenomen", "Partly accepted"},
	"RJCT": {"Geweigerd", "Rejected"},
	"CANC": {"Ingetrokken", "Cancelled"},
	"RCVC": {"Alle namen komen overeen", "All names match"},
	"RVMC": {"Niet alle namen komen precies overeen", "Not all names match exactly"},
	"RVNM": {"Er zijn namen die niet overeenkomen", "Some names do not match"},
	"RVNA": {"Niet alle namen konden vergeleken worden", "Not all names could be compared"},
}

// StatusOf explains what a bank says about a file, in the language nl or en. A code we do not know is shown as it is.
func StatusOf(code, lang string) string {
	at := 0
	if lang == "en" {
		at = 1
	}
	if said, ok := statuses[code]; ok {
		return said[at] + " (" + code + ")"
	}
	return code
}
