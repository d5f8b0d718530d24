package claims

import (
	"bytes"
	"context"
	"regexp"

	"github.com/gabriel-vasile/mimetype"
)

// pdfType is the media type of a PDF.
const pdfType = "application/pdf"

// acceptable says what a file is by what is in it, whatever its name says, and
// gives the bytes to keep: a PDF as it came, a picture made anew.
func acceptable(ctx context.Context, sent []byte) (mediaType string, kept []byte, err error) {
	for m := mimetype.Detect(sent); m != nil; m = m.Parent() { // an animated PNG is a PNG as well
		switch {
		case m.Is(pdfType):
			return pdfType, sent, checkPDF(sent)
		case m.Is("image/jpeg"), m.Is("image/png"):
			return redraw(ctx, sent)
		}
	}
	return "", nil, ErrFileType
}

var (
	// pdfHead is how a PDF begins; nothing may stand before it, or another program would see another kind of file.
	pdfHead = []byte("%PDF-")
	pdfTail = []byte("%%EOF")
	// pdfLocked is the entry in the trailer of a PDF that says how it is encrypted.
	pdfLocked = regexp.MustCompile(`/Encrypt\s*(\d+\s+\d+\s+R\b|<<)`)
)

// checkPDF refuses a file that is more than a PDF, or less than one.
func checkPDF(b []byte) error {
	end := bytes.LastIndex(b, pdfTail)
	if !bytes.HasPrefix(b, pdfHead) || end < 0 || len(bytes.Trim(b[end+len(pdfTail):], " \t\r\n\f\x00")) > 0 {
		return ErrFileType
	}
	return nil
}
