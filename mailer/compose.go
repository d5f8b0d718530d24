package mailer

import (
	"encoding/json"
	"fmt"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// compose makes the message of a row: headers, plain text, HTML.
func (r *Renderer) compose(row row, now time.Time) (*gomail.Msg, error) {
	data := map[string]string{}
	if err := json.Unmarshal(row.Data, &data); err != nil {
		return nil, fmt.Errorf("%w: its values cannot be read", ErrBadMail)
	}
	if err := checkAddress(row.Recipient); err != nil {
		return nil, err
	}
	done, err := r.RenderFor(row.Template, row.Lang, row.words, data)
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.SetAddrHeaderFromMailAddress(gomail.HeaderFrom, &r.from)
	if err := m.To(row.Recipient); err != nil {
		return nil, ErrBadAddress
	}
	m.SetMessageIDWithValue(row.MessageID)
	m.SetDateWithValue(now)
	m.SetGenHeader(gomail.HeaderContentLang, row.Lang)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	if done.Unsubscribe != "" { // RFC 8058: the reader's own mail program can do it, with one press
		m.SetGenHeader("List-Unsubscribe", "<"+done.Unsubscribe+">")
		m.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	m.Subject(done.Subject)
	m.SetBodyString(gomail.TypeTextPlain, done.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, done.HTML)
	return m, nil
}
