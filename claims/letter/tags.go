package letter

import (
	"fmt"

	"codeberg.org/go-pdf/fpdf"
)

// element is one part of a paper as a screen reader names it: a heading, a
// paragraph, a row of a table. Its kids are in the order in which they are read.
type element struct {
	tag    string
	kids   []kid
	parent *element
	object int // its number in the file
}

// kid is a part of a part: another element, or a piece of text on a page.
type kid struct {
	element *element
	page    int // of a piece of text, from 1
	mark    int // its number on that page
}

// structure is what a paper is made of, beside how it looks; nil is a paper that only looks.
type structure struct {
	pdf   *fpdf.Fpdf
	root  *element
	open  *element
	pages map[int][]*element // whose each piece of text on a page is
	decor bool               // what is drawn now is decoration
}

func newStructure(pdf *fpdf.Fpdf) *structure {
	root := &element{tag: "Document"}
	return &structure{pdf: pdf, root: root, open: root, pages: map[int][]*element{}}
}

// tagged draws with f a part of the paper that a screen reader names so.
func (s *structure) tagged(tag string, f func()) {
	if s == nil || s.decor {
		f()
		return
	}
	outer := s.open
	e := &element{tag: tag, parent: outer}
	outer.kids = append(outer.kids, kid{element: e})
	s.open = e
	f()
	s.open = outer
}

// decoration draws with f what nobody needs to hear: lines, colours, what stands on every page.
func (s *structure) decoration(f func()) {
	if s == nil || s.decor {
		f()
		return
	}
	s.decor = true
	s.pdf.RawWriteStr("/Artifact BMC")
	f()
	s.pdf.RawWriteStr("EMC")
	s.decor = false
}

// spoken draws with f a piece of text that belongs to the part that is open.
func (s *structure) spoken(f func()) {
	if s == nil || s.decor {
		f()
		return
	}
	page, e := s.pdf.PageNo(), s.open
	mark := len(s.pages[page])
	s.pages[page] = append(s.pages[page], e)
	e.kids = append(e.kids, kid{page: page, mark: mark})
	s.pdf.RawWriteStr(fmt.Sprintf("/%s <</MCID %d>> BDC", e.tag, mark))
	f()
	s.pdf.RawWriteStr("EMC")
}
