package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// signer is somebody who signs up from the first page to the last.
type signer struct {
	site     *site
	browser  *browser
	email    string
	code     chan string
	requests *gathered
	posts    *gathered
	waited   time.Duration // for the mail
}

var joined atomic.Int64

func (s *site) signer(requests, posts *gathered) *signer {
	p := &signer{site: s, browser: newBrowser(s.base), email: fmt.Sprintf("mens%d@deelnemer.example", joined.Add(1)), code: make(chan string, 1), requests: requests, posts: posts}
	s.letters.waiting.Store(p.email, p.code)
	return p
}

// answers are what somebody fills in, page by page; the e-mail address and the code come of themselves.
var answers = map[string]url.Values{
	"meedoen": {}, "gebruik": {"used": {"yes"}}, "leeftijd": {"adult": {"yes"}}, "land": {"where": {"NL"}},
	"naam":    {"first_names": {"Anna Maria"}, "infix": {"van der"}, "last_name": {"Meer"}},
	"adres":   {"postcode": {"1234 AB"}, "house_number": {"12"}, "street": {"Teststraat"}, "city": {"Teststad"}, "country": {"NL"}},
	"periode": {"used_for": {"private"}}, "bewijs": {"evidence": {"no"}}, "vergoeding": {"fee": {"flat"}}, "toestemmingen": {},
}

// mostSteps ends a sign-up that goes round in circles.
const mostSteps = 30

// signUp walks through the pages as they lead on, until the last.
func (p *signer) signUp(ctx context.Context) error {
	defer p.site.letters.waiting.Delete(p.email)
	at := p.site.path("/meedoen")
	for range mostSteps {
		page, err := p.open(ctx, at)
		if err != nil {
			return err
		}
		switch step := path.Base(at); step {
		case "klaar":
			return nil
		case "controle":
			at = p.site.path("/meedoen/ondertekenen")
			continue
		default:
			if at, err = p.answer(ctx, at, step, page); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("the sign-up does not end; it stands at %s", at)
}

// open loads a page of the sign-up.
func (p *signer) open(ctx context.Context, at string) (answer, error) {
	begin := time.Now()
	page, err := p.browser.page(ctx, at)
	p.requests.add(begin, err)
	return page, err
}

// answer fills in a page and returns where it leads.
func (p *signer) answer(ctx context.Context, at, step string, page answer) (string, error) {
	filled, err := p.fill(ctx, step, page)
	if err != nil {
		return "", err
	}
	begin := time.Now()
	a, err := p.browser.send(ctx, at, page.form(filled))
	p.requests.add(begin, err)
	if step == "ondertekenen" {
		p.posts.add(begin, err)
	}
	to, _, _ := strings.Cut(a.to, "?")
	return to, err
}

func (p *signer) fill(ctx context.Context, step string, page answer) (url.Values, error) {
	switch step {
	case "e-mail":
		return url.Values{"email": {p.email}}, nil
	case "ondertekenen":
		return signature(page)
	case "code":
		begin := time.Now()
		select {
		case code := <-p.code:
			p.waited = time.Since(begin)
			return url.Values{"code": {code}}, nil
		case <-time.After(time.Minute):
			return nil, errors.New("the mail with the code did not come")
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	filled, ok := answers[step]
	if !ok {
		return nil, fmt.Errorf("no answer is known for the page %q", step)
	}
	return filled, nil
}

// measureSignups lets people sign up from the first page to the last, as fast as they go.
func (s *site) measureSignups(ctx context.Context, o options) error {
	if err := s.restart(ctx, nil); err != nil {
		return err
	}
	for _, clients := range o.clients {
		var requests, posts, mails gathered
		took, err := together(make([]struct{}, o.whole), clients, func(struct{}) error {
			p := s.signer(&requests, &posts)
			err := p.signUp(ctx)
			mails.add(time.Now().Add(-p.waited), err)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Printf("complete sign-ups, %2d at once        %6.1f/s   %s requests each, %.0f/s   ms p50 / p95 / p99 %s   mail with the code %s\n", clients,
			float64(o.whole)/took.Seconds(), strconv.Itoa(len(requests.all)/o.whole), float64(len(requests.all))/took.Seconds(), requests.all, mails.all)
	}
	return nil
}
