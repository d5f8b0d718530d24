package letter

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
)

const (
	// DisclosureFormat names this form of file with the names of some; a later form gets another name.
	DisclosureFormat = "samenclaim-disclosure/1"
	// MostDisclosed is how many people one such file can name.
	MostDisclosed = 1000
	// disclosureLimit is the most that is read of one: a thousand people of an annex of a million are smaller.
	disclosureLimit = 8 << 20
)

// Disclosure shows to somebody else who stands behind some numbers of an annex,
// with proof of each, and nothing about anybody else in it. It is a receipt of
// each of them, with what they share said once.
type Disclosure struct {
	Format     string            `json:"format"`
	Foundation string            `json:"foundation"`
	Defendant  string            `json:"defendant"`
	Claim      string            `json:"claim"`
	Letter     ReceiptLetter     `json:"letter"`
	Annex      ReceiptAnnex      `json:"annex"`
	People     []DisclosedPerson `json:"people"` // in the order of the annex
	Checksum   string            `json:"checksum"`
}

// DisclosedPerson is what a receipt says of one participation.
type DisclosedPerson struct {
	Number   string      `json:"number"`
	Leaf     ReceiptLeaf `json:"leaf"`
	Index    int64       `json:"index"`
	Proof    []string    `json:"proof"`
	Checksum string      `json:"checksum"` // as on the receipt
}

// JSON writes the file, always in the same way.
func (d Disclosure) JSON() ([]byte, error) { return writeJSON(d) }

// ParseDisclosure reads a file with the names of some, only as we wrote it, to the byte.
func ParseDisclosure(file []byte) (Disclosure, error) {
	if len(file) > disclosureLimit {
		return Disclosure{}, errUnreadable
	}
	var d Disclosure
	if err := json.Unmarshal(file, &d); err != nil {
		return Disclosure{}, errUnreadable // not the cause: it could repeat a name
	}
	if d.Format != DisclosureFormat {
		return Disclosure{}, errUnknownFormat
	}
	if again, err := d.JSON(); err != nil || !bytes.Equal(again, file) {
		return Disclosure{}, errLayout
	}
	return d, nil
}

// checksum guards against accidents in the list: who is in it, and in which order.
func (d Disclosure) checksum() string {
	lines := []string{DisclosureFormat, strconv.Itoa(len(d.People))}
	for _, p := range d.People {
		lines = append(lines, p.Checksum)
	}
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:4])
}

// receipt is the receipt of one of the people.
func (d Disclosure) receipt(p DisclosedPerson) Receipt {
	return Receipt{
		Format: ReceiptFormat, Foundation: d.Foundation, Defendant: d.Defendant, Claim: d.Claim, Number: p.Number,
		Letter: d.Letter, Annex: d.Annex, Leaf: p.Leaf, Index: p.Index, Proof: p.Proof, Checksum: p.Checksum,
	}
}
