package claims_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/claims/letter"
	"samenclaim/internal/audit"
)

func TestWhatGoesWithALetter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		mode        letter.Mode
		along, kept []string
		says        string
	}{
		{letter.Pseudonymous, []string{claims.FileLetter, claims.FilePDF, claims.FileCSV}, []string{claims.FileNamed}, "Een lijst met nummers en codes gaat met deze brief mee"},
		{letter.Named, []string{claims.FileLetter, claims.FileNamesPDF, claims.FileNamesCSV, claims.FilePDF, claims.FileCSV}, []string{claims.FileNamed}, "Een lijst met namen en een lijst met nummers en codes"},
		{letter.RootOnly, []string{claims.FileLetter}, []string{claims.FilePDF, claims.FileCSV, claims.FileNamed}, "Alleen de wortelwaarde; er gaat geen lijst mee"},
	}
	for _, tt := range tests {
		t.Run(string(tt.mode), func(t *testing.T) {
			t.Parallel()
			c := claimstest.New(t)
			members := c.Join(12)
			l := c.SendAs(tt.mode)
			files, err := c.Claims.LetterFiles(t.Context(), c.Claim.ID, 1)
			if err != nil {
				t.Fatal(err)
			}
			var along, kept []string
			for _, f := range files {
				if f.GoesAlong {
					along = append(along, f.Kind)
				} else {
					kept = append(kept, f.Kind)
				}
			}
			if diff := cmp.Diff([][]string{tt.along, tt.kept}, [][]string{along, kept}); diff != "" {
				t.Errorf("what goes along, and what stays (-want +got):\n%s", diff)
			}
			doc, _, err := c.Claims.PreviewLetter(t.Context(), c.Claim.ID, 1)
			if err != nil || !strings.Contains(string(letter.HTML(doc)), tt.says) {
				t.Errorf("the letter does not say %q, %v", tt.says, err)
			}
			_, pdf, _, err := c.Claims.LetterFile(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, claims.FileLetter)
			if err != nil {
				t.Fatal(err)
			}
			_, csv, _, err := c.Claims.LetterFile(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, claims.FileCSV)
			if err != nil {
				t.Fatal(err)
			}
			if head, named, err := letter.CheckAnnex(bytes.NewReader(csv)); err != nil || named || !bytes.Equal(head.Root[:], l.Root) {
				t.Errorf("the annex leads to root %x (with names: %v), %v, want %x", head.Root, named, err, l.Root)
			}
			for _, m := range members {
				b, err := c.Claims.Receipt(t.Context(), c.Participation(m))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := letter.VerifyFile(b, pdf); err != nil {
					t.Errorf("the receipt of %s does not hold: %v", m.Number, err)
				}
			}
			told := claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template = 'letter_sent' AND data->>'Named' = 'yes'`)
			if want := map[bool]int{true: 12}[tt.mode == letter.Named]; told != want {
				t.Errorf("%d people are told that their name went along, want %d", told, want)
			}
			if err := c.Claims.CountPublicly(t.Context(), c.Claim.ID); err != nil {
				t.Fatal(err)
			}
			if a, err := c.Claims.PublicAccount(t.Context(), c.Claim.ID); err != nil || a.Letters[0].AnnexMode != tt.mode {
				t.Errorf("the public account says %q, %v", a.Letters[0].AnnexMode, err)
			}
		})
	}
}

func TestTheAnnexWithNames(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	members := c.Join(12)
	l := c.SendAs(letter.Named)
	files, err := c.Claims.LetterFiles(t.Context(), c.Claim.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{claims.FileNamesCSV, claims.FileNamesPDF} {
		if _, _, _, err := c.Claims.LetterFile(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, kind); !errors.Is(err, claims.ErrNotFound) {
			t.Errorf("%s as any file of the letter = %v, want %v", kind, err, claims.ErrNotFound)
		}
		name, content, err := c.Claims.LetterNames(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, kind)
		if err != nil {
			t.Fatal(err)
		}
		hash := sha256.Sum256(content)
		i := slices.IndexFunc(files, func(f claims.LetterFileInfo) bool { return f.Kind == kind })
		if f := files[i]; f.Name != name || !bytes.Equal(f.SHA256, hash[:]) || !f.WithNames {
			t.Errorf("%s is %q with hash %x, want %q with %x", kind, name, hash, f.Name, f.SHA256)
		}
		text := string(content)
		if kind == claims.FileNamesPDF {
			if text = paper(t, content); text == "" {
				continue
			}
		}
		for _, m := range members {
			if !strings.Contains(text, m.Number) || !strings.Contains(text, m.Person.LastName) || !strings.Contains(text, m.Person.Email) {
				t.Errorf("%s does not name %s", kind, m.Number)
			}
		}
		if n := claimstest.One[int](c, `SELECT count(*) FROM letter_files WHERE kind = ? AND position(convert_to(?, 'UTF8') IN bytes) > 0`, kind, members[0].Person.Email); n != 0 {
			t.Errorf("the names of %s stand in the open in the database", kind)
		}
		if kind == claims.FileNamesCSV {
			if head, named, err := letter.CheckAnnex(bytes.NewReader(content)); err != nil || !named || !bytes.Equal(head.Root[:], l.Root) {
				t.Errorf("the names lead to root %x (with names: %v), %v, want %x", head.Root, named, err, l.Root)
			}
		}
	}
	if n := logged(c, "letter.file_taken"); n != 2 {
		t.Errorf("%d lines in the log about names taken, want 2", n)
	}
	for _, kind := range []string{claims.FileNamed, claims.FileCSV, "x"} {
		if _, _, err := c.Claims.LetterNames(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, kind); !errors.Is(err, claims.ErrNotFound) {
			t.Errorf("%s as names = %v, want %v", kind, err, claims.ErrNotFound)
		}
	}
}

func TestTheRootAloneTakesASecondLawyer(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(2)
	c.ProposedAs(letter.RootOnly)
	agree := func(by audit.Actor, words string) error {
		return c.Claims.SignOffLetter(t.Context(), by, "mr. Tweede", c.Claim.ID, 1, words)
	}
	approve := func() error { return c.Claims.ApproveLetter(t.Context(), claimstest.Board2, c.Claim.ID, 1) }
	steps := []struct {
		name string
		do   func() error
		want error
	}{
		{"the board approves before anybody agreed", approve, claims.ErrNoSignOff},
		{"who proposed it agrees", func() error { return agree(claimstest.Lawyer, "goed") }, claims.ErrSamePerson},
		{"a second lawyer agrees without words", func() error { return agree(claimstest.Lawyer2, " \n") }, claims.ErrReason},
		{"with a story", func() error { return agree(claimstest.Lawyer2, strings.Repeat("x", claims.MostSignOff+1)) }, claims.ErrReason},
		{"a second lawyer agrees", func() error { return agree(claimstest.Lawyer2, "Het bedrijf kent hen.") }, nil},
		{"twice", func() error { return agree(claimstest.Lawyer2, "Het bedrijf kent hen.") }, claims.ErrWrongState},
		{"it is taken back and proposed again", func() error {
			return errors.Join(c.Claims.WithdrawProposal(t.Context(), claimstest.Lawyer, c.Claim.ID, 1), c.Claims.ProposeLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, 1))
		}, nil},
		{"the old agreement counts for the new proposal", approve, claims.ErrNoSignOff},
		{"the second lawyer agrees again", func() error { return agree(claimstest.Lawyer2, "Het bedrijf kent hen.") }, nil},
		{"the board approves", approve, nil},
		{"and sends", func() error { return c.Claims.SendLetter(t.Context(), claimstest.Board, c.Claim.ID, 1) }, nil},
		{"a sent letter is agreed to", func() error { return agree(claimstest.Lawyer2, "goed") }, claims.ErrWrongState},
	}
	for _, step := range steps {
		if err := step.do(); !errors.Is(err, step.want) {
			t.Errorf("%s = %v, want %v", step.name, err, step.want)
		}
	}
	l, err := c.Claims.Letter(t.Context(), c.Claim.ID, 1)
	if err != nil || l.SignedOffBy == nil || *l.SignedOffBy != claimstest.Lawyer2 || l.SignedOffName != "mr. Tweede" || l.SignedOffWords != "Het bedrijf kent hen." || l.SignedOffAt == nil {
		t.Errorf("the agreement with the letter is %+v, %v", l.SignOff, err)
	}
	c.Arrive(1) // a generated column does not stand in the way of what a sent letter may
}

func TestOtherLettersTakeNoSecondLawyer(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	c.ProposedAs(letter.Named)
	if err := c.Claims.SignOffLetter(t.Context(), claimstest.Lawyer2, "mr. Tweede", c.Claim.ID, 1, "goed"); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("agree to a letter with names = %v, want %v", err, claims.ErrWrongState)
	}
	if err := c.Claims.SignOffLetter(t.Context(), claimstest.Lawyer2, "mr. Tweede", c.Claim.ID, 7, "goed"); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("agree to no letter = %v, want %v", err, claims.ErrNotFound)
	}
}

// What the schema refuses even when the program forgets.
func TestTheSchemaWantsASecondLawyer(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	c.ProposedAs(letter.RootOnly)
	const agreed = `UPDATE letters SET signed_off_at = now(), signed_off_name = 'N', signed_off_words = 'w', signed_off_by = `
	for name, sql := range map[string]string{
		"approved without an agreement":     `UPDATE letters SET approved_by = 'staff:8', approved_at = now()`,
		"agreed to by who proposed it":      agreed + `proposed_by`,
		"agreed to without words":           `UPDATE letters SET signed_off_at = now(), signed_off_name = 'N', signed_off_by = 'staff:9'`,
		"agreed to by nobody":               `UPDATE letters SET signed_off_at = now(), signed_off_name = 'N', signed_off_words = 'w'`,
		"changed to names while proposed":   `UPDATE letters SET fields = fields || '{"Mode": "named"}'`,
		"changed to a mode that is none":    `UPDATE letters SET status = 'draft', proposed_by = NULL, proposed_at = NULL, fields = fields || '{"Mode": "public"}'`,
		"a draft that a lawyer agreed with": `UPDATE letters SET status = 'draft', proposed_by = NULL, proposed_at = NULL, signed_off_at = now(), signed_off_name = 'N', signed_off_words = 'w', signed_off_by = 'staff:9'`,
	} {
		for who, err := range map[string]error{"the program": c.DB.WithContext(t.Context()).Exec(sql).Error, "the owner": c.OwnerDB(t).Exec(sql).Error} {
			if err == nil {
				t.Errorf("%s may have a letter that is %s", who, name)
			}
		}
	}
	c.Exec(agreed + `'staff:9'`) // the others fail for what they name, not for what they have in common
}

func TestAgreedOnceByEight(t *testing.T) {
	t.Parallel()
	agree := func(c *claimstest.Case) map[error]int {
		return claimstest.Eight(func(i int) error {
			return c.Claims.SignOffLetter(context.Background(), audit.Staff(int64(20+i)), "mr. Tweede", c.Claim.ID, 1, "goed")
		}, claims.ErrWrongState)
	}
	c := claimstest.New(t)
	c.ProposedAs(letter.RootOnly)
	if diff := cmp.Diff(map[error]int{nil: 1, claims.ErrWrongState: 7}, agree(c)); diff != "" || logged(c, "letter.signed_off") != 1 {
		t.Errorf("agreeing eight times at once (-want +got):\n%s", diff)
	}
	c = claimstest.New(t)
	c.ProposedAs(letter.RootOnly)
	unguarded(c)
	meet(c, 8, `FROM "letters"`)
	if ends := agree(c); ends[nil] < 2 || logged(c, "letter.signed_off") < 2 {
		t.Errorf("without its lock a letter is agreed to %v: the test above does not see what it is for", ends)
	}
}
