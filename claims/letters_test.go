package claims_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/claims/letter"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/internal/audit"
)

func TestANewLetterIsFilledInAndLacksNothing(t *testing.T) {
	t.Parallel()
	for _, slug := range []string{"zoom", "fitband"} {
		for _, lang := range []string{"nl", "en"} {
			t.Run(slug+" in "+lang, func(t *testing.T) {
				t.Parallel()
				c := claimstest.New(t)
				file, err := claims.ParseClaim(demo.Files, "claims/"+slug+".json")
				if err != nil {
					t.Fatal(err)
				}
				claim, err := c.Claims.ImportClaim(t.Context(), claimstest.Admin, file)
				if err != nil {
					t.Fatal(err)
				}
				c.Force(t, `UPDATE claims SET status = 'open', opened_at = created_at WHERE id = ?`, claim.ID)
				if _, err := c.Claims.DraftLetter(t.Context(), claimstest.Lawyer, claim.ID, lang); err != nil {
					t.Fatal(err)
				}
				doc, misses, err := c.Claims.PreviewLetter(t.Context(), claim.ID, 1)
				if err != nil || len(misses) > 0 {
					t.Fatalf("a new letter lacks %+v, %v, want nothing", misses, err)
				}
				if len(doc.Blocks) < 20 || doc.Sender.LegalName == "" {
					t.Errorf("the letter has %d blocks from %q, want a whole letter of the foundation", len(doc.Blocks), doc.Sender.LegalName)
				}
				pdf, err := c.Claims.PreviewLetterPDF(t.Context(), claim.ID, 1)
				if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
					t.Errorf("the preview as PDF begins with %.8q, %v", pdf, err)
				}
			})
		}
	}
}

func TestOnlyOneLetterIsWorkedOn(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	ends := claimstest.Eight(func(int) error {
		_, err := c.Claims.DraftLetter(context.Background(), claimstest.Lawyer, c.Claim.ID, "nl")
		return err
	})
	if diff := cmp.Diff(map[error]int{nil: 8}, ends); diff != "" {
		t.Errorf("drafting eight times at once (-want +got):\n%s", diff)
	}
	if l, err := c.Claims.Letters(t.Context(), c.Claim.ID); err != nil || len(l) != 1 {
		t.Errorf("%d letters, %v, want 1", len(l), err)
	}
}

func TestALetterIsProposedOnlyWhenItLacksNothing(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	l, err := c.Claims.DraftLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, "nl")
	if err != nil {
		t.Fatal(err)
	}
	whole := l.Fields
	for _, tt := range []struct {
		name, clause string
		change       func(*claims.LetterFields)
	}{
		{"no addressee", "addressee", func(f *claims.LetterFields) { f.AddresseeName = " " }},
		{"no class", "class", func(f *claims.LetterFields) { f.Class = "" }},
		{"no facts", "facts", func(f *claims.LetterFields) { f.Events = nil }},
		{"no articles", "articles", func(f *claims.LetterFields) { f.Articles = "\n" }},
		{"no amount", "demand", func(f *claims.LetterFields) { f.DemandCents = 0 }},
		{"a term of no days", "term", func(f *claims.LetterFields) { f.TermDays = 0 }},
		{"talks within a week", "consult", func(f *claims.LetterFields) { f.ConsultIn = 7 }},
		{"a reservation without interest", "reservation", func(f *claims.LetterFields) { f.Prose.Reservation = "Wij behouden ons rechten voor." }},
		{"nobody who signs", "signature", func(f *claims.LetterFields) { f.SignatoryName = "" }},
	} {
		f := whole
		tt.change(&f)
		if err := c.Claims.SaveLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, f); err != nil {
			t.Fatal(err)
		}
		err := c.Claims.ProposeLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, 1)
		var lint *claims.LintError
		if !errors.As(err, &lint) || !errors.Is(err, claims.ErrLint) || lint.Misses[0].Clause != tt.clause {
			t.Errorf("%s: propose = %v, want the clause %q missed", tt.name, err, tt.clause)
		}
		if err := c.Claims.ProposeMove(t.Context(), claimstest.Lawyer, []string{"lawyer"}, c.Claim.ID, claims.Proposal{To: claims.LetterReady, Reason: "ready"}); !errors.Is(err, claims.ErrGuard) {
			t.Errorf("%s: announce = %v, want %v", tt.name, err, claims.ErrGuard)
		}
	}
	if err := c.Claims.SaveLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, whole); err != nil {
		t.Fatal(err)
	}
	c.Exec(`UPDATE foundations SET lawyer_recipient = ''`)
	if err := c.Claims.ProposeLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, 1); !errors.Is(err, claims.ErrNoLawyerKey) {
		t.Errorf("propose without the key of the lawyer = %v, want %v", err, claims.ErrNoLawyerKey)
	}
}

func TestAProposedLetterRests(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	l := c.Proposed()
	if err := c.Claims.SaveLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, l.Fields); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("change a proposed letter = %v, want %v", err, claims.ErrWrongState)
	}
	if err := c.Claims.WithdrawProposal(t.Context(), claimstest.Board, c.Claim.ID, 1); err != nil {
		t.Errorf("withdraw = %v", err)
	}
	for name, do := range map[string]func() error{
		"withdraw a draft": func() error { return c.Claims.WithdrawProposal(t.Context(), claimstest.Board, c.Claim.ID, 1) },
		"approve a draft":  func() error { return c.Claims.ApproveLetter(t.Context(), claimstest.Board, c.Claim.ID, 1) },
		"send a draft":     func() error { return c.Claims.SendLetter(t.Context(), claimstest.Board, c.Claim.ID, 1) },
		"receive a draft": func() error {
			return c.Claims.Deliver(t.Context(), claimstest.Register, c.Claim.ID, 1, claims.Delivery{Channel: "bailiff", DeliveredAt: c.Watch.Now(), Proof: claimstest.ProofPDF})
		},
	} {
		if err := do(); !errors.Is(err, claims.ErrWrongState) {
			t.Errorf("%s = %v, want %v", name, err, claims.ErrWrongState)
		}
	}
	must(t, c.Claims.ProposeLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, 1))
	must(t, c.Claims.ApproveLetter(t.Context(), claimstest.Board2, c.Claim.ID, 1))
	c.Exec(`UPDATE participations SET status = 'withdrawn', ended_at = now()`)
	if err := c.Claims.SendLetter(t.Context(), claimstest.Board, c.Claim.ID, 1); !errors.Is(err, claims.ErrNobody) {
		t.Errorf("send for nobody = %v, want %v", err, claims.ErrNobody)
	}
	c.Status(claims.LetterReady)
}

func TestALetterTakesThreePeople(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	c.Proposed()
	approve := func(by audit.Actor) error { return c.Claims.ApproveLetter(t.Context(), by, c.Claim.ID, 1) }
	send := func(by audit.Actor) error { return c.Claims.SendLetter(t.Context(), by, c.Claim.ID, 1) }
	steps := []struct {
		name string
		do   func() error
		want error
	}{
		{"who proposed it approves it", func() error { return approve(claimstest.Lawyer) }, claims.ErrSamePerson},
		{"it is sent before anybody approved it", func() error { return send(claimstest.Board) }, claims.ErrWrongState},
		{"one of the board approves it", func() error { return approve(claimstest.Board) }, nil},
		{"the same one approves it again", func() error { return approve(claimstest.Board) }, claims.ErrSamePerson},
		{"another one approves instead of sending", func() error { return approve(claimstest.Board2) }, claims.ErrWrongState},
		{"who approved it sends it", func() error { return send(claimstest.Board) }, claims.ErrSamePerson},
		{"who proposed it sends it", func() error { return send(claimstest.Lawyer) }, claims.ErrSamePerson},
		{"it is taken back and proposed again", func() error {
			return errors.Join(c.Claims.WithdrawProposal(t.Context(), claimstest.Lawyer, c.Claim.ID, 1), c.Claims.ProposeLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, 1))
		}, nil},
		{"the old approval counts for the new proposal", func() error { return send(claimstest.Board2) }, claims.ErrWrongState},
		{"the other one approves it now", func() error { return approve(claimstest.Board2) }, nil},
		{"and the first one sends it", func() error { return send(claimstest.Board) }, nil},
		{"twice", func() error { return send(claimstest.Board) }, claims.ErrWrongState},
	}
	for _, step := range steps {
		if err := step.do(); !errors.Is(err, step.want) {
			t.Errorf("%s = %v, want %v", step.name, err, step.want)
		}
	}
	l, err := c.Claims.Letter(t.Context(), c.Claim.ID, 1)
	if err != nil || *l.ProposedBy != claimstest.Lawyer || *l.ApprovedBy != claimstest.Board2 || *l.SentBy != claimstest.Board {
		t.Errorf("proposed by %v, approved by %v, sent by %v, %v", l.ProposedBy, l.ApprovedBy, l.SentBy, err)
	}
}

// What the schema refuses even when the program forgets.
func TestTheSchemaWantsThreePeople(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	c.Proposed()
	const sent = `UPDATE letters SET status = 'sent', sent_at = now(), count = 1, root = 'r', tree = 't', `
	for name, sql := range map[string]string{
		"approved by who proposed it": `UPDATE letters SET approved_by = proposed_by, approved_at = now()`,
		"approved at no time":         `UPDATE letters SET approved_by = 'staff:4'`,
		"sent by one":                 sent + `approved_by = 'staff:4', approved_at = now()`,
		"sent by who approved it":     sent + `approved_by = 'staff:4', approved_at = now(), sent_by = 'staff:4'`,
		"sent by who proposed it":     sent + `approved_by = 'staff:4', approved_at = now(), sent_by = proposed_by`,
		"sent without approval":       sent + `sent_by = 'staff:4'`,
		"a draft that is approved":    `UPDATE letters SET status = 'draft', proposed_by = NULL, proposed_at = NULL, approved_by = 'staff:4', approved_at = now()`,
	} {
		if err := c.DB.WithContext(t.Context()).Exec(sql).Error; err == nil {
			t.Errorf("the schema takes a letter that is %s", name)
		}
	}
}

func TestTheFilesOfALetterAgree(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	members := c.Join(12)
	l := c.Send()
	files, err := c.Claims.LetterFiles(t.Context(), c.Claim.ID, 1)
	if err != nil || len(files) != 4 {
		t.Fatalf("%d files, %v, want 4", len(files), err)
	}
	got := map[string][]byte{}
	for _, f := range files {
		if f.Kind == claims.FileNamed {
			continue
		}
		name, content, hash, err := c.Claims.LetterFile(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, f.Kind)
		if err != nil || name != f.Name || int64(len(content)) != f.Bytes || !bytes.Equal(hash, f.SHA256) {
			t.Errorf("file %s is %q of %d bytes, %v, want %q of %d", f.Kind, name, len(content), err, f.Name, f.Bytes)
		}
		got[f.Kind] = content
	}
	head, _, err := letter.CheckAnnex(bytes.NewReader(got[claims.FileCSV]))
	if err != nil || head.Count != 12 || !bytes.Equal(head.Root[:], l.Root) || *l.Count != 12 {
		t.Errorf("annex = %d rows with root %x, %v, want 12 with root %x", head.Count, head.Root, err, l.Root)
	}
	secret, err := fs.ReadFile(demo.Files, "lawyer.agekey")
	if err != nil {
		t.Fatal(err)
	}
	got[claims.FileNamed] = openDeposit(t, c)
	named, err := letter.Unseal(secretKey(string(secret)), got[claims.FileNamed])
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		if n := bytes.Count(named, []byte(m.Person.Email)); n != 1 {
			t.Errorf("%s stands %d times in the annex with names, want once", m.Number, n)
		}
		if bytes.Contains(got[claims.FileCSV], []byte(m.Person.LastName)) || !bytes.Contains(got[claims.FileCSV], []byte(m.Number)) {
			t.Errorf("the open annex names %s, or lacks the number", m.Number)
		}
	}
	if text := paper(t, got[claims.FileLetter]); text != "" && !strings.Contains(text, "12") {
		t.Errorf("the letter does not say how many there are")
	}
	if n := claimstest.One[int64](c, `SELECT count(*) FROM audit_events WHERE action = 'letter.file_taken'`); n != 4 {
		t.Errorf("%d lines in the log about files taken, want 4", n)
	}
	for _, kind := range []string{"secrets", claims.FileNamed} {
		if _, _, _, err := c.Claims.LetterFile(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, kind); !errors.Is(err, claims.ErrNotFound) {
			t.Errorf("take the file %s alone = %v, want %v", kind, err, claims.ErrNotFound)
		}
	}
}

// secretKey finds the key in an age key file.
func secretKey(file string) string {
	for line := range strings.Lines(file) {
		if strings.HasPrefix(line, "AGE-SECRET-KEY-") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// paper reads a PDF back, where that is possible.
func paper(t *testing.T, pdf []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Log("pdftotext is not installed: the printed words are not read back")
		return ""
	}
	cmd := exec.CommandContext(t.Context(), tool, "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("read the PDF back: %v", err)
	}
	return string(text)
}

func TestEveryReceiptIsCheckedAgainstTheLetter(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	members := c.Join(7)
	outside := c.Participation(members[6])
	if _, err := c.Claims.Receipt(t.Context(), outside); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("receipt before the letter = %v, want %v", err, claims.ErrNotFound)
	}
	c.Send()
	_, pdf, _, err := c.Claims.LetterFile(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, claims.FileLetter)
	if err != nil {
		t.Fatal(err)
	}
	// What happens to the claim's words or to the person afterwards changes nothing.
	c.Exec(`UPDATE claims SET name_nl = 'Another name', defendant_name = 'Somebody else'`)
	c.Exec(`UPDATE foundations SET legal_name = 'Stichting Anders'`)
	c.Exec(`UPDATE participants SET last_name = 'Anders'`)
	for _, m := range members {
		b, err := c.Claims.Receipt(t.Context(), c.Participation(m))
		if err != nil {
			t.Fatalf("receipt of %s: %v", m.Number, err)
		}
		r, err := letter.ParseReceipt(b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := letter.VerifyReceipt(r, pdf); err != nil || r.Number != m.Number || r.Leaf.Identity.FamilyName != m.Person.LastName {
			t.Errorf("receipt of %s is about %s %s, %v, want it to hold", m.Number, r.Number, r.Leaf.Identity.FamilyName, err)
		}
	}
	gone := c.Participation(members[0])
	c.Exec(`DELETE FROM annex_salts WHERE participation_id = ?`, gone.ID)
	if _, err := c.Claims.Receipt(t.Context(), gone); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("receipt without its salt = %v, want %v", err, claims.ErrNotFound)
	}
}
