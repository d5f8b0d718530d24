package bank

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func day(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }

func TestReadReturnedPayout(t *testing.T) {
	t.Parallel()
	got, err := ReadAll(strings.NewReader(file08("100.00", "223.45", ntry("CRDT", "123.45", returned("P1-0000001", "123.45", "AC04")))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	detail := Detail{
		Amount: 12345 * perCent, AmountCents: 12345, Known: true, Currency: "EUR", EndToEndID: "P1-0000001", BatchID: "SC-1-1",
		DebtorName: "Stichting Claim Voorbeeld", DebtorIBAN: "NL18RABO3000000017", CreditorName: "J. de Vries", CreditorIBAN: "NL69INGB4000000000",
		CounterName: "J. de Vries", CounterIBAN: "NL69INGB4000000000", Remittance: "Uitkering & meer deel twee", Return: true, ReturnReason: "AC04",
		ReturnInfo: "Rekening opgeheven",
	}
	want := File{Kind: KindStatement, Version: "camt.053.001.08", MessageID: "M1", Statements: []Statement{{
		Kind: KindStatement, ID: "S1", Account: "NL18RABO3000000017", AccountIBAN: "NL18RABO3000000017", Currency: "EUR", From: day(4), To: day(4),
		Opening:       &Balance{Type: "OPBD", Amount: 10000 * perCent, Currency: "EUR", Date: day(4)},
		Closing:       &Balance{Type: "CLBD", Amount: 22345 * perCent, Currency: "EUR", Date: day(4)},
		ElectronicSeq: "61", EntryCount: 1, BookedCount: 1, BookedSum: 12345 * perCent, Ties: true, Warnings: []string{}, Obstacles: []string{},
		Entries: []Entry{{
			Ordinal: 1, Amount: 12345 * perCent, AmountCents: 12345, Currency: "EUR", BookedOn: day(4), ValueOn: day(4), Status: "BOOK", Ref: "SVC1",
			EntryRef: "1", Code: "PMNT/ICDT/RRTN", EndToEndID: "P1-0000001", CounterName: "J. de Vries", CounterIBAN: "NL69INGB4000000000",
			Remittance: "Uitkering & meer deel twee", Return: true, ReturnReason: "AC04", Details: []Detail{detail},
		}},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read differs (-want +got):\n%s", diff)
	}
}

// Each of these is a file of which a kind reader would believe one half.
func TestReadRefusesWhatCannotBeTrusted(t *testing.T) {
	t.Parallel()
	good := file08("100.00", "150.00", ntry("CRDT", "50.00", ""))
	swap := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the file has no %q", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	tests := []struct {
		name string
		file string
		want string
	}{
		{"a document type", swap("<Document", "<!DOCTYPE d>\n<Document"), "document type"},
		{"entities that grow", swap("<Document", `<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Document`), "document type"},
		{"an entity that reads a file", swap("S1", "&xxe;"), "reference"},
		{"two amounts", swap("50.00</Amt>", `50.00</Amt><Amt Ccy="EUR">5000.00</Amt>`), "twice"},
		{"two directions", swap("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<CdtDbtInd>CRDT</CdtDbtInd><CdtDbtInd>DBIT</CdtDbtInd><Sts>"), "twice"},
		{"two accounts", swap("<Ccy>EUR</Ccy></Acct>", "</Acct><Acct><Id><IBAN>NL42INGB4000000001</IBAN></Id></Acct>"), "twice"},
		{"an account in two forms", swap("</IBAN></Id>", "</IBAN><Othr><Id>123</Id></Othr></Id>"), "two values"},
		{"two opening balances", swap(balance("CLBD", "CRDT", "150.00"), balance("OPBD", "CRDT", "0.00")+balance("CLBD", "CRDT", "150.00")), "OPBD"},
		{"two statuses", swap("<Cd>BOOK</Cd>", "<Cd>BOOK</Cd><Prtry>PDNG</Prtry>"), "two values"},
		{"a status as text and as code", swap("<Cd>BOOK</Cd>", "PDNG<Cd>BOOK</Cd>"), "beside"},
		{"text among elements", swap("<Sts>", "50.00<Sts>"), "beside"},
		{"a second document", good + "<Document></Document>", "outside"},
		{"text behind the document", good + "x", "outside"},
		{"text before the document", swap("<Document", "x<Document"), "outside"},
		{"an end that is cut off", strings.TrimSuffix(good, "</Document>\n"), "too early"},
		{"a tag that is cut off", good[:len(good)-3], "too early"},
		{"another end tag", swap("</Stmt>", "</Ntry>"), "end tag"},
		{"an amount below zero", swap(">50.00<", ">-50.00<"), "amount"},
		{"an amount with a plus", swap(">50.00<", ">+50.00<"), "amount"},
		{"an amount with an exponent", swap(">50.00<", ">5e1<"), "amount"},
		{"an amount with a comma", swap(">50.00<", ">50,00<"), "amount"},
		{"an amount with a blank inside", swap(">50.00<", ">5 0.00<"), "amount"},
		{"an amount without digits", swap(">50.00<", ">.<"), "amount"},
		{"an amount beyond counting", swap(">50.00<", ">99999999999999999999.00<"), "amount"},
		{"six decimals", swap(">50.00<", ">50.000001<"), "amount"},
		{"an amount split by an element", swap(">50.00<", ">5<b/>0.00<"), "beside"},
		{"an empty amount", swap(">50.00<", "><"), "without an amount"},
		{"no amount", swap(`<Amt Ccy="EUR">50.00</Amt>`, ""), "without an amount"},
		{"no currency", swap(`<Amt Ccy="EUR">50.00`, "<Amt>50.00"), "currency"},
		{"a currency given twice", swap(`<Amt Ccy="EUR">50.00`, `<Amt Ccy="EUR" Ccy="USD">50.00`), "attribute"},
		{"no direction", swap("</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>", "</Amt><Sts>"), "CdtDbtInd"},
		{"an unknown direction", swap("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<CdtDbtInd>Credit</CdtDbtInd><Sts>"), "CRDT"},
		{"a NUL", swap("S1", "S\x00"), "character"},
		{"a NUL in disguise", swap("S1", "S&#0;"), "character"},
		{"broken UTF-8", swap("S1", "S\xff"), "UTF-8"},
		{"an encoding nobody uses", swap("UTF-8", "EBCDIC-CP-NL"), "encoding"},
		{"a false word about the encoding", swap("UTF-8", "UTF-16"), "says it is"},
		{"another version of XML", swap(`version="1.0"`, `version="1.1"`), "declaration"},
		{"a declaration in the middle", swap("<GrpHdr>", `<?xml version="1.0"?><GrpHdr>`), "markup"},
		{"nested too deeply", swap("<AcctSvcrRef>", strings.Repeat("<x>", 40)+strings.Repeat("</x>", 40)+"<AcctSvcrRef>"), "deeply"},
		{"no statement", head08 + "</BkToCstmrStmt></Document>", "no statement"},
		{"two messages", swap("</Document>", "<BkToCstmrAcctRpt></BkToCstmrAcctRpt></Document>"), "twice"},
		{"an attribute without quotes", swap(`Ccy="EUR"`, "Ccy=EUR"), "tag"},
		{"a broken comment", swap("<GrpHdr>", "<!-- a -- b --><GrpHdr>"), "markup"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadAll(strings.NewReader(tt.file), Options{})
			if !errors.Is(err, ErrUntrusted) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ReadAll = %v, want it untrusted for %q", err, tt.want)
			}
		})
	}
	if _, err := ReadAll(strings.NewReader(good), Options{}); err != nil {
		t.Errorf("the file that all of these spoil: %v", err)
	}
}

func TestReadSaysWhatElseItIs(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, want string }{
		{"nothing", "", "empty"},
		{"a PDF", "%PDF-1.7\n", "PDF"},
		{"a ZIP", "PK\x03\x04abc", "ZIP"},
		{"a table", "Datum;Bedrag;Naam;IBAN\n1;2;3;4\n", "CSV"},
		{"a letter", "Geachte heer,\n", "neither"},
		{"a web page", "<html><body></body></html>", "web page"},
		{"another document", "<Invoice></Invoice>", "Invoice"},
		{"a payment order", "<Document><CstmrCdtTrfInitn></CstmrCdtTrfInitn></Document>", "pain.001"},
		{"a status report", "<Document><CstmrPmtStsRpt></CstmrPmtStsRpt></Document>", "pain.002"},
		{"a document without a message", "<Document></Document>", "without a message"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00", "no text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadAll(strings.NewReader(tt.file), Options{})
			if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ReadAll = %v, want another format, with %q", err, tt.want)
			}
		})
	}
}

func TestWhatKeepsAStatementFromBeingBooked(t *testing.T) {
	t.Parallel()
	entry := ntry("CRDT", "50.00", "")
	good := file08("100.00", "150.00", entry)
	tests := []struct {
		name, file string
		want       string // the obstacle, or nothing
		ties       bool
	}{
		{"a good statement", good, "", true},
		{"zeros in front", strings.ReplaceAll(good, ">50.00<", ">000000000000050.00000<"), "", true},
		{"a debt at the start", strings.Replace(good, "<CdtDbtInd>CRDT</CdtDbtInd>", "<CdtDbtInd>DBIT</CdtDbtInd>", 1), "does not tie", false},
		{"a cent too much", file08("100.00", "150.01", entry), "does not tie", false},
		{"half a cent", file08("100.00", "150.005", ntry("CRDT", "50.005", "")), "fractions", true},
		{"another currency", strings.ReplaceAll(good, `Ccy="EUR">50.00`, `Ccy="SEK">50.00`), "another currency", true},
		{"balances in different currencies", strings.ReplaceAll(good, `Ccy="EUR">150.00`, `Ccy="SEK">150.00`), "different currencies", false},
		{"no opening balance", strings.ReplaceAll(good, "OPBD", "OPAV"), "no opening", false},
		{"no closing balance", strings.ReplaceAll(good, "CLBD", "ITBD"), "no closing", false},
		{"the balance before as opening", strings.ReplaceAll(good, "OPBD", "PRCD"), "", true},
		{"another balance before", strings.Replace(good, "<Bal>", balance("PRCD", "CRDT", "99.00")+"<Bal>", 1), "one before", true},
		{"an account without IBAN", strings.ReplaceAll(good, "<IBAN>NL18RABO3000000017</IBAN>", "<Othr><Id>300</Id></Othr>"), "not an IBAN", true},
		{"an advice", strings.NewReplacer("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn", "Stmt>", "Ntfctn>").Replace(good), "not a statement", true},
		{"a report during the day", strings.NewReplacer("BkToCstmrStmt", "BkToCstmrAcctRpt", "Stmt>", "Rpt>").Replace(good), "not a statement", true},
		{"an unknown status", strings.ReplaceAll(good, "<Cd>BOOK</Cd>", "<Cd>HOLD</Cd>"), "status", false},
		{"fewer entries than it says", strings.Replace(good, "<Ntry>", "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry><Ntry>", 1), "2 entries, 1", true},
		{"one page of two", strings.Replace(good, "<ElctrncSeqNb>", "<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn><ElctrncSeqNb>", 1), "page", true},
		{"30 February", strings.ReplaceAll(good, "<BookgDt><Dt>2026-03-04", "<BookgDt><Dt>2026-02-30"), "date", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadAll(strings.NewReader(tt.file), Options{})
			if err != nil {
				t.Fatal(err)
			}
			st := got.Statements[0]
			if st.Ties != tt.ties || st.Bookable() != (tt.want == "") || !strings.Contains(strings.Join(st.Obstacles, "\n"), tt.want) {
				t.Errorf("ties %v, obstacles %q, want %v and %q", st.Ties, st.Obstacles, tt.ties, tt.want)
			}
		})
	}
}
