// Package clamav asks a ClamAV daemon whether a file holds a virus. The bytes
// go over a connection, never through a file.
package clamav

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

var (
	// ErrDown means that nobody knows whether the file is clean: it has to wait.
	ErrDown = errors.New("the virus scanner does not answer")
	// ErrStale means that the scanner knows no viruses of the last two days: what it calls clean has to wait.
	ErrStale = errors.New("the virus scanner is out of date")
)

const (
	dialTime = 3 * time.Second
	scanTime = 60 * time.Second
	// freshFor is how old the list of viruses may be.
	freshFor  = 48 * time.Hour
	chunkSize = 64 << 10
	replySize = 4 << 10
)

// Client is a daemon that is asked. A nil client is an installation without one.
type Client struct {
	network, addr string
	now           func() time.Time
}

// New returns a client for "host:port", or for the path of a socket.
func New(addr string) (*Client, error) {
	if strings.HasPrefix(addr, "/") {
		return &Client{"unix", addr, time.Now}, nil
	}
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return nil, fmt.Errorf("a virus scanner is host:port or the path of a socket: %w", err)
	}
	return &Client{"tcp", addr, time.Now}, nil
}

// Ping asks whether the daemon answers.
func (c *Client) Ping(ctx context.Context) error {
	_, err := c.ask(ctx, "PING", nil)
	return err
}

// Scan returns the name of the virus in what r gives, or "" if the daemon finds none.
func (c *Client) Scan(ctx context.Context, r io.Reader) (found string, err error) {
	version, err := c.ask(ctx, "VERSION", nil)
	if err != nil {
		return "", err
	}
	if c.stale(version) {
		return "", ErrStale
	}
	reply, err := c.ask(ctx, "INSTREAM", r)
	if err != nil {
		return "", err
	}
	verdict, ok := strings.CutPrefix(reply, "stream: ")
	if name, bad := strings.CutSuffix(verdict, " FOUND"); ok && bad {
		return name, nil
	}
	if ok && verdict == "OK" {
		return "", nil
	}
	return "", fmt.Errorf("%w: it says %q", ErrDown, reply) // too large for it, or out of order
}

// stale tells whether the list of viruses is too old; a list of one's own has no date, and is not.
// The version is like "ClamAV 1.4.6/27400/Sat Nov 28 08:23:11 2026".
func (c *Client) stale(version string) bool {
	parts := strings.SplitN(version, "/", 3)
	if len(parts) < 3 {
		return false
	}
	made, err := time.ParseInLocation(time.ANSIC, parts[2], time.UTC)
	return err == nil && c.now().Sub(made) > freshFor
}

// ask sends one command, with what belongs to it in chunks, and reads the answer.
func (c *Client) ask(ctx context.Context, command string, body io.Reader) (string, error) {
	dialer := net.Dialer{Timeout: dialTime}
	conn, err := dialer.DialContext(ctx, c.network, c.addr)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrDown, err)
	}
	defer func() { _ = conn.Close() }() // the answer is what counts
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := conn.SetDeadline(time.Now().Add(scanTime)); err != nil {
		return "", fmt.Errorf("%w: %w", ErrDown, err)
	}
	if _, err := io.WriteString(conn, "z"+command+"\x00"); err != nil {
		return "", fmt.Errorf("%w: %w", ErrDown, err)
	}
	if body != nil {
		if err := stream(conn, body); err != nil {
			return "", err
		}
	}
	reply, err := bufio.NewReader(io.LimitReader(conn, replySize)).ReadString(0)
	if reply = strings.TrimRight(reply, "\x00\n"); reply == "" {
		return "", fmt.Errorf("%w: %w", ErrDown, err)
	}
	return reply, nil
}

// stream sends the file. A daemon that has had enough closes its end: why, its answer tells.
func stream(conn io.Writer, body io.Reader) error {
	buf := make([]byte, 4+chunkSize)
	for {
		n, err := body.Read(buf[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n)) //nolint:gosec // at most chunkSize
			if _, err := conn.Write(buf[:4+n]); err != nil {
				return nil //nolint:nilerr // the daemon closed its end: its answer says why
			}
		}
		if errors.Is(err, io.EOF) {
			_, _ = conn.Write([]byte{0, 0, 0, 0}) // if it is gone, there is no answer either
			return nil
		}
		if err != nil {
			return err
		}
	}
}
