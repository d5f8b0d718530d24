package mailer

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"

	"samenclaim/mailer/mailtest"
)

// authority makes a certificate for 127.0.0.1, and the settings that trust it.
func authority(t testing.TB) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}},
		&tls.Config{RootCAs: roots, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
}

func TestOnlyThisMachineIsSpokenToInTheClear(t *testing.T) {
	t.Parallel()
	tests := []struct {
		host string
		want gomail.TLSPolicy
	}{
		{"127.0.0.1", gomail.TLSOpportunistic},
		{"::1", gomail.TLSOpportunistic},
		{"localhost", gomail.TLSOpportunistic},
		{"smtp.voorbeeld.nl", gomail.TLSMandatory},
		{"10.0.0.5", gomail.TLSMandatory},
		{"localhost.evil.example", gomail.TLSMandatory},
		{"127.0.0.1.evil.example", gomail.TLSMandatory},
	}
	for _, tt := range tests {
		if got := tlsPolicy(tt.host); got != tt.want {
			t.Errorf("tlsPolicy(%s) = %v, want %v", tt.host, got, tt.want)
		}
	}
}

func TestTheConversationIsEncryptedOrDoesNotTakePlace(t *testing.T) {
	t.Parallel()
	server, client := authority(t)
	tests := []struct {
		name   string
		server *tls.Config // nil: it offers no encryption
		client *tls.Config
		policy gomail.TLSPolicy
		ok     bool
	}{
		{"both encrypt", server, client, gomail.TLSMandatory, true},
		{"the server cannot", nil, client, gomail.TLSMandatory, false},
		{"the certificate is unknown", server, nil, gomail.TLSMandatory, false},
		{"this machine, in the clear", nil, nil, gomail.TLSOpportunistic, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sink, err := mailtest.Start(mailtest.Options{TLS: tt.server})
			if err != nil {
				t.Fatal(err)
			}
			defer sink.Close()
			s, err := NewSMTP(SMTPConfig{Host: sink.Host(), Port: sink.Port(), TLS: tt.client, Timeout: 5 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			s.client.SetTLSPolicy(tt.policy)
			if err := s.Check(t.Context()); (err == nil) != tt.ok {
				t.Errorf("Check = %v, want success %v", err, tt.ok)
			}
		})
	}
}

func TestNewSMTPRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]SMTPConfig{
		"no host":                 {Port: 25},
		"no port":                 {Host: "smtp.voorbeeld.nl"},
		"a port that cannot be":   {Host: "smtp.voorbeeld.nl", Port: 70000},
		"a user without password": {Host: "smtp.voorbeeld.nl", Port: 587, User: "u"},
		"a password without user": {Host: "smtp.voorbeeld.nl", Port: 587, Password: "ZZMARKER"},
	} {
		_, err := NewSMTP(c)
		if !errors.Is(err, ErrBadSMTP) {
			t.Errorf("%s: %v, want %v", name, err, ErrBadSMTP)
		}
		if err != nil && strings.Contains(err.Error(), "ZZMARKER") {
			t.Errorf("%s: the error shows the password", name)
		}
	}
	if _, err := NewSMTP(SMTPConfig{Host: "smtp.voorbeeld.nl", Port: 465, User: "u", Password: "p", Hello: "claim.example"}); err != nil {
		t.Errorf("good settings: %v", err)
	}
}

// TestAPasswordNeverGoesInTheClear talks to a server on this machine, where
// encryption is not demanded, that asks for a password and offers none.
func TestAPasswordNeverGoesInTheClear(t *testing.T) {
	t.Parallel()
	server, client := net.Pipe()
	heard := make(chan string, 1)
	go func() {
		var all strings.Builder
		in := bufio.NewScanner(server)
		fmt.Fprint(server, "220 mail.voorbeeld.nl\r\n")
		for in.Scan() {
			fmt.Fprintln(&all, in.Text())
			answer := "235 fine"
			if strings.HasPrefix(in.Text(), "EHLO") {
				answer = "250-mail.voorbeeld.nl\r\n250 AUTH PLAIN LOGIN"
			}
			fmt.Fprint(server, answer+"\r\n")
		}
		heard <- all.String()
	}()
	s, err := NewSMTP(SMTPConfig{Host: "mail.voorbeeld.nl", Port: 25, User: "user", Password: "ZZMARKER", Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	dial := gomail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return client, nil })
	if err := dial(s.client); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); err == nil {
		t.Error("the conversation went on without encryption")
	}
	client.Close()
	if got := <-heard; !strings.Contains(got, "EHLO") || strings.Contains(got, "AUTH") {
		t.Errorf("the server heard %q, want a greeting and no password", got)
	}
}

func TestASilentServerHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s, err := NewSMTP(SMTPConfig{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Timeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := s.Check(t.Context()); err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("Check = %v after %s, want an error soon", err, time.Since(began))
	}
}

func TestAServerThatFallsSilentLeavesTheMailInDoubt(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	s, err := NewSMTP(SMTPConfig{Host: p.sink.Host(), Port: p.sink.Port(), Timeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	p.smtp = s
	p.sink.SetFault(func(m mailtest.Message) mailtest.Fault {
		if m.Raw == nil {
			return mailtest.Fault{}
		}
		return mailtest.Fault{Slow: time.Second}
	})
	m := codeMail("k")
	m.Policy = Hold
	enqueue(t, p.DB, m)
	p.drain(t)
	if r := p.one(t); r.Status != unknown {
		t.Errorf("status = %s, want unknown: the server may have taken it", r.Status)
	}
}
