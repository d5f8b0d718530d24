package letter

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ReceiptFormat names this form of receipt; a later form gets another name.
const ReceiptFormat = "samenclaim-receipt/1"

// Receipt proves that one participation is in the annex of one letter. The
// owner can check it without us: it holds all that goes into the calculation,
// name and salt included, so it is for the owner's eyes.
type Receipt struct {
	Format     string        `json:"format"`
	Foundation string        `json:"foundation"`
	Defendant  string        `json:"defendant"`
	Claim      string        `json:"claim"`
	Number     string        `json:"number"`
	Letter     ReceiptLetter `json:"letter"`
	Annex      ReceiptAnnex  `json:"annex"`
	Leaf       ReceiptLeaf   `json:"leaf"`
	Index      int64         `json:"index"` // position in the annex, from 0
	Proof      []string      `json:"proof"`
	Checksum   string        `json:"checksum"` // eight digits for each part, in the order of parts
}

// ReceiptLetter is the letter that a receipt speaks of.
type ReceiptLetter struct {
	Ordinal int    `json:"ordinal"`
	Date    string `json:"date"`
	CutOff  string `json:"cut_off"`
	SHA256  string `json:"sha256"`
}

// ReceiptAnnex is the annex that a receipt speaks of.
type ReceiptAnnex struct {
	Algorithm string `json:"algorithm"`
	Count     int64  `json:"count"`
	Root      string `json:"root"`
}

// ReceiptLeaf is what the participation's own leaf is made of.
type ReceiptLeaf struct {
	MandateSHA256 string   `json:"mandate_sha256"`
	Salt          string   `json:"salt"`
	Identity      Identity `json:"identity"`
	Commitment    string   `json:"commitment"`
	Hash          string   `json:"hash"`
}

// JSON writes the receipt as the file its owner gets, always in the same way.
func (r Receipt) JSON() ([]byte, error) { return writeJSON(r) }

func writeJSON(file any) ([]byte, error) {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(file); err != nil {
		return nil, fmt.Errorf("write the receipt: %w", err)
	}
	return b.Bytes(), nil
}

// ParseReceipt reads a receipt. It takes the file only as JSON wrote it, to the
// byte, so that nothing can hide in it.
func ParseReceipt(file []byte) (Receipt, error) {
	if len(file) > 1<<16 {
		return Receipt{}, errUnreadable
	}
	var r Receipt
	if err := json.Unmarshal(file, &r); err != nil {
		return Receipt{}, errUnreadable // not the cause: it could repeat a name
	}
	if r.Format != ReceiptFormat {
		return Receipt{}, errUnknownFormat
	}
	if again, err := r.JSON(); err != nil || !bytes.Equal(again, file) {
		return Receipt{}, errLayout
	}
	return r, nil
}

// part is one field of a receipt with its value as text.
type part struct{ name, value string }

// parts are all fields but format and checksum.
func (r Receipt) parts() []part {
	return []part{
		{"foundation", r.Foundation}, {"defendant", r.Defendant}, {"claim", r.Claim}, {"number", r.Number},
		{"letter.ordinal", strconv.Itoa(r.Letter.Ordinal)}, {"letter.date", r.Letter.Date}, {"letter.cut_off", r.Letter.CutOff}, {"letter.sha256", r.Letter.SHA256},
		{"annex.algorithm", r.Annex.Algorithm}, {"annex.count", strconv.FormatInt(r.Annex.Count, 10)}, {"annex.root", r.Annex.Root},
		{"leaf.mandate_sha256", r.Leaf.MandateSHA256}, {"leaf.salt", r.Leaf.Salt},
		{"leaf.identity", fmt.Sprintf("%q", r.Leaf.Identity)}, {"leaf.commitment", r.Leaf.Commitment}, {"leaf.hash", r.Leaf.Hash},
		{"index", strconv.FormatInt(r.Index, 10)}, {"proof", strings.Join(r.Proof, "\n")},
	}
}

// checksum guards against accidents and names the part that was hit. Whoever
// means harm can calculate it too: against that stand the proof and the letter.
func (r Receipt) checksum() string {
	var groups []string
	for _, p := range r.parts() {
		sum := sha256.Sum256([]byte(ReceiptFormat + "\n" + p.name + "\n" + p.value))
		groups = append(groups, hex.EncodeToString(sum[:4]))
	}
	return strings.Join(groups, "-")
}

// head is the letter as the receipt has it.
func (r Receipt) head() (Head, error) {
	h := Head{Foundation: r.Foundation, Defendant: r.Defendant, Claim: r.Claim, Ordinal: r.Letter.Ordinal, Count: r.Annex.Count}
	var err error
	if h.Date, err = time.ParseInLocation(time.DateOnly, r.Letter.Date, home); err != nil {
		return h, malformed("letter.date")
	}
	if h.CutOff, err = time.Parse(time.RFC3339, r.Letter.CutOff); err != nil || isoMoment(h.CutOff) != r.Letter.CutOff {
		return h, malformed("letter.cut_off")
	}
	if !unhex(h.Root[:], r.Annex.Root) {
		return h, malformed("annex.root")
	}
	return h, nil
}

// hit names the first part that doesn't fit its check digits.
func (r Receipt) hit() error {
	want, got := strings.Split(r.checksum(), "-"), strings.Split(r.Checksum, "-")
	if len(want) != len(got) {
		return malformed("checksum")
	}
	at := 0
	for at < len(want) && want[at] == got[at] {
		at++
	}
	if at == len(want) {
		return nil
	}
	field := r.parts()[at].name
	return &AlteredError{field, Words{"Het veld " + field + " (of zijn controlecijfers) is veranderd.", "The field " + field + " (or its check digits) was changed."}}
}
