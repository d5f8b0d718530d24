package participants_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"samenclaim/internal/vault"
	. "samenclaim/participants"
)

func TestASignatureMakesEverythingOrNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.join("anna@proef.example")
	if p.Status != Active || !p.SignedAt.Equal(w.Watch.Now()) || p.UsedFrom == nil || p.UsedFrom.Format("2006-01") != "2020-03" {
		t.Errorf("participation = %+v", p)
	}
	person, err := w.people.Participant(t.Context(), p.ParticipantID)
	if err != nil || person.Name() != "Renée van der Proef" {
		t.Errorf("person = %q, %v", person.Name(), err)
	}
	address, err := w.people.Address(t.Context(), person)
	if diff := cmp.Diff(answers("").Address, address); err != nil || diff != "" {
		t.Errorf("address (-want +got): %v\n%s", err, diff)
	}
	if mail, err := w.people.AccountEmail(t.Context(), p); err != nil || mail != "ander@proef.example" {
		t.Errorf("account used = %q, %v", mail, err)
	}
	var option string
	if w.scan(&option, `SELECT option FROM fee_options WHERE participation_id = ? AND superseded_at IS NULL`, p.ID); option != "flat" {
		t.Errorf("fee option = %q, want flat", option)
	}

	token := w.draft(w.claim, answers("berend@proef.example"))
	w.prove(w.claim, token)
	stop := errors.New("power cut")
	err = w.DB.Transaction(func(tx *gorm.DB) error {
		in, err := w.signing(t.Context(), tx, w.claim, token)
		if err == nil {
			_, err = Sign(t.Context(), tx, w.vault, in)
		}
		return errors.Join(err, stop)
	})
	if !errors.Is(err, stop) || w.count(`participants`) != 1 || w.count(`participations`) != 1 || w.count(`mandates`) != 1 || w.count(`fee_options`) != 1 {
		t.Errorf("a signature that was broken off left something: %v", err)
	}
}

func TestOnlyWhoProvedTheAddressSigns(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := w.draft(w.claim, answers("anna@proef.example"))
	if _, err := w.sign(w.claim, token); !errors.Is(err, ErrWrongState) {
		t.Errorf("Sign without a proven address = %v, want %v", err, ErrWrongState)
	}
}

func TestOnePersonTakesPartOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	tokens := make([]string, 8)
	for i := range tokens { // eight drafts with one address, each written in its own way
		tokens[i] = w.draft(w.claim, answers([]string{"anna@proef.example", "ANNA@Proef.Example"}[i%2]))
		w.prove(w.claim, tokens[i])
	}
	errs := eight(func(i int) error { _, err := w.sign(w.claim, tokens[i]); return err })
	for _, err := range errs {
		if err != nil && !errors.Is(err, ErrKnown) {
			t.Errorf("the others get %v, want %v", err, ErrKnown)
		}
	}
	if went(errs) != 1 || w.count(`participations`) != 1 || w.count(`mandates`) != 1 || w.count(`participants`) != 1 {
		t.Errorf("%d of eight signed and there are %d participations, want 1", went(errs), w.count(`participations`))
	}
}

// Without the index of one living participation, eight at once are eight: the guard does the work.
func TestOnePersonTakesPartOnceByTheIndexAlone(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if err := w.OwnerDB(t).Exec(`DROP INDEX participations_one_live`).Error; err != nil {
		t.Fatal(err)
	}
	tokens := make([]string, 8)
	for i := range tokens {
		tokens[i] = w.draft(w.claim, answers("anna@proef.example"))
		w.prove(w.claim, tokens[i])
	}
	if errs := eight(func(i int) error { _, err := w.sign(w.claim, tokens[i]); return err }); went(errs) < 2 {
		t.Errorf("without the guard %d of eight signed, want more than one: the test above proves nothing", went(errs))
	}
}

func TestOnePersonInTwoClaimsAtOnceKeepsAReadableAddress(t *testing.T) {
	t.Parallel()
	w := setup(t)
	claims := []int64{w.claim, w.newClaim("FB"), w.newClaim("FC"), w.newClaim("FD"), w.newClaim("FE"), w.newClaim("FF"), w.newClaim("FG"), w.newClaim("FH")}
	tokens := make([]string, 8)
	for i, c := range claims {
		tokens[i] = w.draft(c, answers("anna@proef.example"))
		w.prove(c, tokens[i])
	}
	if errs := eight(func(i int) error { _, err := w.sign(claims[i], tokens[i]); return err }); went(errs) != 8 {
		t.Fatalf("eight claims: %v", errs)
	}
	var id int64
	w.scan(&id, `SELECT id FROM participants`)
	person, err := w.people.Participant(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := w.people.Address(t.Context(), person); err != nil || a.City != "Teststad" {
		t.Errorf("address = %v, %v", a, err)
	}
}

func TestWhoLeftCanJoinAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	first := w.join("anna@proef.example")
	w.put(first.ID, Withdrawn)
	second := w.join("anna@proef.example")
	if second.ParticipantID != first.ParticipantID || second.Number == first.Number {
		t.Errorf("second time: participant %d number %s, first %d %s", second.ParticipantID, second.Number, first.ParticipantID, first.Number)
	}
}

func TestTheRecordProvesWhatWasSigned(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p, other := w.join("anna@proef.example"), w.join("berend@proef.example")
	all, err := Signatures(t.Context(), w.DB, p.ID)
	if err != nil || len(all) != 1 {
		t.Fatalf("Signatures = %d, %v", len(all), err)
	}
	m := all[0]
	r, err := OpenRecord(w.vault, p, m)
	if err != nil || r.Number != p.Number || r.TypedName != "renée van der proef" || r.Mandate.Body != w.mandate.Body || r.Address.Street != "Merkstraat" {
		t.Errorf("record = %+v, %v", r, err)
	}
	if string(m.MandateSHA256) != string(w.mandate.SHA256) {
		t.Error("the hash of the mandate is not that of the text")
	}
	b, err := json.Marshal(r)
	if h := sha256.Sum256(b); err != nil || string(h[:]) != string(m.RecordSHA256) {
		t.Error("the hash of the record cannot be recounted from what it says")
	}
	wrongHash := m
	wrongHash.RecordSHA256 = make([]byte, 32)
	if _, err := OpenRecord(w.vault, p, wrongHash); !errors.Is(err, vault.ErrUnreadable) {
		t.Errorf("a record with another hash = %v, want %v", err, vault.ErrUnreadable)
	}
	if _, err := OpenRecord(w.vault, other, m); !errors.Is(err, vault.ErrUnreadable) {
		t.Errorf("a record under another's name = %v, want %v", err, vault.ErrUnreadable)
	}
}

func TestSignedAgainKeepsTheOldSignature(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := w.join("anna@proef.example")
	resign := func(request string) (id int64, err error) {
		err = w.DB.Transaction(func(tx *gorm.DB) error {
			r := w.record(answers("anna@proef.example"))
			r.RequestID = request
			id, err = Resign(t.Context(), tx, w.vault, p, r)
			return err
		})
		return id, err
	}
	if _, err := resign("again"); err != nil {
		t.Fatal(err)
	}
	if all, err := Signatures(t.Context(), w.DB, p.ID); err != nil || len(all) != 2 || all[0].ID < all[1].ID {
		t.Errorf("%d signatures, want two, newest first: %v", len(all), err)
	}
	if _, err := resign("again"); err == nil {
		t.Error("one form was signed with twice")
	}
}
