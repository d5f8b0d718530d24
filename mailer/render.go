package mailer

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"text/template"
)

// Rendered is a mail in its final form.
type Rendered struct {
	Subject, Text, HTML string
	Unsubscribe         string // where one press ends these mails; only of what somebody subscribed to
}

// Renderer writes mails in the name of one foundation.
type Renderer struct {
	sender Sender
	from   mail.Address
	domain string
	frames map[string]frame // by language and name
}

// ErrBadSender means that the foundation's details would make broken mails.
var ErrBadSender = errors.New("the sender of mails is not described well")

// NewRenderer checks the foundation's details once, so that no mail fails for them later.
func NewRenderer(s Sender) (*Renderer, error) {
	if err := checkAddress(s.From); err != nil {
		return nil, fmt.Errorf("%w: the From address: %w", ErrBadSender, err)
	}
	base, err := url.Parse(s.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("%w: the address of the site", ErrBadSender)
	}
	for field, value := range map[string]string{"name": s.Name, "phone": s.Phone, "e-mail": s.Email, "address": s.Address} {
		if hasControl(value) || strings.Contains(value, "[[") {
			return nil, fmt.Errorf("%w: the %s has signs that do not belong there", ErrBadSender, field)
		}
	}
	if s.Name == "" {
		return nil, fmt.Errorf("%w: the name is empty", ErrBadSender)
	}
	s.BaseURL = strings.TrimRight(s.BaseURL, "/")
	r := &Renderer{
		sender: s,
		from:   mail.Address{Name: s.Name, Address: s.From},
		domain: s.From[strings.LastIndex(s.From, "@")+1:],
		frames: map[string]frame{},
	}
	for id, source := range words {
		lang, _, _ := strings.Cut(id, "/")
		if r.frames[id], err = newFrame(s, lang, source.subject); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Render writes a mail. The values are filled in once and never read as a template.
func (r *Renderer) Render(name, lang string, data map[string]string) (Rendered, error) {
	if err := check(name, lang, data); err != nil {
		return Rendered{}, err
	}
	if link, ok := data["Link"]; ok && !strings.HasPrefix(link, r.sender.BaseURL+"/") {
		return Rendered{}, fmt.Errorf("mail %s: %w: the link leads away from our site", name, ErrBadMail)
	}
	s := words[lang+"/"+name]
	values := map[string]string{"BaseURL": r.sender.BaseURL, "Portal": r.sender.BaseURL + "/" + lang + "/mijn", "Sender": r.sender.Name}
	for k, v := range data {
		values[k] = v
	}
	if token, ok := data["Subscription"]; ok {
		if !unsubscribeToken.MatchString(token) {
			return Rendered{}, fmt.Errorf("mail %s: %w: the token to unsubscribe is not one of ours", name, ErrBadMail)
		}
		values["Unsubscribe"] = r.sender.BaseURL + "/" + lang + UnsubscribePath + token
	}
	p := page{Sender: r.sender, Footer: footers[lang]}
	for _, b := range s.blocks {
		pieces, err := b.fill(values)
		if err != nil {
			return Rendered{}, fmt.Errorf("mail %s: %w", name, err)
		}
		p.Pieces = append(p.Pieces, pieces...)
	}
	list(p.Pieces)
	if n := data["Number"]; n != "" {
		p.Number = p.Footer.Number + ": " + n
	}
	return Rendered{Subject: s.subject, Text: p.text(), HTML: p.html(r.frames[lang+"/"+name]), Unsubscribe: values["Unsubscribe"]}, nil
}

// UnsubscribePath is where somebody ends a subscription, between the language and the token.
const UnsubscribePath = "/afmelden/"

var unsubscribeToken = regexp.MustCompile(`^[0-9A-Z]{26,32}$`)

// list marks where lists begin and end.
func list(pieces []piece) {
	for i := range pieces {
		if pieces[i].Kind == item {
			pieces[i].First = i == 0 || pieces[i-1].Kind != item
			pieces[i].Last = i == len(pieces)-1 || pieces[i+1].Kind != item
		}
	}
}

// fill gives no piece for a block that says nothing with these values.
func (b block) fill(values map[string]string) ([]piece, error) {
	text, err := execute(b.text, values)
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, nil
	}
	p := piece{Kind: b.kind, Text: text}
	if b.kind == prose {
		var pieces []piece
		for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
			if part = strings.TrimSpace(part); part != "" {
				pieces = append(pieces, piece{Kind: prose, Text: part})
			}
		}
		return pieces, nil
	}
	if b.target != nil {
		p.Target, err = execute(b.target, values)
	}
	return []piece{p}, err
}

func execute(t *template.Template, values map[string]string) (string, error) {
	var b strings.Builder
	if err := t.Execute(&b, values); err != nil {
		return "", err
	}
	return strings.TrimSpace(b.String()), nil
}
