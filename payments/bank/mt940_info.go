package bank

import (
	"regexp"
	"strings"
)

// codeWords are the words that banks put in a structured description. Between
// them anything may stand, slashes included, so only these divide it.
var codeWords = regexp.MustCompile(`/(TRTP|IBAN|BIC|NAME|REMI|EREF|PREF|RTRN|MARF|CSID|CNTP|BENM|ORDP|ADDR|ISDT|PURP|SVCL|NRTX|TRCD|ULTD|ULTC|EXCH|OCMT|CHGS)/`)

var (
	fixedIBAN = regexp.MustCompile(`IBAN: ([A-Z]{2}[0-9]{2}[A-Z0-9]{11,30})`)
	fixedName = regexp.MustCompile(`NAAM: (.+?)(?: {2,}|$)`)
	fixedE2E  = regexp.MustCompile(`KENMERK: (.+?)(?: {2,}|$)`)
	fixedText = regexp.MustCompile(`OMSCHRIJVING: (.+?)(?: {2,}|$)`)
	ibanForm  = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$`)
)

// describe reads the description of an entry. The lines are joined without
// blanks, because banks break them in the middle of words.
func (e *Entry) describe(lines []string) {
	whole := strings.Join(lines, "")
	if e.Info != "" { // some banks give several descriptions for one entry
		e.Info += " "
	}
	e.Info += strings.Join(strings.Fields(strings.Join(lines, " ")), " ")
	at := codeWords.FindAllStringSubmatchIndex(whole, -1)
	if at == nil {
		e.describeFixed(lines)
		return
	}
	for i, m := range at {
		end := len(whole)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		e.word(whole[m[2]:m[3]], strings.TrimSpace(whole[min(m[1], end):end]))
	}
}

func (e *Entry) word(word, value string) {
	bare := strings.Trim(value, "/ ")
	switch word {
	case "IBAN":
		e.CounterIBAN = first(e.CounterIBAN, bare)
	case "NAME":
		e.CounterName = first(e.CounterName, bare)
	case "CNTP":
		parts := append(strings.Split(value, "/"), "", "", "")
		e.CounterIBAN, e.CounterName = first(e.CounterIBAN, parts[0]), first(e.CounterName, parts[2])
	case "EREF":
		if bare != "NOTPROVIDED" {
			e.EndToEndID = first(e.EndToEndID, bare)
		}
	case "REMI":
		bare = strings.TrimPrefix(strings.TrimPrefix(bare, "USTD"), "//")
		e.Remittance = first(e.Remittance, bare)
	case "PREF":
		e.BatchID = first(e.BatchID, bare)
	case "NRTX":
		_ = count(&e.BatchCount, []byte(strings.TrimLeft(bare, "0")))
	case "RTRN":
		e.Return, e.ReturnReason = true, first(e.ReturnReason, bare)
	}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// describeFixed reads the older form, in columns of 32 characters.
func (e *Entry) describeFixed(lines []string) {
	for _, line := range lines {
		for _, f := range []struct {
			form *regexp.Regexp
			to   *string
		}{{fixedIBAN, &e.CounterIBAN}, {fixedName, &e.CounterName}, {fixedE2E, &e.EndToEndID}, {fixedText, &e.Remittance}} {
			if m := f.form.FindStringSubmatch(line); m != nil {
				*f.to = first(*f.to, strings.TrimSpace(m[1]))
			}
		}
	}
	if e.Remittance == "" {
		e.Remittance = e.Info
	}
}
