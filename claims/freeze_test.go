package claims_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
	"samenclaim/participants"
)

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
		return c.Claims.ApproveLetter(context.Background(), audit.Staff(int64(20+i)), c.Claim.ID, 1)
	}, claims.ErrWrongState)
	if diff := cmp.Diff(once, ends); diff != "" {
		t.Errorf("approving eight times at once (-want +got):\n%s", diff)
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
		"approve": c.Claims.ApproveLetter(t.Context(), claimstest.Board, c.Claim.ID, 1),
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

func TestWhoSignsLaterComesInTheNextLetter(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(3)
	c.Send()
	c.Watch.Advance(time.Hour)
	late := c.Join(2)
	c.Arrive(1)
	if got := c.Participation(late[0]); got.LetterID != nil || until(c, late[0]).By != nil || got.Status != participants.Active {
		t.Errorf("who signed late is %s with letter %v and date %+v, want active without", got.Status, got.LetterID, until(c, late[0]))
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
		if p.Status != participants.Included || *p.LetterID != l.ID || until(c, m).By == nil || until(c, m).By.Ordinal != 2 {
			t.Errorf("%s is %s with date %+v, want included by letter 2", m.Number, p.Status, until(c, m))
		}
	}
	if _, err := c.Claims.DraftLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, "nl"); err != nil {
		t.Errorf("draft of letter 3 = %v", err)
	}
	if err := c.Claims.ProposeLetter(t.Context(), claimstest.Lawyer, c.Claim.ID, 3); err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.ApproveLetter(t.Context(), claimstest.Board2, c.Claim.ID, 3); err != nil {
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
	c.Approved()
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
	c.Approved()
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
