package letter

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
)

// testAnnex is an annex of n with the head that fits it.
func testAnnex(t testing.TB, n int) (Head, []Leaf, Tree) {
	t.Helper()
	leaves := testLeaves(n)
	tree, err := Build(slices.Values(leaves))
	if err != nil {
		t.Fatal(err)
	}
	f := testFacts(Dutch)
	f.Annex.Count, f.Annex.Root = tree.Count, tree.Root
	return f.Head(), leaves, tree
}

func TestAnnexCSVReadsAsTheGoldenFile(t *testing.T) {
	t.Parallel()
	head, leaves, _ := testAnnex(t, 5)
	head.Foundation = `=HYPERLINK("x"), Stichting "A"`
	var got bytes.Buffer
	if err := AnnexCSV(&got, head, Rows(slices.Values(leaves))); err != nil {
		t.Fatal(err)
	}
	golden(t, "annex.csv.golden", got.String())
	back, _, err := CheckAnnex(bytes.NewReader(got.Bytes()))
	if err != nil {
		t.Fatalf("CheckAnnex of what we wrote: %v", err)
	}
	if diff := cmp.Diff(head.Canonical(), back.Canonical()); diff != "" {
		t.Errorf("the head read back (-want +got):\n%s", diff)
	}
}

func TestAnnexRefusesRowsThatAreNotItsOwn(t *testing.T) {
	t.Parallel()
	head, leaves, _ := testAnnex(t, 50)
	swapped := slices.Clone(leaves)
	swapped[3], swapped[4] = swapped[4], swapped[3]
	other := slices.Clone(leaves)
	other[49].Commitment[31] ^= 1
	bad := slices.Clone(leaves)
	bad[7].Number = "A,B"
	skipping := func(yield func(Row) bool) { yield(Row{1, leaves[1]}) }
	tests := []struct {
		name string
		rows func(func(Row) bool)
		want error
	}{
		{"one too few", Rows(slices.Values(leaves[:49])), ErrAnnexDiffers},
		{"one too many", Rows(slices.Values(append(slices.Clone(leaves), testLeaf(50)))), ErrAnnexDiffers},
		{"nobody", Rows(slices.Values(leaves[:0])), ErrAnnexDiffers},
		{"two in each other's place", Rows(slices.Values(swapped)), ErrAnnexDiffers},
		{"one bit altered", Rows(slices.Values(other)), ErrAnnexDiffers},
		{"a position left out", skipping, ErrAnnexDiffers},
		{"a number that isn't one", Rows(slices.Values(bad)), ErrLeaf},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := AnnexCSV(io.Discard, head, tt.rows); !errors.Is(err, tt.want) {
				t.Errorf("AnnexCSV = %v, want %v", err, tt.want)
			}
			if err := AnnexPDF(io.Discard, head, Dutch, "#1f4e79", tt.rows); !errors.Is(err, tt.want) {
				t.Errorf("AnnexPDF = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestCheckAnnexFindsAnyAlteredCharacter(t *testing.T) {
	t.Parallel()
	head, leaves, _ := testAnnex(t, 9)
	var file bytes.Buffer
	if err := AnnexCSV(&file, head, Rows(slices.Values(leaves))); err != nil {
		t.Fatal(err)
	}
	body := bytes.Index(file.Bytes(), []byte("1,ZM-"))
	for i := body; i < file.Len(); i++ {
		altered := bytes.Clone(file.Bytes())
		if altered[i]++; altered[i] == '\r' {
			continue // a line end in another style is no other annex
		}
		if _, _, err := CheckAnnex(bytes.NewReader(altered)); err == nil {
			t.Errorf("byte %d altered from %q: nothing found", i, file.Bytes()[i])
		}
	}
	for _, bad := range []string{"", "a,b\n", "\x00", strings.Repeat("x,1\n", 30), file.String()[:body], file.String() + "10,ZM-1,,,\n"} {
		if _, _, err := CheckAnnex(strings.NewReader(bad)); err == nil {
			t.Errorf("CheckAnnex(%.20q) found nothing", bad)
		}
	}
}

func TestAnnexOnPaper(t *testing.T) {
	t.Parallel()
	tests := []struct{ rows, pages int }{{1, 1}, {37, 1}, {38, 2}, {81, 2}, {82, 3}}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%d rows take %d pages", tt.rows, tt.pages), func(t *testing.T) {
			t.Parallel()
			head, leaves, _ := testAnnex(t, tt.rows)
			var one, two bytes.Buffer
			for _, w := range []*bytes.Buffer{&one, &two} {
				if err := AnnexPDF(w, head, Dutch, "#1f4e79", Rows(slices.Values(leaves))); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(one.Bytes(), two.Bytes()) {
				t.Error("the same annex twice gives other bytes")
			}
			if got := bytes.Count(one.Bytes(), []byte("<</Type /Page\n")); got != tt.pages {
				t.Errorf("pages = %d, want %d", got, tt.pages)
			}
			last := leaves[tt.rows-1]
			onPaper(t, one.Bytes(), head.Defendant, hex.EncodeToString(head.Root[:]), momentIn(head.CutOff, Dutch), leaves[0].Number,
				last.Number, hex.EncodeToString(last.Commitment[:]), fmt.Sprintf("%x", last.Hash()))
			if dir := os.Getenv("LETTER_OUT"); dir != "" {
				_ = os.WriteFile(filepath.Join(dir, fmt.Sprintf("annex_%d.pdf", tt.rows)), one.Bytes(), 0o600)
			}
		})
	}
}

func namedAnnex(t *testing.T) (Head, []NamedRow) {
	t.Helper()
	people := []Identity{
		{GivenNames: "Anna", Prefix: "van der", FamilyName: "Berg", Email: "anna@example.nl", Postcode: "1234AB", HouseNumber: "12", Country: "NL"},
		{GivenNames: "=cmd|' /C calc'!A0", FamilyName: "+31", Email: "-1@example.nl", Postcode: "@SUM(1)", HouseNumber: "＝1", Country: "NL"},
		{GivenNames: "Jan, \"de\" eerste", FamilyName: " \t=1+1\r\n=2", Email: "jan@example.nl", Postcode: "1234AB", HouseNumber: "1", Country: "BE"},
	}
	var rows []NamedRow
	var leaves []Leaf
	for i, who := range people {
		salt := bytes.Repeat([]byte{byte(i + 1)}, SaltSize)
		leaf := Leaf{Number: fmt.Sprintf("ZM-AAAA-000%d", i), Commitment: Commitment(salt, who)}
		leaves = append(leaves, leaf)
		rows = append(rows, NamedRow{Row: Row{int64(i), leaf}, Identity: who, Street: "Straat", City: "Utrecht", Salt: salt})
	}
	tree := mustBuild(t, leaves)
	head := testFacts(Dutch).Head()
	head.Count, head.Root = tree.Count, tree.Root
	return head, rows
}

func TestNamedAnnexHasNoFormulas(t *testing.T) {
	t.Parallel()
	head, rows := namedAnnex(t)
	var got bytes.Buffer
	if err := NamedCSV(&got, head, slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	golden(t, "annex_named.csv.golden", got.String())
	file := bytes.Clone(got.Bytes())
	in := csv.NewReader(&got)
	in.FieldsPerRecord = -1
	all, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range all {
		for _, cell := range line {
			if cell != "" && strings.ContainsRune("=+-@＝＋－＠\t\r\n", []rune(cell)[0]) {
				t.Errorf("cell %q would run as a formula", cell)
			}
		}
	}
	if back, named, err := CheckAnnex(bytes.NewReader(file)); err != nil || !named || back.Root != head.Root {
		t.Errorf("CheckAnnex of what we wrote = root %x, with names: %v, %v", back.Root, named, err)
	}
	// Street and town are not bound by the code of a person: all else is.
	body := bytes.Index(file, []byte("1,ZM-"))
	for i := body; i < len(file); i++ {
		altered := bytes.Clone(file)
		if altered[i]++; altered[i] == '\r' || unbound(file, i) {
			continue
		}
		if _, _, err := CheckAnnex(bytes.NewReader(altered)); err == nil {
			t.Errorf("byte %d altered from %q to %q: nothing found", i, file[i], altered[i])
		}
	}
	rows[1].FamilyName = "Iemand anders"
	if err := NamedCSV(io.Discard, head, slices.Values(rows)); !errors.Is(err, ErrAnnexDiffers) {
		t.Errorf("NamedCSV with another name = %v, want %v", err, ErrAnnexDiffers)
	}
}

// unbound reports whether a byte of the annex with names stands in a street or town.
func unbound(file []byte, at int) bool {
	for _, word := range []string{"Straat", "Utrecht"} {
		from := max(0, at-len(word)+1)
		if i := bytes.Index(file[from:min(len(file), at+len(word))], []byte(word)); i >= 0 && from+i <= at && at < from+i+len(word) {
			return true
		}
	}
	return false
}

func TestNamesOnPaper(t *testing.T) {
	t.Parallel()
	head, rows := namedAnnex(t)
	rows[0].GivenNames = strings.Repeat("Wolfeschlegelsteinhausen ", 4)
	rows[0].Leaf.Commitment = Commitment(rows[0].Salt, rows[0].Identity)
	tree, err := Build(func(yield func(Leaf) bool) {
		for _, r := range rows {
			yield(r.Leaf)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	head.Root = tree.Root
	var pdf bytes.Buffer
	if err := NamedPDF(&pdf, head, Dutch, "#1f4e79", slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	onPaper(t, pdf.Bytes(), "Bijlage 1 bij de klachtbrief", rows[0].FullName(), rows[0].Email, rows[2].Leaf.Number, "Straat 12, 1234AB Utrecht, NL")
	if dir := os.Getenv("LETTER_OUT"); dir != "" {
		_ = os.WriteFile(filepath.Join(dir, "names.pdf"), pdf.Bytes(), 0o600)
	}
	other := slices.Clone(rows)
	other[1].FamilyName = "Iemand anders"
	for name, rows := range map[string][]NamedRow{"another name": other, "one too few": rows[:2], "one too many": append(slices.Clone(rows), rows[2])} {
		if err := NamedPDF(io.Discard, head, Dutch, "#1f4e79", slices.Values(rows)); !errors.Is(err, ErrAnnexDiffers) {
			t.Errorf("NamedPDF with %s = %v, want %v", name, err, ErrAnnexDiffers)
		}
	}
}

func TestSealedAnnexOpensForTheLawyerOnly(t *testing.T) {
	t.Parallel()
	lawyer, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	want := []byte("Anna van der Berg")
	sealed, err := Seal(" "+lawyer.Recipient().String()+"\n", want)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, want) {
		t.Error("the name can be read in the sealed file")
	}
	if got, err := Unseal(lawyer.String(), sealed); err != nil || !bytes.Equal(got, want) {
		t.Errorf("Unseal by the lawyer = %q, %v, want %q", got, err, want)
	}
	if _, err := Unseal(other.String(), sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("Unseal by somebody else = %v, want %v", err, ErrSealed)
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := Unseal(lawyer.String(), sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("Unseal of an altered file = %v, want %v", err, ErrSealed)
	}
	for _, bad := range []string{"", "age1xyz", lawyer.String()} {
		if err := CheckRecipient(bad); !errors.Is(err, ErrRecipient) {
			t.Errorf("CheckRecipient(%q) = %v, want %v", bad[:min(len(bad), 6)], err, ErrRecipient)
		}
	}
}

func BenchmarkAnnexPDF(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			head, leaves, _ := testAnnex(b, n)
			b.ReportAllocs()
			for b.Loop() {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				start := time.Now()
				var size counter
				if err := AnnexPDF(&size, head, Dutch, "#1f4e79", Rows(slices.Values(leaves))); err != nil {
					b.Fatal(err)
				}
				runtime.ReadMemStats(&after)
				b.Logf("%d rows: %d MB file, heap up to %d MB more, %s", n, size>>20, (after.HeapSys-before.HeapSys)>>20, time.Since(start))
			}
		})
	}
}

func BenchmarkAnnexCSV(b *testing.B) {
	head, leaves, _ := testAnnex(b, 100_000)
	for b.Loop() {
		if err := AnnexCSV(io.Discard, head, Rows(slices.Values(leaves))); err != nil {
			b.Fatal(err)
		}
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }
