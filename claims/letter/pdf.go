package letter

// PDF prints a document as the foundation's letter: letterhead, numbered
// pages, A4, tagged for who listens to it. The same document always gives the same bytes.
func PDF(doc Document) ([]byte, error) {
	first := typeset(doc, 0) // to know how many pages there are
	pages := first.PageCount()
	p := typeset(doc, pages)
	plain, err := p.bytes()
	if err != nil {
		return nil, err
	}
	return withTags(plain, p.parts)
}

func typeset(doc Document, pages int) *paper {
	p := &paper{sheet: newSheet("P", doc.Sender.Colour, doc.Date), doc: doc, pages: pages}
	p.parts = newStructure(p.Fpdf)
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
		p.parts.tagged(p.tag(b), func() { p.block(b, i) })
	}
	return p
}

// tag is how a screen reader names a block. The first title is that of the paper, and
// no rank of headings is left out.
func (p *paper) tag(b Block) string {
	switch b.Kind {
	case KindTitle:
		p.titles++
		if p.titles == 1 {
			return "H1"
		}
		return "H2"
	case KindHeading:
		return []string{"H1", "H2", "H3"}[min(p.titles, 2)]
	case KindList:
		return "L"
	case KindQuote:
		return "BlockQuote"
	case KindMeta, KindFacts, KindSums:
		return "Table"
	case KindBox, KindAddress, KindSignature:
		return "Div" // of more than one part
	}
	return "P"
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
	case KindCode:
		p.code(b)
	case KindSmall:
		p.pen(sans, "", 8, muted)
		p.flow(p.left, p.width, 4, b.Text)
		p.y += gap
	default:
		p.text(b, i)
	}
}
