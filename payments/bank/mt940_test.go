package bank

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// abn breaks code words over lines, as the bank does after 65 characters.
const abn = `ABNANL2A
940
ABNANL2A
:20:ABN AMRO BANK NV
:25:NL80ABNA0300000041EUR
:28:6401/1
:60F:C260303EUR1000,
:61:2603040304C123,45N659NONREF//SVC123
:86:/TRTP/SEPA OVERBOEKING/IBAN/NL69INGB4000000000/BIC/INGBNL2A/NAM
E/J. DE VRIES EN/OF A. JANSEN/REMI/UITKERING ZAAK/EREF/P1-0000001/RTR
N/AC04/
:61:2603040304D10,5N658NONREF
:86:SEPA OVERBOEKING                 IBAN: NL42INGB4000000001
BIC: INGBNL2A                    NAAM: A. JANSEN
OMSCHRIJVING: KOSTEN             KENMERK: K-1
:62F:C260304EUR1112,95
-
`

func TestReadMT940(t *testing.T) {
	t.Parallel()
	got, err := ReadAll(strings.NewReader(strings.ReplaceAll(abn, "\n", "\r\n")), Options{})
	if err != nil {
		t.Fatal(err)
	}
	st := got.Statements[0]
	if !st.Ties || !st.Bookable() || st.AccountIBAN != "NL80ABNA0300000041" || st.Currency != "EUR" {
		t.Errorf("account %q in %s, ties %v, obstacles %q", st.AccountIBAN, st.Currency, st.Ties, st.Obstacles)
	}
	want := []Entry{
		{
			Ordinal: 1, Amount: 12345 * perCent, AmountCents: 12345, Currency: "EUR", BookedOn: day(4), ValueOn: day(4), Status: "BOOK", Ref: "SVC123",
			OwnCode: "N659", EndToEndID: "P1-0000001", CounterName: "J. DE VRIES EN/OF A. JANSEN", CounterIBAN: "NL69INGB4000000000",
			Remittance: "UITKERING ZAAK", Return: true, ReturnReason: "AC04",
		},
		{
			Ordinal: 2, Amount: -1050 * perCent, AmountCents: -1050, Currency: "EUR", BookedOn: day(4), ValueOn: day(4), Status: "BOOK",
			OwnCode: "N658", EndToEndID: "K-1", CounterName: "A. JANSEN", CounterIBAN: "NL42INGB4000000001", Remittance: "KOSTEN",
		},
	}
	for i := range st.Entries {
		st.Entries[i].Info = ""
	}
	if diff := cmp.Diff(want, st.Entries); diff != "" {
		t.Errorf("entries differ (-want +got):\n%s", diff)
	}
}

func TestLinesOfMT940(t *testing.T) {
	t.Parallel()
	date := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	tests := []struct {
		name   string
		line   string
		cents  int64
		booked time.Time
		ref    string
	}{
		{"a credit", ":61:2603040304C50,00NTRFNONREF//ABC", 5000, date(2026, 3, 4), "ABC"},
		{"a debit with a letter of the currency", ":61:2603040304DR50,NTRFNONREF", -5000, date(2026, 3, 4), ""},
		{"a credit taken back is a debit", ":61:2603040304RC50,00NTRFNONREF", -5000, date(2026, 3, 4), ""},
		{"a debit taken back is a credit", ":61:2603040304RD50,00NTRFNONREF", 5000, date(2026, 3, 4), ""},
		{"no booking date", ":61:260304C0,3NTRFNONREF", 30, date(2026, 3, 4), ""},
		{"booked before New Year", ":61:2601011231C1,NTRFREF1", 100, date(2025, 12, 31), "REF1"},
		{"booked after New Year", ":61:2512310101C1,NTRFREF1", 100, date(2026, 1, 1), "REF1"},
		{"an amount without a comma", ":61:2603040304C50NTRFNONREF", 5000, date(2026, 3, 4), ""},
		{"zeros in front", ":61:260304C000000000050,00N102EREF", 5000, date(2026, 3, 4), ""},
		{"a value date that does not exist", ":61:2602300302C50,NTRFNONREF", 5000, date(2026, 3, 2), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadAll(strings.NewReader(":20:X\n:25:NL80ABNA0300000041\n:28C:1\n:60F:C260303EUR0,\n"+tt.line+"\n:62F:C260304EUR0,\n"), Options{})
			if err != nil {
				t.Fatal(err)
			}
			e := got.Statements[0].Entries[0]
			if e.AmountCents != tt.cents || !e.BookedOn.Equal(tt.booked) || e.Ref != tt.ref {
				t.Errorf("%d cents on %s with %q, want %d on %s with %q", e.AmountCents, e.BookedOn.Format(time.DateOnly), e.Ref,
					tt.cents, tt.booked.Format(time.DateOnly), tt.ref)
			}
		})
	}
}

func TestMT940ThatCannotBeTrusted(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, old, new, want string }{
		{"two opening balances", ":61:2603040304C", ":60F:C260303EUR2000,\n:61:2603040304C", "twice"},
		{"two accounts", ":28:6401/1", ":25:NL18RABO3000000017", "twice"},
		{"a balance that is none", "C260303EUR1000,", "C260303EUR", "balance"},
		{"a balance below zero", "C260303EUR1000,", "C260303EUR-1000,", "balance"},
		{"a line that is none", "C123,45N659", "123,45N659", "line"},
		{"six decimals", "C123,45N659", "C123,450001N659", "amount"},
		{"a tag that never ends", ":86:SEPA", ":86:" + strings.Repeat("x\n", 300) + "SEPA", "more of them"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(abn, tt.old) {
				t.Fatalf("the file has no %q", tt.old)
			}
			_, err := ReadAll(strings.NewReader(strings.Replace(abn, tt.old, tt.new, 1)), Options{})
			if !errors.Is(err, ErrUntrusted) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ReadAll = %v, want it untrusted for %q", err, tt.want)
			}
		})
	}
	cut, _, _ := strings.Cut(abn, ":62F:")
	got, err := ReadAll(strings.NewReader(cut), Options{})
	if err != nil || got.Statements[0].Bookable() {
		t.Errorf("a file cut off before the closing balance: %v, and can be booked", err)
	}
}
