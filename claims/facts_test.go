package claims_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/cmd/samenclaim/demo"
)

func aFact(request string) claims.LibraryFact {
	return claims.LibraryFact{
		StatementNL: "Het gebeurde.", StatementEN: "It happened.", Quote: "We did it.", SourceNL: "Krant", SourceEN: "Paper", SourceURL: "https://krant.example/1",
		WhenNL: "voorjaar 2020", WhenEN: "spring 2020", Grade: "reported", CheckedOn: day("2026-11-01"), RequestID: request,
	}
}

// factAt is the fact of a code as it counts now.
func factAt(c *claimstest.Case, code string) *claims.LibraryFact {
	c.Helper()
	all, err := c.Claims.PublishedFacts(c.Ctx(), c.Claim.ID)
	if err != nil {
		c.Fatal(err)
	}
	for _, f := range all {
		if f.Code == code {
			return &f
		}
	}
	return nil
}

func TestAFactCountsWhenSomebodyElsePublishedIt(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	ctx, id := t.Context(), c.Claim.ID
	code, err := c.Claims.AddFact(ctx, claimstest.Lawyer, id, aFact("a"))
	if err != nil || code != "F28" {
		t.Fatalf("code = %q, %v, want F28: after those of the file", code, err)
	}
	if again, err := c.Claims.AddFact(ctx, claimstest.Lawyer, id, aFact("a")); err != nil || again != code {
		t.Errorf("sent twice = %q, %v, want %s", again, err, code)
	}
	if factAt(c, code) != nil {
		t.Error("it counts before anybody else saw it")
	}
	if err := c.Claims.PublishFact(ctx, claimstest.Lawyer, id, code, 1); !errors.Is(err, claims.ErrSamePerson) {
		t.Errorf("published by who wrote it = %v, want ErrSamePerson", err)
	}
	ends := claimstest.Eight(func(int) error { return c.Claims.PublishFact(ctx, claimstest.Board, id, code, 1) }, claims.ErrWrongState)
	if diff := cmp.Diff(map[error]int{nil: 1, claims.ErrWrongState: 7}, ends); diff != "" {
		t.Errorf("published eight times at once (-want +got):\n%s", diff)
	}
	if f := factAt(c, code); f == nil || f.Version != 1 || f.Quote != "We did it." {
		t.Errorf("fact = %+v, want version 1", f)
	}
	fix := aFact("b")
	fix.StatementNL, fix.Grade = "Het gebeurde twee keer.", "verified"
	if err := c.Claims.CorrectFact(ctx, claimstest.Board, id, code, 1, fix); !errors.Is(err, claims.ErrReason) {
		t.Errorf("corrected without a reason = %v", err)
	}
	fix.Reason = "geteld"
	if err := c.Claims.CorrectFact(ctx, claimstest.Board, id, code, 1, fix); err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.CorrectFact(ctx, claimstest.Board, id, code, 1, fix); err != nil {
		t.Errorf("sent twice = %v", err)
	}
	fix.RequestID = "c"
	if err := c.Claims.CorrectFact(ctx, claimstest.Lawyer, id, code, 1, fix); !errors.Is(err, claims.ErrFactStale) {
		t.Errorf("corrected from an old version = %v, want ErrFactStale", err)
	}
	if f := factAt(c, code); f.Version != 1 || f.StatementNL != "Het gebeurde." {
		t.Errorf("before the correction is published it says %q", f.StatementNL)
	}
	if err := c.Claims.PublishFact(ctx, claimstest.Lawyer, id, code, 1); !errors.Is(err, claims.ErrFactStale) {
		t.Errorf("publishing an old version = %v, want ErrFactStale", err)
	}
	if err := c.Claims.PublishFact(ctx, claimstest.Lawyer, id, code, 2); err != nil {
		t.Fatal(err)
	}
	if f := factAt(c, code); f.Version != 2 || f.StatementNL != "Het gebeurde twee keer." {
		t.Errorf("after that it says %q", f.StatementNL)
	}
	gone := fix
	gone.Withdrawn, gone.RequestID, gone.Reason = true, "d", "klopt niet"
	if err := errors.Join(c.Claims.CorrectFact(ctx, claimstest.Lawyer, id, code, 2, gone), c.Claims.PublishFact(ctx, claimstest.Board, id, code, 3)); err != nil {
		t.Fatal(err)
	}
	if factAt(c, code) != nil {
		t.Error("a fact that was taken back still counts")
	}
	if versions, _, err := c.Claims.Fact(ctx, id, code); err != nil || len(versions) != 3 || versions[2].StatementNL != "Het gebeurde." {
		t.Errorf("%d versions, %v, want all three", len(versions), err)
	}
	for _, sql := range []string{`UPDATE facts SET statement_nl = 'x' WHERE version = 1`, `DELETE FROM facts`, `UPDATE facts SET published_at = NULL, published_by = NULL WHERE published_by IS NOT NULL`} {
		if _, err := c.Owner(t).Exec(ctx, sql); err == nil {
			t.Errorf("the owner of the table can: %s", sql)
		}
	}
}

func TestWhatIsNoFact(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	for _, tt := range []struct {
		name   string
		want   error
		change func(*claims.LibraryFact)
	}{
		{"only in Dutch", claims.ErrFact, func(f *claims.LibraryFact) { f.StatementEN = " " }},
		{"without a source", claims.ErrFact, func(f *claims.LibraryFact) { f.SourceNL = "" }},
		{"with signs that cannot be seen", claims.ErrFact, func(f *claims.LibraryFact) { f.Quote = "a\u200bb" }},
		{"too long", claims.ErrFact, func(f *claims.LibraryFact) { f.StatementNL = strings.Repeat("x", 1001) }},
		{"of our own", claims.ErrFactGrade, func(f *claims.LibraryFact) { f.Grade = "own" }},
		{"checked tomorrow", claims.ErrFactChecked, func(f *claims.LibraryFact) { f.CheckedOn = day("2026-11-03") }},
		{"with a script for an address", claims.ErrFactURL, func(f *claims.LibraryFact) { f.SourceURL = "javascript:alert(1)" }},
		{"of no form", claims.ErrFact, func(f *claims.LibraryFact) { f.RequestID = "" }},
	} {
		f := aFact("a")
		tt.change(&f)
		if _, err := c.Claims.AddFact(t.Context(), claimstest.Lawyer, c.Claim.ID, f); !errors.Is(err, tt.want) {
			t.Errorf("%s = %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestALetterKeepsTheVersionItCites(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	ctx, id := t.Context(), c.Claim.ID
	correct := func(version int, words string) {
		t.Helper()
		f := *factAt(c, "F02")
		f.StatementNL, f.Reason, f.RequestID = words, "nagekeken", fmt.Sprint("correct", version)
		if err := errors.Join(c.Claims.CorrectFact(ctx, claimstest.Lawyer, id, "F02", version-1, f), c.Claims.PublishFact(ctx, claimstest.Board, id, "F02", version)); err != nil {
			t.Fatal(err)
		}
	}
	l, err := c.Claims.DraftLetter(ctx, claimstest.Lawyer, id, "nl")
	if err != nil || len(l.Fields.Events) != 14 || l.Fields.Events[1].Version != 1 {
		t.Fatalf("draft cites %d facts, %v, want the 14 that are not background", len(l.Fields.Events), err)
	}
	correct(2, "De app gaf gegevens door.")
	if _, misses, err := c.Claims.PreviewLetter(ctx, id, 1); err != nil || len(misses) != 1 || misses[0].Clause != claims.StaleFacts || !strings.Contains(misses[0].Words.NL, "F02") {
		t.Errorf("misses = %+v, %v, want F02", misses, err)
	}
	if err := c.Claims.ProposeLetter(ctx, claimstest.Lawyer, id, 1); !errors.Is(err, claims.ErrLint) {
		t.Errorf("proposed with an old fact = %v, want ErrLint", err)
	}
	if err := c.Claims.RenewFacts(ctx, claimstest.Lawyer, id, 1); err != nil {
		t.Fatal(err)
	}
	c.Approved()
	correct(3, "De app gaf gegevens door aan een ander.")
	if err := c.Claims.SendLetter(ctx, claimstest.Board, id, 1); !errors.Is(err, claims.ErrLint) {
		t.Errorf("sent with an old fact = %v, want ErrLint", err)
	}
	if err := errors.Join(c.Claims.WithdrawProposal(ctx, claimstest.Lawyer, id, 1), c.Claims.RenewFacts(ctx, claimstest.Lawyer, id, 1)); err != nil {
		t.Fatal(err)
	}
	l = c.Send()
	correct(4, "Het was anders.")
	doc, misses, err := c.Claims.PreviewLetter(ctx, id, 1)
	if text := fmt.Sprint(doc.Blocks); err != nil || len(misses) != 0 || !strings.Contains(text, "doorgegeven aan een ander") && !strings.Contains(text, "De app gaf gegevens door aan een ander.") || strings.Contains(text, "Het was anders.") {
		t.Errorf("the letter that was sent says something else, or lacks %+v, %v", misses, err)
	}
	if err := c.Claims.RenewFacts(ctx, claimstest.Lawyer, id, 1); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("facts taken over into letter %d that was sent = %v", l.Ordinal, err)
	}
	_, cited, err := c.Claims.Fact(ctx, id, "F02")
	if diff := cmp.Diff([]claims.Citation{{Ordinal: 1, Version: 3, Status: "sent"}}, cited); err != nil || diff != "" {
		t.Errorf("cited by %v (-want +got):\n%s", err, diff)
	}
}

func TestTheFileLeavesCorrectionsAlone(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	ctx, id := t.Context(), c.Claim.ID
	file, err := claims.ParseClaim(demo.Files, "claims/zoom.json")
	if err != nil {
		t.Fatal(err)
	}
	count := func() int64 { return claimstest.One[int64](c, `SELECT count(*) FROM facts`) }
	before := count()
	read := func() {
		t.Helper()
		if _, err := c.Claims.ImportClaim(ctx, claimstest.Admin, file); err != nil {
			t.Fatal(err)
		}
	}
	if read(); count() != before {
		t.Errorf("the same file twice makes %d versions of %d", count(), before)
	}
	f := *factAt(c, "F01")
	f.StatementNL, f.Reason, f.RequestID = "Verbeterd.", "nagekeken", "x"
	if err := errors.Join(c.Claims.CorrectFact(ctx, claimstest.Lawyer, id, "F01", 1, f), c.Claims.PublishFact(ctx, claimstest.Board, id, "F01", 2)); err != nil {
		t.Fatal(err)
	}
	if read(); factAt(c, "F01").StatementNL != "Verbeterd." {
		t.Error("the same file took a correction back")
	}
	file.Facts[0].StatementNL = "Zo staat het nu in het bestand."
	if read(); factAt(c, "F01").Version != 3 || factAt(c, "F01").StatementNL != "Zo staat het nu in het bestand." {
		t.Errorf("after another file it is version %d", factAt(c, "F01").Version)
	}
}
