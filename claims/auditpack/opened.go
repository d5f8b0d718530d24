package auditpack

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// Limit is the most that is read of a pack, all its files together.
const Limit = 4 << 30

// Fault is the first thing in a pack that is not right.
type Fault struct {
	File   string // "container" is the ZIP around the files
	NL, EN string
}

// Error tells it in English.
func (f *Fault) Error() string { return f.File + ": " + f.EN }

func wrong(file, nl, en string, args ...any) error {
	return &Fault{file, fmt.Sprintf(nl, args...), fmt.Sprintf(en, args...)}
}

// pack is a pack on its way to being believed.
type pack struct {
	list   manifest
	files  map[string][]byte
	order  []string
	key    ed25519.PublicKey
	tables map[string][]map[string]string
	terms  Terms
	plan   Plan
}

func (p *pack) open(r io.ReaderAt, size int64) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return wrong("container", "het ZIP-bestand is beschadigd of afgebroken", "the ZIP is damaged or cut short")
	}
	room := int64(Limit)
	for _, f := range z.File {
		if p.files[f.Name] != nil || f.Method != zip.Store || f.UncompressedSize64 > uint64(room) { //nolint:gosec // room is never below zero
			return wrong("container", "%s staat er dubbel, ingepakt of te groot in", "%s is in it twice, packed or too large", f.Name)
		}
		content, err := unpack(f, room)
		if err != nil {
			return err
		}
		room -= int64(len(content))
		p.files[f.Name], p.order = content, append(p.order, f.Name)
	}
	return nil
}

// unpack reads one file. That its check digits differ is not said here: its SHA-256 tells it better.
func unpack(f *zip.File, room int64) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, wrong("container", "%s is niet te lezen", "%s cannot be read", f.Name)
	}
	defer func() { _ = in.Close() }()
	content, err := io.ReadAll(io.LimitReader(in, room))
	if err != nil && !errors.Is(err, zip.ErrChecksum) {
		return nil, wrong("container", "%s is niet te lezen", "%s cannot be read", f.Name)
	}
	return append([]byte{}, content...), nil
}

// strict reads JSON that only our own way of writing makes.
func strict(content []byte, into any) bool {
	if json.Unmarshal(content, into) != nil {
		return false
	}
	again, err := written(into)
	return err == nil && bytes.Equal(again, content)
}

func (p *pack) checkSeal(want ed25519.PublicKey) error {
	var s seal
	if !strict(p.files[sealFile], &s) || s.Algorithm != algorithm {
		return wrong(sealFile, "is veranderd", "was changed")
	}
	key, err1 := base64.StdEncoding.Strict().DecodeString(s.PublicKey)
	signature, err2 := base64.StdEncoding.Strict().DecodeString(s.Signature)
	if err1 != nil || err2 != nil || len(key) != ed25519.PublicKeySize {
		return wrong(sealFile, "is veranderd", "was changed")
	}
	if want != nil && !bytes.Equal(want, key) {
		return wrong(sealFile, "het pakket is met een andere sleutel ondertekend dan de sleutel die u gaf", "the pack was signed with another key than the one you gave")
	}
	if !ed25519.Verify(key, signed(p.files[manifestFile]), signature) {
		return wrong(manifestFile, "de lijst, of de handtekening eronder (%s), is veranderd", "the list, or the signature under it (%s), was changed", sealFile)
	}
	p.key = key
	if !strict(p.files[manifestFile], &p.list) || p.list.Format != Format || len(p.list.Files) == 0 {
		return wrong(manifestFile, "deze vorm van pakket kennen wij niet", "its format is unknown")
	}
	return nil
}

// checkFiles holds every file against the list, and the list against its own chain.
func (p *pack) checkFiles() error {
	chain := ""
	for i, l := range p.list.Files {
		content, ok := p.files[l.Name]
		if !ok || i >= len(p.order) || p.order[i] != l.Name {
			return wrong(l.Name, "ontbreekt of staat op een andere plek", "is missing or stands elsewhere")
		}
		if sum := sha256.Sum256(content); len(content) != l.Bytes || hex.EncodeToString(sum[:]) != l.SHA256 {
			return wrong(l.Name, "is veranderd", "was changed")
		}
		if chain = chained(chain, l.Name, l.SHA256); chain != l.Chain {
			return wrong(manifestFile, "de ketting breekt bij %s", "the chain breaks at %s", l.Name)
		}
	}
	if len(p.order) != len(p.list.Files)+2 {
		return wrong("container", "er zit een bestand in dat niet in de lijst staat", "it holds a file that is not in the list")
	}
	return nil
}

// checkContainer writes the ZIP anew and compares.
func (p *pack) checkContainer(r io.ReaderAt, size int64) error {
	sum, again := sha256.New(), sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(r, 0, size)); err != nil {
		return fmt.Errorf("read the audit pack: %w", err)
	}
	z := zip.NewWriter(again)
	for _, name := range p.order {
		if err := put(z, name, p.files[name]); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("read the audit pack: %w", err)
	}
	if !bytes.Equal(sum.Sum(nil), again.Sum(nil)) {
		return wrong("container", "de bestanden kloppen, maar het ZIP-bestand eromheen is veranderd of opnieuw ingepakt", "the files are right, but the ZIP around them was changed or packed anew")
	}
	return nil
}

// read reads the tables and the two files of facts.
func (p *pack) read() error {
	for name, columns := range Columns {
		rows, err := csv.NewReader(bytes.NewReader(p.files[name])).ReadAll()
		if err != nil || len(rows) == 0 || !slices.Equal(rows[0], columns) {
			return wrong(name, "is geen tabel zoals die hoort", "is not the table it should be")
		}
		for _, row := range rows[1:] {
			m := make(map[string]string, len(columns))
			for i, c := range columns {
				m[c] = row[i]
			}
			p.tables[name] = append(p.tables[name], m)
		}
	}
	if !strict(p.files[TermsFile], &p.terms) {
		return wrong(TermsFile, "is niet te lezen", "cannot be read")
	}
	if !strict(p.files[PlanFile], &p.plan) || p.plan.Distribution != p.list.Distribution {
		return wrong(PlanFile, "is niet te lezen, of van een andere verdeling", "cannot be read, or is of another distribution")
	}
	return nil
}

// cents reads a whole number; what is none is a fault of the file.
func cents(row map[string]string, column string) int64 {
	n, err := strconv.ParseInt(row[column], 10, 64)
	if err != nil {
		return -1 << 62 // equals nothing
	}
	return n
}

func bankFile(run, part string) string { return "runs/" + run + "-" + part + ".xml" }
