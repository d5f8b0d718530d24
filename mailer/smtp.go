package mailer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// SMTPConfig is how to reach the mail server that takes our mails.
type SMTPConfig struct {
	Host string
	Port int
	// User and Password may be left out, for a server that knows us otherwise.
	User     string
	Password string
	// Hello is the name we give ourselves; empty is localhost.
	Hello string
	// Timeout is how long one mail may take; zero is 30 seconds.
	Timeout time.Duration
	// TLS replaces the usual rules for certificates, for a server with its own authority.
	TLS *tls.Config
}

// SMTP hands mails to a mail server. Outside this machine it speaks only encrypted.
type SMTP struct{ client *gomail.Client }

// ErrBadSMTP means that the settings of the mail server cannot be used.
var ErrBadSMTP = errors.New("the settings of the mail server cannot be used")

// implicitTLS is the port that is encrypted from the first byte.
const implicitTLS = 465

// NewSMTP checks the settings; it does not connect yet.
func NewSMTP(c SMTPConfig) (*SMTP, error) {
	if c.Host == "" || c.Port < 1 || c.Port > 65535 || (c.User == "") != (c.Password == "") {
		return nil, ErrBadSMTP
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	if c.Hello == "" {
		c.Hello = "localhost"
	}
	options := []gomail.Option{
		gomail.WithPort(c.Port), gomail.WithTimeout(c.Timeout), gomail.WithHELO(c.Hello),
		gomail.WithoutNoop(), gomail.WithoutRset(), // one question less per mail; a broken connection is noticed all the same
	}
	if c.Port == implicitTLS {
		options = append(options, gomail.WithSSL())
	} else {
		options = append(options, gomail.WithTLSPolicy(tlsPolicy(c.Host)))
	}
	if c.TLS != nil {
		options = append(options, gomail.WithTLSConfig(c.TLS))
	}
	if c.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	client, err := gomail.NewClient(c.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadSMTP, err)
	}
	return &SMTP{client}, nil
}

// tlsPolicy lets only this machine itself be spoken to in the clear.
func tlsPolicy(host string) gomail.TLSPolicy {
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return gomail.TLSOpportunistic
	}
	return gomail.TLSMandatory
}

// Check connects and says goodbye, to find wrong settings before a mail does.
func (s *SMTP) Check(ctx context.Context) error {
	c, err := s.open(ctx)
	if err != nil {
		return err
	}
	c.close()
	return nil
}

// connection is one conversation with the mail server, over which many mails go.
type connection struct {
	client *gomail.Client
	smtp   *smtp.Client
}

func (s *SMTP) open(ctx context.Context) (*connection, error) {
	c, err := s.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("reach the mail server: %w", err)
	}
	return &connection{s.client, c}, nil
}

func (c *connection) close() {
	if c != nil {
		_ = c.client.CloseWithSMTPClient(c.smtp) // nothing hangs on a polite goodbye
	}
}

// abort ends a conversation that went wrong, without another word.
func (c *connection) abort() { _ = c.smtp.Close() }

// outcome is what became of handing a mail over.
type outcome int

const (
	delivered outcome = iota // the server took it
	refused                  // the server will never take it
	later                    // the server did not take it now
	unsure                   // the answer got lost
	untried                  // it was not tried
)

// hand gives one mail to the server and says in a few words, without addresses,
// what went wrong. Usable tells whether the conversation can go on.
func (c *connection) hand(m *gomail.Msg) (o outcome, why string, usable bool) {
	err := c.client.SendWithSMTPClient(c.smtp, m)
	if err == nil || m.IsDelivered() {
		return delivered, "", err == nil
	}
	var e *gomail.SendError
	if !errors.As(err, &e) {
		return later, "error while sending", false
	}
	return judge(e)
}

// judge reads the server's answer.
func judge(e *gomail.SendError) (o outcome, why string, usable bool) {
	answered := e.ErrorCode() != 0
	why = strings.TrimSpace(fmt.Sprintf("%d %s", e.ErrorCode(), e.EnhancedStatusCode()))
	usable = e.Reason == gomail.ErrSMTPRcptTo && e.ErrorCode() != 421 && answered
	switch {
	case !answered && e.Reason == gomail.ErrSMTPDataClose:
		return unsure, "connection lost before the answer", false
	case !answered && (e.Reason == gomail.ErrGetSender || e.Reason == gomail.ErrGetRcpts):
		return refused, "address cannot be used", false
	case !answered:
		return later, "connection lost", false
	case e.ErrorCode() < 500, e.Reason == gomail.ErrSMTPMailFrom: // a server that refuses us as sender is a matter of settings
		return later, why, usable
	default:
		return refused, why, usable
	}
}
