package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"samenclaim/web/staff"
)

// staffCookie makes an account for the register and logs in as anybody would.
func (s *site) staffCookie(ctx context.Context) (string, error) {
	password := "lantaarn " + rand.Text()
	inv, err := s.staff.Add(ctx, bench, "bench@samenclaim.example", "Bench", "nl", []staff.Role{staff.Register})
	if err != nil {
		return "", err
	}
	secret := s.staff.Secret(inv.Token)
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		return "", err
	}
	if err := s.staff.Accept(ctx, inv.Token, password, code); err != nil {
		return "", err
	}
	later, err := totp.GenerateCode(secret, time.Now().Add(30*time.Second)) // the first one works once
	if err != nil {
		return "", err
	}
	jar := map[string]string{}
	for _, step := range []struct {
		path   string
		fields url.Values
	}{
		{"/nl/beheer/inloggen", url.Values{"email": {"bench@samenclaim.example"}, "password": {password}}},
		{"/nl/beheer/tweede-stap", url.Values{"code": {later}}},
	} {
		if err := s.submit(step.path, step.fields, jar); err != nil {
			return "", err
		}
	}
	return cookies(jar), nil
}

// submit opens a page, fills in its form and keeps the cookies.
func (s *site) submit(path string, fields url.Values, jar map[string]string) error {
	page, err := s.get(path, cookies(jar))
	if err != nil {
		return err
	}
	keep(page, jar)
	for _, m := range hidden.FindAllStringSubmatch(page.body, -1) {
		fields.Set(m[1], m[2])
	}
	a, err := s.post(path, cookies(jar), fields)
	if err == nil && a.status != http.StatusSeeOther {
		err = fmt.Errorf("%s answers %d", path, a.status)
	}
	if err == nil {
		keep(a, jar)
	}
	return err
}

func keep(a answer, jar map[string]string) {
	for _, c := range a.cookies {
		jar[c.Name] = c.Value
	}
}

func cookies(jar map[string]string) string {
	var all []string
	for name, value := range jar {
		all = append(all, name+"="+value)
	}
	return strings.Join(all, "; ")
}

// measureRegister fills the register up to a size and times its pages against the bare queries.
func (s *site) measureRegister(ctx context.Context, size int, cookie string) error {
	if err := s.fill(ctx, size); err != nil {
		return err
	}
	fmt.Printf("register of %d participations, ms p50 / p95     page            bare SQL        ratio of p95\n", size)
	for _, m := range []struct{ name, term, sql string }{
		{"first page", "", `SELECT t.id, t.number, p.first_names, p.last_name, p.email, t.status FROM participations t JOIN participants p ON p.id = t.participant_id WHERE t.claim_id = $1 ORDER BY t.id DESC LIMIT 51`},
		{"number", "ZM-2222-2222", `SELECT t.id, p.first_names, p.last_name FROM participations t JOIN participants p ON p.id = t.participant_id WHERE t.claim_id = $1 AND t.number = 'ZM-2222-2222'`},
		{"part of a name", "meer1234", `SELECT t.id, p.first_names, p.last_name FROM participations t JOIN participants p ON p.id = t.participant_id WHERE t.claim_id = $1 AND p.name_search LIKE '%meer1234%' ORDER BY t.id DESC LIMIT 51`},
		{"e-mail address", "fill77@deelnemer.example", `SELECT t.id, p.first_names, p.last_name FROM participations t JOIN participants p ON p.id = t.participant_id WHERE t.claim_id = $1 AND p.email_key = 'fill77@deelnemer.example'`},
		{"postcode", "1234 AB", `SELECT t.id, p.first_names, p.last_name FROM participations t JOIN participants p ON p.id = t.participant_id WHERE t.claim_id = $1 AND p.postcode_index = '\x00' ORDER BY t.id DESC LIMIT 51`},
	} {
		path := "/nl/beheer/zoom/register"
		if m.term != "" {
			key, err := s.claims.SaveSearch(ctx, 1, m.term)
			if err != nil {
				return err
			}
			path += "?q=" + key
		}
		page, err := times(func() error {
			a, err := s.get(path, cookie)
			if err == nil && a.status != http.StatusOK {
				err = fmt.Errorf("%s answers %d", path, a.status)
			}
			return err
		})
		if err != nil {
			return err
		}
		bare, err := times(func() error {
			rows, err := s.owner.Query(ctx, m.sql, s.claim.ID)
			if err != nil {
				return err
			}
			rows.Close()
			return rows.Err()
		})
		if err != nil {
			return err
		}
		fmt.Printf("  %-48s %6.2f / %6.2f %6.2f / %6.2f %8.1f\n", m.name, page[0], page[1], bare[0], bare[1], page[1]/bare[1])
	}
	fmt.Println()
	return nil
}

// times does something 200 times and gives the middle and the 95th hundredth, in milliseconds.
func times(do func() error) ([2]float64, error) {
	const n = 200
	took := make([]float64, n)
	for i := range took {
		begin := time.Now()
		if err := do(); err != nil {
			return [2]float64{}, err
		}
		took[i] = float64(time.Since(begin).Microseconds()) / 1000
	}
	slices.Sort(took)
	return [2]float64{took[n/2], took[n*95/100]}, nil
}

// fill adds participations until there are enough; in bulk, because only reading them is measured.
func (s *site) fill(ctx context.Context, size int) error {
	begin := time.Now()
	_, err := s.owner.Exec(ctx, `
		WITH have AS (SELECT count(*) AS n FROM participations WHERE claim_id = $1),
		person AS (
			INSERT INTO participants (email, email_key, first_names, infix, last_name, lang, email_verified_at, key_wrapped, address, postcode_index, synthetic, created_at)
			SELECT 'fill' || g || '@deelnemer.example', 'fill' || g || '@deelnemer.example', 'Anna Maria', 'van der', 'Meer' || g, 'nl', now(),
				decode('01' || repeat('ab', 64), 'hex'), decode('01' || repeat('cd', 150), 'hex'), decode(md5((g % 20000)::text), 'hex'), true, now()
			FROM have, generate_series(have.n + 1, $2) g RETURNING id
		), part AS (
			INSERT INTO participations (ref, number, claim_id, participant_id, status, country, used_for, evidence_plan, key_wrapped, usage, signed_at, created_at)
			SELECT md5('f' || id), 'FI-' || lpad(upper(to_hex(id / 65536)), 4, '0') || '-' || lpad(upper(to_hex(id % 65536)), 4, '0'), $1, id, 'active', 'NL', 'private', 'no',
				decode('01' || repeat('ab', 64), 'hex'), decode('01' || repeat('cd', 28), 'hex'), now(), now() FROM person RETURNING id
		), signature AS (
			INSERT INTO mandates (participation_id, mandate_text_id, agreement_text_id, mandate_sha256, agreement_sha256, record, record_sha256, request_id, signed_at)
			SELECT part.id, m.id, a.id, m.sha256, a.sha256, decode('01' || repeat('ef', 60), 'hex'), sha256('x'), 'fill' || part.id, now()
			FROM part, (SELECT * FROM texts WHERE claim_id = $1 AND key = 'mandate' AND lang = 'nl' LIMIT 1) m, (SELECT * FROM texts WHERE claim_id = $1 AND key = 'agreement' AND lang = 'nl' LIMIT 1) a
			RETURNING id, participation_id
		)
		INSERT INTO fee_options (participation_id, option, mandate_id, chosen_at)
		SELECT participation_id, CASE WHEN id % 5 < 3 THEN 'percentage' ELSE 'flat' END, id, now() FROM signature`, s.claim.ID, size)
	if err != nil {
		return err
	}
	if _, err := s.owner.Exec(ctx, `ANALYZE`); err != nil {
		return err
	}
	fmt.Printf("(register filled to %d in %.0f s)\n", size, time.Since(begin).Seconds())
	return nil
}
