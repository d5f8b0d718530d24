// Package mailtest is a mail server inside the program, for tests and for the
// demonstration: it takes every mail, keeps the latest in memory, and sends none.
package mailtest

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Options are the settings of a Sink; the zero value will do.
type Options struct {
	// Keep is how many mails are kept; zero is 5,000.
	Keep int
	// Fault decides what goes wrong with a mail; nil is nothing. It is asked
	// when the whole mail has been received, and may be called by several at once.
	Fault func(Message) Fault
	// TLS lets the server speak encrypted after STARTTLS.
	TLS *tls.Config
	// Now is the clock; nil is the real one.
	Now func() time.Time
}

// Fault is something that goes wrong with a mail.
type Fault struct {
	// Code refuses the mail: 4xx for now, 5xx for good.
	Code int
	// Recipient gives the refusal when the address is named, not after the mail.
	Recipient bool
	// Cut keeps the mail and breaks the connection before it says so.
	Cut bool
	// Slow waits before it answers.
	Slow time.Duration
}

// Sink is a running server.
type Sink struct {
	options  Options
	server   *smtp.Server
	listener net.Listener

	mu       sync.Mutex
	fault    func(Message) Fault
	messages []Message // the oldest first
	last     int64
	arrived  chan struct{} // closed and renewed with each mail
	sessions int64
}

// Close ends the server and its connections.
func (s *Sink) Close() error { return s.server.Close() }

// Host is where the server listens.
func (s *Sink) Host() string { return "127.0.0.1" }

// Port is where the server listens.
func (s *Sink) Port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// Address is host and port.
func (s *Sink) Address() string { return net.JoinHostPort(s.Host(), strconv.Itoa(s.Port())) }

// SetFault changes what goes wrong from now on.
func (s *Sink) SetFault(f func(Message) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Sessions is how many connections there have been.
func (s *Sink) Sessions() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

// Filter picks mails; empty fields pick all.
type Filter struct {
	// To is part of the address, whatever its capitals.
	To string
	// Subject is part of the subject.
	Subject string
	// After leaves out this mail and those before it.
	After int64
}

// Messages gives the latest mails, newest first, at most limit of them.
func (s *Sink) Messages(f Filter, limit int) []Message {
	s.mu.Lock()
	kept := slices.Clone(s.messages)
	s.mu.Unlock()
	var found []Message
	for _, m := range slices.Backward(kept) {
		if len(found) == limit || m.ID <= f.After {
			break
		}
		if f.To != "" && !strings.Contains(strings.ToLower(m.To), strings.ToLower(f.To)) {
			continue
		}
		if m.parse(); strings.Contains(m.Subject, f.Subject) {
			found = append(found, m)
		}
	}
	return found
}

// Message gives one mail.
func (s *Sink) Message(id int64) (Message, bool) {
	s.mu.Lock()
	i, ok := slices.BinarySearchFunc(s.messages, id, func(m Message, id int64) int { return int(m.ID - id) })
	var m Message
	if ok {
		m = s.messages[i]
	}
	s.mu.Unlock()
	if ok {
		m.parse()
	}
	return m, ok
}

// Total is how many mails were taken since the start, also those no longer kept.
func (s *Sink) Total() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// keep adds a mail and lets go of the oldest.
func (s *Sink) keep(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	m.ID = s.last
	if len(s.messages) == s.options.Keep {
		s.messages = slices.Delete(s.messages, 0, 1+s.options.Keep/10)
	}
	s.messages = append(s.messages, m)
	close(s.arrived)
	s.arrived = make(chan struct{})
}

// Await waits until a mail that fits the filter has arrived, and gives the newest.
func (s *Sink) Await(ctx context.Context, f Filter) (Message, error) {
	for {
		s.mu.Lock()
		arrived := s.arrived
		s.mu.Unlock()
		if found := s.Messages(f, 1); len(found) > 0 {
			return found[0], nil
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return Message{}, ctx.Err()
		}
	}
}
