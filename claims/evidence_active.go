package claims

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
)

const (
	maxObjects    = 8 << 20  // of one packed group of objects, unpacked
	maxAllObjects = 64 << 20 // of all of them
	dictionary    = 512      // bytes before a stream in which its description stands
)

var (
	// pdfActive are the entries of a PDF by which it runs, sends, opens or carries something.
	pdfActive = regexp.MustCompile(`/(JavaScript|Launch|SubmitForm|ImportData|RichMedia|Rendition|Movie|Sound|EmbeddedFiles?|XFA|GoToE|GoToR)[\s/<>\[\]()]|/JS\s*[(<\d]`)
	pdfEscape = regexp.MustCompile(`#[0-9A-Fa-f]{2}`)
	pdfStream = regexp.MustCompile(`>>\s*stream\r?\n`)
	pdfPacked = regexp.MustCompile(`/Type\s*/ObjStm\b`)
)

// activePDF reports whether a PDF can do something by itself. Packed objects
// are unpacked; what cannot be unpacked within limits counts as active.
func activePDF(b []byte) bool {
	if hasActive(b) {
		return true
	}
	room := int64(maxAllObjects)
	for _, at := range pdfStream.FindAllIndex(b, -1) {
		if !pdfPacked.Match(unescaped(b[max(0, at[0]-dictionary):at[0]])) {
			continue
		}
		objects, err := unpack(b[at[1]:], min(room, maxObjects))
		if err != nil || hasActive(objects) {
			return true
		}
		room -= int64(len(objects))
	}
	return false
}

func hasActive(b []byte) bool { return pdfActive.Match(unescaped(b)) }

// unescaped writes out the names that are spelled with the numbers of their letters.
func unescaped(b []byte) []byte {
	return pdfEscape.ReplaceAllFunc(b, func(sign []byte) []byte {
		letter, err := hex.DecodeString(string(sign[1:]))
		if err != nil {
			return sign
		}
		return letter
	})
}

var errPacked = errors.New("packed larger than is looked through")

func unpack(b []byte, room int64) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	objects, err := io.ReadAll(io.LimitReader(z, room+1))
	if err == nil && int64(len(objects)) > room {
		err = errPacked
	}
	return objects, err
}
