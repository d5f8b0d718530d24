package letter

import (
	"bytes"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

const (
	bodySize   = 10.0
	lineHeight = 5.0
	gap        = 2.6 // between blocks
	labelWidth = 38.0
	pageTop    = 34.0
	pageEnd    = 272.0 // nothing below, but the footer
)

// PDF prints a document as the foundation's letter: letterhead, numbered
// pages, A4. The same document always gives the same bytes.
func PDF(doc Document) ([]byte, error) {
	first := print(doc, 0) // to know how many pages there are
	pages := first.PageCount()
	return print(doc, pages).bytes()
}

// paper is a document being printed.
type paper struct {
	*sheet
	doc   Document
	pages int
	y     float64
}

func print(doc Document, pages int) *paper {
	p := &paper{sheet: newSheet("P", doc.Sender.Colour, doc.Date), doc: doc, pages: pages}
	p.SetTitle(doc.Title, true)
	p.SetSubject(doc.Subject, true)
	p.SetAuthor(doc.Sender.legal(), true)
	p.SetKeywords(doc.Keywords, false)
	p.SetCreator("Samenclaim "+doc.Version, true)
	p.SetLang(string(doc.Lang))
	p.SetFooterFunc(p.footer)
	p.AddPage()
	p.letterhead()
	for i, b := range doc.Blocks {
		p.block(b, i)
	}
	return p
}

func (p *paper) letterhead() {
	s := p.doc.Sender
	p.mark(p.left, 16)
	p.pen(sans, "B", 15, p.lead)
	p.put(p.left+16, 17, 84, 7, s.Name, "L")
	if s.LegalName != "" && s.LegalName != s.Name {
		p.pen(sans, "", 8, muted)
		p.put(p.left+16, 23.4, 84, 4, s.LegalName, "L")
	}
	lines := cleanLines(append(append([]string{}, s.Address...), s.Phone, s.Email, s.Website))
	if s.RegisterNumber != "" {
		lines = append(lines, "KvK "+s.RegisterNumber)
	}
	p.pen(sans, "", 8, muted)
	y := 16.0
	for _, l := range lines {
		p.put(p.left+100, y, p.width-100, 3.7, l, "R")
		y += 3.7
	}
	p.y = max(y+2, 36)
	p.SetLineWidth(0.6)
	p.rule(p.left, p.y, p.width, p.lead)
	p.SetLineWidth(0.2)
	p.y += 11
}

// mark draws the logo, or the foundation's first letter in its colour.
func (p *paper) mark(x, y float64) {
	if len(p.doc.Sender.LogoPNG) > 0 {
		options := fpdf.ImageOptions{ImageType: "PNG"}
		p.RegisterImageOptionsReader("logo", options, bytes.NewReader(p.doc.Sender.LogoPNG))
		p.ImageOptions("logo", x, y, 12, 12, false, options, 0, "")
		return
	}
	p.SetFillColor(p.lead.r, p.lead.g, p.lead.b)
	p.RoundedRect(x, y, 12, 12, 2, "1234", "F")
	name := []rune(strings.TrimSpace(strings.TrimPrefix(p.doc.Sender.Name, "Stichting ")))
	if len(name) > 0 {
		p.pen(sans, "B", 19, white)
		p.put(x, y, 12, 12, strings.ToUpper(string(name[:1])), "C")
	}
}

func (p *paper) footer() {
	p.rule(p.left, 281, p.width, hair)
	p.pen(sans, "", 7.5, muted)
	s := p.doc.Sender
	parts := []string{s.legal()}
	if s.RegisterNumber != "" {
		parts = append(parts, "KvK "+s.RegisterNumber)
	}
	p.put(p.left, 282.5, p.width-30, 4, strings.Join(parts, "  ·  "), "L")
	page := Words{NL: "Pagina %d van %d", EN: "Page %d of %d"}.In(p.doc.Lang)
	p.put(p.left+p.width-30, 282.5, 30, 4, fmt.Sprintf(page, p.PageNo(), p.pages), "R")
}

// room starts a new page when less than h is left on this one.
func (p *paper) room(h float64) {
	if p.y+h <= pageEnd {
		return
	}
	p.AddPage()
	p.pen(sans, "", 8, muted)
	p.put(p.left, 16, p.width-30, 4, p.doc.Sender.Name, "L")
	p.put(p.left+p.width-60, 16, 60, 4, dayIn(p.doc.Date, p.doc.Lang), "R")
	p.rule(p.left, 22, p.width, hair)
	p.y = pageTop - 4
}

func (p *paper) block(b Block, i int) {
	switch b.Kind {
	case KindAddress:
		p.address(b)
	case KindMeta:
		p.rows(b.Items, 26, white)
		p.y += 4
	case KindTitle:
		p.room(28)
		p.y += 3
		p.pen(sans, "B", 13, p.lead)
		p.flow(p.left, p.width, 6.4, b.Text)
		p.y += gap + 1
	case KindHeading:
		p.room(26) // not alone at the foot of a page
		p.y += 2.4
		p.pen(sans, "B", 10.5, p.lead)
		p.flow(p.left, p.width, lineHeight+0.4, b.Text)
		p.y += 1.2
	case KindList:
		p.list(b)
	case KindQuote:
		p.quote(b)
	case KindFacts:
		p.rows(b.Items, labelWidth, hair)
		p.y += gap
	case KindBox:
		p.box(b)
	case KindSums:
		p.sums(b)
	case KindSignature:
		p.signature(b)
	case KindSmall:
		p.pen(sans, "", 8, muted)
		p.flow(p.left, p.width, 4, b.Text)
		p.y += gap
	default:
		p.text(b, i)
	}
}

func (p *paper) address(b Block) {
	p.pen(sans, "", bodySize, ink)
	for _, it := range b.Items {
		p.flow(p.left, p.width*0.6, lineHeight, it.Text)
	}
	p.y += 9
}

func (p *paper) text(b Block, i int) {
	if i+1 < len(p.doc.Blocks) && p.doc.Blocks[i+1].Kind == KindSignature {
		p.room(40) // the closing words stay with the name
	}
	p.pen(sans, "", bodySize, ink)
	p.flow(p.left, p.width, lineHeight, b.Text)
	p.y += gap
}

// flow writes a text over as many lines and pages as it takes.
func (p *paper) flow(x, w, h float64, text string) {
	for _, l := range p.lines(text, w) {
		p.keepPen(func() { p.room(h) })
		p.put(x, p.y, w, h, l, "L")
		p.y += h
	}
}

// keepPen runs f, which may start a page, and takes up the letters and colour again.
func (p *paper) keepPen(f func()) {
	family, style := p.GetFontFamily(), p.GetFontStyle()
	size, _ := p.GetFontSize()
	r, g, b := p.GetTextColor()
	f()
	p.pen(family, style, size, colour{r, g, b})
}
