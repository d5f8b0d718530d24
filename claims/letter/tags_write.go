package letter

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// errTags means that the library that makes the PDFs writes them otherwise than this file expects.
var errTags = errors.New("the structure does not fit this PDF")

// file is a PDF that more objects are added to, as an update at its end: the library
// that makes it knows no tags, and this is how the format lets others add them.
type file struct {
	bytes.Buffer
	old     []byte
	offsets []int       // of the objects that are there, by number
	added   map[int]int // number and offset of what is added
	root    int
	info    int
	next    int
}

var (
	endOfFile = regexp.MustCompile(`trailer\n<<\n/Size (\d+)\n/Root (\d+) 0 R\n/Info (\d+) 0 R\n>>\nstartxref\n(\d+)\n%%EOF\n$`)
	entry     = regexp.MustCompile(`(?m)^(\d{10}) 00000 n $`)
)

// openFile reads where the objects are.
func openFile(pdf []byte) (*file, error) {
	m := endOfFile.FindSubmatch(pdf)
	if m == nil {
		return nil, errTags
	}
	var n [5]int
	for i := range n[1:] {
		n[i+1], _ = strconv.Atoi(string(m[i+1])) // digits
	}
	f := &file{old: pdf, offsets: []int{0}, added: map[int]int{}, next: n[1], root: n[2], info: n[3]}
	if n[4] >= len(pdf) {
		return nil, errTags
	}
	for _, e := range entry.FindAllSubmatch(pdf[n[4]:], -1) {
		at, _ := strconv.Atoi(string(e[1]))
		f.offsets = append(f.offsets, at)
	}
	if len(f.offsets) != f.next {
		return nil, errTags
	}
	f.Write(pdf)
	return f, nil
}

// object is the body of an object that is there.
func (f *file) object(number int) string {
	body := f.old[f.offsets[number]:]
	end := bytes.Index(body, []byte("endobj\n"))
	_, text, found := strings.Cut(string(body[:max(end, 0)]), " 0 obj\n")
	if !found {
		return ""
	}
	return text
}

// reserve gives the number of an object that is added later.
func (f *file) reserve() int {
	f.next++
	return f.next - 1
}

// put adds an object, or one in the place of an object that is there.
func (f *file) put(number int, body string) {
	f.added[number] = f.Len()
	f.Write(fmt.Appendf(nil, "%d 0 obj\n%s\nendobj\n", number, strings.TrimRight(body, "\n")))
}

// replace puts an object in the place of one that begins so, with more after its beginning.
func (f *file) replace(number int, begin, more string) error {
	rest, ok := strings.CutPrefix(f.object(number), begin)
	if !ok {
		return errTags
	}
	f.put(number, begin+more+rest)
	return nil
}

// end writes where the added objects are.
func (f *file) end(before int) []byte {
	at := f.Len()
	f.WriteString("xref\n")
	for number := range f.next {
		if offset, ok := f.added[number]; ok {
			f.Write(fmt.Appendf(nil, "%d 1\n%010d 00000 n \n", number, offset))
		}
	}
	f.Write(fmt.Appendf(nil, "trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n/Prev %d\n>>\nstartxref\n%d\n%%%%EOF\n", f.next, f.root, f.info, before, at))
	return f.Bytes()
}

// withTags adds to a PDF what it is made of, so that a screen reader can tell
// headings, lists and tables, and has its title shown rather than the name of the file.
func withTags(pdf []byte, s *structure) ([]byte, error) {
	f, err := openFile(pdf)
	if err != nil {
		return nil, err
	}
	var pages []int
	for number := 1; number < len(f.offsets); number++ {
		if strings.HasPrefix(f.object(number), "<</Type /Page\n") {
			pages = append(pages, number)
		}
	}
	root, parents := f.reserve(), f.reserve()
	f.number(s.root)
	for i, number := range pages {
		if err := f.replace(number, "<</Type /Page\n", fmt.Sprintf("/StructParents %d\n/Tabs /S\n", i)); err != nil {
			return nil, err
		}
	}
	f.put(root, fmt.Sprintf("<</Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d>>", s.root.object, parents, len(pages)))
	f.put(parents, parentTree(s, len(pages)))
	f.write(s.root, root, pages)
	err = f.replace(f.root, "<<\n/Type /Catalog\n", fmt.Sprintf("/MarkInfo <</Marked true>>\n/StructTreeRoot %d 0 R\n/ViewerPreferences <</DisplayDocTitle true>>\n", root))
	if err != nil {
		return nil, err
	}
	before, err := strconv.Atoi(string(endOfFile.FindSubmatch(pdf)[4]))
	return f.end(before), err
}

// number gives every element its object.
func (f *file) number(e *element) {
	e.object = f.reserve()
	for _, k := range e.kids {
		if k.element != nil {
			f.number(k.element)
		}
	}
}

// write adds an element and what it is made of.
func (f *file) write(e *element, parent int, pages []int) {
	kids := make([]string, len(e.kids))
	for i, k := range e.kids {
		if k.element != nil {
			kids[i] = fmt.Sprintf("%d 0 R", k.element.object)
			f.write(k.element, e.object, pages)
			continue
		}
		kids[i] = fmt.Sprintf("<</Type /MCR /Pg %d 0 R /MCID %d>>", pages[k.page-1], k.mark)
	}
	scope := ""
	if e.tag == "TH" {
		scope = " /A <</O /Table /Scope /Row>>"
	}
	f.put(e.object, fmt.Sprintf("<</Type /StructElem /S /%s /P %d 0 R%s /K [%s]>>", e.tag, parent, scope, strings.Join(kids, " ")))
}

// parentTree tells of each piece of text on each page whose it is.
func parentTree(s *structure, pages int) string {
	var b strings.Builder
	b.WriteString("<</Nums [")
	for page := range pages {
		fmt.Fprintf(&b, "%d [", page)
		for _, e := range s.pages[page+1] {
			fmt.Fprintf(&b, "%d 0 R ", e.object)
		}
		b.WriteString("] ")
	}
	b.WriteString("]>>")
	return b.String()
}
