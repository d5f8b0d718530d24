package claims_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/vault"
	"samenclaim/participants"
)

// sam is a child of ten at the time of the tests.
var sam = participants.Ward{Capacity: participants.Parent, FirstNames: "Sam", Infix: "van", LastName: "Dijk", Born: "2016-02-29"}

// forChild fills in a sign-up by somebody for a child, up to the page of the signature.
func forChild(c *claimstest.Case, w participants.Ward) (token string, form claims.SignForm) {
	c.Helper()
	p := c.Next()
	token = c.Ready(p)
	_, err := c.People.Answer(c.Ctx(), c.Claim.ID, token, func(a *participants.Answers) { a.Adult, a.Ward = "no", w })
	if err != nil {
		c.Fatal(err)
	}
	return token, c.Form(p)
}

func TestAChildIsNamedInMandateAndAnnex(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	token, form := forChild(c, sam)
	j, err := c.Claims.Sign(t.Context(), c.Claim, token, form)
	if err != nil {
		t.Fatal(err)
	}
	p, err := participants.Find(t.Context(), c.DB, j.ParticipationID)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Claims.Represented(t.Context(), p)
	if err != nil || r == nil || r.Ward != sam || r.AdultMonth.Format(time.DateOnly) != "2034-03-01" {
		t.Fatalf("represented = %+v, %v, want Sam, of age in March 2034", r, err)
	}
	all, err := c.Claims.Signatures(t.Context(), p)
	if err != nil || len(all) != 1 {
		t.Fatalf("signatures = %d, %v", len(all), err)
	}
	record, err := participants.OpenRecord(c.Vault, p, all[0])
	if err != nil || record.Ward == nil || *record.Ward != sam || record.Name == sam.Name() {
		t.Errorf("the record names %+v and %+v, %v, want the child beside the parent", record.Name, record.Ward, err)
	}
	if pdf, err := c.Claims.SignedDocument(t.Context(), p); err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Errorf("the signed document: %d bytes, %v", len(pdf), err)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM represented WHERE position('Dijk'::bytea in person) > 0`); n != 0 {
		t.Error("the name of the child is not sealed")
	}
	c.Send()
	var key, identity []byte
	if err := c.DB.Raw(`SELECT t.key_wrapped, a.identity FROM annex_salts a JOIN participations t ON t.id = a.participation_id`).Row().Scan(&key, &identity); err != nil {
		t.Fatal(err)
	}
	k, err := c.Vault.OpenKey(key)
	if err != nil {
		t.Fatal(err)
	}
	who, err := vault.UnsealJSON[map[string]string](k, identity, "annex_salts.identity")
	if err != nil || who["given_names"] != "Sam" || who["family_name"] != "Dijk" {
		t.Errorf("the annex names %v, %v, want the child", who, err)
	}
}

// signAs has a member sign for a child, with the account they have.
func signAs(c *claimstest.Case, m claimstest.Member, w participants.Ward) error {
	c.Helper()
	token, _, err := c.People.StartSignup(c.Ctx(), c.Claim.ID, "nl")
	if err != nil {
		return err
	}
	p := m.Person
	_, err = c.People.Answer(c.Ctx(), c.Claim.ID, token, func(a *participants.Answers) {
		*a = participants.Answers{
			Used: "yes", Adult: "no", Ward: w, Country: "NL", Email: p.Email, FirstNames: p.FirstNames, Infix: p.Infix, LastName: p.LastName,
			Address: participants.Address{Postcode: "1234 AB", HouseNumber: "1", Street: "Dorpsstraat", City: "Utrecht", Country: "NL"},
			UsedFor: "school", Evidence: "no", FeeOption: "flat",
		}
	})
	if err != nil {
		return err
	}
	if err := c.People.AskSignupCode(c.Ctx(), c.Claim.ID, token); err != nil {
		return err
	}
	if _, err := c.People.ProveSignup(c.Ctx(), c.Claim.ID, token, newestCode(c, p.Email)); err != nil {
		return err
	}
	p.Lang = "nl"
	_, err = c.Claims.Sign(c.Ctx(), c.Claim, token, c.Form(p))
	return err
}

func newestCode(c *claimstest.Case, email string) string {
	c.Helper()
	return claimstest.One[string](c, `SELECT data->>'Code' FROM outbox WHERE recipient = ? AND template = 'code' ORDER BY id DESC LIMIT 1`, email)
}

func TestAGuardianSignsForSeveralChildrenAndForEachOnce(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	parent := c.Join(1)[0] // takes part as well
	lot := sam
	lot.FirstNames, lot.Born = "Lot", "2018-05-01"
	for _, w := range []participants.Ward{sam, lot} {
		if err := signAs(c, parent, w); err != nil {
			t.Errorf("sign for %s: %v", w.Name(), err)
		}
	}
	again := sam
	again.FirstNames = "SAM"
	if err := signAs(c, parent, again); !errors.Is(err, participants.ErrKnown) {
		t.Errorf("sign for the same child once more = %v, want %v", err, participants.ErrKnown)
	}
	token, form := forChild(c, sam) // the other parent
	if _, err := c.Claims.Sign(t.Context(), c.Claim, token, form); !errors.Is(err, participants.ErrKnown) {
		t.Errorf("the other parent signs for the same child = %v, want %v", err, participants.ErrKnown)
	}
	mine, err := c.People.Participations(t.Context(), parent.ParticipantID)
	if err != nil || len(mine) != 3 {
		t.Errorf("the parent has %d participations, %v, want 3: the own one and two children's", len(mine), err)
	}
}

func TestTwoParentsAndEightBrowsersAreOneParticipationOfTheChild(t *testing.T) {
	t.Parallel()
	for name, guarded := range map[string]bool{"with the rule": true, "without it": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := claimstest.New(t)
			if !guarded {
				c.Damaged = true
				if _, err := c.Owner(t).Exec(t.Context(), `DROP INDEX participations_one_person`); err != nil {
					t.Fatal(err)
				}
			}
			tokens, forms := make([]string, 8), make([]claims.SignForm, 8)
			for i := range tokens {
				tokens[i], forms[i] = forChild(c, sam)
			}
			ends := claimstest.Eight(func(i int) error {
				_, err := c.Claims.Sign(c.Ctx(), c.Claim, tokens[i], forms[i])
				return err
			}, participants.ErrKnown)
			n := claimstest.One[int](c, `SELECT count(*) FROM participations`)
			if guarded && (n != 1 || ends[nil] != 1 || ends[participants.ErrKnown] != 7) {
				t.Errorf("%d participations, ends %v, want one", n, ends)
			}
			if !guarded && n < 2 {
				t.Errorf("%d participations without the rule: the test would not see it broken", n)
			}
		})
	}
}

func TestNobodySignsForAnAdult(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	for born, want := range map[string]error{
		"2008-10-30": participants.ErrOfAge, "2050-01-01": participants.ErrBirthDate, "1890-01-01": participants.ErrBirthDate, "": claims.ErrNotComplete,
	} {
		w := sam
		w.Born = born
		token, form := forChild(c, w)
		if _, err := c.Claims.Sign(t.Context(), c.Claim, token, form); !errors.Is(err, want) {
			t.Errorf("born on %q = %v, want %v", born, err, want)
		}
	}
}

func TestTheDayOnWhichSomebodyComesOfAge(t *testing.T) {
	t.Parallel()
	for born, want := range map[string]string{"2008-02-29": "2026-03-01", "2008-02-28": "2026-02-28", "2007-12-31": "2025-12-31"} {
		day, err := time.Parse(time.DateOnly, born)
		if got := participants.AdultOn(day).Format(time.DateOnly); got != want || err != nil {
			t.Errorf("born on %s: of age on %s, want %s", born, got, want)
		}
	}
}
