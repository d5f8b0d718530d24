package letter

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// PackFormat names this form of evidence pack; a later form gets another name.
const PackFormat = "samenclaim-evidence-pack/1"

// ErrPack means a file that is no evidence pack of ours, or that we refuse to open.
var ErrPack = errors.New("this is not an evidence pack that we can read")

// The files that every pack has; the others are named by their place in it.
const (
	packManifest  = "manifest.json"
	packSignature = "manifest.sig.json"
	packReadme    = "README.txt"
	packEvents    = "events.json"
)

// Signer signs with a key that is kept outside the database.
type Signer interface {
	Sign(message []byte) []byte
	PublicKey() ed25519.PublicKey
}

// Pack is what an evidence pack is made from.
type Pack struct {
	Foundation, Claim, Number string
	KeyURL                    string // where the foundation publishes its public key
	MadeAt                    time.Time
	Signatures                []PackedSignature // oldest first
	Texts                     map[int64]string  // what was shown, title, line feed and body, by the number of the text
	Events                    []PackEvent       // oldest first
}

// PackedSignature is one signature: its record as it was sealed, and the papers made of it.
type PackedSignature struct {
	Record    []byte
	PDF, HTML []byte
	Stamp     *Stamp // nil while it is not fixed yet
	Token     []byte // the time stamp of an authority, or nil
}

// PackEvent is one line of the trail: what happened, when.
type PackEvent struct {
	At     time.Time       `json:"at"`
	Event  string          `json:"event"`
	Detail json.RawMessage `json:"detail,omitempty"`
}

// manifest lists the files of a pack with their hashes. It is what is signed.
type manifest struct {
	Format     string         `json:"format"`
	Foundation string         `json:"foundation"`
	Claim      string         `json:"claim"`
	Number     string         `json:"number"`
	MadeAt     string         `json:"made_at"`
	KeyURL     string         `json:"key_url"`
	Files      []manifestFile `json:"files"`
}

type manifestFile struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// packSeal is our own signature over a manifest.
type packSeal struct {
	Algorithm string `json:"algorithm"`
	PublicKey string `json:"public_key"` // base64
	Signature string `json:"signature"`  // base64, over the format, a line feed and the bytes of the manifest
}

const sealAlgorithm = "Ed25519"

// ZIP writes the pack: the same input gives the same bytes.
func (p Pack) ZIP(by Signer) ([]byte, error) {
	files, err := p.files()
	if err != nil {
		return nil, err
	}
	m := manifest{Format: PackFormat, Foundation: p.Foundation, Claim: p.Claim, Number: p.Number, MadeAt: isoMoment(p.MadeAt), KeyURL: p.KeyURL}
	for _, f := range files {
		sum := sha256.Sum256(f.Content)
		m.Files = append(m.Files, manifestFile{f.Name, len(f.Content), hex.EncodeToString(sum[:])})
	}
	list, err := packJSON(m)
	if err != nil {
		return nil, err
	}
	seal, err := packJSON(packSeal{
		sealAlgorithm, base64.StdEncoding.EncodeToString(by.PublicKey()), base64.StdEncoding.EncodeToString(by.Sign(sealed(list))),
	})
	if err != nil {
		return nil, err
	}
	return zipped(append([]PackFile{{packManifest, list}, {packSignature, seal}}, files...)), nil
}

// sealed is what is signed: a signature over it can be taken for nothing else.
func sealed(manifest []byte) []byte { return append([]byte(PackFormat+"\n"), manifest...) }

// files are the files of a pack in their order, without manifest and signature.
func (p Pack) files() ([]PackFile, error) {
	events, err := packJSON(p.Events)
	if err != nil {
		return nil, err
	}
	files := []PackFile{{packReadme, []byte(packWords)}, {packEvents, events}}
	for i, s := range p.Signatures {
		in := signatureFolder(i)
		files = append(files, PackFile{in + "record.json", s.Record}, PackFile{in + "document.pdf", s.PDF}, PackFile{in + "document.html", s.HTML})
		if s.Stamp != nil {
			stamp, err := packJSON(s.Stamp)
			if err != nil {
				return nil, err
			}
			files = append(files, PackFile{in + "stamp.json", stamp})
			if s.Token != nil {
				files = append(files, PackFile{in + "stamp.tst", s.Token})
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.Texts)) {
		files = append(files, PackFile{textFile(id), []byte(p.Texts[id])})
	}
	return files, nil
}

func signatureFolder(i int) string { return fmt.Sprintf("signature-%d/", i+1) }

func textFile(id int64) string { return fmt.Sprintf("texts/%d.txt", id) }

// packJSON writes JSON in one way.
func packJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(v); err != nil {
		return nil, fmt.Errorf("write the evidence pack: %w", err)
	}
	return b.Bytes(), nil
}

// packWords is the file that says what the others are.
const packWords = `BEWIJSPAKKET

Dit pakket bewijst wat u hebt ondertekend, wanneer, en welke tekst u toen voor u had.

  signature-N/record.json     wat wij vastlegden toen u ondertekende
  signature-N/document.pdf    hetzelfde op papier; document.html is dezelfde tekst als pagina
  signature-N/stamp.json      legt de handtekening vast in een lijst met een wortelwaarde
  signature-N/stamp.tst       tijdstempel daarover van een onafhankelijke partij (RFC 3161), als die er is
  texts/                      de teksten, teken voor teken zoals ze op het scherm stonden
  events.json                 wat er met uw deelname gebeurde
  manifest.json               de lijst van alle bestanden met hun SHA-256
  manifest.sig.json           onze handtekening (Ed25519) onder die lijst

Nagaan, zonder internet:  samenclaim verify bewijspakket.zip
Bewaar het ZIP-bestand zoals u het kreeg. Pak het niet opnieuw in.

EVIDENCE PACK

This pack proves what you signed, when, and which text you had before you then.

  signature-N/record.json     what we wrote down when you signed
  signature-N/document.pdf    the same on paper; document.html is the same text as a page
  signature-N/stamp.json      fixes the signature in a list with a root value
  signature-N/stamp.tst       time stamp over that by an independent party (RFC 3161), if there is one
  texts/                      the texts, to the sign as they were on the screen
  events.json                 what happened with your participation
  manifest.json               the list of all files with their SHA-256
  manifest.sig.json           our signature (Ed25519) under that list

To check, without internet:  samenclaim verify evidence-pack.zip
Keep the ZIP file as you got it. Do not pack it anew.
`
