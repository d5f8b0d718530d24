package letter

import (
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"strconv"
)

// Measures of the annex on paper, A4 lying down.
const (
	annexRowHeight = 3.8
	annexFirstTop  = 52.0 // of the rows, on the first page
	annexTop       = 26.0 // of the rows, on the others
	annexFirstRows = 37
	annexRows      = 44
)

type annexColumn struct {
	label Words
	width float64
}

// annexColumns are the columns on paper: the mandate's hash is shown by its
// first 16 digits, the complete one stands in the CSV.
var annexColumns = []annexColumn{
	{Words{"Positie", "Position"}, 15}, {Words{"Nummer", "Number"}, 27}, {Words{"Volmacht, SHA-256 (begin)", "Mandate, SHA-256 (start)"}, 37},
	{Words{"Persoonscode (commitment)", "Code of the person (commitment)"}, 97}, {Words{"Bladwaarde (leaf hash)", "Leaf hash"}, 97},
}

// AnnexPDF prints the annex: numbers and codes, no names. It fails when the
// rows don't lead to the count and root of the head. All pages are held in
// memory until the last row is in.
func AnnexPDF(w io.Writer, head Head, lang Lang, theme string, rows iter.Seq[Row]) error {
	a := newAnnexPaper(head, lang, theme, annexColumns)
	var sum rolling
	for r := range rows {
		hash, err := sum.row(r)
		if err != nil {
			return err
		}
		if r.Position >= head.Count {
			break // too many: sum says so below
		}
		a.row(r, hash)
	}
	if err := sum.matches(head); err != nil {
		return err
	}
	return a.writeTo(w)
}

// newAnnexPaper opens the annex on paper.
func newAnnexPaper(head Head, lang Lang, theme string, columns []annexColumn) *annexPaper {
	a := &annexPaper{sheet: newSheet("L", theme, head.Date), head: head, lang: lang, pages: annexPages(head.Count), labels: columns}
	a.margins(14, 12)
	a.SetTitle(fmt.Sprintf(Words{"Bijlage %d", "Annex %d"}.In(lang), head.Ordinal), true)
	a.SetSubject(oneLine(head.Claim), true)
	a.SetAuthor(oneLine(head.Foundation), true)
	a.SetKeywords(head.mark(), false)
	a.SetLang(string(lang))
	a.SetFooterFunc(a.footer)
	a.AddPage()
	a.first()
	return a
}

func annexPages(count int64) int64 {
	if count <= annexFirstRows {
		return 1
	}
	return 1 + (count-annexFirstRows+annexRows-1)/annexRows
}

type annexPaper struct {
	*sheet
	head   Head
	lang   Lang
	pages  int64
	labels []annexColumn
	y      float64
	room   int64 // rows that still fit on this page
}

// first opens the annex with what it belongs to.
func (a *annexPaper) first() {
	h := a.head
	a.pen(sans, "B", 14, a.lead)
	a.put(a.left, 12, 120, 7, fmt.Sprintf(Words{"Bijlage %d bij de klachtbrief", "Annex %d to the claim letter"}.In(a.lang), h.Ordinal), "L")
	a.pen(sans, "", 9, ink)
	a.put(a.left, 20, a.width, 4.5, h.Foundation+"  –  "+h.Defendant+"  –  "+h.Claim, "L")
	a.fill(a.left, 27, a.width, 15, a.tint)
	for i, c := range []struct{ label, value string }{
		{Words{"Datum brief", "Date of letter"}.In(a.lang), dayIn(h.Date, a.lang)},
		{Words{"Peilmoment", "Cut-off"}.In(a.lang), momentIn(h.CutOff, a.lang)},
		{Words{"Aantal deelnemers", "Number of participants"}.In(a.lang), countIn(h.Count, a.lang)},
		{Words{"Berekening", "Calculation"}.In(a.lang), HashAlgorithm},
	} {
		x := a.left + 4 + []float64{0, 45, 125, 165}[i]
		a.pen(sans, "", 7, muted)
		a.put(x, 28.2, 60, 3.5, c.label, "L")
		a.pen(sans, "", 8.5, ink)
		a.put(x, 31.4, 80, 4, c.value, "L")
	}
	a.pen(sans, "", 7, muted)
	a.put(a.left+4, 36.8, 30, 4, Words{"Wortelwaarde", "Root value"}.In(a.lang), "L")
	a.pen(mono, "", 9, ink)
	a.put(a.left+34, 36.8, 200, 4, inGroups(hex.EncodeToString(h.Root[:]), 8), "L")
	a.columns(annexFirstTop)
	a.room = annexFirstRows
}

// columns prints the labels above the rows that start at y.
func (a *annexPaper) columns(y float64) {
	x := a.left
	a.pen(sans, "B", 7.5, a.lead)
	for _, c := range a.labels {
		a.put(x, y-6, c.width, 4, c.label.In(a.lang), "L")
		x += c.width
	}
	a.rule(a.left, y-1.4, a.width, a.lead)
	a.y = y
}

// next makes room for one more row.
func (a *annexPaper) next() {
	if a.room == 0 {
		a.AddPage()
		a.pen(sans, "", 7.5, muted)
		a.put(a.left, 10, a.width, 4, fmt.Sprintf(Words{"%s  –  bijlage %d", "%s  –  annex %d"}.In(a.lang), a.head.Foundation, a.head.Ordinal), "L")
		a.columns(annexTop)
		a.room = annexRows
	}
}

// ended closes a row.
func (a *annexPaper) ended(position int64) {
	a.y += annexRowHeight
	if a.room--; position%5 == 4 {
		a.rule(a.left, a.y, a.width, hair) // a line to hold the eye
	}
}

func (a *annexPaper) row(r Row, hash [32]byte) {
	a.next()
	a.pen(sans, "", 7.5, ink)
	x := a.left
	a.put(x, a.y, annexColumns[0].width-4, annexRowHeight, strconv.FormatInt(r.Position+1, 10), "R")
	x += annexColumns[0].width
	a.put(x, a.y, annexColumns[1].width, annexRowHeight, r.Leaf.Number, "L")
	x += annexColumns[1].width
	a.pen(mono, "", 6.9, ink)
	for i, code := range []string{hex.EncodeToString(r.Leaf.MandateSHA256[:8]), hex.EncodeToString(r.Leaf.Commitment[:]), hex.EncodeToString(hash[:])} {
		a.put(x, a.y, annexColumns[2+i].width, annexRowHeight, code, "L")
		x += annexColumns[2+i].width
	}
	a.ended(r.Position)
}

func (a *annexPaper) footer() {
	a.pen(sans, "", 7, muted)
	a.put(a.left, 200, a.width-40, 4, fmt.Sprintf(Words{"Bijlage %d  ·  wortelwaarde %x", "Annex %d  ·  root value %x"}.In(a.lang), a.head.Ordinal, a.head.Root), "L")
	page := Words{"Pagina %d van %d", "Page %d of %d"}.In(a.lang)
	a.put(a.left+a.width-40, 200, 40, 4, fmt.Sprintf(page, a.PageNo(), a.pages), "R")
}
