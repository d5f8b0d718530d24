package mailtest

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// Message is a mail that arrived. One mail to two people is two messages.
type Message struct {
	ID   int64
	At   time.Time
	From string // as the servers speak of it
	To   string
	Raw  []byte

	// What follows is read from Raw.
	Header    mail.Header
	MessageID string
	Subject   string
	Text      string
	HTML      string
}

// parse reads headers and parts; what cannot be read stays empty, Raw has it all.
func (m *Message) parse() {
	read, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return
	}
	m.Header = read.Header
	m.MessageID = strings.Trim(read.Header.Get("Message-ID"), "<>")
	var words mime.WordDecoder
	if m.Subject, err = words.DecodeHeader(read.Header.Get("Subject")); err != nil {
		m.Subject = read.Header.Get("Subject")
	}
	kind, params, err := mime.ParseMediaType(read.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		m.part(kind, read.Header.Get("Content-Transfer-Encoding"), read.Body)
		return
	}
	parts := multipart.NewReader(read.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			return
		}
		kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err == nil {
			m.part(kind, p.Header.Get("Content-Transfer-Encoding"), p)
		}
	}
}

func (m *Message) part(kind, encoding string, r io.Reader) {
	if strings.EqualFold(encoding, "quoted-printable") {
		r = quotedprintable.NewReader(r)
	}
	b, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return
	}
	text := strings.ReplaceAll(string(b), "\r\n", "\n")
	switch kind {
	case "text/html":
		m.HTML = text
	case "text/plain", "":
		m.Text = text
	}
}

var sixDigits = regexp.MustCompile(`(?m)^\s*(\d{6})\s*$`)

// Code is the six-digit code in the mail, or "".
func (m Message) Code() string {
	if found := sixDigits.FindStringSubmatch(m.Text); found != nil {
		return found[1]
	}
	return ""
}
