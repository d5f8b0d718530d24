package mailer

import (
	"bytes"
	_ "embed"
	"fmt"
	"html"
	"html/template"
	"strings"
)

//go:embed templates/layout.html
var layoutHTML string

var layout = template.Must(template.New("layout").Parse(layoutHTML))

// frame is what stands around the words of a mail: the same for every mail of a
// name and language, so it is made once. The words come between its parts.
type frame struct{ top, middle, foot, end string }

// marks are where the words come in the layout.
var marks = []string{"[[preview]]", "[[pieces]]", "[[number]]"}

// newFrame shows a foundation's details around a subject.
func newFrame(s Sender, lang, subject string) (frame, error) {
	var b bytes.Buffer
	err := layout.Execute(&b, struct {
		Lang, Subject string
		Sender        Sender
		Footer        footer
	}{lang, subject, s, footers[lang]})
	if err != nil {
		return frame{}, fmt.Errorf("lay-out of %q: %w", subject, err)
	}
	rest := b.String()
	parts := make([]string, 0, len(marks)+1)
	for _, mark := range marks {
		part, after, ok := strings.Cut(rest, mark)
		if !ok {
			return frame{}, fmt.Errorf("lay-out of %q: no %s", subject, mark)
		}
		parts, rest = append(parts, part), after
	}
	return frame{parts[0], parts[1], parts[2], rest}, nil
}

// html is the mail for who reads HTML.
func (p page) html(f frame) string {
	var b strings.Builder
	b.Grow(len(f.top) + len(f.middle) + len(f.foot) + len(f.end) + 4096)
	b.WriteString(f.top)
	b.WriteString(html.EscapeString(p.Pieces[0].Text))
	b.WriteString(f.middle)
	for _, piece := range p.Pieces {
		piece.html(&b)
	}
	b.WriteString(f.foot)
	if p.Number != "" {
		b.WriteString(`<p style="margin:0 0 8px">` + html.EscapeString(p.Number) + "</p>\n")
	}
	b.WriteString(f.end)
	return b.String()
}

// looks are the tags around the text of each kind of piece.
var looks = map[kind][2]string{
	paragraph: {`<p style="margin:0 0 16px">`, "</p>\n"},
	heading:   {`<h2 style="margin:24px 0 8px;font-size:19px;line-height:1.3;color:#14263d">`, "</h2>\n"},
	code:      {`<p style="margin:0 0 16px;font-size:28px;font-weight:700;letter-spacing:3px;font-family:Consolas,Menlo,monospace;color:#14263d">`, "</p>\n"},
	item:      {`<li style="margin:0 0 8px">`, "</li>\n"},
	prose:     {`<p style="margin:0 0 16px;white-space:pre-line">`, "</p>\n"},
	button:    {`" style="display:inline-block;background:#1f4e8c;color:#ffffff;text-decoration:none;font-weight:600;padding:12px 24px;border-radius:6px">`, "</a></p>\n"},
}

// html writes one piece. All that is filled in passes EscapeString, and the
// address of a button begins with that of our site (Render).
func (p piece) html(b *strings.Builder) {
	if p.First {
		b.WriteString(`<ul style="margin:0 0 16px;padding:0 0 0 24px">` + "\n")
	}
	if p.Kind == button {
		b.WriteString(`<p style="margin:24px 0"><a href="` + html.EscapeString(p.Target))
	}
	look := looks[p.Kind]
	b.WriteString(look[0])
	b.WriteString(html.EscapeString(p.Text))
	b.WriteString(look[1])
	if p.Last {
		b.WriteString("</ul>\n")
	}
}
