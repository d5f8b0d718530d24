package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"samenclaim/internal/pgembed"
	"samenclaim/participants"
)

// signSQL is a signature statement by statement, as a program without our
// bundling would write it: the same tables, rows of the same size.
//
//go:embed sign.sql
var signSQL string

// measureSigning signs over HTTP, and lets pgbench write the same rows.
func (s *site) measureSigning(ctx context.Context, n, clients int) error {
	forms, err := s.drafts(ctx, n)
	if err != nil {
		return err
	}
	took, err := together(forms, clients, s.sign)
	if err != nil {
		return err
	}
	ours := float64(n) / took.Seconds()
	bare, err := s.pgbench(ctx, clients)
	if err != nil {
		return err
	}
	fmt.Printf("signing over HTTP, %d at once:      %6.0f/s\n", clients, ours)
	fmt.Printf("the same rows by pgbench, %d at once: %6.0f/s\n", clients, bare)
	fmt.Printf("ratio                               %6.0f%%   (goal: 50%% or more)\n\n", 100*ours/bare)
	return nil
}

// together does work for every item, a few at a time.
func together[T any](items []T, clients int, work func(T) error) (time.Duration, error) {
	queue, errs := make(chan T), make(chan error, clients)
	begin := time.Now()
	for range clients {
		go func() {
			var failed error
			for item := range queue {
				if failed == nil {
					failed = work(item)
				}
			}
			errs <- failed
		}()
	}
	for _, item := range items {
		queue <- item
	}
	close(queue)
	var err error
	for range clients {
		err = errors.Join(err, <-errs)
	}
	return time.Since(begin), err
}

// signForm is the page of the signature as one browser has it.
type signForm struct {
	cookie string
	fields url.Values
}

// drafts fills in n sign-ups up to the page of the signature.
func (s *site) drafts(ctx context.Context, n int) ([]signForm, error) {
	tokens := make([]string, n)
	for i := range tokens {
		token, _, err := s.people.StartSignup(ctx, s.claim.ID, "nl")
		if err != nil {
			return nil, err
		}
		_, err = s.people.Answer(ctx, s.claim.ID, token, func(a *participants.Answers) {
			*a = participants.Answers{
				Used: "yes", Adult: "yes", Country: "NL", Email: fmt.Sprintf("bench%d@deelnemer.example", i), FirstNames: "Anna Maria", Infix: "van der",
				LastName: "Meer" + strconv.Itoa(i), UsedFor: "private", Evidence: "no", FeeOption: "flat", Asked: a.Asked,
				Address: participants.Address{Postcode: "1234 AB", HouseNumber: "12", Street: "Teststraat", City: "Teststad", Country: "NL"},
			}
			for _, page := range []string{"gebruik", "leeftijd", "land", "e-mail", "code", "naam", "adres", "periode", "bewijs", "vergoeding"} {
				a.Asked[page] = true
			}
		})
		if err != nil {
			return nil, err
		}
		tokens[i] = token
	}
	if _, err := s.owner.Exec(ctx, `UPDATE signups SET status = 'mandate_pending', email_proven_at = now()`); err != nil {
		return nil, err
	}
	forms := make([]signForm, n)
	var mu sync.Mutex
	next := 0
	_, err := together(tokens, 8, func(token string) error {
		f, err := s.signPage(token)
		mu.Lock()
		defer mu.Unlock()
		forms[next] = f
		next++
		return err
	})
	return forms, err
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

func (s *site) signPage(token string) (signForm, error) {
	f := signForm{cookie: "__Host-aanmelding-zoom=" + token + "; __Host-browser=" + rand.Text(), fields: url.Values{}}
	page, err := s.get("/nl/zoom/meedoen/ondertekenen", f.cookie)
	if err != nil {
		return f, err
	}
	for _, m := range hidden.FindAllStringSubmatch(page.body, -1) {
		f.fields.Set(m[1], m[2])
	}
	name := regexp.MustCompile(`Anna Maria van der Meer\d+`).FindString(page.body)
	if f.fields.Get("csrf") == "" || name == "" {
		return f, errors.New("the page of the signature is not what was expected")
	}
	f.fields.Set("mandate", "yes")
	f.fields.Set("agreement", "yes")
	f.fields.Set("name", name)
	return f, nil
}

func (s *site) sign(f signForm) error {
	a, err := s.post("/nl/zoom/meedoen/ondertekenen", f.cookie, f.fields)
	if err == nil && a.status != http.StatusSeeOther {
		err = fmt.Errorf("signing answers %d", a.status)
	}
	return err
}

var client = &http.Client{
	Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// answer is what came back, read to its end.
type answer struct {
	status  int
	body    string
	cookies []*http.Cookie
}

func (s *site) get(path, cookie string) (answer, error) {
	return s.ask(http.MethodGet, path, cookie, nil)
}

func (s *site) post(path, cookie string, fields url.Values) (answer, error) {
	return s.ask(http.MethodPost, path, cookie, fields)
}

func (s *site) ask(method, path, cookie string, fields url.Values) (answer, error) {
	req, err := http.NewRequestWithContext(context.Background(), method, s.base+path, strings.NewReader(fields.Encode()))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Cookie", cookie)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, string(body), resp.Cookies()}, errors.Join(err, resp.Body.Close())
}

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// pgbench writes the rows of signatures straight into the tables for ten seconds.
func (s *site) pgbench(ctx context.Context, clients int) (float64, error) {
	bin, err := pgembed.FindBinaries()
	if err != nil {
		return 0, err
	}
	cfg, err := pgconn.ParseConfig(s.pg.DSN)
	if err != nil {
		return 0, err
	}
	script := filepath.Join(s.dir, "sign.sql")
	if err := os.WriteFile(script, []byte(signSQL), 0o600); err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin.Dir, "pgbench"), "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", "2", "-T", "10", //nolint:gosec // our own script
		"-D", fmt.Sprintf("claim=%d", s.claim.ID), "-f", script, "-h", cfg.Host, "-U", cfg.User, cfg.Database)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+cfg.Password)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	m := tps.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("pgbench says no rate: %s", out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}
