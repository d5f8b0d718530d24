// Package bounce reads what mail servers report about mails that they could not
// deliver: delivery status notifications (RFC 3464), one by one or in a mailbox.
// Anybody can send such a report, so nothing in it is believed but the id of a mail.
package bounce

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
)

// Report says of one mail that it was not delivered.
type Report struct {
	MessageID string // of the mail, without brackets
	Hard      bool   // the address does not work; otherwise it may, later
	Code      string // as in RFC 3463, such as 5.1.1; empty: none that can be read
	SHA256    [32]byte
}

// ErrNoReport means that a message is no report about a mail that was not delivered.
var ErrNoReport = errors.New("this is no report about a mail that was not delivered")

const (
	maxReport = 1 << 20 // of one report; mails that are sent back whole are cut off
	maxParts  = 20
	maxHeader = 64 << 10
)

// Read reads one message. What is no report, or one that tells of a delivery, is ErrNoReport.
func Read(r io.Reader) (Report, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxReport))
	if err != nil {
		return Report{}, err
	}
	head, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Report{}, ErrNoReport
	}
	kind, params, err := mime.ParseMediaType(head.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || params["boundary"] == "" {
		return Report{}, ErrNoReport
	}
	out := Report{SHA256: sha256.Sum256(raw)}
	found := false
	parts := multipart.NewReader(head.Body, params["boundary"])
	for range maxParts {
		p, err := parts.NextRawPart()
		if err != nil {
			break // the end, or a report that was cut off: what was read may be enough
		}
		found = out.part(p) || found
	}
	if !found || out.MessageID == "" {
		return Report{}, ErrNoReport
	}
	return out, nil
}

// part takes what one part tells; it is true for the part that says what became of the mail.
func (r *Report) part(p *multipart.Part) bool {
	kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
	if err != nil {
		return false
	}
	body := decoded(p.Header.Get("Content-Transfer-Encoding"), p)
	switch kind {
	case "message/delivery-status", "message/global-delivery-status":
		return r.status(body)
	case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
		if h := headers(bufio.NewReader(body)); r.MessageID == "" && h != nil {
			r.MessageID = strings.Trim(strings.TrimSpace(h.Get("Message-Id")), "<>")
		}
	}
	return false
}

func decoded(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	}
	return r
}

// status reads the groups of fields: about the report, then about each recipient. One mail of ours has one recipient.
func (r *Report) status(body io.Reader) bool {
	b := bufio.NewReader(body)
	for range maxParts {
		h := headers(b)
		if h == nil {
			break
		}
		action := strings.ToLower(strings.TrimSpace(h.Get("Action")))
		if action != "failed" && action != "delayed" {
			continue // about the report as a whole, or of a mail that arrived
		}
		if m := enhanced.FindString(h.Get("Status")); m != "" {
			r.Code = m
		}
		r.Hard = action == "failed" && !strings.HasPrefix(r.Code, "4.")
		return true
	}
	return false
}

var enhanced = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)

// headers reads one group of fields, up to the blank line behind it; nil is the end, or something that is none.
func headers(b *bufio.Reader) textproto.MIMEHeader {
	var lines bytes.Buffer
	for lines.Len() < maxHeader {
		line, err := b.ReadBytes('\n')
		blank := len(bytes.TrimRight(line, "\r\n")) == 0
		if blank && err == nil && lines.Len() == 0 {
			continue // between two groups
		}
		if blank {
			break
		}
		lines.Write(bytes.TrimRight(line, "\r\n"))
		lines.WriteString("\r\n")
		if err != nil {
			break
		}
	}
	lines.WriteString("\r\n")
	h, err := textproto.NewReader(bufio.NewReader(&lines)).ReadMIMEHeader()
	if err != nil || len(h) == 0 {
		return nil
	}
	return h
}
