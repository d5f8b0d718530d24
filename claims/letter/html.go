package letter

import (
	"html"
	"strings"
)

// HTML writes a document as a page that needs nothing else: the same words as
// the PDF, in the same order. The same document always gives the same bytes.
func HTML(doc Document) []byte {
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=\"" + html.EscapeString(string(doc.Lang)) + "\">\n<head>\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"keywords\" content=\"" + html.EscapeString(doc.Keywords) + "\">\n" +
		"<title>" + html.EscapeString(doc.Title) + "</title>\n<style>" + pageStyle + "</style>\n</head>\n<body>\n<header><p><strong>" + html.EscapeString(doc.Sender.Name) + "</strong></p>\n")
	s := doc.Sender
	for _, line := range cleanLines(append(append([]string{s.LegalName}, s.Address...), s.Phone, s.Email, s.Website)) {
		b.WriteString("<p>" + html.EscapeString(line) + "</p>\n")
	}
	b.WriteString("</header>\n<main>\n")
	titles := 0
	for _, block := range doc.Blocks {
		if block.Kind == KindTitle {
			titles++
		}
		block.html(&b, titles == 1)
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return []byte(b.String())
}

// pageStyle makes the page readable on a small screen and on paper.
const pageStyle = "body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 sans-serif;overflow-wrap:anywhere}" +
	"header p{margin:0}dt{font-weight:bold;margin-top:.5rem}dd{margin:0}section{border:1px solid;padding:0 1rem 1rem;margin:1rem 0}code{font-family:monospace}"

// html writes one block; the first title is the heading of the page.
func (b Block) html(w *strings.Builder, first bool) {
	text := html.EscapeString(b.Text)
	switch b.Kind {
	case KindTitle:
		tag := "h2"
		if first {
			tag = "h1"
		}
		w.WriteString("<" + tag + ">" + text + "</" + tag + ">\n")
	case KindHeading:
		w.WriteString("<h3>" + text + "</h3>\n")
	case KindList:
		w.WriteString("<ul>\n")
		for _, it := range b.Items {
			w.WriteString("<li>" + strings.TrimSpace(html.EscapeString(it.Label)+" "+html.EscapeString(it.Text)) + "</li>\n")
		}
		w.WriteString("</ul>\n")
	case KindQuote:
		w.WriteString("<blockquote><p>" + text + "</p></blockquote>\n")
	case KindBox:
		w.WriteString("<section>\n<h2>" + text + "</h2>\n")
		b.rows(w)
		w.WriteString("</section>\n")
	case KindMeta, KindFacts, KindSums:
		b.rows(w)
	case KindAddress, KindSignature:
		for _, it := range b.Items {
			w.WriteString("<p>" + html.EscapeString(it.Text) + "</p>\n")
		}
	case KindSmall:
		w.WriteString("<p><small>" + text + "</small></p>\n")
	default:
		w.WriteString("<p>" + text + "</p>\n")
	}
}

// rows writes labels with their values.
func (b Block) rows(w *strings.Builder) {
	w.WriteString("<dl>\n")
	for _, it := range b.Items {
		value := html.EscapeString(it.Text)
		if it.Code {
			value = "<code>" + value + "</code>"
		}
		w.WriteString("<dt>" + html.EscapeString(it.Label) + "</dt>\n<dd>" + value + "</dd>\n")
	}
	w.WriteString("</dl>\n")
}
