package claims_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/claims/letter"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/internal/audit"
	"samenclaim/participants"
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
				c.Exec(`UPDATE claims SET status = 'open', opened_at = created_at WHERE id = ?`, claim.ID)
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
		if err := c.Claims.ProposeMove(t.Context(), claimstest.Lawyer, []string{"lawyer"}, c.Claim.ID, claims.LetterReady, "ready"); !errors.Is(err, claims.ErrGuard) {
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
	if err := c.Claims.SendLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, 1); !errors.Is(err, claims.ErrSamePerson) {
		t.Errorf("send one's own letter = %v, want %v", err, claims.ErrSamePerson)
	}
	if err := c.Claims.WithdrawProposal(t.Context(), claimstest.Board, c.Claim.ID, 1); err != nil {
		t.Errorf("withdraw = %v", err)
	}
	for name, do := range map[string]func() error{
		"withdraw a draft": func() error { return c.Claims.WithdrawProposal(t.Context(), claimstest.Board, c.Claim.ID, 1) },
		"send a draft":     func() error { return c.Claims.SendLetter(t.Context(), claimstest.Board, c.Claim.ID, 1) },
		"receive a draft": func() error {
			return c.Claims.Deliver(t.Context(), claimstest.Register, c.Claim.ID, 1, claims.Delivery{Channel: "bailiff", DeliveredAt: c.Watch.Now(), Proof: claimstest.ProofPDF})
		},
	} {
		if err := do(); !errors.Is(err, claims.ErrWrongState) {
			t.Errorf("%s = %v, want %v", name, err, claims.ErrWrongState)
		}
	}
	if err := c.Claims.ProposeLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, 1); err != nil {
		t.Errorf("propose again = %v", err)
	}
	c.Exec(`UPDATE participations SET status = 'withdrawn', ended_at = now()`)
	if err := c.Claims.SendLetter(t.Context(), claimstest.Board, c.Claim.ID, 1); !errors.Is(err, claims.ErrNobody) {
		t.Errorf("send for nobody = %v, want %v", err, claims.ErrNobody)
	}
	c.Status(claims.LetterReady)
}

func TestProposedAndSentOnceByEight(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(5)
	if _, err := c.Claims.DraftLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, "nl"); err != nil {
		t.Fatal(err)
	}
	c.MoveTo(claims.LetterReady)
	once := map[error]int{nil: 1, claims.ErrWrongState: 7}
	ends := claimstest.Eight(func(int) error {
		return c.Claims.ProposeLetter(context.Background(), claimstest.Lawyer, c.Claim.ID, 1)
	}, claims.ErrWrongState)
	if diff := cmp.Diff(once, ends); diff != "" {
		t.Errorf("proposing eight times at once (-want +got):\n%s", diff)
	}
	ends = claimstest.Eight(func(i int) error {
		return c.Claims.SendLetter(context.Background(), audit.Staff(int64(10+i)), c.Claim.ID, 1)
	}, claims.ErrWrongState)
	if diff := cmp.Diff(once, ends); diff != "" {
		t.Errorf("sending eight times at once (-want +got):\n%s", diff)
	}
	for what, sql := range map[string]string{
		"rows in the annex":   `SELECT count(*) FROM annex_rows`,
		"mails about it":      `SELECT count(*) FROM outbox WHERE template = 'letter_sent'`,
		"locked fee options":  `SELECT count(*) FROM fee_options WHERE locked_at IS NOT NULL`,
		"included people":     `SELECT count(*) FROM participations WHERE status = 'included' AND letter_id IS NOT NULL`,
		"salts, and 1 moment": `SELECT count(*) + (SELECT count(DISTINCT sent_at) FROM letters) - 1 FROM annex_salts`,
	} {
		if got := claimstest.One[int64](c, sql); got != 5 {
			t.Errorf("%d %s, want 5", got, what)
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
		name, content, hash, err := c.Claims.LetterFile(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, f.Kind)
		if err != nil || name != f.Name || int64(len(content)) != f.Bytes || !bytes.Equal(hash, f.SHA256) {
			t.Errorf("file %s is %q of %d bytes, %v, want %q of %d", f.Kind, name, len(content), err, f.Name, f.Bytes)
		}
		got[f.Kind] = content
	}
	head, err := letter.CheckAnnex(bytes.NewReader(got[claims.FileCSV]))
	if err != nil || head.Count != 12 || !bytes.Equal(head.Root[:], l.Root) || *l.Count != 12 {
		t.Errorf("annex = %d rows with root %x, %v, want 12 with root %x", head.Count, head.Root, err, l.Root)
	}
	secret, err := fs.ReadFile(demo.Files, "lawyer.agekey")
	if err != nil {
		t.Fatal(err)
	}
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
	if _, _, _, err := c.Claims.LetterFile(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, "secrets"); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("a file that does not exist = %v, want %v", err, claims.ErrNotFound)
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

func TestASentLetterCannotBeChanged(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(3)
	c.Send()
	owner := c.Owner(t)
	for _, sql := range []string{
		`UPDATE letters SET fields = '{}'`, `UPDATE letters SET count = 2`, `UPDATE letters SET root = sha256('x')`, `UPDATE letters SET tree = tree || tree`,
		`UPDATE letters SET sent_at = sent_at + interval '1 second'`, `UPDATE letters SET status = 'proposed'`, `DELETE FROM letters`,
		`UPDATE letter_files SET bytes = 'x', sha256 = sha256('x')`, `DELETE FROM letter_files`,
		`UPDATE annex_rows SET number = 'ZM-AAAA-AAAA'`, `DELETE FROM annex_rows`,
	} {
		if _, err := owner.Exec(t.Context(), sql); err == nil {
			t.Errorf("the owner of the tables may: %s", sql)
		}
		if err := c.DB.WithContext(t.Context()).Exec(sql).Error; err == nil {
			t.Errorf("the program may: %s", sql)
		}
	}
	if err := c.DB.WithContext(t.Context()).Exec(`UPDATE annex_salts SET salt = sha256('x')`).Error; err == nil {
		t.Error("the program may change a salt")
	}
	l, err := c.Claims.Letter(t.Context(), c.Claim.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"save":    c.Claims.SaveLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, l.Fields),
		"propose": c.Claims.ProposeLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, 1),
		"send":    c.Claims.SendLetter(t.Context(), claimstest.Board, c.Claim.ID, 1),
	} {
		if !errors.Is(err, claims.ErrWrongState) {
			t.Errorf("%s a sent letter = %v, want %v", name, err, claims.ErrWrongState)
		}
	}
}

func TestTheFeeOptionIsLockedByTheAnnex(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(1, claims.Flat)[0]
	if err := c.Claims.ChangeFee(t.Context(), c.Claim, c.Participation(m), claims.Percentage, c.Form(m.Person)); err != nil {
		t.Errorf("change before the annex = %v", err)
	}
	c.Send()
	if err := c.Claims.ChangeFee(t.Context(), c.Claim, c.Participation(m), claims.Flat, c.Form(m.Person)); !errors.Is(err, claims.ErrFeeLocked) {
		t.Errorf("change after the annex = %v, want %v", err, claims.ErrFeeLocked)
	}
	fee, err := c.Claims.FeeOption(t.Context(), m.ParticipationID)
	if err != nil || fee.Option != claims.Percentage || fee.LockedAt == nil {
		t.Errorf("fee option = %+v, %v, want the percentage, locked", fee, err)
	}
	row := claimstest.One[int64](c, `SELECT mandate_id FROM annex_rows`)
	if row != fee.MandateID {
		t.Errorf("the annex names mandate %d, want the one of the last signature, %d", row, fee.MandateID)
	}
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

func TestWhoSignsLaterComesInTheNextLetter(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(3)
	c.Send()
	c.Watch.Advance(time.Hour)
	late := c.Join(2)
	c.Arrive(1)
	if got := c.Participation(late[0]); got.LetterID != nil || got.LimitationOn != nil || got.Status != participants.Active {
		t.Errorf("who signed late is %s with letter %v and limitation %v, want active without", got.Status, got.LetterID, got.LimitationOn)
	}
	c.MoveTo(claims.Negotiation)
	c.Watch.Advance(24 * time.Hour)
	l := c.Send()
	if l.Ordinal != 2 || *l.Count != 2 {
		t.Errorf("letter %d with %d people, want letter 2 with 2", l.Ordinal, *l.Count)
	}
	c.Status(claims.Negotiation) // a supplementary letter moves nothing
	c.Arrive(2)
	c.Status(claims.Negotiation)
	for _, m := range late {
		p := c.Participation(m)
		if p.Status != participants.Included || *p.LetterID != l.ID || p.LimitationOn == nil {
			t.Errorf("%s is %s with limitation %v, want included by letter 2", m.Number, p.Status, p.LimitationOn)
		}
	}
	if _, err := c.Claims.DraftLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, "nl"); err != nil {
		t.Errorf("draft of letter 3 = %v", err)
	}
	if err := c.Claims.ProposeLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, 3); err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.SendLetter(t.Context(), claimstest.Board, c.Claim.ID, 3); !errors.Is(err, claims.ErrNobody) {
		t.Errorf("letter 3 = %v, want %v", err, claims.ErrNobody)
	}
}

// Fifty people sign while the annex freezes: each of them is in it, or active outside it.
func TestSigningRacesTheFreeze(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(2)
	type ready struct {
		token string
		form  claims.SignForm
	}
	all := make([]ready, 50)
	for i := range all {
		p := c.Next()
		all[i] = ready{c.Ready(p), c.Form(p)}
	}
	c.Proposed()
	ctx, done := context.Background(), make(chan error, len(all)+1)
	for i, r := range all {
		go func() {
			_, err := c.Claims.Sign(ctx, c.Claim, r.token, r.form)
			done <- err
		}()
		if i == len(all)/2 {
			go func() { done <- c.Claims.SendLetter(ctx, claimstest.Board, c.Claim.ID, 1) }()
		}
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	for what, sql := range map[string]string{
		"included, in the annex": `SELECT count(*) FROM participations t JOIN annex_rows a ON a.participation_id = t.id AND a.letter_id = t.letter_id JOIN fee_options f ON f.id = a.fee_option_id
			WHERE t.status = 'included' AND f.locked_at IS NOT NULL`,
		"active, outside it": `SELECT count(*) FROM participations t JOIN fee_options f ON f.participation_id = t.id
			WHERE t.status = 'active' AND t.letter_id IS NULL AND f.locked_at IS NULL AND NOT EXISTS (SELECT FROM annex_rows a WHERE a.participation_id = t.id)`,
	} {
		t.Logf("%d %s", claimstest.One[int64](c, sql), what)
	}
	const both = `SELECT count(*) FILTER (WHERE t.status = 'included' AND a.participation_id IS NOT NULL) + count(*) FILTER (WHERE t.status = 'active' AND a.participation_id IS NULL)
		FROM participations t LEFT JOIN annex_rows a ON a.participation_id = t.id`
	if got := claimstest.One[int64](c, both); got != 52 {
		t.Errorf("%d people stand where they should, want 52", got)
	}
}

// Leaving while the annex freezes ends in one of two ways too.
func TestLeavingRacesTheFreeze(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	members := c.Join(20)
	c.Proposed()
	ctx, done := context.Background(), make(chan error, 9)
	go func() { done <- c.Claims.SendLetter(ctx, claimstest.Board, c.Claim.ID, 1) }()
	for _, m := range members[:8] {
		p := c.Participation(m)
		go func() { done <- c.Claims.Leave(ctx, audit.Participant(p.ParticipantID), p) }()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	left := claimstest.One[int64](c, `SELECT count(*) FROM participations WHERE status = 'withdrawn'`)
	stay := claimstest.One[int64](c, `SELECT count(*) FROM participations WHERE status = 'included'`)
	if left != 8 || stay != 12 {
		t.Errorf("%d left and %d stay, want 8 and 12", left, stay)
	}
}

func TestAnnexesAreInOrderOfNumber(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(9)
	c.Send()
	var numbers []string
	if err := c.DB.WithContext(t.Context()).Raw(`SELECT number FROM annex_rows ORDER BY position`).Scan(&numbers).Error; err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(numbers) || len(numbers) != 9 {
		t.Errorf("the annex lists %v, want nine numbers in order", numbers)
	}
}
