package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"sync"
	"time"

	"samenclaim/participants"
)

// nowhere is a mail server that is not there: mails wait, while only signing is measured.
const nowhere = "127.0.0.1:1"

// measureSigning signs over HTTP and lets pgbench write the same rows, in
// rounds that take turns. All steps of the sign-up but the last are prepared.
func (s *site) measureSigning(ctx context.Context, o options) error {
	if err := s.restart(ctx, map[string]string{"SMTP_ADDR": nowhere}); err != nil {
		return err
	}
	first, err := s.drafts(ctx, 1)
	if err == nil {
		_, err = s.signAll(ctx, first, 1)
	}
	if err != nil {
		return err
	}
	bare, err := s.bareSigning(ctx) // the rows of that first one, statement by statement
	if err != nil {
		return err
	}
	for _, clients := range o.clients {
		if err := s.signRounds(ctx, o, clients, bare); err != nil {
			return err
		}
	}
	return s.restart(ctx, map[string]string{"SMTP_ADDR": s.sink.Address()})
}

// perSign is how many signatures pgbench writes while we make one: it needs less time for each.
const perSign = 4

// signRounds are the rounds with one number of clients.
func (s *site) signRounds(ctx context.Context, o options, clients int, bare *bareSigning) error {
	var ours, theirs, ratios []float64
	var all gathered
	var byUs, byThem weight
	var cpu time.Duration
	for range o.rounds {
		forms, err := s.drafts(ctx, o.each)
		if err != nil {
			return err
		}
		last, err := s.newest(ctx)
		if err != nil {
			return err
		}
		busy := s.running.used()
		took, err := s.signAll(ctx, forms, clients, &all)
		if err != nil {
			return err
		}
		cpu += s.running.used() - busy
		if byUs, err = s.weigh(ctx, last, o.each); err != nil {
			return err
		}
		rate, weight, err := bare.run(ctx, clients, perSign*o.each)
		if err != nil {
			return err
		}
		byThem = weight
		ours, theirs = append(ours, float64(o.each)/took.Seconds()), append(theirs, rate)
		ratios = append(ratios, 100*ours[len(ours)-1]/rate)
	}
	fmt.Printf("signing over HTTP, %2d at once        %6.0f/s   ms p50 / p95 / p99 %s   %s\n", clients, middle(ours), all.all, byUs)
	fmt.Printf("the same rows by pgbench, %2d at once %6.0f/s   statement by statement %24s   %s\n", clients, middle(theirs), "", byThem)
	fmt.Printf("ratio, middle of %d rounds            %6.0f%%   (goal: 50%% or more)   processor time of serve %.2f ms each\n",
		o.rounds, middle(ratios), cpu.Seconds()*1000/float64(o.rounds*o.each))
	return byUs.like(byThem)
}

func (s *site) signAll(ctx context.Context, forms []signForm, clients int, all ...*gathered) (time.Duration, error) {
	return together(forms, clients, func(f signForm) error {
		begin := time.Now()
		_, err := f.browser.send(ctx, s.path("/meedoen/ondertekenen"), f.fields)
		for _, g := range all {
			g.add(begin, err)
		}
		return err
	})
}

// signForm is the page of the signature as one browser has it, filled in.
type signForm struct {
	browser *browser
	fields  url.Values
}

var drafted int

// drafts fills in n sign-ups up to the page of the signature, and opens that page in n browsers.
func (s *site) drafts(ctx context.Context, n int) ([]signForm, error) {
	numbers := make([]int, n)
	for i := range numbers {
		drafted++
		numbers[i] = drafted
	}
	var mu sync.Mutex
	forms := make([]signForm, 0, n)
	_, err := together(numbers, 4, func(number int) error {
		f, err := s.draft(ctx, number)
		mu.Lock()
		defer mu.Unlock()
		forms = append(forms, f)
		return err
	})
	return forms, err
}

func (s *site) draft(ctx context.Context, number int) (f signForm, err error) {
	token, su, err := s.people.StartSignup(ctx, s.claim.ID, "nl")
	if err != nil {
		return f, err
	}
	_, err = s.people.Answer(ctx, s.claim.ID, token, func(a *participants.Answers) {
		*a = participants.Answers{
			Used: "yes", Adult: "yes", Country: "NL", Email: fmt.Sprintf("draft%d@deelnemer.example", number), FirstNames: "Anna Maria", Infix: "van der",
			LastName: "Meer" + strconv.Itoa(number), UsedFor: "private", Evidence: "no", FeeOption: "flat", Asked: a.Asked,
			Address: participants.Address{Postcode: "1234 AB", HouseNumber: "12", Street: "Teststraat", City: "Teststad", Country: "NL"},
		}
		for _, page := range []string{"gebruik", "leeftijd", "land", "e-mail", "code", "naam", "adres", "periode", "bewijs", "vergoeding"} {
			a.Asked[page] = true
		}
	})
	if err != nil {
		return f, err
	}
	if _, err := s.owner.Exec(ctx, `UPDATE signups SET status = 'mandate_pending', email_proven_at = now() WHERE id = $1`, su.ID); err != nil {
		return f, err
	}
	f.browser = newBrowser(s.base)
	f.browser.jar["__Host-aanmelding-"+s.claim.Slug], f.browser.jar["__Host-browser"] = token, rand.Text()
	page, err := f.browser.page(ctx, s.path("/meedoen/ondertekenen"))
	if err != nil {
		return f, err
	}
	f.fields, err = signature(page)
	return f, err
}

var signAs = regexp.MustCompile(`Anna Maria van der Meer\d*`)

// signature ticks both boxes and types the name.
func signature(page answer) (url.Values, error) {
	name := signAs.FindString(page.body)
	fields := page.form(url.Values{"mandate": {"yes"}, "agreement": {"yes"}, "name": {name}})
	if name == "" || fields.Get("csrf") == "" {
		return nil, errors.New("the page of the signature is not what was expected")
	}
	return fields, nil
}
