package letter

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testReceipt makes a frozen letter of n participations and the receipt of number i.
func testReceipt(t *testing.T, n, i int) (Receipt, []byte) {
	t.Helper()
	who := Identity{GivenNames: "Anna <3", Prefix: "van der", FamilyName: "Berg", Email: "anna@example.nl", Postcode: "1234AB", HouseNumber: "12", Country: "NL"}
	salt := bytes.Repeat([]byte{9}, SaltSize)
	leaves := testLeaves(n)
	leaves[i].Commitment = Commitment(salt, who)
	tree := mustBuild(t, leaves)
	f := testFacts(Dutch)
	f.Annex.Count, f.Annex.Root = tree.Count, tree.Root
	_, pdf := mustRender(t, f, Dutch)
	proof, err := Prove(tree.Count, int64(i), tree.Read)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReceipt(Inclusion{Head: f.Head(), LetterSHA256: sha256.Sum256(pdf), Leaf: leaves[i], Salt: salt, Identity: who, Index: int64(i), Proof: proof})
	if err != nil {
		t.Fatalf("NewReceipt: %v", err)
	}
	return r, pdf
}

func mustJSON(t *testing.T, r Receipt) []byte {
	t.Helper()
	b, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReceiptProvesWhatItSays(t *testing.T) {
	t.Parallel()
	r, pdf := testReceipt(t, 300, 37)
	file := mustJSON(t, r)
	shown := r // without what hangs on the compression of the PDF
	shown.Letter.SHA256, shown.Checksum = "(of the PDF)", "(of the parts)"
	golden(t, "receipt.json.golden", string(mustJSON(t, shown)))
	back, err := ParseReceipt(file)
	if err != nil {
		t.Fatalf("ParseReceipt of what we wrote: %v", err)
	}
	if diff := cmp.Diff(r, back); diff != "" {
		t.Errorf("the receipt read back (-want +got):\n%s", diff)
	}
	var said strings.Builder
	for _, letter := range [][]byte{nil, pdf} {
		f, err := VerifyReceipt(back, letter)
		if err != nil {
			t.Fatalf("VerifyReceipt: %v", err)
		}
		for _, lang := range []Lang{Dutch, English} {
			for _, w := range f.Proven {
				fmt.Fprintln(&said, "proven:", w.In(lang))
			}
			for _, w := range f.Open {
				fmt.Fprintln(&said, "open:", w.In(lang))
			}
		}
	}
	golden(t, "finding.golden", said.String())
}

func TestReceiptOfTheOnlyParticipant(t *testing.T) {
	t.Parallel()
	r, pdf := testReceipt(t, 1, 0)
	if _, err := VerifyReceipt(r, pdf); err != nil {
		t.Errorf("VerifyReceipt in an annex of one = %v, want nil", err)
	}
	if _, err := ParseReceipt(mustJSON(t, r)); err != nil {
		t.Errorf("ParseReceipt in an annex of one = %v, want nil", err)
	}
}

// fields finds every value in the JSON of a receipt, as a path of keys.
func fields(v any, path []any) [][]any {
	var out [][]any
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			out = append(out, fields(x, append(slices.Clone(path), k))...)
		}
	case []any:
		for i, x := range v {
			out = append(out, fields(x, append(slices.Clone(path), i))...)
		}
	default:
		out = append(out, path)
	}
	return out
}

// alter changes the value at a path.
func alter(v any, path []any) any {
	if len(path) == 0 {
		switch v := v.(type) {
		case float64:
			return v + 1
		case string:
			if v == "" {
				return "x"
			}
			last := v[len(v)-1]
			return v[:len(v)-1] + map[bool]string{true: "1", false: "0"}[last == '0']
		}
		return v
	}
	switch v := v.(type) {
	case map[string]any:
		k := path[0].(string)
		v[k] = alter(v[k], path[1:])
	case []any:
		i := path[0].(int)
		v[i] = alter(v[i], path[1:])
	}
	return v
}

func alteredReceipt(t *testing.T, file []byte, path []any) Receipt {
	t.Helper()
	var v any
	if err := json.Unmarshal(file, &v); err != nil {
		t.Fatal(err)
	}
	changed, err := json.Marshal(alter(v, path))
	if err != nil {
		t.Fatal(err)
	}
	var r Receipt
	if err := json.Unmarshal(changed, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEveryAlteredFieldIsNamed(t *testing.T) {
	t.Parallel()
	original, pdf := testReceipt(t, 300, 37)
	file := mustJSON(t, original)
	var v any
	if err := json.Unmarshal(file, &v); err != nil {
		t.Fatal(err)
	}
	all := fields(v, nil)
	if len(all) < 30 {
		t.Fatalf("only %d fields found", len(all))
	}
	for _, path := range all {
		name := strings.Trim(strings.ReplaceAll(fmt.Sprint(path...), " ", "."), "[]")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := alteredReceipt(t, file, path)
			_, err := VerifyReceipt(r, nil)
			if path[0] == "format" {
				if !errors.Is(err, ErrReceipt) {
					t.Errorf("VerifyReceipt = %v, want %v", err, ErrReceipt)
				}
				return
			}
			var altered *AlteredError
			if !errors.As(err, &altered) || !errors.Is(err, ErrAltered) {
				t.Fatalf("VerifyReceipt = %v, want an AlteredError", err)
			}
			if top := strings.Split(altered.Field, ".")[0]; path[0] != "checksum" && top != path[0] {
				t.Errorf("field = %q, want %v", altered.Field, path)
			}
			if altered.In(Dutch) == "" || altered.In(English) == "" {
				t.Errorf("field %q lacks words", altered.Field)
			}
			// A forger also mends the checksum: then the letter or the proof must tell.
			if r.Checksum = r.checksum(); path[0] == "checksum" {
				return
			}
			if _, err := VerifyReceipt(r, pdf); !errors.Is(err, ErrAltered) {
				t.Errorf("VerifyReceipt with a mended checksum beside the letter = %v, want %v", err, ErrAltered)
			}
		})
	}
}

func TestAnyAlteredByteIsCaught(t *testing.T) {
	t.Parallel()
	r, pdf := testReceipt(t, 300, 37)
	file := mustJSON(t, r)
	chance := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		altered := bytes.Clone(file)
		at := chance.IntN(len(altered))
		was := altered[at]
		for altered[at] == was {
			altered[at] = byte(chance.IntN(256))
		}
		got, err := ParseReceipt(altered)
		if err == nil {
			_, err = VerifyReceipt(got, pdf)
		}
		if !errors.Is(err, ErrReceipt) && !errors.Is(err, ErrAltered) {
			t.Fatalf("byte %d from %q to %q: %v, want it caught", at, was, altered[at], err)
		}
		if strings.Contains(err.Error(), "Anna") || strings.Contains(err.Error(), "Berg") {
			t.Errorf("the error repeats the name: %v", err)
		}
	}
}

func TestAnotherLetterIsNotTheLetter(t *testing.T) {
	t.Parallel()
	r, pdf := testReceipt(t, 20, 3)
	for at := 0; at < len(pdf); at += 997 {
		altered := bytes.Clone(pdf)
		altered[at] ^= 1
		if _, err := VerifyReceipt(r, altered); !errors.Is(err, ErrAltered) {
			t.Errorf("letter with byte %d altered = %v, want %v", at, err, ErrAltered)
		}
	}
	if _, err := VerifyReceipt(r, []byte{}); !errors.Is(err, ErrAltered) {
		t.Errorf("an empty letter = %v, want %v", err, ErrAltered)
	}
	// A letter that says something else, with the receipt's hash bent to it.
	other := testFacts(Dutch)
	other.Annex.Count, other.Annex.Root = 20, [32]byte{1}
	_, forged := mustRender(t, other, Dutch)
	sum := sha256.Sum256(forged)
	r.Letter.SHA256 = fmt.Sprintf("%x", sum)
	r.Checksum = r.checksum()
	if _, err := VerifyReceipt(r, forged); !errors.Is(err, ErrAltered) {
		t.Errorf("a letter with another root = %v, want %v", err, ErrAltered)
	}
}

func TestNewReceiptRefusesToLie(t *testing.T) {
	t.Parallel()
	leaves := testLeaves(8)
	tree := mustBuild(t, leaves)
	f := testFacts(Dutch)
	f.Annex.Count, f.Annex.Root = tree.Count, tree.Root
	proof, err := Prove(8, 2, tree.Read)
	if err != nil {
		t.Fatal(err)
	}
	_, err = NewReceipt(Inclusion{Head: f.Head(), Leaf: leaves[2], Salt: make([]byte, SaltSize), Identity: Identity{GivenNames: "Somebody else"}, Index: 2, Proof: proof})
	if !errors.Is(err, ErrAltered) {
		t.Errorf("NewReceipt for somebody else = %v, want %v", err, ErrAltered)
	}
}

func FuzzParseReceipt(f *testing.F) {
	f.Add([]byte("{}"))
	f.Add([]byte(`{"format":"samenclaim-receipt/1","index":-1,"proof":[""],"checksum":"-"}`))
	f.Fuzz(func(_ *testing.T, file []byte) {
		if r, err := ParseReceipt(file); err == nil {
			_, _ = VerifyReceipt(r, file)
		}
	})
}
