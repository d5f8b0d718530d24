package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
)

// client keeps its connections, as browsers do.
var client = &http.Client{
	Transport:     &http.Transport{MaxIdleConnsPerHost: 512, DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// browser is one visitor: cookies of their own, and an address of their own as the proxy passes it on.
type browser struct {
	base string
	jar  map[string]string
	from string
}

var visitors atomic.Int64

func newBrowser(base string) *browser {
	n := visitors.Add(1)
	return &browser{base: base, jar: map[string]string{}, from: fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)}
}

// answer is what came back, read to its end.
type answer struct {
	status int
	body   string
	to     string // where it sends the browser
}

func (b *browser) get(ctx context.Context, path string) (answer, error) {
	return b.ask(ctx, http.MethodGet, path, nil)
}

func (b *browser) post(ctx context.Context, path string, fields url.Values) (answer, error) {
	return b.ask(ctx, http.MethodPost, path, fields)
}

func (b *browser) ask(ctx context.Context, method, path string, fields url.Values) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, b.base+path, strings.NewReader(fields.Encode()))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Cookie", b.cookies())
	req.Header.Set("X-Forwarded-For", b.from)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(resp.Body)
	for _, c := range resp.Cookies() {
		b.jar[c.Name] = c.Value
	}
	return answer{resp.StatusCode, string(body), resp.Header.Get("Location")}, errors.Join(err, resp.Body.Close())
}

func (b *browser) cookies() string {
	all := make([]string, 0, len(b.jar))
	for name, value := range b.jar {
		all = append(all, name+"="+value)
	}
	return strings.Join(all, "; ")
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// form are the hidden fields of a page, with what is filled in.
func (a answer) form(filled url.Values) url.Values {
	all := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(a.body, -1) {
		all.Set(m[1], html.UnescapeString(m[2]))
	}
	maps.Copy(all, filled)
	return all
}

// page opens a page, which has to be there.
func (b *browser) page(ctx context.Context, path string) (answer, error) {
	a, err := b.get(ctx, path)
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("GET %s answers %d to %q", path, a.status, a.to)
	}
	return a, err
}

// send posts a form, which has to lead on to another page.
func (b *browser) send(ctx context.Context, path string, fields url.Values) (answer, error) {
	a, err := b.post(ctx, path, fields)
	if err == nil && a.status != http.StatusSeeOther {
		err = fmt.Errorf("POST %s answers %d: %s", path, a.status, faults(a.body))
	}
	return a, err
}

var summary = regexp.MustCompile(`(?s)<a href="#[^"]*">([^<]+)</a>`)

// faults is what a page says is wrong with a form.
func faults(body string) string {
	var all []string
	for _, m := range summary.FindAllStringSubmatch(body, -1) {
		all = append(all, m[1])
	}
	return strings.Join(all, " / ")
}

// submit opens a page, fills in its form and sends it.
func (b *browser) submit(ctx context.Context, path string, filled url.Values) (answer, error) {
	page, err := b.page(ctx, path)
	if err != nil {
		return page, err
	}
	return b.send(ctx, path, page.form(filled))
}
