package mailtest

import (
	"io"
	"time"

	"github.com/emersion/go-smtp"
)

// backend begins a session per connection.
type backend struct{ sink *Sink }

// NewSession is called by the server for each connection.
func (b backend) NewSession(c *smtp.Conn) (smtp.Session, error) {
	b.sink.mu.Lock()
	b.sink.sessions++
	b.sink.mu.Unlock()
	return &session{sink: b.sink, conn: c}, nil
}

// session takes mails over one connection.
type session struct {
	sink *Sink
	conn *smtp.Conn
	from string
	to   []string
}

// Mail begins a mail.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from, s.to = from, nil
	return nil
}

// Rcpt names who it is for.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if f := s.sink.what(Message{From: s.from, To: to}); f.Recipient {
		return f.refusal()
	}
	s.to = append(s.to, to)
	return nil
}

// Data takes the mail itself.
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range s.to {
		m := Message{At: s.sink.options.Now(), From: s.from, To: to, Raw: raw}
		f := s.sink.what(m)
		if f.Slow > 0 {
			time.Sleep(f.Slow)
		}
		if f.Code != 0 && !f.Recipient {
			return f.refusal()
		}
		s.sink.keep(m)
		if f.Cut {
			return s.conn.Close()
		}
	}
	return nil
}

// Reset forgets a mail that was begun.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout ends the session.
func (s *session) Logout() error { return nil }

// what asks what goes wrong with a mail.
func (s *Sink) what(m Message) Fault {
	s.mu.Lock()
	f := s.fault
	s.mu.Unlock()
	if f == nil {
		return Fault{}
	}
	return f(m)
}

func (f Fault) refusal() error {
	kind := f.Code / 100
	return &smtp.SMTPError{Code: f.Code, EnhancedCode: smtp.EnhancedCode{kind, 1, 1}, Message: "refused by the test"}
}
