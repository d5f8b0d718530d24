package claims

// returnReasons says in words why a bank sent money back, by the code of the
// bank (ISO 20022), as far as the person it was for can do something about it.
var returnReasons = map[string]struct{ nl, en string }{
	"AC01": {"het rekeningnummer klopt niet", "the account number is not right"},
	"AC03": {"het rekeningnummer klopt niet", "the account number is not right"},
	"AC04": {"de rekening is opgeheven", "the account is closed"},
	"AC06": {"de rekening is geblokkeerd", "the account is blocked"},
	"AC13": {"de rekening kan dit niet ontvangen", "the account cannot receive this"},
	"AG01": {"de rekening kan dit niet ontvangen", "the account cannot receive this"},
	"AM05": {"de bank zag het als dubbel", "the bank took it for a duplicate"},
	"BE04": {"het adres ontbreekt", "the address is missing"},
	"MD07": {"de rekeninghouder is overleden", "the account holder has died"},
	"RC01": {"de bank is niet gevonden", "the bank was not found"},
	"RR03": {"de naam of het adres ontbreekt", "the name or address is missing"},
}

// returnReason is the reason in the language of the reader; an unknown code gets words that are always true.
func returnReason(code, lang string) string {
	r, ok := returnReasons[code]
	if !ok {
		r.nl, r.en = "de bank van de ontvanger nam het niet aan", "the receiving bank did not accept it"
	}
	return inLanguage(lang, r.nl, r.en)
}
