package claims_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/claims/letter"
	"samenclaim/internal/audit"
	"samenclaim/internal/tsa"
	"samenclaim/internal/tsa/tsatest"
	"samenclaim/participants"
)

const keyURL = "http://localhost/signing-key.pem"

// pack is the evidence pack of a member, as they get it.
func pack(c *claimstest.Case, m claimstest.Member) ([]byte, error) {
	return c.Claims.EvidencePack(c.Ctx(), audit.Participant(m.ParticipantID), c.Participation(m), keyURL, "own")
}

// inPack reads one file of a pack.
func inPack(t *testing.T, file []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open(name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestConsentDossier rebuilds what somebody signed from the database alone, and
// checks that every field of the record is there. Then it changes one byte in
// each place that the proof rests on: each time the dossier says so.
func TestConsentDossier(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Damaged = true
	authority := tsatest.Start(t, c.Watch.Now)
	client, err := tsa.New(authority.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.Claims.StampAt(client)
	m := c.JoinWith(1, claims.Flat)[0]
	if err := changeFee(c, m, claims.Percentage); err != nil {
		t.Fatal(err)
	}
	c.Join(3)
	c.Drain("stamps")
	fresh := claims.New(c.DB, c.Vault, c.Files, participants.New(c.DB, c.Vault), c.Money, func(string) {})
	file, err := fresh.EvidencePack(t.Context(), claimstest.Lawyer, c.Participation(m), keyURL, "check")
	if err != nil {
		t.Fatal(err)
	}
	found, err := letter.VerifyPack(file, letter.PackTrust{Key: c.Vault.PublicKey(), Roots: authority.Roots})
	if err != nil || len(found.Open) != 0 || len(found.Proven) != 5 {
		t.Fatalf("the pack = %+v, %v, want all files, two signatures and two time stamps proven, and nothing open", found, err)
	}
	wholeRecord(t, inPack(t, file, "signature-1/record.json"))
	for _, event := range []string{"text_published", "email_proven", "signed", "fee_chosen", "fee_superseded", "fixed", "time_stamped"} {
		if !strings.Contains(string(inPack(t, file, "events.json")), `"`+event+`"`) {
			t.Errorf("the trail does not tell of %s", event)
		}
	}
	owner, part := c.OwnerDB(t), c.Participation(m)
	first := claimstest.One[int64](c, `SELECT min(id) FROM mandates`) // read before the tables are locked
	for name, sql := range map[string]string{
		"a text":                  `UPDATE texts SET body = body || '.' WHERE id = (SELECT mandate_text_id FROM mandates WHERE id = @first)`,
		"a sealed record":         `UPDATE mandates SET record = set_byte(record, 40, get_byte(record, 40) # 1) WHERE id = @first`,
		"the hash of a record":    `UPDATE mandates SET record_sha256 = set_byte(record_sha256, 0, get_byte(record_sha256, 0) # 1) WHERE id = @first`,
		"the hash of a text":      `UPDATE mandates SET mandate_sha256 = set_byte(mandate_sha256, 0, get_byte(mandate_sha256, 0) # 1) WHERE id = @first`,
		"which text it was":       `UPDATE mandates SET mandate_text_id = agreement_text_id WHERE id = @first`,
		"the moment":              `UPDATE mandates SET signed_at = signed_at - interval '1 second' WHERE id = @first`,
		"the request":             `UPDATE mandates SET request_id = 'x' WHERE id = @first`,
		"a paper":                 `UPDATE signed_papers SET pdf = set_byte(pdf, 500, get_byte(pdf, 500) # 1) WHERE mandate_id = @first`,
		"the hash of a paper":     `UPDATE signed_papers SET sha256 = set_byte(sha256, 0, get_byte(sha256, 0) # 1) WHERE mandate_id = @first`,
		"a root":                  `UPDATE stamps SET root = set_byte(root, 0, get_byte(root, 0) # 1)`,
		"the tree":                `UPDATE stamps SET tree = set_byte(tree, 32, get_byte(tree, 32) # 1)`,
		"our signature":           `UPDATE stamps SET signature = set_byte(signature, 0, get_byte(signature, 0) # 1)`,
		"when it was fixed":       `UPDATE stamps SET made_at = made_at - interval '1 day'`,
		"the time stamp":          `UPDATE stamps SET token = set_byte(token, 200, get_byte(token, 200) # 1)`,
		"the place in the tree":   `UPDATE stamp_rows SET position = 9 WHERE mandate_id = @first`,
		"the count of signatures": `UPDATE stamps SET count = count + 1`,
	} {
		tx := owner.Begin()
		if err := tx.Exec(`SET LOCAL session_replication_role = replica`).Error; err != nil {
			t.Fatal(err)
		}
		if err := tx.Exec(`ALTER TABLE texts DROP CONSTRAINT texts_check; ALTER TABLE mandates DROP CONSTRAINT mandates_record_sha256_check`).Error; err != nil {
			t.Fatal(err)
		}
		if err := tx.Exec(strings.ReplaceAll(sql, "@first", fmt.Sprint(first))).Error; err != nil {
			tx.Rollback()
			t.Fatalf("%s: %v", name, err)
		}
		hurt := claims.New(tx, c.Vault, c.Files, participants.New(tx, c.Vault), c.Money, func(string) {})
		_, err := hurt.EvidencePack(t.Context(), claimstest.Lawyer, part, keyURL, "check")
		if !errors.Is(err, claims.ErrTampered) {
			t.Errorf("%s was changed: %v, want %v", name, err, claims.ErrTampered)
		}
		tx.Rollback()
	}
}

// wholeRecord expects a record in which nothing that the law may ask for is empty.
func wholeRecord(t *testing.T, content []byte) {
	t.Helper()
	var r participants.Record
	if err := json.Unmarshal(content, &r); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"name": r.Name, "e-mail": r.Email, "how it was proven": r.ProvenBy, "typed name": r.TypedName, "language": r.Lang, "fee": r.FeeOption, "deadline": r.Deadline, "number": r.Number,
		"IP": r.IP, "browser": r.UserAgent, "request": r.RequestID, "session": r.Session, "chance": r.Chance, "city": r.Address.City, "privacy": r.Privacy.SHA256,
	} {
		if text == "" {
			t.Errorf("the record does not say: %s", name)
		}
	}
	for _, s := range []participants.ShownText{r.Mandate, r.Agreement} {
		if s.ID == 0 || s.Version == "" || s.Lang != r.Lang || s.Title == "" || s.Body == "" || len(s.SHA256) != 64 {
			t.Errorf("a text that was shown is %+v", s)
		}
	}
	if r.EmailProvenAt.IsZero() || r.ReceivedAt.Before(r.EmailProvenAt) || r.ShownAt == nil || r.ShownAt.After(r.ReceivedAt) || len(r.Examples) == 0 || len(r.AmountsShown) == 0 || r.Privacy.Body != "" {
		t.Errorf("the circumstances are %v, %v, %v, %v", r.EmailProvenAt, r.ShownAt, r.ReceivedAt, r.Examples)
	}
	want := []participants.Control{{Label: "I give this mandate", Default: "empty", Done: "ticked"}, {Label: "I agree", Default: "empty", Done: "ticked"}, {Label: "name", Default: "empty", Done: "typed"}}
	for i, control := range r.Controls {
		if control != want[i] {
			t.Errorf("control %d is %+v, want %+v", i, control, want[i])
		}
	}
}

func TestAPackIsGivenAndLogged(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	first, err := pack(c, m)
	if err != nil {
		t.Fatal(err)
	}
	found, err := letter.VerifyPack(first, letter.PackTrust{})
	if err != nil || len(found.Open) != 2 {
		t.Errorf("a pack before the stamp = %+v, %v, want the key and the stamp left open", found, err)
	}
	c.Drain("stamps")
	if _, err := pack(c, m); err != nil {
		t.Fatal(err)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM audit_events WHERE action = 'participation.evidence_pack'`); n != 2 {
		t.Errorf("the log tells of %d packs, want 2", n)
	}
}

func TestPapersAreKeptAsTheyWereFirstGivenOut(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	if n := claimstest.One[int](c, `SELECT count(*) FROM signed_papers`); n != 0 {
		t.Errorf("%d papers before anybody asked", n)
	}
	var all [8][]byte
	ends := claimstest.Eight(func(i int) (err error) {
		all[i], err = c.Claims.SignedDocument(t.Context(), c.Participation(m))
		return err
	})
	for _, pdf := range all {
		if !bytes.Equal(pdf, all[0]) {
			t.Error("eight at once get different papers")
		}
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM signed_papers`); ends[nil] != 8 || n != 1 {
		t.Errorf("eight at once = %v, %d papers kept, want 1", ends, n)
	}
	c.Exec(`UPDATE foundations SET name = 'Stichting Andere Naam', updated_at = now()`)
	c.Watch.Advance(time.Hour)
	if again, err := c.Claims.SignedDocument(t.Context(), c.Participation(m)); err != nil || !bytes.Equal(again, all[0]) {
		t.Errorf("the paper changed with the name of the foundation, %v", err)
	}
}

func TestSignaturesAreFixedOnceAndStampedByAnAuthority(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	authority := tsatest.Start(t, c.Watch.Now)
	client, err := tsa.New(authority.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.Claims.StampAt(client)
	c.Join(3)
	down := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	authority.Fault.Store(&down)
	if _, err := drainOnce(c, "stamps"); !errors.Is(err, tsa.ErrRefused) {
		t.Errorf("the drain with the authority down = %v, want it to say so", err)
	}
	counts := func() string {
		return claimstest.One[string](c, `SELECT concat_ws(' ', (SELECT count(*) FROM stamps), (SELECT count(*) FROM stamp_rows), (SELECT count(*) FROM stamps WHERE token IS NOT NULL))`)
	}
	if got := counts(); got != "1 3 0" {
		t.Errorf("stamps, signatures and tokens = %s, want the signatures fixed without the authority", got)
	}
	authority.Fault.Store(nil)
	asked := authority.Asked.Load()
	c.Drain("stamps")
	if authority.Asked.Load() != asked {
		t.Error("the authority was asked again at once")
	}
	c.Watch.Advance(time.Hour)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { _, _ = drainOnce(c, "stamps") })
	}
	wg.Wait()
	if got := counts(); got != "1 3 1" || authority.Asked.Load() != asked+1 {
		t.Errorf("after eight drains at once: %s, the authority was asked %d times more, want once", got, authority.Asked.Load()-asked)
	}
	c.Join(2)
	for range 8 {
		wg.Go(func() { _, _ = drainOnce(c, "stamps") })
	}
	wg.Wait()
	if got := counts(); got != "2 5 2" {
		t.Errorf("after two more signatures: %s, want one more stamp of two", got)
	}
	for _, change := range []string{`UPDATE stamps SET root = sha256('x')`, `UPDATE stamps SET token = 'x'`, `DELETE FROM stamps`} {
		if err := c.OwnerDB(t).Exec(change).Error; err == nil {
			t.Errorf("%s was not refused", change)
		}
	}
}

// drainOnce runs one drain one time, and gives its error.
func drainOnce(c *claimstest.Case, name string) (more bool, err error) {
	for _, d := range c.Claims.Drains() {
		if d.Name == name {
			return d.Run(c.Ctx())
		}
	}
	return false, errors.New("no such drain")
}

// TestThePageSaysWhatThePaperSays compares the page and the paper with the words they are made of.
func TestThePageSaysWhatThePaperSays(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	doc, err := c.Claims.SignedPage(t.Context(), c.Participation(m))
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := letter.PDF(doc)
	if err != nil {
		t.Fatal(err)
	}
	given, err := c.Claims.SignedDocument(t.Context(), c.Participation(m))
	if err != nil || !bytes.Equal(pdf, given) {
		t.Errorf("the page and the paper are made of different words, %v", err)
	}
}
