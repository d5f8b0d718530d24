package letter

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// testReceipts makes a frozen letter of n participations and the receipts of some of them.
func testReceipts(t *testing.T, n int, of ...int) ([]Receipt, []byte) {
	t.Helper()
	leaves := testLeaves(n)
	who, salts := map[int]Identity{}, map[int][]byte{}
	for _, i := range of {
		who[i] = Identity{GivenNames: "Persoon", FamilyName: fmt.Sprintf("Nr%d", i), Email: fmt.Sprintf("p%d@example.nl", i), Postcode: "1234AB", HouseNumber: "1", Country: "NL"}
		salts[i] = bytes.Repeat([]byte{byte(i + 1)}, SaltSize)
		leaves[i].Commitment = Commitment(salts[i], who[i])
	}
	tree := mustBuild(t, leaves)
	f := testFacts(Dutch)
	f.Annex.Count, f.Annex.Root = tree.Count, tree.Root
	_, pdf := mustRender(t, f, Dutch)
	receipts := make([]Receipt, len(of))
	for k, i := range of {
		proof, err := Prove(tree.Count, int64(i), tree.Read)
		if err != nil {
			t.Fatal(err)
		}
		if receipts[k], err = NewReceipt(Inclusion{Head: f.Head(), LetterSHA256: sha256.Sum256(pdf), Leaf: leaves[i], Salt: salts[i], Identity: who[i], Index: int64(i), Proof: proof}); err != nil {
			t.Fatal(err)
		}
	}
	return receipts, pdf
}

func TestNamesOfSomeAreProven(t *testing.T) {
	t.Parallel()
	receipts, pdf := testReceipts(t, 50, 3, 17, 41)
	d, err := NewDisclosure(receipts)
	if err != nil {
		t.Fatal(err)
	}
	file, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	f, err := VerifyFile(file, pdf)
	if err != nil || len(f.Proven) != 7 || len(f.Open) != 1 {
		t.Fatalf("VerifyFile = %v, %v, want three people twice and the letter", f, err)
	}
	chance := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		altered := bytes.Clone(file)
		at := chance.IntN(len(altered))
		altered[at] ^= byte(1 + chance.IntN(255))
		_, err := VerifyFile(altered, pdf)
		if !errors.Is(err, ErrReceipt) && !errors.Is(err, ErrAltered) {
			t.Fatalf("byte %d altered: %v, want it caught", at, err)
		}
		if strings.Contains(err.Error(), "Persoon Nr") {
			t.Errorf("the error repeats a name: %v", err)
		}
	}
}

func TestTheListOfNamesIsWhole(t *testing.T) {
	t.Parallel()
	receipts, _ := testReceipts(t, 50, 3, 17, 41)
	other, _ := testReceipts(t, 60, 5)
	for name, tt := range map[string]struct {
		change func(d *Disclosure)
		field  string
	}{
		"somebody was taken out":  {func(d *Disclosure) { d.People = d.People[1:] }, "people"},
		"two changed places":      {func(d *Disclosure) { d.People[0], d.People[1] = d.People[1], d.People[0]; d.Checksum = d.checksum() }, "people"},
		"somebody is in it twice": {func(d *Disclosure) { d.People[1] = d.People[0]; d.Checksum = d.checksum() }, "people"},
		"nobody is left":          {func(d *Disclosure) { d.People = nil; d.Checksum = d.checksum() }, "people"},
		"a name was changed":      {func(d *Disclosure) { d.People[1].Leaf.Identity.FamilyName = "Anders" }, "people.2.leaf.identity"},
		"somebody of another letter": {func(d *Disclosure) {
			p := other[0]
			d.People[2] = DisclosedPerson{p.Number, p.Leaf, 42, p.Proof, p.Checksum}
			d.Checksum = d.checksum()
		}, "people.3."},
		"what they share was changed": {func(d *Disclosure) { d.Annex.Count++ }, "people.1.annex.count"},
	} {
		d, err := NewDisclosure(receipts)
		if err != nil {
			t.Fatal(err)
		}
		tt.change(&d)
		_, err = VerifyDisclosure(d, nil)
		var altered *AlteredError
		if !errors.As(err, &altered) || !strings.HasPrefix(altered.Field, tt.field) {
			t.Errorf("%s: %v, want %s named", name, err, tt.field)
		}
	}
	if _, err := NewDisclosure(nil); !errors.Is(err, ErrReceipt) {
		t.Errorf("a file with nobody = %v, want %v", err, ErrReceipt)
	}
	if _, err := NewDisclosure(append(receipts, other...)); !errors.Is(err, ErrAltered) {
		t.Errorf("receipts of two letters = %v, want %v", err, ErrAltered)
	}
}

func TestTheCodeOnPaperProvesTheNumberAndNoName(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 300} {
		receipts, pdf := testReceipts(t, n, 0)
		text, err := receipts[0].Printed()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text, "Nr0") || strings.Contains(text, receipts[0].Leaf.Salt) || strings.Contains(text, "example.nl") {
			t.Errorf("the code tells who it is: %s", text)
		}
		for _, letter := range [][]byte{nil, pdf} {
			if f, err := VerifyFile([]byte(text+"\n"), letter); err != nil || !strings.Contains(f.Proven[0].NL, receipts[0].Number) {
				t.Errorf("VerifyFile in an annex of %d = %v, %v", n, f, err)
			}
		}
		for at := range text {
			altered := []byte(text)
			if altered[at] ^= 1; altered[at] == '\n' || text[at] == '\n' && at == len(text)-1 {
				continue
			}
			if _, err := VerifyFile(altered, pdf); !errors.Is(err, ErrAltered) && !errors.Is(err, ErrReceipt) {
				t.Fatalf("sign %d altered: %v, want it caught", at, err)
			}
		}
		// Whoever mends the check digits as well is caught by the calculation.
		lines := strings.Split(text, "\n")
		for i := 4; i < 15; i++ {
			forged := strings.Split(text, "\n")
			if forged[i] == "" {
				continue
			}
			forged[i] = map[bool]string{true: "B", false: "A"}[strings.HasPrefix(lines[i], "A")] + lines[i][1:]
			body := strings.Join(forged[:15], "\n") + "\n"
			if _, err := VerifyPrinted(body+printedCheck(body), pdf); !errors.Is(err, ErrAltered) {
				t.Errorf("line %d forged: %v, want %v", i, err, ErrAltered)
			}
		}
	}
}

func TestThePrintedReceiptHoldsItsCode(t *testing.T) {
	t.Parallel()
	receipts, _ := testReceipts(t, 300, 37)
	for _, lang := range []Lang{Dutch, English} {
		doc, err := receipts[0].Sheet(testFacts(lang).Sender, "https://claim.example/nl/controleren", lang)
		if err != nil {
			t.Fatal(err)
		}
		pdf, err := PDF(doc)
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		for _, b := range doc.Blocks {
			if b.Kind != KindCode { // it holds hashes of the PDF of the letter
				fmt.Fprintln(&said, b.Kind, b.Text, b.Items)
			}
		}
		text := strings.ReplaceAll(said.String(), inGroups(receipts[0].Letter.SHA256, 8), "(of the PDF)")
		golden(t, "receipt_sheet_"+string(lang)+".golden", text)
		if strings.Contains(said.String(), "Nr37") || !bytes.HasPrefix(pdf, []byte("%PDF-")) || !bytes.Contains(pdf, []byte("/Count 1\n")) {
			t.Error("the paper tells who it is, is no PDF, or has more than one page")
		}
	}
}

// A receipt of somebody with a name that computers like to spoil: the page that checks receipts reads it in its own test.
func TestAReceiptWithAStrangeName(t *testing.T) {
	t.Parallel()
	who := Identity{
		GivenNames: "İsa\u00a0Σίσυφος \"de\\Grote\" <b>&", Prefix: "’t\u200b", FamilyName: "Weiß-ŁÅ\u0301ﬁ e\u0301😀\u2028", Email: "İSA@Exämple.NL",
		Postcode: "ßa 12\u2009ŉ", HouseNumber: "1ǆ ᾳ", Country: "nl",
	}
	salt := bytes.Repeat([]byte{7}, SaltSize)
	leaves := testLeaves(11)
	leaves[10].Commitment = Commitment(salt, who)
	tree := mustBuild(t, leaves)
	f := testFacts(English)
	f.Annex.Count, f.Annex.Root = tree.Count, tree.Root
	proof, err := Prove(tree.Count, 10, tree.Read)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReceipt(Inclusion{Head: f.Head(), LetterSHA256: sha256.Sum256([]byte("a letter")), Leaf: leaves[10], Salt: salt, Identity: who, Index: 10, Proof: proof})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "receipt_strange.json.golden", string(mustJSON(t, r)))
}
