package claims_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/participants"
	"samenclaim/participants/privacy"
)

// named is somebody with a name to look for.
func named(c *claimstest.Case, first, infix, last, email, postcode string) demo.Person {
	p := c.Next()
	p.FirstNames, p.Infix, p.LastName, p.Email, p.Postcode = first, infix, last, email, postcode
	return p
}

func found(t *testing.T, c *claimstest.Case, f claims.Filter) (names []string, page claims.RegisterPage) {
	t.Helper()
	f.ClaimID = c.Claim.ID
	page, err := c.Claims.Register(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range page.Rows {
		names = append(names, r.Name())
	}
	return names, page
}

func TestTheOneSearchBox(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	zoe := c.JoinAs(named(c, "Zoë", "van der", "Müller-Öz", "zoe.muller@deelnemer.example", "1234 AB"))
	c.JoinAs(named(c, "Jan", "de", "Vries", "jan@deelnemer.example", "1234 AB"))
	c.JoinAs(named(c, "Li", "", "Wei", "li@deelnemer.example", "9999 ZZ"))
	c.JoinAs(named(c, "Percy", "", "100%_zeker", "percy@deelnemer.example", "9998 ZZ"))
	const zoeName, jan, li, percy = "Zoë van der Müller-Öz", "Jan de Vries", "Li Wei", "Percy 100%_zeker"
	n := zoe.Number
	tests := []struct {
		name, term, by string
		want           []string
	}{
		{"nothing", "", "", []string{percy, li, jan, zoeName}},
		{"a number", n, "number", []string{zoeName}},
		{"a number typed in a hurry", " " + strings.ToLower(strings.ReplaceAll(n, "-", " ")) + " ", "number", []string{zoeName}},
		{"a number with a slip of the finger", n[:len(n)-1] + slip(n[len(n)-1]), "number", nil},
		{"an e-mail address", "ZOE.Muller@Deelnemer.Example", "email", []string{zoeName}},
		{"an e-mail address nobody has", "niemand@deelnemer.example", "email", nil},
		{"half an e-mail address", "zoe@", "email", nil},
		{"a postcode", "1234ab", "postcode", []string{jan, zoeName}},
		{"a name without its accents", "muller", "name", []string{zoeName}},
		{"a name with accents it does not have", "vriés", "name", []string{jan}},
		{"capitals", "MÜLLER", "name", []string{zoeName}},
		{"the middle of a name", "ulle", "name", []string{zoeName}},
		{"words in another order", "vries, jan", "name", []string{jan}},
		{"words that only one person has together", "van zoe", "name", []string{zoeName}},
		{"a name of two letters", "li", "name", []string{li}},
		{"two letters that only begin a name", "ja", "name", nil},
		{"signs that mean something in a query", "100%_", "name", []string{percy}},
		{"a sign for anything", "%%%", "name", nil},
		{"a quote", "o'; DROP TABLE participants; --", "name", nil},
		{"only commas", " , ; ", "name", nil},
		{"ten letters that could be a number", "margaretha", "name", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, page := found(t, c, claims.Filter{Term: tt.term})
			if diff := cmp.Diff(tt.want, got); diff != "" || page.By != tt.by || page.Total != int64(len(tt.want)) {
				t.Errorf("%q read as %q finds %d (-want +got):\n%s", tt.term, page.By, page.Total, diff)
			}
		})
	}
}

// slip is another character that a number can end with.
func slip(c byte) string {
	if c == '7' {
		return "8"
	}
	return "7"
}

func TestFiltersOfTheRegister(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	join := func(first, option, plan string) claimstest.Member {
		p := c.Next()
		p.FirstNames, p.Infix, p.LastName, p.FeeOption, p.EvidencePlan = first, "", "X", option, plan
		return c.JoinAs(p)
	}
	a, b := join("A", "flat", "later"), join("B", "percentage", "later")
	if _, err := c.Claims.AttachStatement(t.Context(), "participant:2", claims.Owner{ParticipationID: b.ParticipationID}, "I used it at school."); err != nil {
		t.Fatal(err)
	}
	c.Send()
	c.Watch.Advance(time.Minute)
	d := join("D", "flat", "no")
	if err := c.Claims.Leave(t.Context(), "participant:3", c.Participation(d)); err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.AskRight(t.Context(), "participant:2", c.Participation(b), privacy.Restrict, "accuracy", ""); err != nil {
		t.Fatal(err)
	}
	c.Exec(`UPDATE participations SET review_mark = 'twice the same address', country = 'BE' WHERE id = ?`, a.ParticipationID)
	for _, tt := range []struct {
		name   string
		filter claims.Filter
		want   []string
	}{
		{"state included", claims.Filter{Status: "included"}, []string{"B X", "A X"}},
		{"state withdrawn", claims.Filter{Status: "withdrawn"}, []string{"D X"}},
		{"flat fee", claims.Filter{FeeOption: "flat"}, []string{"D X", "A X"}},
		{"with evidence", claims.Filter{Evidence: "yes"}, []string{"B X"}},
		{"without evidence", claims.Filter{Evidence: "no"}, []string{"D X", "A X"}},
		{"promised evidence", claims.Filter{Evidence: "later"}, []string{"A X"}},
		{"late", claims.Filter{Late: "yes"}, []string{"D X"}},
		{"in time", claims.Filter{Late: "no"}, []string{"B X", "A X"}},
		{"marked", claims.Filter{Mark: "yes"}, []string{"A X"}},
		{"not marked", claims.Filter{Mark: "no"}, []string{"D X", "B X"}},
		{"restricted", claims.Filter{Limited: "yes"}, []string{"B X"}},
		{"not restricted", claims.Filter{Limited: "no"}, []string{"D X", "A X"}},
		{"country", claims.Filter{Country: "BE"}, []string{"A X"}},
		{"abroad", claims.Filter{Country: "other"}, []string{"A X"}},
		{"at home", claims.Filter{Country: "NL"}, []string{"D X", "B X"}},
		{"two at once", claims.Filter{Status: "included", FeeOption: "percentage"}, []string{"B X"}},
		{"with a term", claims.Filter{Late: "no", Term: a.Person.Email}, []string{"A X"}},
		{"none", claims.Filter{Status: "paid"}, nil},
		{"a state that does not exist", claims.Filter{Status: "' OR true --"}, nil},
	} {
		got, page := found(t, c, tt.filter)
		if diff := cmp.Diff(tt.want, got); diff != "" || page.Total != int64(len(tt.want)) {
			t.Errorf("%s finds %d (-want +got):\n%s", tt.name, page.Total, diff)
		}
	}
	_, page := found(t, c, claims.Filter{Evidence: "yes"})
	r := page.Rows[0]
	if r.Number != b.Number || r.Evidence != 1 || r.Late || !r.Limited || r.Status != participants.Included || r.FeeOption != claims.Percentage || r.Email != b.Person.Email {
		t.Errorf("row = %+v, want that of %s", r, b.Number)
	}
}

func TestLeafingThroughTheRegister(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Crowd(120)
	var forward, back []string
	_, page := found(t, c, claims.Filter{})
	for {
		for _, r := range page.Rows {
			forward = append(forward, r.Number)
		}
		if !page.More {
			break
		}
		_, page = found(t, c, claims.Filter{AfterID: page.Rows[len(page.Rows)-1].ID})
		if !page.Before || page.Total != 120 {
			t.Errorf("a later page has before %v and total %d, want true and 120", page.Before, page.Total)
		}
	}
	for {
		var numbers []string
		for _, r := range page.Rows {
			numbers = append(numbers, r.Number)
		}
		back = append(numbers, back...)
		if !page.Before {
			break
		}
		_, page = found(t, c, claims.Filter{BeforeID: page.Rows[0].ID})
		if !page.More {
			t.Error("an earlier page has none after it")
		}
	}
	if len(forward) != 120 || cmp.Diff(forward, back) != "" {
		t.Errorf("%d rows forward and %d back, want the same 120", len(forward), len(back))
	}
}

func TestTheTotalIsAMinuteOldAtMost(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	_, before := found(t, c, claims.Filter{})
	c.Join(1)
	if names, page := found(t, c, claims.Filter{}); page.Total != 1 || len(names) != 2 || !page.TotalAt.Equal(before.TotalAt) {
		t.Errorf("total = %d of %d rows at once after, want the 1 that was counted", page.Total, len(names))
	}
	c.Watch.Advance(61 * time.Second)
	if _, page := found(t, c, claims.Filter{}); page.Total != 2 || !page.TotalAt.Equal(c.Watch.Now()) {
		t.Errorf("total = %d a minute later, want 2", page.Total)
	}
}
