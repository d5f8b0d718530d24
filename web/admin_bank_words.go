package web

import (
	"regexp"
	"strings"

	"samenclaim/payments"
)

// bankPhrases are the words for what the reader of bank files says, by a part
// of its English sentence. The first that fits counts.
var bankPhrases = []struct{ part, key string }{
	{"an empty file", "empty"},
	{"a PDF file", "pdf"},
	{"unpack it first", "packed"},
	{"an Office file", "office"},
	{"a table (CSV)", "csv"},
	{"camt.052", "not_statement"},
	{"camt.054", "not_statement"},
	{"is not a statement", "not_statement"},
	{"an XML file with", "other_xml"},
	{"a document without a message", "other_xml"},
	{"neither camt.053 nor MT940", "other_text"},
	{"a file that is no text", "no_text"},
	{"there is no statement in it", "no_statement"},
	{"about another account", "other_account"},
	{"too early", "cut"},
	{"the file is too large", "too_large"},
	{"more of them than a bank ever sends", "too_large"},
	{"longer than a million bytes", "too_large"},
	{"a document type", "doctype"},
	{"in another currency", "currency"},
	{"different currencies", "currency"},
	{"fractions of a cent", "fractions"},
	{"not booked yet", "not_booked"},
	{"a status nobody knows", "status"},
	{"has no status", "no_status"},
	{"an entry has no date", "no_date"},
	{"a date is none", "date"},
	{"a value date does not exist", "value_date"},
	{"do not add up to it", "details"},
	{"add up to more than", "sum"},
	{"is not an IBAN", "no_iban"},
	{"than the one before closed with", "previous"},
	{"no opening balance", "no_opening"},
	{"no closing balance", "no_closing"},
	{"it does not tie", "ties_not"},
	{"a balance does not say", "balance_side"},
	{"several batches", "batches"},
	{"the statement says it has", "count"},
	{"one page of a longer statement", "page"},
	{"not a plain decimal number", "amount"},
	{"without an amount", "amount"},
	{"an amount without a currency", "amount"},
	{"neither CRDT nor DBIT", "side"},
	{"in or out", "side"},
	{"twice where it may come once", "doubled"},
	{"two values where there is one", "doubled"},
	{"not a line of a statement", "statement_line"},
	{"encoding", "encoding"},
	{"the file says it is in", "encoding"},
	{"broken UTF-8", "encoding"},
	{"XML", "broken"},
	{"tag", "broken"},
	{"markup", "broken"},
	{"nested too deeply", "broken"},
	{"outside the document", "broken"},
	{"no document in it", "broken"},
	{"an attribute given twice", "broken"},
	{"text beside elements", "broken"},
	{"a balance without a type", "broken"},
	{"not a balance", "broken"},
	{"a count is no number", "broken"},
}

var (
	timesAtEnd  = regexp.MustCompile(` \(([0-9]+) times\)$`)
	lineAtStart = regexp.MustCompile(`^line ([0-9]+): `)
)

// bankWord says in the words of the page what the reader of bank files said; what nobody foresaw is shown as it is.
func bankWord(t translate, said string) string {
	line, times := "", ""
	if m := lineAtStart.FindStringSubmatch(said); m != nil {
		line, said = m[1], said[len(m[0]):]
	}
	if m := timesAtEnd.FindStringSubmatch(said); m != nil {
		times, said = m[1], strings.TrimSuffix(said, m[0])
	}
	text := t("money.said.other", "Text", said)
	for _, p := range bankPhrases {
		if strings.Contains(said, p.part) {
			text = t("money.said." + p.key)
			break
		}
	}
	if times != "" {
		text = t("money.said.times", "Text", text, "Times", times)
	}
	if line != "" {
		text = t("money.said.line", "Text", text, "Line", line)
	}
	return text
}

// bankWords is bankWord for a list.
func bankWords(t translate, said []string) []string {
	words := make([]string, len(said))
	for i, text := range said {
		words[i] = bankWord(t, text)
	}
	return words
}

// bankTrouble says why a bank file cannot be trusted.
func bankTrouble(t translate, err error) string {
	said := err.Error()
	if _, after, ok := strings.Cut(said, payments.ErrUntrusted.Error()); ok {
		said = after
	}
	said = strings.TrimPrefix(strings.TrimPrefix(said, ":"), " but")
	var words []string
	for _, part := range strings.Split(strings.TrimSpace(said), "; ") {
		words = append(words, bankWord(t, part))
	}
	return strings.Join(words, "; ")
}
