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

// paper is a document being printed.
type paper struct {
	*sheet
	doc    Document
	pages  int
	y      float64
	titles int // so far
}

func (p *paper) letterhead() {
	p.parts.decoration(func() { p.mark(p.left, 16) })
	p.parts.tagged("Div", p.sender)
	p.SetLineWidth(0.6)
	p.rule(p.left, p.y, p.width, p.lead)
	p.SetLineWidth(0.2)
	p.y += 11
}

// sender prints who writes.
func (p *paper) sender() {
	s := p.doc.Sender
	p.pen(sans, "B", 15, p.lead)
	p.parts.tagged("P", func() { p.put(p.left+16, 17, 84, 7, s.Name, "L") })
	if s.LegalName != "" && s.LegalName != s.Name {
		p.pen(sans, "", 8, muted)
		p.parts.tagged("P", func() { p.put(p.left+16, 23.4, 84, 4, s.LegalName, "L") })
	}
	lines := cleanLines(append(append([]string{}, s.Address...), s.Phone, s.Email, s.Website))
	if s.RegisterNumber != "" {
		lines = append(lines, "KvK "+s.RegisterNumber)
	}
	p.pen(sans, "", 8, muted)
	y := 16.0
	for _, l := range lines {
		p.parts.tagged("P", func() { p.put(p.left+100, y, p.width-100, 3.7, l, "R") })
		y += 3.7
	}
	p.y = max(y+2, 36)
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
	page := Words{NL: "Pagina %d van %d", EN: "Page %d of %d"}.In(p.doc.Lang)
	p.parts.decoration(func() {
		p.put(p.left, 282.5, p.width-30, 4, strings.Join(parts, "  ·  "), "L")
		p.put(p.left+p.width-30, 282.5, 30, 4, fmt.Sprintf(page, p.PageNo(), p.pages), "R")
	})
}

// room starts a new page when less than h is left on this one.
func (p *paper) room(h float64) {
	if p.y+h <= pageEnd {
		return
	}
	p.AddPage()
	p.pen(sans, "", 8, muted)
	p.parts.decoration(func() {
		p.put(p.left, 16, p.width-30, 4, p.doc.Sender.Name, "L")
		p.put(p.left+p.width-60, 16, 60, 4, dayIn(p.doc.Date, p.doc.Lang), "R")
	})
	p.rule(p.left, 22, p.width, hair)
	p.y = pageTop - 4
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
