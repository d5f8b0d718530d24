package mailtest

import (
	"fmt"
	"net"
	"time"

	"github.com/emersion/go-smtp"
)

// Start listens on a free port of this machine.
func Start(o Options) (*Sink, error) {
	if o.Keep == 0 {
		o.Keep = 5000
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the mail sink: %w", err)
	}
	s := &Sink{options: o, listener: l, fault: o.Fault, arrived: make(chan struct{})}
	s.server = smtp.NewServer(backend{s})
	s.server.Domain = "localhost"
	s.server.MaxMessageBytes = 10 << 20
	s.server.MaxRecipients = 50
	s.server.ReadTimeout = time.Minute
	s.server.WriteTimeout = time.Minute
	s.server.EnableSMTPUTF8 = true
	s.server.TLSConfig = o.TLS
	s.server.ErrorLog = silence{}
	go func() { _ = s.server.Serve(l) }() // ends with Close
	return s, nil
}

type silence struct{}

func (silence) Printf(string, ...any) {}
func (silence) Println(...any)        {}
