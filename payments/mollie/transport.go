package mollie

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	connectWithin = 2 * time.Second
	largestAnswer = 4 << 20
)

var (
	errOtherHost = errors.New("this client speaks to one host only")
	errTooLarge  = errors.New("the answer is too large")
)

// guard lets requests go to one host only and hands on answers that are
// complete and of a bearable size.
type guard struct {
	host, scheme string
	next         http.RoundTripper
}

// guarded copies the given client, or makes one, with the guard around its transport.
func guarded(given *http.Client, base *url.URL) *http.Client {
	c := http.Client{}
	if given != nil {
		c = *given
	}
	if c.Transport == nil {
		c.Transport = transport()
	}
	c.Transport = guard{host: base.Host, scheme: base.Scheme, next: c.Transport}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.Jar = nil
	return &c
}

func transport() http.RoundTripper {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: connectWithin}).DialContext,
		TLSHandshakeTimeout: connectWithin,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 8,
		IdleConnTimeout:     60 * time.Second,
	}
}

// RoundTrip reads the whole answer here, so that a connection that breaks off
// half-way is seen as no answer and error texts without a length stay readable.
func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != g.host || r.URL.Scheme != g.scheme {
		return nil, errOtherHost
	}
	res, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, largestAnswer+1))
	if closing := res.Body.Close(); err == nil {
		err = closing
	}
	if err == nil && len(body) > largestAnswer {
		err = errTooLarge
	}
	if err != nil {
		return nil, err
	}
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return res, nil
}
