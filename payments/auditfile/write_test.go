package auditfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func each[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, x := range all {
			if !yield(x, nil) {
				return
			}
		}
	}
}

func date(m time.Month, d int) time.Time { return time.Date(2026, m, d, 0, 0, 0, 0, time.UTC) }

// books is a small year: a payout with its fee through the bank, and one in the memorial.
func books() (File, []Line) {
	lines := []Line{
		{"BNK", "2026-2", date(6, 6), "Uitbetalingen door de bank uitgevoerd", "payout_run:1", 1, "2200", 20000, "", "", nil},
		{"BNK", "2026-2", date(6, 6), "Uitbetalingen door de bank uitgevoerd", "payout_run:1", 2, "1000", -20000, "", "", nil},
		{"BNK", "2026-2", date(6, 6), "Uitbetalingen door de bank uitgevoerd", "payout_run:1", 3, "2120", 5000, "PR-0001", "2026-000001", nil},
		{"BNK", "2026-2", date(6, 6), "Uitbetalingen door de bank uitgevoerd", "payout_run:1", 4, "8000", -4132, "PR-0001", "2026-000001", &VAT{"V2100", 2100, -868}},
		{"BNK", "2026-2", date(6, 6), "Uitbetalingen door de bank uitgevoerd", "payout_run:1", 5, "2500", -868, "PR-0001", "2026-000001", nil},
		{"MEM", "2026-1", date(6, 4), "Vrijgegeven <&>", "payout_run:1", 1, "2110", 20000, "PR-0001", "", nil},
		{"MEM", "2026-1", date(6, 4), "Vrijgegeven <&>", "payout_run:1", 2, "2200", -20000, "", "", nil},
	}
	return File{
		Year: 2026, CreatedOn: date(12, 31), Software: "Samenclaim", SoftwareVersion: "1", Relations: each([]string{"PR-0001"}),
		Company:  Company{"Stichting Proef & Co", "12345678", "NL123456789B01", "Straat 1", "1000AA", "Stad"},
		Accounts: []Account{{"1000", "Bank", true}, {"2110", "Uit te betalen", true}, {"2120", "Nog niet verdiend", true}, {"2200", "Onderweg", true}, {"2500", "Btw", true}, {"8000", "Vergoedingen", false}},
		VATCodes: []VATCode{{"V2100", "Btw 21,00%", "2500"}}, Opening: []Opening{{"1000", 25000}, {"2110", -20000}, {"2120", -5000}},
		Journals: []Journal{{"BNK", "Bank", "B", "1000", "NL91ABNA0417164300"}, {"MEM", "Memoriaal", "M", "", ""}},
		Totals:   Totals{7, 45000, 45000}, Lines: each(lines),
	}, lines
}

func TestWriteIsWhatAccountantsTake(t *testing.T) {
	t.Parallel()
	for v, schema := range map[Version]string{V32: "XmlAuditfileFinancieel3.2.xsd", V40: "XmlauditfileXAF_4.0.xsd"} {
		f, _ := books()
		var got, again bytes.Buffer
		if err := Write(&got, v, f); err != nil {
			t.Fatal(err)
		}
		if err := Write(&again, v, f); err != nil || !bytes.Equal(got.Bytes(), again.Bytes()) {
			t.Errorf("written twice, the bytes differ (%v)", err)
		}
		golden := filepath.Join("testdata", "books_"+string(v)+".golden.xml")
		if *update {
			if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", golden, diff)
		}
		if _, err := os.Stat(filepath.Join("testdata", schema)); err != nil && v == V40 {
			t.Log("the schema of 4.0 is not here: its structure is checked by TestStructureOf40 alone")
			continue
		}
		validate(t, schema, got.Bytes())
	}
}

func validate(t *testing.T, schema string, file []byte) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "xmllint", "--noout", "--nonet", "--schema", filepath.Join("testdata", schema), "-") //nolint:gosec // our own arguments
	cmd.Stdin = bytes.NewReader(file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("xmllint (of the package libxml2-utils): %v\n%s", err, out)
	}
}

// order40 is what we write of 4.0, as the published descriptions have it: what may stand in what, in this order.
var order40 = map[string][]string{
	"auditfile":          {"header", "company"},
	"header":             {"fiscalYear", "startDate", "endDate", "curCode", "dateCreated", "softwareDesc", "softwareVersion"},
	"company":            {"companyName", "taxRegistrationCountry", "taxRegIdent", "streetAddress", "customersSuppliers", "generalLedger", "vatCodes", "periods", "openingBalance", "transactions"},
	"streetAddress":      {"streetname", "city", "postalCode", "country"},
	"customersSuppliers": {"customerSupplier"}, "customerSupplier": {"custSupID", "custSupTp"},
	"generalLedger": {"ledgerAccount"}, "ledgerAccount": {"accID", "accDesc", "accTp"},
	"vatCodes": {"vatCode"}, "vatCode": {"vatID", "vatDesc", "vatToPayAccID"},
	"periods": {"period"}, "period": {"periodNumber", "startDatePeriod", "endDatePeriod"},
	"openingBalance": {"linesCount", "totalDebit", "totalCredit", "obLine"}, "obLine": {"nr", "accID", "amnt", "amntTp"},
	"transactions": {"linesCount", "totalDebit", "totalCredit", "journal"}, "journal": {"jrnID", "desc", "jrnTp", "offsetAccID", "bankAccNr", "transaction"},
	"transaction": {"nr", "desc", "periodNumber", "trDt", "Source", "trLine"},
	"trLine":      {"nr", "accID", "docRef", "effDate", "amnt", "amntTp", "custSupID", "invRef", "vat"}, "vat": {"vatID", "vatPerc", "vatAmnt", "vatAmntTp"},
}

func TestStructureOf40(t *testing.T) {
	t.Parallel()
	f, _ := books()
	var b bytes.Buffer
	if err := Write(&b, V40, f); err != nil {
		t.Fatal(err)
	}
	type level struct {
		name string
		at   int
	}
	path := []level{{"", 0}}
	for in := xml.NewDecoder(&b); ; {
		token, err := in.Token()
		if err != nil {
			break
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Space != namespaces[V40] {
				t.Fatalf("%s is in %q", e.Name.Local, e.Name.Space)
			}
			up := &path[len(path)-1]
			if at := slices.Index(order40[up.name], e.Name.Local); up.name != "" && at < up.at {
				t.Errorf("%s stands in %s out of place", e.Name.Local, up.name)
			} else {
				up.at = max(at, 0)
			}
			path = append(path, level{e.Name.Local, 0})
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	boom := errors.New("the database is gone")
	for name, tt := range map[string]struct {
		change func(f *File, lines []Line)
		want   error
	}{
		"totals that differ":                  {func(f *File, _ []Line) { f.Totals.DebitCents++ }, ErrFile},
		"a line too many":                     {func(f *File, _ []Line) { f.Totals.Lines-- }, ErrFile},
		"a transaction that does not balance": {func(_ *File, l []Line) { l[0].Cents++ }, ErrFile},
		"an account that is not there":        {func(_ *File, l []Line) { l[0].Account = "9999" }, ErrFile},
		"somebody who is not there":           {func(_ *File, l []Line) { l[2].Relation = "PR-2" }, ErrFile},
		"a rate that is not there":            {func(_ *File, l []Line) { l[3].VAT.ID = "V1" }, ErrFile},
		"a journal that is not there":         {func(_ *File, l []Line) { l[0].Journal = "X" }, ErrFile},
		"a transaction of another year":       {func(_ *File, l []Line) { l[0].Day = l[0].Day.AddDate(1, 0, 0) }, ErrFile},
		"an opening that does not balance":    {func(f *File, _ []Line) { f.Opening[0].Cents++ }, ErrFile},
		"lines that cannot be read":           {func(f *File, _ []Line) { f.Lines = func(yield func(Line, error) bool) { yield(Line{}, boom) } }, boom},
		"people that cannot be read":          {func(f *File, _ []Line) { f.Relations = func(yield func(string, error) bool) { yield("", boom) } }, boom},
	} {
		f, lines := books()
		tt.change(&f, lines)
		if err := Write(&bytes.Buffer{}, V32, f); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	f, _ := books()
	if err := Write(&bytes.Buffer{}, "5.0", f); !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), "5.0") {
		t.Errorf("an edition that does not exist: %v", err)
	}
}
