package letter

import (
	"strings"
	"time"
)

// Kind says what a block of a paper is, and with that how it is shown.
type Kind string

// The kinds of blocks. A page shows them as HTML, PDF as paper; the words are the same.
const (
	KindAddress   Kind = "address"   // Items: the lines of the addressee
	KindMeta      Kind = "meta"      // Items: place and date, reference, subject
	KindTitle     Kind = "title"     // Text
	KindHeading   Kind = "heading"   // Text
	KindText      Kind = "text"      // Text: one paragraph
	KindList      Kind = "list"      // Items: points, a label is the number before it
	KindQuote     Kind = "quote"     // Text: a sentence that carries legal weight
	KindFacts     Kind = "facts"     // Items: label and value
	KindBox       Kind = "box"       // Text: caption; Items: label and value, to be found at a glance
	KindSums      Kind = "sums"      // Items: label and amount
	KindSignature Kind = "signature" // Items: the lines under the signature
	KindSmall     Kind = "small"     // Text: a note
	KindCode      Kind = "code"      // Text: what a square code (QR) holds; one Item: what it is, in words
)

// Item is one line of a block that has several.
type Item struct {
	Label, Text string
	Code        bool // a long code, shown in letters of one width
	Strong      bool // the line it is about
}

// Block is one part of a paper.
type Block struct {
	Kind  Kind
	Text  string
	Items []Item
}

// Document is a paper in words, ready to be shown as a page or printed as PDF.
type Document struct {
	Title    string
	Subject  string // what the file says about itself
	Version  string // of the text it was made from
	Lang     Lang
	Date     time.Time
	Sender   Sender
	Keywords string // for programs: what the paper is bound to
	Blocks   []Block
}

// Sender is the foundation as it stands on its paper.
type Sender struct {
	Name           string
	LegalName      string
	RegisterNumber string // KvK number
	Address        []string
	Email          string
	Phone          string
	Website        string
	Colour         string // #rrggbb
	LogoPNG        []byte // may be empty: then a mark in the colour is drawn
}

// legal gives the name the law knows the foundation by.
func (s Sender) legal() string {
	if s.LegalName != "" {
		return s.LegalName
	}
	return s.Name
}

// Signs inside a marked text, which no value can hold because clean values
// hold no control signs: so nobody's name can become a heading.
const (
	signKind  = "\x01"
	signText  = "\x02"
	signValue = "\x1f"
	signCode  = "\x1e"
)

// rowKinds are the kinds whose lines are items.
var rowKinds = map[Kind]bool{KindAddress: true, KindMeta: true, KindFacts: true, KindBox: true, KindSums: true, KindSignature: true}

// lineMarks are what a line of a text can begin with.
var lineMarks = []struct {
	prefix string
	kind   Kind
}{
	{"#! ", KindTitle}, {"## ", KindHeading}, {"# ", KindHeading}, {"- ", KindList}, {"> ", KindQuote}, {"~ ", KindSmall},
	{":address", KindAddress}, {":meta", KindMeta}, {":facts", KindFacts}, {":box", KindBox}, {":sums", KindSums}, {":signature", KindSignature},
}

// marked replaces the marks of a template's own lines by signs.
func marked(source string) string {
	lines := strings.Split(strings.ReplaceAll(source, "\r\n", "\n"), "\n")
	for i, line := range lines {
		for _, m := range lineMarks {
			if rest, ok := strings.CutPrefix(line, m.prefix); ok {
				line = signKind + string(m.kind) + signText + strings.TrimSpace(rest)
				break
			}
		}
		line = strings.Replace(line, " ::= ", signCode, 1)
		lines[i] = strings.Replace(line, " :: ", signValue, 1)
	}
	return strings.Join(lines, "\n")
}

// ParseBlocks reads a text of the foundation: paragraphs with a blank line
// between them, "## " before a heading, "- " before a point.
func ParseBlocks(body string) []Block { return parseMarked(proseMarks(body)) }

// proseMarks allows a body headings and points, and nothing else.
func proseMarks(body string) string {
	lines := strings.Split(strings.ReplaceAll(body, "\r\n", "\n"), "\n")
	for i, line := range lines {
		kind := ""
		if rest, ok := strings.CutPrefix(line, "## "); ok {
			kind, line = signKind+string(KindHeading)+signText, rest
		} else if rest, ok := strings.CutPrefix(line, "- "); ok {
			kind, line = signKind+string(KindList)+signText, rest
		}
		lines[i] = kind + oneLine(line)
	}
	return strings.Join(lines, "\n")
}

func parseMarked(text string) []Block {
	var r blockReader
	for line := range strings.SplitSeq(text, "\n") {
		r.line(strings.TrimRight(line, " \t"))
	}
	r.end()
	return r.blocks
}

// blockReader gathers lines into blocks.
type blockReader struct {
	blocks []Block
	open   bool // the last block takes more lines
}

func (r *blockReader) line(line string) {
	if line == "" {
		r.end()
		return
	}
	if mark, ok := strings.CutPrefix(line, signKind); ok {
		kind, text, _ := strings.Cut(mark, signText)
		r.start(Kind(kind), text)
		return
	}
	if r.open {
		r.more(line)
		return
	}
	r.blocks, r.open = append(r.blocks, Block{Kind: KindText, Text: strings.TrimSpace(line)}), true
}

func (r *blockReader) start(kind Kind, text string) {
	if kind == KindList {
		if r.open && r.blocks[len(r.blocks)-1].Kind == KindList {
			r.more(text)
			return
		}
		r.end()
		r.blocks, r.open = append(r.blocks, Block{Kind: kind}), true
		r.more(text)
		return
	}
	r.end()
	r.blocks = append(r.blocks, Block{Kind: kind, Text: text})
	r.open = kind != KindHeading && kind != KindTitle
}

// more adds a line to the block that is open.
func (r *blockReader) more(line string) {
	b := &r.blocks[len(r.blocks)-1]
	if b.Kind != KindList && !rowKinds[b.Kind] {
		b.Text = strings.TrimSpace(b.Text + " " + strings.TrimSpace(line))
		return
	}
	item := Item{Text: strings.TrimSpace(line)}
	if label, code, ok := strings.Cut(line, signCode); ok {
		item = Item{Label: strings.TrimSpace(label), Text: strings.TrimSpace(code), Code: true}
	} else if label, value, ok := strings.Cut(line, signValue); ok {
		item = Item{Label: strings.TrimSpace(label), Text: strings.TrimSpace(value)}
	}
	if label, strong := strings.CutPrefix(item.Label, "*"); strong {
		item.Label, item.Strong = label, true
	}
	b.Items = append(b.Items, item)
}

// end closes the open block, and drops it when nothing came in it.
func (r *blockReader) end() {
	if n := len(r.blocks); r.open && r.blocks[n-1].Text == "" && len(r.blocks[n-1].Items) == 0 {
		r.blocks = r.blocks[:n-1]
	}
	r.open = false
}
