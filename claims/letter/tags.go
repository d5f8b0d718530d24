package letter

import "fmt"

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

// structure is what a paper is made of, beside how it looks.
type structure struct {
	root  *element
	open  *element
	pages map[int][]*element // whose each piece of text on a page is
	decor bool               // what is drawn now is decoration
}

func newStructure() *structure {
	root := &element{tag: "Document"}
	return &structure{root: root, open: root, pages: map[int][]*element{}}
}

// tagged draws with f a part of the paper that a screen reader names so.
func (s *sheet) tagged(tag string, f func()) {
	if s.parts == nil || s.parts.decor {
		f()
		return
	}
	outer := s.parts.open
	e := &element{tag: tag, parent: outer}
	outer.kids = append(outer.kids, kid{element: e})
	s.parts.open = e
	f()
	s.parts.open = outer
}

// decoration draws with f what nobody needs to hear: lines, colours, what stands on every page.
func (s *sheet) decoration(f func()) {
	if s.parts == nil || s.parts.decor {
		f()
		return
	}
	s.parts.decor = true
	s.RawWriteStr("/Artifact BMC")
	f()
	s.RawWriteStr("EMC")
	s.parts.decor = false
}

// spoken draws with f a piece of text that belongs to the part that is open.
func (s *sheet) spoken(f func()) {
	if s.parts == nil || s.parts.decor {
		f()
		return
	}
	page, e := s.PageNo(), s.parts.open
	mark := len(s.parts.pages[page])
	s.parts.pages[page] = append(s.parts.pages[page], e)
	e.kids = append(e.kids, kid{page: page, mark: mark})
	s.RawWriteStr(fmt.Sprintf("/%s <</MCID %d>> BDC", e.tag, mark))
	f()
	s.RawWriteStr("EMC")
}
