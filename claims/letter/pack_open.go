package letter

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"samenclaim/internal/tsa"
	"time"
)

// What a pack may weigh: far more than ours do, far less than what hurts.
const (
	// PackLimit is the most bytes of a pack as a file, and of all its files together.
	PackLimit    = 32 << 20
	packEntries  = 500
	encryptedBit = 1
)

var packName = regexp.MustCompile(`^(manifest\.json|manifest\.sig\.json|README\.txt|events\.json|signature-[1-9][0-9]{0,3}/(record\.json|document\.pdf|document\.html|stamp\.json|stamp\.tst)|texts/[0-9]{1,18}\.txt)$`)

// IsZIP tells a ZIP by its first bytes.
func IsZIP(file []byte) bool { return bytes.HasPrefix(file, []byte("PK")) }

func refused(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrPack, fmt.Sprintf(format, args...))
}

// openPack reads the files of a pack in their order. It opens nothing that a
// pack of ours does not have, and never more than the limit, whatever the ZIP
// says of itself.
func openPack(file []byte) ([]PackFile, error) {
	if len(file) > PackLimit {
		return nil, refused("it is larger than %d MB", PackLimit>>20)
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, refused("the ZIP is damaged or cut short")
	}
	if len(z.File) > packEntries {
		return nil, refused("it holds %d files, more than a pack has", len(z.File))
	}
	room, seen := int64(PackLimit), map[string]bool{}
	files := make([]PackFile, 0, len(z.File))
	for _, f := range z.File {
		switch {
		case !packName.MatchString(f.Name):
			return nil, refused("it holds %q, which no pack has", f.Name)
		case seen[f.Name]:
			return nil, refused("it holds %s twice", f.Name)
		case f.Flags&encryptedBit != 0:
			return nil, refused("%s has a password on it", f.Name)
		case !f.Mode().IsRegular():
			return nil, refused("%s is not a plain file", f.Name)
		case f.UncompressedSize64 > uint64(room): //nolint:gosec // room is never below zero
			return nil, refused("it unpacks to more than %d MB", PackLimit>>20)
		}
		content, err := unpack(f, room)
		if err != nil {
			return nil, err
		}
		room -= int64(len(content))
		seen[f.Name] = true
		files = append(files, PackFile{f.Name, content})
	}
	return files, nil
}

// unpack reads one file, at most room bytes. That its check digits differ is
// not said here: its SHA-256 tells it better.
func unpack(f *zip.File, room int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, refused("%s cannot be unpacked", f.Name)
	}
	defer func() { _ = r.Close() }()
	content, err := io.ReadAll(io.LimitReader(r, room+1))
	switch {
	case int64(len(content)) > room:
		return nil, refused("it unpacks to more than %d MB", PackLimit>>20)
	case err != nil && !errors.Is(err, zip.ErrChecksum):
		return nil, refused("%s cannot be unpacked", f.Name)
	}
	return content, nil
}

// PackTrust is whom the reader of a pack trusts; both may be left out.
type PackTrust struct {
	Key   ed25519.PublicKey // the foundation's, as it publishes it
	Roots *x509.CertPool    // of time stamp authorities
}

func altered(name string) error {
	return &AlteredError{name, Words{"Het bestand " + name + " is veranderd.", "The file " + name + " was changed."}}
}

// opened is a pack on its way to being believed.
type opened struct {
	files    []PackFile
	byName   map[string][]byte
	manifest manifest
	key      ed25519.PublicKey
	signed   []packedRecord
}

// packedRecord is the record of one signature as a pack holds it, as far as it is checked.
type packedRecord struct {
	Number     string     `json:"number"`
	Name       string     `json:"name"`
	ReceivedAt time.Time  `json:"received_at"`
	Mandate    packedText `json:"mandate"`
	Agreement  packedText `json:"agreement"`

	stamp *Stamp
	by    tsa.Stamp // of an authority; empty if there is none
}

// strict reads JSON that only our own way of writing makes.
func strict(content []byte, into any) bool {
	if json.Unmarshal(content, into) != nil {
		return false
	}
	again, err := packJSON(into)
	return err == nil && bytes.Equal(again, content)
}

type packedText struct {
	ID      int64  `json:"id"`
	Version string `json:"version"`
	Title   string `json:"title"`
	Body    string `json:"body"`
	SHA256  string `json:"sha256"`
}
