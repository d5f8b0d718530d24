package claims_test

import (
	"errors"
	"slices"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/cmd/samenclaim/demo"
)

// content reads the demo's files, to be changed by a test.
func content(t *testing.T) (claims.FoundationFile, claims.ClaimFile) {
	t.Helper()
	f, err1 := claims.ParseFoundation(demo.Files, "foundation.json")
	c, err2 := claims.ParseClaim(demo.Files, "claims/zoom.json")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return f, c
}

// change gives a claim's file with one text changed.
func change(in claims.ClaimFile, key string, edit func(*claims.Text)) claims.ClaimFile {
	in.Texts = slices.Clone(in.Texts)
	for i := range in.Texts {
		if in.Texts[i].Key == key {
			edit(&in.Texts[i])
		}
	}
	return in
}

func TestTheSameClaimFileTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	_, file := content(t)
	before := claimstest.One[string](c, `SELECT concat_ws(' ', (SELECT count(*) FROM texts), (SELECT max(id) FROM texts), (SELECT claims::text FROM claims))`)
	again, err := c.Claims.ImportClaim(t.Context(), claimstest.Admin, file)
	if err != nil || again.ID != c.Claim.ID || again.Status != claims.Open {
		t.Errorf("ImportClaim again = %d %s, %v, want the same open claim", again.ID, again.Status, err)
	}
	if after := claimstest.One[string](c, `SELECT concat_ws(' ', (SELECT count(*) FROM texts), (SELECT max(id) FROM texts), (SELECT claims::text FROM claims))`); after != before {
		t.Errorf("changed:\n%s\n%s", before, after)
	}
}

func TestWhatPeopleHaveReadIsNeverChanged(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	_, file := content(t)
	longer := func(t *claims.Text) { t.Body += "\n\nEn nog iets." }
	_, err := c.Claims.ImportClaim(t.Context(), claimstest.Admin, change(file, "mandate", longer))
	if !errors.Is(err, claims.ErrTextVersion) {
		t.Errorf("other words under the same version = %v, want %v", err, claims.ErrTextVersion)
	}
	old, err := c.Claims.Texts(t.Context(), c.Claim.ID, "nl")
	if err != nil {
		t.Fatal(err)
	}
	newer := change(file, "mandate", func(t *claims.Text) { longer(t); t.Version = "2026-11" })
	if _, err := c.Claims.ImportClaim(t.Context(), claimstest.Admin, newer); err != nil {
		t.Fatal(err)
	}
	now, err := c.Claims.Texts(t.Context(), c.Claim.ID, "nl")
	if err != nil || now["mandate"].Version != "2026-11" || now["agreement"].ID != old["agreement"].ID {
		t.Errorf("now in force: mandate %s, agreement %d, %v", now["mandate"].Version, now["agreement"].ID, err)
	}
	if read, err := c.Claims.Text(t.Context(), c.Claim.ID, old["mandate"].ID); err != nil || read.Body != old["mandate"].Body {
		t.Errorf("what was read then cannot be read any more: %v", err)
	}
	if _, err := c.Claims.Text(t.Context(), c.Claim.ID+1, old["mandate"].ID); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("the text under another claim = %v, want %v", err, claims.ErrNotFound)
	}
	later := change(file, "mandate", func(t *claims.Text) { t.Body += "\n\nLater."; t.Version = "2027-01" })
	if _, err := c.Claims.ImportClaim(t.Context(), claimstest.Admin, later); err != nil {
		t.Fatal(err)
	}
	if now, err := c.Claims.Texts(t.Context(), c.Claim.ID, "nl"); err != nil || now["mandate"].Version != "2026-11" {
		t.Errorf("a text of next year is in force already: %s, %v", now["mandate"].Version, err)
	}
	wrong := change(file, "mandate", func(t *claims.Text) { t.Version = "new" })
	if _, err := c.Claims.ImportClaim(t.Context(), claimstest.Admin, wrong); !errors.Is(err, claims.ErrContent) {
		t.Errorf("a version that is no month = %v, want %v", err, claims.ErrContent)
	}
}

func TestTheTermsOfAnOpenClaimStayAsTheyWereSigned(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	_, file := content(t)
	dearer := file
	dearer.FlatFeeCents += 100
	if _, err := c.Claims.ImportClaim(t.Context(), claimstest.Admin, dearer); !errors.Is(err, claims.ErrContent) {
		t.Errorf("a higher fee = %v, want %v", err, claims.ErrContent)
	}
	more := file
	more.RateBP++
	if _, err := c.Claims.ImportClaim(t.Context(), claimstest.Admin, more); !errors.Is(err, claims.ErrContent) {
		t.Errorf("a higher rate = %v, want %v", err, claims.ErrContent)
	}
	renamed := file
	renamed.NameNL, renamed.MaxAwardCents = "Andere naam", 1
	got, err := c.Claims.ImportClaim(t.Context(), claimstest.Admin, renamed)
	if err != nil || got.NameNL != "Andere naam" || got.MaxAwardCents != c.Claim.MaxAwardCents {
		t.Errorf("name %q, award %d, %v, want the new name and the old award", got.NameNL, got.MaxAwardCents, err)
	}
}

func TestTheFoundationIsData(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	file, _ := content(t)
	before, err := c.Claims.Foundation(t.Context())
	if err != nil || before.Name != file.Name || len(before.PeopleList()) != len(file.People) {
		t.Fatalf("Foundation = %q with %d people, %v", before.Name, len(before.PeopleList()), err)
	}
	file.Name, file.Phone = "Stichting Anders", "+31 20 000 00 00"
	if err := c.Claims.ImportFoundation(t.Context(), claimstest.Admin, file); err != nil {
		t.Fatal(err)
	}
	if now, err := c.Claims.Foundation(t.Context()); err != nil || now.Name != "Stichting Anders" || now.ID != before.ID {
		t.Errorf("Foundation = %d %q, %v, want the same one with its new name, at once", now.ID, now.Name, err)
	}
	c.Exec(`UPDATE foundations SET name = 'Door een ander'`)
	if now, _ := c.Claims.Foundation(t.Context()); now.Name != "Stichting Anders" {
		t.Errorf("Foundation asks the database each time")
	}
	c.Watch.Advance(11e9)
	if now, _ := c.Claims.Foundation(t.Context()); now.Name != "Door een ander" {
		t.Errorf("after eleven seconds it is still %q", now.Name)
	}
}

func TestAFoundationThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	tests := []struct {
		name string
		edit func(*claims.FoundationFile)
	}{
		{"an account with wrong check digits", func(f *claims.FoundationFile) { f.IBAN = "NL00ABNA0417164300" }},
		{"no account", func(f *claims.FoundationFile) { f.IBAN = "" }},
		{"a lawyer's key that is none", func(f *claims.FoundationFile) { f.LawyerRecipient = "age1nonsense" }},
	}
	for _, tt := range tests {
		file, _ := content(t)
		tt.edit(&file)
		if err := c.Claims.ImportFoundation(t.Context(), claimstest.Admin, file); !errors.Is(err, claims.ErrContent) {
			t.Errorf("%s: %v, want %v", tt.name, err, claims.ErrContent)
		}
	}
}
