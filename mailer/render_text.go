package mailer

import "strings"

// width is where lines of the plain text end, in letters.
const width = 72

// text is the mail for who reads no HTML: the same words in the same order.
func (p page) text() string {
	var b strings.Builder
	for i, piece := range p.Pieces {
		if i > 0 && (piece.Kind != item || p.Pieces[i-1].Kind != item) {
			b.WriteString("\n")
		}
		switch piece.Kind {
		case heading:
			b.WriteString(strings.ToUpper(piece.Text) + "\n")
		case code:
			b.WriteString("    " + piece.Text + "\n")
		case button:
			b.WriteString(piece.Text + ":\n" + piece.Target + "\n")
		case item:
			wrap(&b, "- ", "  ", piece.Text)
		case prose:
			for line := range strings.SplitSeq(piece.Text, "\n") {
				wrap(&b, "", "", line)
			}
		default:
			wrap(&b, "", "", piece.Text)
		}
	}
	b.WriteString("\n-- \n") // mail programs fold what follows this line
	for _, line := range []string{p.Sender.Name, p.Sender.Address, p.Sender.BaseURL, p.Footer.Reach, p.Sender.Email, p.Sender.Phone, p.Number} {
		if line != "" {
			b.WriteString(line + "\n")
		}
	}
	wrap(&b, "", "", p.Footer.Check)
	return b.String()
}

// wrap writes a paragraph in lines that every mail program shows whole.
func wrap(b *strings.Builder, first, next, text string) {
	line := first
	n := 0
	for word := range strings.FieldsSeq(text) {
		size := len([]rune(word))
		if n > 0 && len([]rune(line))+1+size > width {
			b.WriteString(line + "\n")
			line, n = next, 0
		}
		if n > 0 {
			line += " "
		}
		line += word
		n++
	}
	b.WriteString(line + "\n")
}
