package claims_test

import (
	"encoding/hex"
	"errors"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/participants"
)

// arrivals are people who signed by another road than the pages.
func arrivals(t *testing.T, c *claimstest.Case, n int) []claims.Arrival {
	t.Helper()
	texts, err := c.Claims.Texts(t.Context(), c.Claim.ID, "nl")
	if err != nil {
		t.Fatal(err)
	}
	all := make([]claims.Arrival, n)
	for i := range all {
		p := c.Next()
		all[i] = claims.Arrival{
			Lang: "nl", ProvenAt: c.Watch.Now(), Consents: []string{"newsletter", "research"}, Synthetic: true,
			Answers: participants.Answers{
				Used: "yes", Adult: "yes", Country: "NL", Email: p.Email, FirstNames: p.FirstNames, Infix: p.Infix, LastName: p.LastName,
				Address: participants.Address{Postcode: p.Postcode, HouseNumber: p.HouseNumber, Street: p.Street, City: p.City, Country: "NL"},
				UsedFor: "work", UsedFrom: "2020-04", Evidence: "no", FeeOption: p.FeeOption,
			},
			Form: claims.SignForm{
				MandateSHA256: hex.EncodeToString(texts["mandate"].SHA256), AgreementSHA256: hex.EncodeToString(texts["agreement"].SHA256),
				MandateTicked: true, AgreementTicked: true, TypedName: participants.FullName(p.FirstNames, p.Infix, p.LastName),
				RequestID: "bulk-" + p.Email, ReceivedAt: c.Watch.Now(),
			},
		}
	}
	return all
}

func TestManySignaturesAreLikeOne(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	one := c.Join(1)[0]
	all := arrivals(t, c, 600) // more than one batch
	joined, err := c.Claims.ImportSigned(t.Context(), claimstest.Register, c.Claim, all)
	if err != nil || len(joined) != len(all) {
		t.Fatalf("ImportSigned: %d joined, %v", len(joined), err)
	}
	for _, j := range []int{0, 1, 499, 500, 599} {
		p, err := c.People.ByNumber(t.Context(), c.Claim.ID, joined[j].Number)
		if err != nil || p.Status != participants.Active || p.ID != joined[j].ParticipationID || p.Ref != joined[j].Ref {
			t.Fatalf("participation %d = %+v, %v", j, p, err)
		}
		signed, err := participants.Signatures(t.Context(), c.DB, p.ID)
		if err != nil || len(signed) != 1 {
			t.Fatalf("signatures of %d: %d, %v, want one", j, len(signed), err)
		}
		r, err := participants.OpenRecord(c.Vault, p, signed[0])
		if err != nil || r.Number != p.Number || r.TypedName != all[j].Form.TypedName || len(r.Controls) != 3 || r.Mandate.Body == "" {
			t.Errorf("record of %d = %+v, %v", j, r, err)
		}
		person, err := c.People.Participant(t.Context(), p.ParticipantID)
		if err != nil || person.Email != all[j].Answers.Email || !person.Synthetic {
			t.Errorf("person %d = %+v, %v", j, person, err)
		}
		if a, err := c.People.Address(t.Context(), person); err != nil || a != all[j].Answers.Address {
			t.Errorf("address of %d = %+v, %v", j, a, err)
		}
		if fee, err := c.Claims.FeeOption(t.Context(), p.ID); err != nil || string(fee.Option) != all[j].Answers.FeeOption {
			t.Errorf("fee option of %d = %+v, %v", j, fee, err)
		}
		if given, err := c.People.Consents(t.Context(), p.ID); err != nil || len(given) != 2 {
			t.Errorf("consents of %d: %d, %v, want 2", j, len(given), err)
		}
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM audit_events WHERE action = 'participation.signed'`); n != 601 {
		t.Errorf("%d signatures in the log, want 601", n)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template = 'welcome'`); n != 1 {
		t.Errorf("%d welcome mails, want one, for %s who came by the pages", n, one.Number)
	}
}

func TestManySignaturesKeepTheRulesOfOne(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	member := c.Join(1)[0]
	tests := []struct {
		name  string
		spoil func(a *claims.Arrival)
		want  error
	}{
		{"another text than the current one", func(a *claims.Arrival) { a.Form.MandateSHA256 = a.Form.AgreementSHA256 }, claims.ErrTextChanged},
		{"signed before the text was published", func(a *claims.Arrival) { a.Form.ReceivedAt = a.Form.ReceivedAt.AddDate(-20, 0, 0) }, claims.ErrTextChanged},
		{"the mandate not ticked", func(a *claims.Arrival) { a.Form.MandateTicked = false }, claims.ErrMandateTick},
		{"the agreement not ticked", func(a *claims.Arrival) { a.Form.AgreementTicked = false }, claims.ErrAgreementTick},
		{"another name typed", func(a *claims.Arrival) { a.Form.TypedName = "Somebody Else" }, claims.ErrTypedName},
		{"a page left open", func(a *claims.Arrival) { a.Answers.FeeOption = "" }, claims.ErrNotComplete},
		{"a consent without a text", func(a *claims.Arrival) { a.Consents = []string{"everything"} }, claims.ErrNotFound},
		{"somebody who takes part already", func(a *claims.Arrival) { a.Answers.Email = member.Person.Email }, participants.ErrKnown},
	}
	same := arrivals(t, c, 2)
	same[1].Answers.Email = same[0].Answers.Email
	if _, err := c.Claims.ImportSigned(t.Context(), claimstest.Register, c.Claim, same); !errors.Is(err, participants.ErrKnown) {
		t.Errorf("the same person twice: %v, want %v", err, participants.ErrKnown)
	}
	for _, tt := range tests {
		all := arrivals(t, c, 3)
		tt.spoil(&all[2])
		if _, err := c.Claims.ImportSigned(t.Context(), claimstest.Register, c.Claim, all); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM participations`); n != 1 {
		t.Errorf("%d participations, want only the one that was there: all or nobody", n)
	}
	c.MoveTo(claims.Discontinued)
	if _, err := c.Claims.ImportSigned(t.Context(), claimstest.Register, c.Claim, arrivals(t, c, 1)); !errors.Is(err, claims.ErrClosed) {
		t.Errorf("into a closed claim: %v, want %v", err, claims.ErrClosed)
	}
}
