package claims_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/claims/letter"
	"samenclaim/internal/audit"
)

// show picks people of the first letter by number.
func show(c *claimstest.Case, request string, numbers ...string) error {
	return c.Claims.ShowNames(c.Ctx(), claimstest.Lawyer, c.Claim.ID, 1, numbers, claims.Showing{Reason: "Steekproef van de wederpartij", RequestID: request})
}

// shown is the file of the newest showing.
func shown(c *claimstest.Case) ([]byte, error) {
	id := claimstest.One[int64](c, `SELECT max(id) FROM showings`)
	_, content, err := c.Claims.ShownNames(c.Ctx(), claimstest.Lawyer, c.Claim.ID, 1, id)
	return content, err
}

func TestShownNamesProveThemselvesAndTellOfNobodyElse(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	members := c.Join(9)
	c.Send()
	_, pdf, _, err := c.Claims.LetterFile(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, claims.FileLetter)
	must(t, err)
	picked := []claimstest.Member{members[7], members[2], members[5]}
	must(t, show(c, "a", " "+picked[0].Number+" ", picked[1].Number, "", strings.ToLower(picked[2].Number), picked[0].Number))
	file, err := shown(c)
	must(t, err)
	found, err := letter.VerifyFile(file, pdf)
	if err != nil || len(found.Proven) != 2*len(picked)+1 {
		t.Fatalf("the file proves %v, %v", found.Proven, err)
	}
	for _, m := range members {
		in := slices.Contains(picked, m)
		for _, secret := range []string{m.Number, m.Person.LastName, m.Person.Email} {
			if bytes.Contains(file, []byte(secret)) != in {
				t.Errorf("%s stands in the file: %v, want %v", secret, !in, in)
			}
		}
		looks, err := c.Claims.Looks(t.Context(), m.ParticipationID)
		must(t, err)
		told := slices.ContainsFunc(looks, func(l claims.Look) bool {
			return l.Shown && l.Reason == "Steekproef van de wederpartij" && slices.Equal(l.Roles, []string{"lawyer"})
		})
		if told != in {
			t.Errorf("%s is told in the file: %v, want %v", m.Number, told, in)
		}
	}
	if n := mails(c, "name_shown"); n != len(picked) {
		t.Errorf("%d mails, want one to each of %d", n, len(picked))
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template = 'name_shown' AND data::text LIKE '%teekproef%'`); n != 0 {
		t.Error("the mail tells why")
	}
	if logged(c, "names.shown") != 1 || logged(c, "names.taken") != 1 {
		t.Errorf("the log tells of %d showings and %d files", logged(c, "names.shown"), logged(c, "names.taken"))
	}
	must(t, c.Claims.CountPublicly(t.Context(), c.Claim.ID))
	if a, err := c.Claims.PublicAccount(t.Context(), c.Claim.ID); err != nil || a.NamesTaken != 1 {
		t.Errorf("the public is told of %d times, %v, want 1", a.NamesTaken, err)
	}
	c.Exec(`DELETE FROM annex_salts WHERE participation_id = ?`, picked[0].ParticipationID) // as an erasure does
	file, err = shown(c)
	must(t, err)
	if bytes.Contains(file, []byte(picked[0].Number)) || !bytes.Contains(file, []byte(picked[1].Number)) {
		t.Error("who was erased is still in the file, or the others aren't")
	}
	c.Exec(`DELETE FROM annex_salts`)
	if _, err := shown(c); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("the file of nobody = %v, want %v", err, claims.ErrNotFound)
	}
}

func TestOnlyPeopleOfTheAnnexAreShown(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	members := c.Join(3)
	if err := show(c, "a", members[0].Number); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("without a letter = %v, want %v", err, claims.ErrNotFound)
	}
	c.Proposed()
	if err := show(c, "a", members[0].Number); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("before it is sent = %v, want %v", err, claims.ErrWrongState)
	}
	must(t, c.Claims.ApproveLetter(t.Context(), claimstest.Board2, c.Claim.ID, 1))
	must(t, c.Claims.SendLetter(t.Context(), claimstest.Board, c.Claim.ID, 1))
	late := c.Join(1)[0]
	must(t, c.Claims.Leave(t.Context(), audit.Participant(members[1].ParticipantID), c.Participation(members[1])))
	many := make([]string, letter.MostDisclosed+1)
	for i := range many {
		many[i] = members[0].Number
	}
	for name, tt := range map[string]struct {
		numbers []string
		want    error
	}{
		"nobody":                     {nil, claims.ErrNumbers},
		"blanks":                     {[]string{"", " "}, claims.ErrNumbers},
		"too many":                   {many, claims.ErrNumbers},
		"somebody who signed later":  {[]string{members[0].Number, late.Number}, claims.ErrNotInAnnex},
		"somebody who stopped since": {[]string{members[1].Number}, claims.ErrNotInAnnex},
		"a number with a typo":       {[]string{members[0].Number + "X"}, claims.ErrNotInAnnex},
		"something else":             {[]string{"'; DROP TABLE letters"}, claims.ErrNotInAnnex},
	} {
		err := show(c, "a", tt.numbers...)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s = %v, want %v", name, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), late.Number) {
			t.Errorf("%s: the error repeats a number: %v", name, err)
		}
	}
	if err := c.Claims.ShowNames(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, []string{members[0].Number}, claims.Showing{Reason: " ", RequestID: "a"}); !errors.Is(err, claims.ErrReason) {
		t.Errorf("without a reason = %v, want %v", err, claims.ErrReason)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM showings`); n != 0 || mails(c, "name_shown") != 0 {
		t.Errorf("%d showings and %d mails of what was refused", n, mails(c, "name_shown"))
	}
	for _, sql := range []string{`UPDATE showings SET reason = 'x'`, `DELETE FROM shown_people`} {
		must(t, show(c, "b", members[0].Number))
		if _, err := c.Owner(t).Exec(t.Context(), sql); err == nil {
			t.Errorf("the owner of the tables may: %s", sql)
		}
	}
}

func TestNamesAreShownOnceByEight(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	members := c.Join(2)
	c.Send()
	ends := claimstest.Eight(func(int) error {
		return c.Claims.ShowNames(context.Background(), claimstest.Lawyer, c.Claim.ID, 1, []string{members[0].Number, members[1].Number}, claims.Showing{Reason: "Steekproef", RequestID: "one form"})
	})
	if diff := cmp.Diff(map[error]int{nil: 8}, ends); diff != "" {
		t.Errorf("the same form eight times (-want +got):\n%s", diff)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM showings`); n != 1 || mails(c, "name_shown") != 2 || logged(c, "name.shown") != 2 {
		t.Errorf("%d showings, %d mails, %d lines in the log, want 1, 2 and 2", n, mails(c, "name_shown"), logged(c, "name.shown"))
	}
	c = claimstest.New(t)
	members = c.Join(2)
	c.Send()
	claimstest.Eight(func(i int) error { return show(c, fmt.Sprint("form ", i), members[0].Number) })
	if n := claimstest.One[int](c, `SELECT count(*) FROM showings`); n != 8 {
		t.Errorf("eight forms are %d showings: the test above does not see what the mark of a form is for", n)
	}
}
