package letter

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// The letters of the papers: Liberation, under the SIL Open Font License. They
// travel inside the program, and a used part of them inside every paper.
var (
	//go:embed font/LiberationSans-Regular.ttf
	fontRegular []byte
	//go:embed font/LiberationSans-Bold.ttf
	fontBold []byte
	//go:embed font/LiberationMono-Regular.ttf
	fontMono []byte
)

const (
	sans = "sans"
	mono = "mono"
)

// fonts are the letters by family and style.
var fonts = map[string][]byte{sans: fontRegular, sans + "B": fontBold, mono: fontMono}

type colour struct{ r, g, b int }

var (
	ink   = colour{28, 32, 38}
	muted = colour{92, 99, 110}
	hair  = colour{208, 212, 218}
	white = colour{255, 255, 255}
)

// sheet is paper with the foundation's type and colours.
type sheet struct {
	*fpdf.Fpdf
	lead  colour // the foundation's own, dark enough to read
	tint  colour // the same, as a background
	left  float64
	width float64    // between the margins
	parts *structure // what the paper is made of; nil: only how it looks
}

func newSheet(orientation, theme string, date time.Time) *sheet {
	pdf := fpdf.New(orientation, "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(date.UTC())
	pdf.SetModificationDate(date.UTC())
	pdf.SetProducer("Samenclaim", true)
	pdf.SetCellMargin(0)
	pdf.SetLineWidth(0.2)
	lead := readable(parseColour(theme))
	s := &sheet{Fpdf: pdf, lead: lead, tint: mixed(lead, white, 94)}
	s.margins(25, 25)
	return s
}

func (s *sheet) margins(side, bottom float64) {
	s.SetMargins(side, side, side)
	s.SetAutoPageBreak(false, bottom)
	page, _ := s.GetPageSize()
	s.left, s.width = side, page-2*side
}

// pen chooses letters and their colour. Reading a font takes longer than setting
// a page, so a paper reads those it uses, when it first uses them.
func (s *sheet) pen(family, style string, size float64, c colour) {
	s.AddUTF8FontFromBytes(family, style, fonts[family+style])
	s.SetFont(family, style, size)
	s.SetTextColor(c.r, c.g, c.b)
}

// put writes one line of text at a place, aligned in the width given.
func (s *sheet) put(x, y, w, h float64, text, align string) {
	s.SetXY(x, y)
	s.parts.spoken(func() { s.CellFormat(w, h, printable(text), "", 0, align, false, 0, "") })
}

func (s *sheet) rule(x, y, w float64, c colour) {
	s.SetDrawColor(c.r, c.g, c.b)
	s.parts.decoration(func() { s.Line(x, y, x+w, y) })
}

func (s *sheet) fill(x, y, w, h float64, c colour) {
	s.SetFillColor(c.r, c.g, c.b)
	s.parts.decoration(func() { s.Rect(x, y, w, h, "F") })
}

// lines breaks a text at the width, in the letters chosen last.
func (s *sheet) lines(text string, w float64) []string {
	if text = printable(text); text == "" || s.Err() {
		return nil // an error shows when the paper is ended
	}
	return s.SplitText(text, w)
}

// bytes ends the paper.
func (s *sheet) bytes() ([]byte, error) {
	var b bytes.Buffer
	if err := s.writeTo(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (s *sheet) writeTo(w io.Writer) error {
	if err := s.Output(w); err != nil {
		return fmt.Errorf("make the PDF: %w", err)
	}
	return nil
}

// printable leaves out what the letters of the paper can't show at all.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xffff {
			return '\ufffd'
		}
		return r
	}, oneLine(text))
}

// parseColour reads #rrggbb; anything else is a sober blue.
func parseColour(hex string) colour {
	v, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 24)
	if err != nil || len(hex) != 7 {
		return colour{31, 59, 99}
	}
	return colour{int(v >> 16), int(v >> 8 & 255), int(v & 255)}
}

// readable darkens a colour until it can be read on white.
func readable(c colour) colour {
	for c.r*299+c.g*587+c.b*114 > 105_000 {
		c = mixed(colour{}, c, 90)
	}
	return c
}

// mixed gives b with 100−share parts of a in it.
func mixed(a, b colour, share int) colour {
	mix := func(x, y int) int { return (x*(100-share) + y*share) / 100 }
	return colour{mix(a.r, b.r), mix(a.g, b.g), mix(a.b, b.b)}
}
