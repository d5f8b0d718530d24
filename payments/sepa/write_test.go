package sepa

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
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

var payees = []Transfer{
	{"P3-0000001", "J. de Vries", "NL42 INGB 4000 0000 01", 12345, "Uitkering zaak 2026-1, deelname ZM-4F7K-29QD", ""},
	{"P3-0000002", "Ærø Müller-Straße & Zn.", "DE89370400440532013000", 1, "", ""},
	{"P3-0000003", "Иван Щербаков", "NL82BUNQ2290000003", 5000, "Uitkering <b>", ""},
	{"P3-0000004", "A. O'Neill", "BE68539007547034", 99_999_999_999, "Uitkering", ""},
}

func payout(list []Transfer) File {
	f := File{
		MessageID: "SC-3-1", BatchID: "SC-3-1-B", CreatedAt: time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC),
		DebtorName: "Stichting Claim Voorbeeld", DebtorIBAN: "NL18RABO3000000017", DebtorBIC: "RABONL2U",
		ExecutionDate: time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC), Count: len(list), Transfers: Transfers(list),
	}
	for _, t := range list {
		f.TotalCents += t.AmountCents
	}
	return f
}

// referenced are payees who get a structured reference.
func referenced() []Transfer {
	list := slices.Clone(payees)
	for i := range list {
		list[i].Remittance, list[i].Reference = "", CreditorReference("ZM-4F7K-29Q"+string(rune('A'+i)))
	}
	return list
}

func TestCreditorReference(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"539007547034": "RF18539007547034", "2348 236": "RF332348236", "zm-4f7k-29qd": "RF85ZM4F7K29QD"} { // the first two are known from the standard's examples
		if got := CreditorReference(in); got != want {
			t.Errorf("CreditorReference(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestWriteIsWhatBanksTake(t *testing.T) {
	t.Parallel()
	bare := payout(payees[:1])
	bare.BatchID, bare.DebtorBIC = "", ""
	old := payout(payees)
	old.Version = V03
	tests := []struct {
		name   string
		file   File
		schema string
		golden string
	}{
		{"a file of today", payout(payees), "pain.001.001.09.xsd", "payouts.golden.xml"},
		{"a file without a BIC and with one identifier", bare, "pain.001.001.09.xsd", "bare.golden.xml"},
		{"a file with structured references", payout(referenced()), "pain.001.001.09.xsd", "references.golden.xml"},
		{"a file for a bank of yesterday", old, "pain.001.001.03.xsd", "payouts_03.golden.xml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got, again bytes.Buffer
			if err := Write(&got, tt.file); err != nil {
				t.Fatal(err)
			}
			if err := Write(&again, tt.file); err != nil || !bytes.Equal(got.Bytes(), again.Bytes()) {
				t.Errorf("written twice, the bytes differ (%v)", err)
			}
			golden := filepath.Join("testdata", tt.golden)
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("%s differs (-want +got):\n%s", golden, diff)
			}
			validate(t, tt.schema, got.Bytes())
		})
	}
}

func validate(t *testing.T, schema string, file []byte) {
	t.Helper()
	cmd := exec.Command("xmllint", "--noout", "--nonet", "--schema", filepath.Join("testdata", schema), "-")
	cmd.Stdin = bytes.NewReader(file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("xmllint (of the package libxml2-utils): %v\n%s", err, out)
	}
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	boom := errors.New("the database is gone")
	tests := []struct {
		name   string
		change func(f *File, t *Transfer)
		want   error
	}{
		{"a message without an identifier", func(f *File, _ *Transfer) { f.MessageID = "" }, ErrIdentifier},
		{"an identifier with a slash", func(f *File, _ *Transfer) { f.MessageID = "SC/3" }, ErrIdentifier},
		{"an identifier of 36 characters", func(f *File, _ *Transfer) { f.BatchID = strings.Repeat("A", 36) }, ErrIdentifier},
		{"an edition that does not exist", func(f *File, _ *Transfer) { f.Version = "pain.001.001.99" }, ErrIdentifier},
		{"a BIC that is none", func(f *File, _ *Transfer) { f.DebtorBIC = "RABO" }, ErrAccount},
		{"an account of ours that is wrong", func(f *File, _ *Transfer) { f.DebtorIBAN = "NL18RABO3000000018" }, ErrAccount},
		{"no name of ours", func(f *File, _ *Transfer) { f.DebtorName = " " }, ErrName},
		{"no transfers", func(f *File, _ *Transfer) { f.Count, f.Transfers = 0, Transfers(nil) }, ErrTotals},
		{"too few transfers", func(f *File, _ *Transfer) { f.Count = 3 }, ErrTotals},
		{"too many transfers", func(f *File, _ *Transfer) { f.Count = 1 }, ErrTotals},
		{"another total", func(f *File, _ *Transfer) { f.TotalCents++ }, ErrTotals},
		{"a day before the file was made", func(f *File, _ *Transfer) { f.ExecutionDate = time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC) }, ErrDate},
		{"a Sunday", func(f *File, _ *Transfer) { f.ExecutionDate = time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC) }, ErrDate},
		{"a day over a year ahead", func(f *File, _ *Transfer) { f.ExecutionDate = time.Date(2027, 3, 9, 0, 0, 0, 0, time.UTC) }, ErrDate},
		{"a file made at no time", func(f *File, _ *Transfer) { f.CreatedAt = time.Time{} }, ErrDate},
		{"a transfer without an identifier", func(_ *File, t *Transfer) { t.EndToEndID = "" }, ErrIdentifier},
		{"the identifier that means none", func(_ *File, t *Transfer) { t.EndToEndID = "NOTPROVIDED" }, ErrIdentifier},
		{"an identifier used twice", func(_ *File, t *Transfer) { t.EndToEndID = payees[0].EndToEndID }, ErrTwice},
		{"a reference beside a text", func(_ *File, t *Transfer) { t.Reference, t.Remittance = "RF18539007547034", "x" }, ErrRemittance},
		{"a reference that is none", func(_ *File, t *Transfer) { t.Reference, t.Remittance = "539007547034", "" }, ErrRemittance},
		{"a name nobody at a bank can read", func(_ *File, t *Transfer) { t.Name = "李小龍" }, ErrName},
		{"nothing to pay", func(_ *File, t *Transfer) { t.AmountCents = 0 }, ErrAmount},
		{"less than nothing to pay", func(_ *File, t *Transfer) { t.AmountCents = -1 }, ErrAmount},
		{"a billion euros", func(_ *File, t *Transfer) { t.AmountCents = 100_000_000_000 }, ErrAmount},
		{"an account that is wrong", func(_ *File, t *Transfer) { t.IBAN = "DE89370400440532013001" }, ErrAccount},
		{"an account outside SEPA", func(_ *File, t *Transfer) { t.IBAN = "TR330006100519786457841326" }, ErrAccount},
		{"a text of 141 characters", func(_ *File, t *Transfer) { t.Remittance = strings.Repeat("a", 141) }, ErrRemittance},
		{"transfers that cannot be read", func(f *File, _ *Transfer) {
			f.Transfers = func(yield func(Transfer, error) bool) { yield(Transfer{}, boom) }
		}, boom},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			list := []Transfer{payees[0], payees[1]}
			f := payout(list)
			tt.change(&f, &list[1])
			if err := Write(io.Discard, f); !errors.Is(err, tt.want) {
				t.Errorf("Write = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestErrorsNameNoPerson(t *testing.T) {
	t.Parallel()
	list := []Transfer{{"P1", "J. de Vries", "NL42INGB4000000002", 1, "", ""}}
	err := Write(io.Discard, payout(list))
	if err == nil || strings.Contains(err.Error(), "Vries") || strings.Contains(err.Error(), "4000000002") {
		t.Errorf("got %v, want an error without name and account", err)
	}
}

func TestLongNamesAreCut(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := Write(&b, payout([]Transfer{{"P1", strings.Repeat("ß", 40), "NL42INGB4000000001", 1, "", ""}})); err != nil {
		t.Fatal(err)
	}
	if want := "<Nm>" + strings.Repeat("s", 70) + "</Nm>"; !strings.Contains(b.String(), want) {
		t.Errorf("got %s, want a name of 70 characters", b.String())
	}
	validate(t, "pain.001.001.09.xsd", b.Bytes())
}

func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f := payout(nil)
			f.Count, f.TotalCents, f.Transfers = n, int64(n)*12345, many(n)
			for b.Loop() {
				if err := Write(io.Discard, f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func many(n int) iter.Seq2[Transfer, error] {
	return func(yield func(Transfer, error) bool) {
		for i := range n {
			t := Transfer{fmt.Sprintf("P3-%07d", i), "J. de Vries-Müller", "NL42INGB4000000001", 12345, "Uitkering zaak 2026-1", ""}
			if !yield(t, nil) {
				return
			}
		}
	}
}
