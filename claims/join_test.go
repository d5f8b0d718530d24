package claims_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/participants"
)

func TestSigningIsOneTransaction(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	p := c.Participation(m)
	if p.Status != participants.Active || p.Number != m.Number || !strings.HasPrefix(m.Number, c.Claim.NumberPrefix+"-") || p.Ref != m.Ref {
		t.Errorf("participation = %+v, want the one that was told: %+v", p, m.Joined)
	}
	mail := claimstest.One[string](c, `SELECT recipient || ' ' || (data->>'Number') || ' ' || (data->>'Name') FROM outbox WHERE template = 'welcome'`)
	if want := m.Person.Email + " " + m.Number + " " + participants.FullName(m.Person.FirstNames, m.Person.Infix, m.Person.LastName); mail != want {
		t.Errorf("welcome = %q, want %q", mail, want)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM audit_events WHERE action = 'participation.signed' AND subject = ?`, fmt.Sprintf("participation:%d", p.ID)); n != 1 {
		t.Errorf("the log tells of the signature %d times, want once", n)
	}
	if fee, err := c.Claims.FeeOption(t.Context(), p.ID); err != nil || string(fee.Option) != m.Person.FeeOption || fee.LockedAt != nil {
		t.Errorf("fee option = %+v, %v, want %s, not frozen", fee, err, m.Person.FeeOption)
	}
}

func TestSigningTwiceIsSigningOnce(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	p := c.Next()
	token, form := c.Ready(p), c.Form(p)
	numbers := make([]claims.Joined, 9)
	ends := claimstest.Eight(func(i int) (err error) {
		numbers[i], err = c.Claims.Sign(t.Context(), c.Claim, token, form)
		return err
	})
	var err error
	form.RequestID += "-later"
	if numbers[8], err = c.Claims.Sign(t.Context(), c.Claim, token, form); err != nil || ends[nil] != 8 {
		t.Errorf("eight at once = %v, later = %v", ends, err)
	}
	for _, j := range numbers {
		if diff := cmp.Diff(numbers[0], j); diff != "" {
			t.Errorf("not the same for all (-first +other):\n%s", diff)
		}
	}
	counts := claimstest.One[string](c, `SELECT concat_ws(' ', (SELECT count(*) FROM participants), (SELECT count(*) FROM participations), (SELECT count(*) FROM mandates),
		(SELECT count(*) FROM fee_options), (SELECT count(*) FROM outbox WHERE template = 'welcome'))`)
	if counts != "1 1 1 1 1" {
		t.Errorf("people, participations, mandates, options and mails: %s, want one of each", counts)
	}
}

func TestANumberThatIsTakenIsDrawnAgain(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	first := c.Join(1)[0]
	again := func(times int) error { // as chance would have it
		return c.OwnerDB(t).Exec(fmt.Sprintf(`DROP SEQUENCE IF EXISTS draws CASCADE; CREATE SEQUENCE draws; GRANT USAGE ON draws TO samenclaim_app;
			CREATE OR REPLACE FUNCTION unlucky() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				IF nextval('draws') <= %d THEN NEW.number := '%s'; END IF; RETURN NEW; END $$;
			CREATE OR REPLACE TRIGGER unlucky BEFORE INSERT ON participations FOR EACH ROW EXECUTE FUNCTION unlucky()`, times, first.Number)).Error
	}
	if err := again(2); err != nil {
		t.Fatal(err)
	}
	if second := c.Join(1)[0]; second.Number == first.Number {
		t.Errorf("two people have the number %s", first.Number)
	}
	if err := again(100); err != nil {
		t.Fatal(err)
	}
	p := c.Next()
	if _, err := c.Claims.Sign(t.Context(), c.Claim, c.Ready(p), c.Form(p)); !errors.Is(err, participants.ErrNumberTaken) {
		t.Errorf("nothing but taken numbers = %v, want %v", err, participants.ErrNumberTaken)
	}
}

// Without the lock on the draft the same form is signed more than once: the lock does the work.
func TestSigningOnceIsTheWorkOfItsGuards(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Damaged = true
	if err := c.OwnerDB(t).Exec(`DROP INDEX participations_one_live; ALTER TABLE mandates DROP CONSTRAINT mandates_request_id_key`).Error; err != nil {
		t.Fatal(err)
	}
	p := c.Next()
	tokens := [8]string{}
	for i := range tokens {
		tokens[i] = c.Ready(p)
	}
	form := c.Form(p)
	ends := claimstest.Eight(func(i int) error { _, err := c.Claims.Sign(t.Context(), c.Claim, tokens[i], form); return err })
	if ends[nil] != 8 {
		t.Errorf("with the guards off = %v, want eight participations: otherwise the test above proves nothing", ends)
	}
}

func TestTwoBrowsersOfOnePersonAreOneParticipation(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	p := c.Next()
	tokens := [8]string{}
	for i := range tokens {
		tokens[i] = c.Ready(p)
	}
	ends := claimstest.Eight(func(i int) error {
		_, err := c.Claims.Sign(t.Context(), c.Claim, tokens[i], c.Form(p))
		return err
	}, participants.ErrKnown)
	if ends[nil] != 1 || ends[participants.ErrKnown] != 7 {
		t.Errorf("eight browsers = %v, want one, and seven told that they take part", ends)
	}
}

func TestASignatureNeedsAllOfIt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		person func(a *participants.Answers)
		form   func(f *claims.SignForm)
		want   error
	}{
		{"all is there", nil, nil, nil},
		{"capitals and spaces in the name make no difference", nil, func(f *claims.SignForm) { f.TypedName = "  " + strings.ToUpper(f.TypedName) + " " }, nil},
		{"the mandate was another text", nil, func(f *claims.SignForm) { f.MandateSHA256 = strings.Repeat("0", 64) }, claims.ErrTextChanged},
		{"the agreement was another text", nil, func(f *claims.SignForm) { f.AgreementSHA256 = f.MandateSHA256 }, claims.ErrTextChanged},
		{"the mandate was not ticked", nil, func(f *claims.SignForm) { f.MandateTicked = false }, claims.ErrMandateTick},
		{"the agreement was not ticked", nil, func(f *claims.SignForm) { f.AgreementTicked = false }, claims.ErrAgreementTick},
		{"another name was typed", nil, func(f *claims.SignForm) { f.TypedName = "Iemand Anders" }, claims.ErrTypedName},
		{"no name was typed", nil, func(f *claims.SignForm) { f.TypedName = " " }, claims.ErrTypedName},
		{"a minor", func(a *participants.Answers) { a.Adult = "no" }, nil, claims.ErrNotComplete},
		{"who did not use it", func(a *participants.Answers) { a.Used = "unsure" }, nil, claims.ErrNotComplete},
		{"no fee option was chosen", func(a *participants.Answers) { a.FeeOption = "" }, nil, claims.ErrNotComplete},
		{"a fee option that does not exist", func(a *participants.Answers) { a.FeeOption = "free" }, nil, claims.ErrNotComplete},
		{"the address of the mail was changed and not proven", func(a *participants.Answers) { a.Email = "x@proef.example" }, nil, claims.ErrNotComplete},
	}
	c := claimstest.New(t)
	for _, tt := range tests {
		p := c.Next()
		token, form := c.Ready(p), c.Form(p)
		if tt.person != nil {
			if _, err := c.People.Answer(t.Context(), c.Claim.ID, token, tt.person); err != nil {
				t.Fatal(err)
			}
		}
		if tt.form != nil {
			tt.form(&form)
		}
		_, err := c.Claims.Sign(t.Context(), c.Claim, token, form)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if n := claimstest.One[int](c, `SELECT count(*) FROM participants WHERE email = ?`, p.Email); (n == 1) != (err == nil) {
			t.Errorf("%s: %d people made", tt.name, n)
		}
	}
}

func TestATextReplacedWhileReadingIsShownAgain(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	p := c.Next()
	token, form := c.Ready(p), c.Form(p)
	c.Exec(`INSERT INTO texts (claim_id, kind, key, lang, version, title, body, sha256, published_at)
		SELECT claim_id, kind, key, lang, '2026-11', title, body || '.', sha256(convert_to(title || E'\n' || body || '.', 'UTF8')), '2026-11-01'
		FROM texts WHERE key = 'mandate' AND lang = ? AND claim_id = ?`, p.Lang, c.Claim.ID)
	if _, err := c.Claims.Sign(t.Context(), c.Claim, token, form); !errors.Is(err, claims.ErrTextChanged) {
		t.Errorf("Sign = %v, want %v", err, claims.ErrTextChanged)
	}
	if _, err := c.Claims.Sign(t.Context(), c.Claim, token, c.Form(p)); err != nil {
		t.Errorf("Sign of the new text = %v", err)
	}
}

func TestAClaimTakesPeopleUntilItIsDecided(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	p := c.Next()
	token := c.Ready(p)
	join := func() error { _, err := c.Claims.Sign(t.Context(), c.Claim, token, c.Form(p)); return err }
	c.Join(1)
	c.Send()
	late := c.Join(1)[0]
	if got := c.Participation(late); got.Status != participants.Active || got.LetterID != nil {
		t.Errorf("who joins after the cut-off is %s in letter %v, want active in none yet", got.Status, got.LetterID)
	}
	c.Arrive(1)
	c.MoveTo(claims.Discontinued)
	if err := join(); !errors.Is(err, claims.ErrClosed) {
		t.Errorf("Sign after the end = %v, want %v", err, claims.ErrClosed)
	}
}

func TestOptionalConsentsComeAfterTheSignature(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	p := c.Next()
	token := c.Ready(p)
	set := func(kinds ...string) error { return c.Claims.SetConsents(t.Context(), c.Claim, token, kinds) }
	if err := set("newsletter"); !errors.Is(err, claims.ErrNotComplete) {
		t.Errorf("SetConsents before signing = %v, want %v", err, claims.ErrNotComplete)
	}
	j, err := c.Claims.Sign(t.Context(), c.Claim, token, c.Form(p))
	if err != nil {
		t.Fatal(err)
	}
	if err := set(); err != nil || claimstest.One[int](c, `SELECT count(*) FROM consents`) != 0 {
		t.Errorf("empty boxes gave something: %v", err)
	}
	if err := set("newsletter", "everything"); !errors.Is(err, claims.ErrNotFound) || claimstest.One[int](c, `SELECT count(*) FROM consents`) != 0 {
		t.Errorf("a box that does not exist = %v, want %v and nothing given", err, claims.ErrNotFound)
	}
	if err := errors.Join(set("newsletter", "research"), set("newsletter")); err != nil {
		t.Fatal(err)
	}
	given, err := c.People.Consents(t.Context(), j.ParticipationID)
	if err != nil || len(given) != 2 || given[0].Kind == given[1].Kind {
		t.Errorf("Consents = %+v, %v, want the two, once each", given, err)
	}
	text, err := c.Claims.Text(t.Context(), c.Claim.ID, given[0].TextID)
	if err != nil || text.Key != "consent_"+given[0].Kind || text.Lang != p.Lang {
		t.Errorf("the consent rests on %s in %s, %v", text.Key, text.Lang, err)
	}
}

func TestTheFirstOpenPage(t *testing.T) {
	t.Parallel()
	var a participants.Answers
	full := participants.Answers{
		Used: "yes", Adult: "yes", Country: "NL", Email: "a@proef.example", FirstNames: "A", LastName: "B",
		Address: participants.Address{City: "C"}, UsedFor: "work", Evidence: "no", FeeOption: "flat",
	}
	steps := []func(){
		func() { a.Used = full.Used }, func() { a.Adult = full.Adult }, func() { a.Country = full.Country }, func() { a.Email = full.Email }, func() {},
		func() { a.FirstNames, a.LastName = full.FirstNames, full.LastName }, func() { a.Address = full.Address }, func() { a.UsedFor = full.UsedFor },
		func() { a.Evidence = full.Evidence }, func() { a.FeeOption = full.FeeOption },
	}
	pages := slices.DeleteFunc(claims.Pages(), claims.OnlyForChild)
	for i, page := range pages {
		if got := claims.FirstOpen(a, i > 4); got != page {
			t.Errorf("after %d pages the first open one is %q, want %q", i, got, page)
		}
		steps[i]()
	}
	if got := claims.FirstOpen(a, true); got != "" || len(steps) != len(pages) {
		t.Errorf("after all pages %q is open", got)
	}
}
