// Package auditpack writes and checks audit packs: everything by which somebody outside can recompute one
// distribution, from the terms over the payment files to the books, without us and without a database.
//
// It is pure: what stands in a pack comes in as files, and checking shares nothing with the code that allocates,
// pays or books.
package auditpack

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"
)

// Format names this form of audit pack; a later form gets another name.
const Format = "samenclaim-audit-pack/1"

// The files that every pack has. The files for the bank follow, as runs/RUN-PART.xml.
const (
	ReadmeFile   = "README.txt"
	TermsFile    = "inputs/terms.json"
	PeopleFile   = "inputs/people.csv"
	PlanFile     = "plan/distribution.json"
	AwardsFile   = "plan/awards.csv"
	RunsFile     = "runs/runs.csv"
	PayoutsFile  = "runs/payouts.csv"
	SheetsFile   = "bank/statements.csv"
	LinesFile    = "bank/lines.csv"
	JournalsFile = "books/journals.csv"
	InvoicesFile = "books/invoices.csv"
	manifestFile = "manifest.json"
	sealFile     = "manifest.sig.json"
)

// Columns are the columns of each table, in their order. Amounts are in cents.
var Columns = map[string][]string{
	PeopleFile:   {"number", "fee_option", "weight", "prepaid"},
	AwardsFile:   {"number", "fee_option", "gross", "fee", "vat", "net", "prepaid", "payout"},
	RunsFile:     {"run", "status", "count", "total", "items_sha256", "execute_on", "prepared_by", "prepared_at", "approved_by", "approved_at", "released_by", "released_at"},
	PayoutsFile:  {"run", "part", "end_to_end_id", "number", "amount", "status", "return_reason", "award_id", "participation_id", "payee_account_id"},
	SheetsFile:   {"statement", "opened_on", "closed_on", "opening", "closing", "lines", "file_sha256"},
	LinesFile:    {"statement", "ordinal", "day", "amount", "kind", "of", "journal"},
	JournalsFile: {"journal", "key", "event", "source", "day", "account", "amount", "number", "chain"},
	InvoicesFile: {"invoice", "kind", "credits", "day", "number", "end_to_end_id", "fee", "vat", "rate_bp", "journal"},
}

// Terms is what a distribution is calculated from, beside the people.
type Terms struct {
	Foundation    string `json:"foundation"`
	Claim         string `json:"claim"`
	Kind          string `json:"kind"`
	Reference     string `json:"reference"`
	AgreedOn      string `json:"agreed_on"`
	PotCents      int64  `json:"pot_cents"`
	CourtCapCents *int64 `json:"court_cap_cents"`
	FlatFeeCents  int64  `json:"flat_fee_cents"`
	RateBP        int64  `json:"rate_bp"`
	CapBP         int64  `json:"cap_bp"`
	VATBP         int64  `json:"vat_bp"`
}

// Plan is a distribution as it was approved.
type Plan struct {
	Distribution int64  `json:"distribution"`
	Count        int64  `json:"count"`
	PotCents     int64  `json:"pot_cents"`
	FeeCents     int64  `json:"fee_cents"`
	VATCents     int64  `json:"vat_cents"`
	PrepaidCents int64  `json:"prepaid_cents"`
	PayoutCents  int64  `json:"payout_cents"`
	SHA256       string `json:"sha256"`
	CalculatedBy string `json:"calculated_by"`
	CalculatedAt string `json:"calculated_at"`
	ApprovedBy   string `json:"approved_by"`
	ApprovedAt   string `json:"approved_at"`
}

// Signer signs with a key that is kept outside the database.
type Signer interface {
	Sign(message []byte) []byte
	PublicKey() ed25519.PublicKey
}

// manifest lists the files of a pack in their order, as links of a chain. It is what is signed.
type manifest struct {
	Format       string `json:"format"`
	Foundation   string `json:"foundation"`
	Claim        string `json:"claim"`
	Distribution int64  `json:"distribution"`
	MadeAt       string `json:"made_at"`
	KeyURL       string `json:"key_url"`
	Files        []link `json:"files"`
}

// link is one file; its chain covers all files up to it.
type link struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
	Chain  string `json:"chain"`
}

// seal is our own signature over a manifest.
type seal struct {
	Algorithm string `json:"algorithm"`
	PublicKey string `json:"public_key"` // base64
	Signature string `json:"signature"`  // base64, over the format, a line feed and the bytes of the manifest
}

const algorithm = "Ed25519"

func signed(manifest []byte) []byte { return append([]byte(Format+"\n"), manifest...) }

// chained is the chain after one more file.
func chained(before, name, sum string) string {
	h := sha256.Sum256([]byte(before + "\n" + name + "\n" + sum))
	return hex.EncodeToString(h[:])
}

// Writer writes a pack, file by file.
type Writer struct {
	zip  *zip.Writer
	list manifest
}

// NewWriter begins a pack of one distribution.
func NewWriter(w io.Writer, foundation, claim string, distribution int64, madeAt time.Time, keyURL string) *Writer {
	return &Writer{zip.NewWriter(w), manifest{Format: Format, Foundation: foundation, Claim: claim, Distribution: distribution, MadeAt: madeAt.UTC().Format(time.RFC3339), KeyURL: keyURL}}
}

// Add writes a file.
func (w *Writer) Add(name string, content []byte) error {
	sum := sha256.Sum256(content)
	l, before := link{Name: name, Bytes: len(content), SHA256: hex.EncodeToString(sum[:])}, ""
	if n := len(w.list.Files); n > 0 {
		before = w.list.Files[n-1].Chain
	}
	l.Chain = chained(before, name, l.SHA256)
	w.list.Files = append(w.list.Files, l)
	return put(w.zip, name, content)
}

// AddJSON writes a value in one way.
func (w *Writer) AddJSON(name string, v any) error {
	content, err := written(v)
	if err != nil {
		return err
	}
	return w.Add(name, content)
}

// Close ends the pack with the list of its files and our signature under it.
func (w *Writer) Close(by Signer) error {
	list, err := written(w.list)
	if err != nil {
		return err
	}
	under, err := written(seal{algorithm, base64.StdEncoding.EncodeToString(by.PublicKey()), base64.StdEncoding.EncodeToString(by.Sign(signed(list)))})
	if err != nil {
		return err
	}
	if err := errors.Join(put(w.zip, manifestFile, list), put(w.zip, sealFile, under), w.zip.Close()); err != nil {
		return fmt.Errorf("write the audit pack: %w", err)
	}
	return nil
}

// put writes a file in exactly one way: not packed, without date, comment or room for anything else. So a reader
// who writes the ZIP anew sees each byte that was changed around the files.
func put(z *zip.Writer, name string, content []byte) error {
	size := uint64(len(content))
	out, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(content), CompressedSize64: size, UncompressedSize64: size})
	if err == nil {
		_, err = out.Write(content)
	}
	if err != nil {
		return fmt.Errorf("write %s of the audit pack: %w", name, err)
	}
	return nil
}

// written is JSON written in one way.
func written(v any) ([]byte, error) {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(v); err != nil {
		return nil, fmt.Errorf("write the audit pack: %w", err)
	}
	return b.Bytes(), nil
}

// Readme says what the other files are.
const Readme = `CONTROLEPAKKET VAN EEN VERDELING

Met dit pakket rekent een ander de hele verdeling na: wie wat krijgt, wat de bank heeft gekregen, wat de bank deed en wat is geboekt.

  inputs/terms.json       wat de wederpartij betaalt en hoe de vergoeding wordt berekend
  inputs/people.csv       wie meedoet: nummer, gekozen vergoeding zoals vastgelegd in de bijlage, gewicht, vooruit betaald
  plan/distribution.json  het plan: totalen, controlegetal, wie het berekende en wie het goedkeurde
  plan/awards.csv         wat ieder krijgt
  runs/runs.csv           de uitbetalingen, met wie ze klaarzette, goedkeurde en vrijgaf
  runs/payouts.csv        elke overboeking
  runs/N-M.xml            de bestanden zoals de bank ze kreeg, byte voor byte
  bank/statements.csv     de afschriften, met het controlegetal van het bestand van de bank
  bank/lines.csv          alle regels van die afschriften, en wat ze bleken te zijn
  books/journals.csv      de boekingen; elke boeking bevat een controlegetal over alles ervoor
  books/invoices.csv      de facturen en creditnota's
  manifest.json           de lijst van alle bestanden, als een ketting van controlegetallen
  manifest.sig.json       onze handtekening (Ed25519) onder die lijst

Bedragen zijn in centen. Nagaan, zonder internet:  samenclaim verify auditpakket.zip --key signing-key.pem
Er staan namen en rekeningnummers in (runs/N-M.xml). Bewaar het pakket achter slot, en pak het niet opnieuw in.

AUDIT PACK OF A DISTRIBUTION

With this pack somebody else recomputes a whole distribution: who gets what, what the bank got, what the bank did and what was booked.

  inputs/terms.json       what the defendant pays and how the fee is reckoned
  inputs/people.csv       who shares: number, fee option as fixed in the annex, weight, prepaid
  plan/distribution.json  the plan: totals, hash, who calculated and who approved it
  plan/awards.csv         what each one gets
  runs/runs.csv           the payout runs, with who prepared, approved and released them
  runs/payouts.csv        every transfer
  runs/N-M.xml            the files as the bank got them, byte for byte
  bank/statements.csv     the statements, with the hash of the bank's file
  bank/lines.csv          all lines of those statements, and what they turned out to be
  books/journals.csv      the bookings; each has a hash over all before it
  books/invoices.csv      the invoices and credit notes
  manifest.json           the list of all files, as a chain of hashes
  manifest.sig.json       our signature (Ed25519) under that list

Amounts are in cents. To check, without internet:  samenclaim verify audit-pack.zip --key signing-key.pem
It holds names and account numbers (runs/N-M.xml). Keep it locked away, and do not pack it anew.
`
