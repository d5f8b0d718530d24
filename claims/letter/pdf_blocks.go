package letter

import "strings"

func (p *paper) address(b Block) {
	p.pen(sans, "", bodySize, ink)
	for _, it := range b.Items {
		p.parts.tagged("P", func() { p.flow(p.left, p.width*0.6, lineHeight, it.Text) })
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

func (p *paper) list(b Block) {
	for _, it := range b.Items {
		p.parts.tagged("LI", func() { p.point(it) })
		p.y += 1
	}
	p.y += gap - 1
}

// point is one item of a list, with the number or dot before it.
func (p *paper) point(it Item) {
	p.pen(sans, "", bodySize, ink)
	indent := 7.0
	if it.Label != "" {
		indent = 13
	}
	lines := p.lines(it.Text, p.width-indent)
	p.room(float64(min(len(lines), 2)) * lineHeight)
	if it.Label != "" {
		p.pen(sans, "B", 9, p.lead)
		p.parts.tagged("Lbl", func() { p.put(p.left, p.y, indent, lineHeight, it.Label, "L") })
	} else {
		p.SetFillColor(p.lead.r, p.lead.g, p.lead.b)
		p.parts.decoration(func() { p.Circle(p.left+2.4, p.y+lineHeight/2, 0.7, "F") })
	}
	p.pen(sans, "", bodySize, ink)
	p.parts.tagged("LBody", func() { p.flow(p.left+indent, p.width-indent, lineHeight, it.Text) })
}

// quote sets a sentence with legal weight apart, on one page.
func (p *paper) quote(b Block) {
	p.pen(sans, "B", bodySize, ink)
	lines := p.lines(b.Text, p.width-11)
	h := float64(len(lines))*lineHeight + 7
	p.keepPen(func() { p.room(min(h, pageEnd-pageTop)) })
	p.fill(p.left, p.y, p.width, min(h, pageEnd-p.y), p.tint)
	p.fill(p.left, p.y, 1.2, min(h, pageEnd-p.y), p.lead)
	p.y += 3.5
	p.flow(p.left+6, p.width-11, lineHeight, b.Text)
	p.y += 3.5 + gap
}

// rows prints labels with their values behind them.
func (p *paper) rows(items []Item, label float64, line colour) {
	p.room(min(p.height(items, p.width-label, 1.6), 70)) // short ones stay together
	for _, it := range items {
		lines := p.value(it, p.width-label)
		h := float64(len(lines))*lineHeight + 1.6
		p.room(h)
		p.parts.tagged("TR", func() { p.row(it, lines, p.left, label, p.width-label) })
		p.y += h
		p.rule(p.left, p.y-0.8, p.width, line)
	}
}

// height is how much paper the items take.
func (p *paper) height(items []Item, w, between float64) float64 {
	h := 0.0
	for _, it := range items {
		h += float64(len(p.value(it, w)))*lineHeight + between
	}
	return h
}

// value breaks a value into lines, a long code in four groups a line.
func (p *paper) value(it Item, w float64) []string {
	if !it.Code {
		p.pen(sans, "", bodySize, ink)
		return p.lines(it.Text, w)
	}
	groups := strings.Fields(it.Text)
	var lines []string
	for len(groups) > 4 {
		lines, groups = append(lines, strings.Join(groups[:4], " ")), groups[4:]
	}
	return append(lines, strings.Join(groups, " "))
}

func (p *paper) row(it Item, lines []string, x, label, w float64) {
	p.pen(sans, "", 9, muted)
	p.parts.tagged("TH", func() { p.put(x, p.y, label, lineHeight, it.Label, "L") })
	if it.Code {
		p.pen(mono, "", 10, ink)
	} else {
		p.pen(sans, "", bodySize, ink)
	}
	if it.Strong {
		p.SetFontStyle("B")
	}
	p.parts.tagged("TD", func() {
		for k, l := range lines {
			p.put(x+label, p.y+float64(k)*lineHeight, w, lineHeight, l, "L")
		}
	})
}

// box prints what must be found at a glance, never over two pages.
func (p *paper) box(b Block) {
	const inset, label = 6.0, 38.0
	w := p.width - 2*inset - label
	h := 14 + p.height(b.Items, w, 1.2)
	p.room(h + gap + 12) // with the note that may follow
	p.fill(p.left, p.y, p.width, h, p.tint)
	p.SetDrawColor(p.lead.r, p.lead.g, p.lead.b)
	p.SetLineWidth(0.35)
	p.parts.decoration(func() { p.Rect(p.left, p.y, p.width, h, "D") })
	p.SetLineWidth(0.2)
	end := p.y + h
	p.y += 4
	p.pen(sans, "B", 11, p.lead)
	p.parts.tagged("P", func() { p.put(p.left+inset, p.y, p.width-2*inset, lineHeight, b.Text, "L") })
	p.y += 7.5
	p.parts.tagged("Table", func() {
		for _, it := range b.Items {
			lines := p.value(it, w)
			p.parts.tagged("TR", func() { p.row(it, lines, p.left+inset, label, w) })
			p.y += float64(len(lines))*lineHeight + 1.2
		}
	})
	p.y = end + gap + 1
}

// sums prints amounts below each other, the one that counts in bold.
func (p *paper) sums(b Block) {
	p.room(float64(len(b.Items)) * 7.4)
	for _, it := range b.Items {
		style, line := "", hair
		if it.Strong {
			style, line = "B", p.lead
			p.fill(p.left, p.y, p.width, 7.4, p.tint)
		}
		p.rule(p.left, p.y, p.width, line)
		p.pen(sans, style, bodySize, ink)
		p.parts.tagged("TR", func() {
			p.parts.tagged("TH", func() { p.put(p.left+2, p.y+1.2, p.width-45, lineHeight, it.Label, "L") })
			p.parts.tagged("TD", func() { p.put(p.left+p.width-45, p.y+1.2, 43, lineHeight, it.Text, "R") })
		})
		p.y += 7.4
	}
	p.rule(p.left, p.y, p.width, hair)
	p.y += gap + 2
}

func (p *paper) signature(b Block) {
	p.room(24 + float64(len(b.Items))*lineHeight)
	p.y += 16
	p.rule(p.left, p.y, 62, muted)
	p.y += 1.6
	for i, it := range b.Items {
		p.pen(sans, "", bodySize, ink)
		if i == 0 {
			p.SetFontStyle("B")
		}
		p.parts.tagged("P", func() { p.put(p.left, p.y, p.width, lineHeight, it.Text, "L") })
		p.y += lineHeight
	}
	p.y += gap
}
