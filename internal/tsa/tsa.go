// Package tsa asks an authority for time stamps by RFC 3161, and checks them
// offline. A time stamp proves that some bytes existed at a moment, on the word
// of somebody other than us; the authority sees a hash and nothing else.
package tsa

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/digitorus/timestamp"
)

var (
	// ErrBadURL means that the address of the authority is not one.
	ErrBadURL = errors.New("the address of the time stamp authority begins with http:// or https:// and holds no user name")
	// ErrDown means that the authority could not be reached, or gave no answer in time.
	ErrDown = errors.New("the time stamp authority gives no answer")
	// ErrRefused means that the authority answered, but not with a time stamp of what it was asked.
	ErrRefused = errors.New("the time stamp authority gave no good time stamp")
	// ErrBadToken means a time stamp that is damaged, or of other bytes.
	ErrBadToken = errors.New("this is not a time stamp of these bytes")
)

const (
	// patience is how long an authority may take.
	patience = 15 * time.Second
	// tokenLimit is more than the largest time stamp with its whole chain of certificates.
	tokenLimit = 128 << 10
)

// Client asks one authority.
type Client struct {
	url  string
	http *http.Client
}

// New checks the address; it does not connect yet. Plain http will do: the answer is signed, and what is sent is a hash.
func New(address string) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Fragment != "" {
		return nil, ErrBadURL
	}
	return &Client{url: address, http: &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Stamp asks for a time stamp of a message, of which only the hash is sent, and
// checks the answer. It leaves the process: never call it in a transaction.
func (c *Client) Stamp(ctx context.Context, message []byte) (Stamp, error) {
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return Stamp{}, fmt.Errorf("ask for a time stamp: %w", err)
	}
	query, err := timestamp.CreateRequest(bytes.NewReader(message), &timestamp.RequestOptions{Hash: crypto.SHA256, Certificates: true, Nonce: nonce})
	if err != nil {
		return Stamp{}, fmt.Errorf("ask for a time stamp: %w", err)
	}
	answer, err := c.post(ctx, query)
	if err != nil {
		return Stamp{}, err
	}
	got, err := parse(answer, timestamp.ParseResponse)
	if err != nil || got.Nonce == nil || got.Nonce.Cmp(nonce) != 0 {
		return Stamp{}, fmt.Errorf("%w: %w", ErrRefused, errors.Join(err, errors.New("the answer is not to our question")))
	}
	s, err := Check(got.RawToken, message, nil)
	if err != nil {
		return Stamp{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return s, nil
}

func (c *Client) post(ctx context.Context, query []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(query))
	if err != nil {
		return nil, fmt.Errorf("ask for a time stamp: %w", err)
	}
	req.Header.Set("Content-Type", "application/timestamp-query")
	req.Header.Set("Accept", "application/timestamp-reply")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDown, err)
	}
	defer func() { _ = resp.Body.Close() }()
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode != http.StatusOK || kind != "application/timestamp-reply" {
		return nil, fmt.Errorf("%w: status %d", ErrRefused, resp.StatusCode)
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, tokenLimit+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDown, err)
	}
	if len(answer) > tokenLimit {
		return nil, fmt.Errorf("%w: it is too long", ErrRefused)
	}
	return answer, nil
}

// Stamp is a time stamp that was checked against the bytes it is of.
type Stamp struct {
	Token     []byte // as it can be kept and handed on
	At        time.Time
	Authority string // as its certificate names it
	Trusted   bool   // the certificate leads to one of the roots that were given
}

// Check checks a time stamp offline: that it is of these bytes, that its
// signature is right, and that its certificate is for time stamps. Whether the
// authority is to be trusted is known only with roots.
func Check(token, message []byte, roots *x509.CertPool) (Stamp, error) {
	got, err := parse(token, timestamp.Parse)
	if err != nil {
		return Stamp{}, fmt.Errorf("%w: %w", ErrBadToken, err)
	}
	sum := sha256.Sum256(message)
	if got.HashAlgorithm != crypto.SHA256 || !bytes.Equal(got.HashedMessage, sum[:]) || !bytes.Equal(got.RawToken, token) {
		return Stamp{}, ErrBadToken
	}
	cert := authority(got.Certificates)
	if cert == nil { // without a certificate the library checks no signature
		return Stamp{}, fmt.Errorf("%w: it names no authority", ErrBadToken)
	}
	s := Stamp{Token: token, At: got.Time.UTC(), Authority: cert.Subject.String()}
	if roots == nil {
		return s, nil
	}
	between := x509.NewCertPool()
	for _, c := range got.Certificates {
		between.AddCert(c)
	}
	_, err = cert.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: got.Time, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	})
	s.Trusted = err == nil
	return s, nil
}

// authority is the certificate that may sign time stamps.
func authority(certs []*x509.Certificate) *x509.Certificate {
	for _, c := range certs {
		for _, use := range c.ExtKeyUsage {
			if use == x509.ExtKeyUsageTimeStamping {
				return c
			}
		}
	}
	return nil
}

// parsing lets one time stamp be read at a time: the library keeps a counter of its own for all of them.
var parsing sync.Mutex

func parse(b []byte, read func([]byte) (*timestamp.Timestamp, error)) (*timestamp.Timestamp, error) {
	parsing.Lock()
	defer parsing.Unlock()
	return read(b)
}
