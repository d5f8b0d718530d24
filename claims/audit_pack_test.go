package claims_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/auditpack"
	"samenclaim/claims/claimstest"
	"samenclaim/payments"
)

// packed is the audit pack of a case in which one prepaid, one payout came back and went out again, and somebody's fee left nothing.
func packed(t *testing.T, pot payments.Cents) (*claimstest.Case, []byte) {
	t.Helper()
	c := claimstest.New(t)
	members := append(c.JoinWith(3, claims.Flat), c.JoinWith(2, claims.Percentage)...)
	c.Prepay(members[0])
	c.Send()
	c.Arrive(1)
	c.Settle(pot)
	c.Receive(pot)
	c.Distribute()
	c.Accounts(members...)
	run := c.Release()
	c.Bank(append(c.Carried(run), c.Back(members[2], "AC04"))...)
	c.Watch.Advance(48 * time.Hour)
	c.Accounts(members[2])
	c.Watch.Advance(10 * 24 * time.Hour)
	c.Bank(append(c.Carried(c.Release()), claimstest.Line{Cents: 300, Text: "iets anders"})...)
	var b bytes.Buffer
	if err := c.Claims.AuditPack(t.Context(), claimstest.Accountant, c.Claim.ID, "https://example.org/signing-key.pem", &b); err != nil {
		t.Fatal(err)
	}
	return c, b.Bytes()
}

func verified(c *claimstest.Case, pack []byte) (auditpack.Report, error) {
	return auditpack.Verify(bytes.NewReader(pack), int64(len(pack)), c.Vault.PublicKey())
}

func TestAuditPackIsRecomputedOffline(t *testing.T) {
	t.Parallel()
	c, pack := packed(t, 100_003)
	if !auditpack.Is(bytes.NewReader(pack), int64(len(pack))) {
		t.Error("an audit pack is not known as one")
	}
	r, err := verified(c, pack)
	if err != nil {
		t.Fatal(err)
	}
	if r.People != 5 || r.PotCents != 100_003 || r.Runs != 2 || r.Payouts != 6 || r.Files != 2 || r.Invoices != 7 || r.Journals < 6 || len(r.Chain) != 64 {
		t.Errorf("report = %+v", r)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM audit_events WHERE action = 'distribution.audit_pack'`); n != 1 {
		t.Errorf("taking it stands %d times in the log, want once", n)
	}
	var again bytes.Buffer
	if err := c.Claims.AuditPack(t.Context(), claimstest.Accountant, c.Claim.ID, "https://example.org/signing-key.pem", &again); err != nil || !bytes.Equal(pack, again.Bytes()) {
		t.Errorf("taken twice at one moment, the bytes differ (%v)", err)
	}
	if bytes.Contains(pack, []byte(".example")) {
		t.Error("the pack holds an e-mail address")
	}
}

// Whatever byte is changed, added or taken away, the pack is no longer right, and the file it is in is named.
func TestAuditPackNamesEveryAlteredByte(t *testing.T) {
	t.Parallel()
	c, pack := packed(t, 100_003)
	where := placesIn(t, pack)
	chance := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	for range 3_000 {
		at := chance.IntN(len(pack))
		bad := bytes.Clone(pack)
		bad[at] ^= byte(1 + chance.IntN(255))
		_, err := verified(c, bad)
		var fault *auditpack.Fault
		if !errors.As(err, &fault) {
			t.Fatalf("byte %d of %d changed: %v", at, len(pack), err)
		}
		if want := where(at); want != "" && fault.File != want && (want != "manifest.sig.json" || fault.File != "manifest.json") {
			t.Errorf("byte %d in %s changed: %v", at, want, fault)
		}
	}
	for n := 0; n < len(pack); n += len(pack)/200 + 1 {
		if _, err := verified(c, pack[:n]); err == nil {
			t.Errorf("cut off after %d bytes, the pack is right", n)
		}
		longer := append(bytes.Clone(pack[:n]), append([]byte("x"), pack[n:]...)...)
		if _, err := verified(c, longer); err == nil {
			t.Errorf("with a byte more at %d the pack is right", n)
		}
	}
	if _, err := verified(c, append(bytes.Clone(pack), 0)); err == nil {
		t.Error("with a byte more at the end the pack is right")
	}
}

// placesIn tells which file's content a byte of a pack belongs to; "" between the files.
func placesIn(t *testing.T, pack []byte) func(at int) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		t.Fatal(err)
	}
	return func(at int) string {
		for _, f := range z.File {
			from, err := f.DataOffset()
			if err == nil && int64(at) >= from && int64(at) < from+int64(f.UncompressedSize64) { //nolint:gosec // small
				return f.Name
			}
		}
		return ""
	}
}

// Somebody with our own key writes a pack that is whole in itself, but false: what is recomputed finds it.
func TestAuditPackIsNotBelievedForItsSignature(t *testing.T) {
	t.Parallel()
	c, pack := packed(t, 100_005) // 20,001 cents for each
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		t.Fatal(err)
	}
	swap := func(file, from, to string) func(name string, content []byte) []byte {
		return func(name string, content []byte) []byte {
			if name != file {
				return content
			}
			if !bytes.Contains(content, []byte(from)) {
				t.Errorf("%s does not hold %q", file, from)
			}
			return bytes.Replace(content, []byte(from), []byte(to), 1)
		}
	}
	for name, tt := range map[string]struct {
		forge func(name string, content []byte) []byte
		named string
	}{
		"nothing":                                {func(_ string, content []byte) []byte { return content }, ""},
		"a larger pot in the terms":              {swap(auditpack.TermsFile, `"pot_cents": 100005`, `"pot_cents": 100006`), auditpack.PlanFile},
		"another fee in the terms":               {swap(auditpack.TermsFile, `"flat_fee_cents": 5000`, `"flat_fee_cents": 4000`), auditpack.AwardsFile},
		"a cap of the court":                     {swap(auditpack.TermsFile, `"court_cap_cents": null`, `"court_cap_cents": 100`), auditpack.AwardsFile},
		"somebody who weighs double":             {swap(auditpack.PeopleFile, ",1,", ",2,"), auditpack.AwardsFile},
		"a prepayment that was not":              {swap(auditpack.PeopleFile, ",1,0\n", ",1,5000\n"), auditpack.AwardsFile},
		"another option in the annex":            {swap(auditpack.PeopleFile, "flat,", "percentage,"), auditpack.AwardsFile},
		"a cent more for one":                    {swap(auditpack.AwardsFile, ",20001,", ",20002,"), auditpack.AwardsFile},
		"another hash of the plan":               {swap(auditpack.PlanFile, `"sha256": "`, `"sha256": "0`), auditpack.PlanFile},
		"another total of the plan":              {swap(auditpack.PlanFile, `"fee_cents": `, `"fee_cents": 1`), auditpack.PlanFile},
		"one person who calculates and approves": {swap(auditpack.PlanFile, `"approved_by": "`+string(claimstest.Board), `"approved_by": "`+string(claimstest.Accountant)), auditpack.PlanFile},
		"a payout of a cent more":                {swap(auditpack.PayoutsFile, ",15001,", ",15002,"), auditpack.PayoutsFile},
		"a payout that did not come back":        {swap(auditpack.PayoutsFile, ",returned,AC04,", ",booked,,"), auditpack.PayoutsFile},
		"a run with another total":               {swap(auditpack.RunsFile, ",released_at\n1,booked,5,", ",released_at\n1,booked,4,"), auditpack.RunsFile},
		"another amount in the bank's file":      {swap("runs/1-1.xml", ">150.01<", ">150.02<"), "runs/1-1.xml"},
		"another transfer in the bank's file":    {swap("runs/1-1.xml", "<EndToEndId>ZM-", "<EndToEndId>ZX-"), "runs/1-1.xml"},
		"a line of the bank that is larger":      {swap(auditpack.LinesFile, ",100005,settlement,", ",100006,settlement,"), auditpack.SheetsFile},
		"a return that is not on the statement":  {swap(auditpack.LinesFile, ",return,", ",,"), auditpack.LinesFile},
		"a journal that does not balance":        {swap(auditpack.JournalsFile, ",1000,100005,", ",1000,100006,"), auditpack.JournalsFile},
		"a journal that was slipped in":          {swap(auditpack.JournalsFile, ",distribution.approved,", ",distribution.x,"), auditpack.JournalsFile},
		"an invoice with other VAT":              {swap(auditpack.InvoicesFile, ",5000,868,2100,", ",5000,867,2100,"), auditpack.JournalsFile},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			r, err := verified(c, pack)
			if err != nil {
				t.Fatal(err)
			}
			w := auditpack.NewWriter(&b, r.Foundation, r.Claim, r.Distribution, c.Watch.Now(), "https://example.org/signing-key.pem")
			for _, f := range z.File[:len(z.File)-2] {
				if err := w.Add(f.Name, tt.forge(f.Name, contentOf(t, f))); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(c.Vault); err != nil {
				t.Fatal(err)
			}
			_, err = verified(c, b.Bytes())
			var fault *auditpack.Fault
			switch {
			case name == "nothing":
				if err != nil || !bytes.Equal(b.Bytes(), pack) {
					t.Errorf("written anew: %v", err)
				}
			case !errors.As(err, &fault):
				t.Errorf("it is believed: %v", err)
			case fault.File != tt.named:
				t.Errorf("%v, want it in %s", fault, tt.named)
			}
		})
	}
}

func contentOf(t *testing.T, f *zip.File) []byte {
	t.Helper()
	in, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestAuditPackIsOfTheKeyOneTrusts(t *testing.T) {
	t.Parallel()
	_, pack := packed(t, 100_003)
	var fault *auditpack.Fault
	if _, err := auditpack.Verify(bytes.NewReader(pack), int64(len(pack)), make([]byte, 32)); !errors.As(err, &fault) || fault.File != "manifest.sig.json" || !strings.Contains(fault.NL, "andere sleutel") {
		t.Errorf("with another key: %v", err)
	}
	if _, err := auditpack.Verify(bytes.NewReader(pack), int64(len(pack)), nil); err != nil {
		t.Errorf("without a key to compare with: %v", err)
	}
}
