// Package mollie makes our few calls to Mollie: create, ask and find a payment or a refund, and read what
// Mollie charged back, passes on to the bank and still holds.
package mollie

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	lib "github.com/VictorAvelar/mollie-api-go/v4/mollie"
)

// LiveURL is where Mollie itself answers.
const LiveURL = "https://api.mollie.com/"

const (
	retries      = 2
	answerWithin = 8 * time.Second
	firstPause   = 250 * time.Millisecond
)

var (
	paymentID = regexp.MustCompile(`^tr_[A-Za-z0-9]{6,64}$`)
	refundID  = regexp.MustCompile(`^re_[A-Za-z0-9]{6,64}$`)
	apiKey    = regexp.MustCompile(`^(test|live)_[A-Za-z0-9]{8,128}$`)
	token     = regexp.MustCompile(`^access_[A-Za-z0-9]{8,128}$`)
	listID    = regexp.MustCompile(`^(tr|re|chb|stl)_[A-Za-z0-9]{6,64}$`)
)

// ValidPaymentID tells whether a text looks like a payment's id, so that nothing else is ever asked for.
func ValidPaymentID(id string) bool { return paymentID.MatchString(id) }

// ValidRefundID tells whether a text looks like a refund's id.
func ValidRefundID(id string) bool { return refundID.MatchString(id) }

// ValidToken tells whether a text looks like an access token of an organisation.
func ValidToken(text string) bool { return token.MatchString(text) }

// Config says with which account and where Mollie is asked; only a key (or a token with its profile) is required.
type Config struct {
	Key         string // test_… or live_…: one profile, and the mode is in the key
	AccessToken string // of the organisation: opens settlements and balances, and all the rest when there is no key
	ProfileID   string // goes with AccessToken when there is no key
	BaseURL     string // default LiveURL; a live key needs https
	HTTP        *http.Client
	Timeout     time.Duration // for one call with its retries; default 8 s
	Backoff     time.Duration // before the first retry; default 250 ms
}

// Client asks Mollie; it is safe for use at the same time.
type Client struct {
	base             *url.URL
	http             *http.Client
	auth, profile    string
	token            string   // for what a key does not open; may be empty
	mode             lib.Mode // what answers must say; empty when unknown
	timeout, backoff time.Duration
}

// New refuses a setting that cannot work or would send a live key over an open line.
func New(c Config) (*Client, error) {
	base, err := baseURL(c.BaseURL)
	if err != nil {
		return nil, err
	}
	m := &Client{base: base, http: guarded(c.HTTP, base), auth: c.Key, token: c.AccessToken, timeout: c.Timeout, backoff: c.Backoff}
	switch {
	case c.AccessToken != "" && !token.MatchString(c.AccessToken):
		return nil, errors.New("mollie's access token begins with access_")
	case apiKey.MatchString(c.Key):
		m.mode = lib.Mode(c.Key[:4])
	case c.Key == "" && token.MatchString(c.AccessToken) && c.ProfileID != "":
		m.auth, m.profile = c.AccessToken, c.ProfileID
	default:
		return nil, errors.New("mollie needs a key (test_… or live_…), or an access token with its profile")
	}
	if m.mode != lib.TestMode && base.Scheme != "https" {
		return nil, errors.New("mollie's address must be https with this key")
	}
	if m.timeout <= 0 {
		m.timeout = answerWithin
	}
	if m.backoff <= 0 {
		m.backoff = firstPause
	}
	return m, nil
}

func baseURL(text string) (*url.URL, error) {
	if text == "" {
		text = LiveURL
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil {
		return nil, errors.New("mollie's address must be a full http(s) address")
	}
	if !strings.HasSuffix(u.Path, "/") {
		return nil, errors.New("mollie's address must end in a slash")
	}
	return u, nil
}

// Settles tells whether settlements and balances can be asked for.
func (c *Client) Settles() bool { return c.token != "" }

// Live tells whether real money moves.
func (c *Client) Live() bool { return c.mode != lib.TestMode }

// fixedKey hands the library the key that is stored with our own row.
type fixedKey string

// Generate returns the same key for every try.
func (k fixedKey) Generate() string { return string(k) }

// library is the client for one call: with the key of our row, and with the token where a key does not do.
func (c *Client) library(auth, key string) (*lib.Client, error) {
	conf := lib.NewConfig(auth != c.auth && c.mode == lib.TestMode, "")
	if key != "" {
		conf.ToggleIdempotency()
	}
	l, err := lib.NewClient(c.http, conf)
	if err != nil {
		return nil, fmt.Errorf("mollie's library: %w", err)
	}
	if err := l.WithAuthenticationValue(auth); err != nil {
		return nil, fmt.Errorf("mollie's library: %w", err)
	}
	l.SetIdempotencyKeyGenerator(fixedKey(key))
	l.BaseURL = c.base
	return l, nil
}

// read asks something, and asks again when there was no clear answer.
func (c *Client) read(ctx context.Context, do func(context.Context, *lib.Client) (*lib.Response, error)) error {
	return c.call(ctx, c.auth, "", true, do)
}

// readAll asks something that only the token of the organisation opens.
func (c *Client) readAll(ctx context.Context, do func(context.Context, *lib.Client) (*lib.Response, error)) error {
	if c.token == "" {
		return ErrNoToken
	}
	return c.call(ctx, c.token, "", true, do)
}

// write changes something at Mollie; without a key it is tried once.
func (c *Client) write(ctx context.Context, key string, do func(context.Context, *lib.Client) (*lib.Response, error)) error {
	return c.call(ctx, c.auth, key, key != "", do)
}

func (c *Client) call(ctx context.Context, auth, key string, again bool, do func(context.Context, *lib.Client) (*lib.Response, error)) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	l, err := c.library(auth, key)
	if err != nil {
		return err
	}
	for try := 0; ; try++ {
		err := translate(do(ctx, l))
		if !errors.Is(err, ErrDown) || !again || try == retries || !c.pause(ctx, try) {
			return err
		}
	}
}

// pause waits half to one and a half times the planned time, so that many
// clients do not come back at the same moment.
func (c *Client) pause(ctx context.Context, try int) bool {
	d := c.backoff << try
	timer := time.NewTimer(d/2 + rand.N(d)) //nolint:gosec // chance spreads load here, it guards nothing
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
