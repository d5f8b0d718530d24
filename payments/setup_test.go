package payments

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/vault"
	"samenclaim/migrations/pgtest"
	"samenclaim/payments/ledger"
	"samenclaim/payments/mollie/mollietest"
)

const (
	maker    = audit.Actor("staff:1")
	checker  = audit.Actor("staff:2")
	ourIBAN  = "NL91ABNA0417164300"
	feeCents = Cents(5000)
)

// payday is a day on which banks pay, after pgtest.Clock.
var payday = time.Date(2026, time.November, 4, 0, 0, 0, 0, time.UTC)

// fixture is a foundation with one claim and people in its annex.
type fixture struct {
	*testing.T
	pgtest.Database
	s     *Service
	sim   *mollietest.Simulator
	owner *pgxpool.Pool
	day   int   // of the next statement
	last  Cents // closing balance of the last statement
}

// sealedKey opens the vault of all tests.
var sealedKey = sync.OnceValues(vault.NewDemoMaster)

// people makes n participations in the state in which they can be paid.
const people = `
INSERT INTO foundations (name, legal_name, register_number, street, postcode, city, email, phone, phone_hours_nl, phone_hours_en, iban, theme_color, founded_year, signatory_name, signatory_role, updated_at)
VALUES ('Proef', 'Stichting Proef', '12345678', 'Straat 1', '1000AA', 'Stad', 'a@example.org', '020', 'x', 'x', 'NL91ABNA0417164300', '#123456', 2020, 'A', 'B', '2026-01-01');
INSERT INTO claims (id, slug, name_nl, name_en, defendant_name, defendant_address, number_prefix, status, max_award_cents, flat_fee_cents, rate_bp, class_nl, class_en, period_from, period_to, limitation_on, articles, demand_nl, demand_en, term_days, opened_at, cutoff_at, ended_at, created_at)
OVERRIDING SYSTEM VALUE VALUES (1, 'proef', 'P', 'P', 'D', 'D', 'PR', 'distributing', 50000, 5000, 2000, 'k', 'k', '2020-01-01', '2024-01-01', '2027-01-01', 'x', 'x', 'x', 14, '2026-01-02', '2026-03-01', '2026-06-01', '2026-01-01');
INSERT INTO texts (id, claim_id, kind, key, lang, version, title, body, sha256, published_at) OVERRIDING SYSTEM VALUE
SELECT id, 1, kind, kind, 'nl', '1', 't', 'b' || id, sha256(convert_to('t' || E'\n' || 'b' || id, 'UTF8')), '2026-01-01'
FROM (VALUES (1, 'mandate'), (2, 'agreement')) x(id, kind);
INSERT INTO participants (id, email, email_key, first_names, last_name, lang, email_verified_at, created_at) OVERRIDING SYSTEM VALUE
SELECT n, n || '@example.org', n || '@example.org', 'A', 'B', 'nl', '2026-02-01', '2026-02-01' FROM generate_series(1, COUNT) n;
INSERT INTO letters (id, claim_id, ordinal, lang, status, fields, drafted_by, proposed_by, proposed_at, approved_by, approved_at, sent_by, sent_at, count, root, tree, created_at)
OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, 'nl', 'sent', '{}', 'staff:1', 'staff:1', '2026-02-28', 'staff:2', '2026-03-01', 'staff:3', '2026-03-01', COUNT, '\x00', '\x00', '2026-02-27');
INSERT INTO participations (id, ref, number, claim_id, participant_id, status, used_for, evidence_plan, key_wrapped, signed_at, letter_id, created_at) OVERRIDING SYSTEM VALUE
SELECT n, 'ref' || n, NUMBER, 1, n, 'payable', 'private', 'no', SEALED, '2026-02-01', 1, '2026-02-01' FROM generate_series(1, COUNT) n;
INSERT INTO mandates (id, participation_id, mandate_text_id, agreement_text_id, mandate_sha256, agreement_sha256, record, record_sha256, request_id, signed_at) OVERRIDING SYSTEM VALUE
SELECT n, n, 1, 2, (SELECT sha256 FROM texts WHERE id = 1), (SELECT sha256 FROM texts WHERE id = 2), SEALED, sha256('x'), 'r' || n, '2026-02-01' FROM generate_series(1, COUNT) n;
INSERT INTO fee_options (id, participation_id, option, mandate_id, chosen_at, locked_at) OVERRIDING SYSTEM VALUE
SELECT n, n, 'flat', n, '2026-02-01', '2026-03-01' FROM generate_series(1, COUNT) n;
INSERT INTO annex_rows SELECT 1, n - 1, n, NUMBER, n, n, (SELECT sha256 FROM texts WHERE id = 1), '\x00' FROM generate_series(1, COUNT) n;
INSERT INTO payee_accounts (id, participation_id, iban, iban_index, holder, set_at, usable_from) OVERRIDING SYSTEM VALUE
SELECT n, n, SEALED, ('x' || n)::bytea, SEALED, '2026-06-02', '2026-06-02' FROM generate_series(1, COUNT) n;
SELECT setval(pg_get_serial_sequence('payee_accounts', 'id'), COUNT);`

// setup makes a world with n participations.
func setup(t *testing.T, n int) *fixture {
	t.Helper()
	f := build(t, n, 0)
	f.T = t
	t.Cleanup(func() {
		if !t.Failed() && !t.Skipped() {
			f.sound()
		}
	})
	return f
}

func build(t testing.TB, n, part int) *fixture {
	t.Helper()
	f := &fixture{Database: pgtest.New(t)}
	f.owner = f.Owner(t)
	sql := strings.NewReplacer("COUNT", fmt.Sprint(n), "SEALED", `decode('01' || repeat('00', 28), 'hex')`,
		"NUMBER", `'PR-' || upper(lpad(to_hex(n / 65536), 4, '0')) || '-' || upper(lpad(to_hex(n % 65536), 4, '0'))`).Replace(people)
	if _, err := f.owner.Exec(context.Background(), sql); err != nil {
		t.Fatalf("set up: %v", err)
	}
	key, err := sealedKey()
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.OpenDemo(key)
	if err != nil {
		t.Fatal(err)
	}
	sim, client := mollietest.Start(t, func(o *mollietest.Options) { o.Now = f.Watch.Now })
	f.sim = sim
	f.s = New(f.DB, v, client, Config{BaseURL: "http://localhost", FilePart: part})
	return f
}

// tx runs something in a transaction, and expects it to succeed.
func (f *fixture) tx(do func(tx *gorm.DB) error) {
	f.Helper()
	if err := f.try(do); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) try(do func(tx *gorm.DB) error) error {
	return f.DB.WithContext(f.Context()).Transaction(do)
}

// eight does the same eight times at once and counts how it ended.
func (f *fixture) eight(do func() error) map[error]int {
	f.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	ends := map[error]int{}
	for range 8 {
		wg.Go(func() {
			err := do()
			for _, known := range []error{ErrWrongState, ErrAlreadyBooked, ErrAlreadyPaid, ErrPayeeTwice, ErrNothingToPay, ErrSamePerson} {
				if errors.Is(err, known) {
					err = known
				}
			}
			mu.Lock()
			ends[err]++
			mu.Unlock()
		})
	}
	wg.Wait()
	return ends
}

// sound expects that no rule is broken and that a recount finds the books right.
func (f *fixture) sound() {
	f.Helper()
	found, err := Verify(context.Background(), f.DB)
	if err != nil {
		f.Errorf("verify: %v", err)
	}
	for _, d := range found {
		f.Errorf("verify finds: %+v", d)
	}
}

// balance is what stands on an account.
func (f *fixture) balance(account string) Cents {
	f.Helper()
	cents, err := ledger.BalanceOf(f.Context(), f.DB, account)
	if err != nil {
		f.Fatal(err)
	}
	return Cents(cents)
}

// balances checks accounts, debit positive.
func (f *fixture) balances(want map[string]Cents) {
	f.Helper()
	for account, cents := range want {
		if got := f.balance(account); got != cents {
			f.Errorf("account %s = %s, want %s", account, got, cents)
		}
	}
}

// exec changes the database behind the program's back.
func (f *fixture) exec(sql string) {
	f.Helper()
	if _, err := f.owner.Exec(context.Background(), "SET session_replication_role = replica; "+sql+"; RESET session_replication_role"); err != nil {
		f.Fatalf("%s: %v", sql, err)
	}
}

// one reads one value.
func one[T any](f *fixture, sql string, args ...any) T {
	f.Helper()
	var v T
	if err := f.owner.QueryRow(context.Background(), sql, args...).Scan(&v); err != nil {
		f.Fatalf("%s: %v", sql, err)
	}
	return v
}

// award divides gross cents among people 1..n and approves it; who prepaid has it used.
func (f *fixture) award(gross ...Cents) int64 {
	f.Helper()
	id := awardWith(f, f.owner, gross)
	f.tx(func(tx *gorm.DB) error {
		_, err := PostDistribution(f.Context(), tx, id)
		return err
	})
	return id
}

func awardWith(t testing.TB, owner *pgxpool.Pool, gross []Cents) int64 {
	t.Helper()
	cents := make([]int64, len(gross))
	for i, g := range gross {
		cents[i] = int64(g)
	}
	var id int64
	err := owner.QueryRow(context.Background(), `
		WITH s AS (
			INSERT INTO settlements (claim_id, kind, reference, pot_cents, agreed_on, recorded_by, recorded_at)
			SELECT 1, 'settlement', 'SCH-1', sum(g), '2026-06-01', 'staff:1', '2026-06-01' FROM unnest($1::bigint[]) g
			ON CONFLICT (claim_id) DO NOTHING RETURNING id
		), a AS (
			SELECT n, g, least(5000, g) AS fee, least((SELECT coalesce(sum(amount_cents - used_cents), 0)::bigint FROM prepayments p WHERE p.participation_id = n AND p.status = 'paid'
				AND NOT EXISTS (SELECT FROM refunds r WHERE r.prepayment_id = p.id AND r.status NOT IN ('failed', 'canceled'))), least(5000, g)) AS pre
			FROM unnest($1::bigint[]) WITH ORDINALITY x(g, n)
		), v AS (SELECT *, fee - round(fee * 100 / 121.0)::bigint AS vat FROM a
		), d AS (
			INSERT INTO distributions (claim_id, settlement_id, status, pot_cents, count, fee_cents, vat_cents, prepaid_cents, payout_cents, sha256, calculated_by, calculated_at, approved_by, approved_at)
			SELECT 1, coalesce((SELECT id FROM s), (SELECT id FROM settlements)), 'approved', sum(g), count(*), sum(fee), sum(vat), sum(pre), sum(g - fee + pre), sha256('d'), 'staff:1', '2026-06-03', 'staff:2', '2026-06-03' FROM v RETURNING id
		) INSERT INTO awards (distribution_id, participation_id, number, fee_option, gross_cents, fee_cents, vat_cents, net_cents, prepaid_cents, payout_cents)
		SELECT d.id, p.id, p.number, 'flat', g, fee, vat, g - fee, pre, g - fee + pre FROM v JOIN participations p ON p.id = v.n, d RETURNING distribution_id`, cents).Scan(&id)
	if err != nil {
		t.Fatalf("award: %v", err)
	}
	return id
}

// payees are all people with an award that is not being paid.
func payees(ctx context.Context, db *gorm.DB) iter.Seq2[Payee, error] {
	return func(yield func(Payee, error) bool) {
		var all []Payee
		err := db.WithContext(ctx).Raw(`SELECT a.id AS award_id, a.participation_id, y.id AS account_id, a.number, a.payout_cents AS amount_cents, a.fee_cents
			FROM awards a JOIN payee_accounts y ON y.participation_id = a.participation_id AND y.superseded_at IS NULL
			WHERE a.payout_cents > 0 AND NOT EXISTS (SELECT FROM payouts p WHERE p.award_id = a.id AND p.status IN ('planned', 'sent', 'booked')) ORDER BY a.number`).Scan(&all).Error
		if err != nil {
			yield(Payee{}, err)
			return
		}
		for _, p := range all {
			p.Name, p.IBAN = "A. de Vries", "NL39RABO0300065264"
			if !yield(p, nil) {
				return
			}
		}
	}
}

var debtor = Debtor{Name: "Stichting Proef", IBAN: ourIBAN}

// prepared makes a run of everybody who can be paid.
func (f *fixture) prepared() Run {
	f.Helper()
	var run Run
	f.tx(func(tx *gorm.DB) (err error) {
		day := payday
		if f.Watch.Now().After(day) { // on a Wednesday after the month was closed
			day = time.Date(2026, time.December, 9, 0, 0, 0, 0, time.UTC)
		}
		run, err = f.s.Prepare(f.Context(), tx, maker, 1, debtor, day, payees(f.Context(), tx))
		return err
	})
	return run
}

// released takes a run to the bank.
func (f *fixture) released() Run {
	f.Helper()
	run := f.prepared()
	f.tx(func(tx *gorm.DB) error {
		_, err := f.s.Approve(f.Context(), tx, checker, run.ID, run.TotalCents)
		return err
	})
	f.tx(func(tx *gorm.DB) (err error) {
		run, err = f.s.Release(f.Context(), tx, checker, run.ID, run.TotalCents)
		return err
	})
	return run
}

// entry is a line of a bank statement.
type entry struct {
	cents              Cents
	endID, batch, text string
	returned           string // reason code
	count              int    // of a batch
	status             string
	parts              []entry
	wordy              bool // as wordy as a bank
}

// camt writes a statement of one day that follows on the last one.
func (f *fixture) camt(entries ...entry) []byte {
	f.day++
	opening := f.last
	for _, e := range entries {
		if e.status == "" {
			f.last += e.cents
		}
	}
	return camt(ourIBAN, f.day, opening, f.last, entries)
}

func camt(account string, day int, opening, closing Cents, entries []entry) []byte {
	date := time.Date(2026, time.November, 1+day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	var b bytes.Buffer
	balance := func(kind string, cents Cents) {
		fmt.Fprintf(&b, `<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">%s</Amt><CdtDbtInd>%s</CdtDbtInd><Dt><Dt>%s</Dt></Dt></Bal>`, kind, max(cents, -cents), sign(cents), date)
	}
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M%d</MsgId><CreDtTm>%sT20:00:00</CreDtTm></GrpHdr>
<Stmt><Id>S%d</Id><ElctrncSeqNb>%d</ElctrncSeqNb><CreDtTm>%sT20:00:00</CreDtTm><FrToDt><FrDtTm>%sT00:00:00</FrDtTm><ToDtTm>%sT23:59:59</ToDtTm></FrToDt><Acct><Id><IBAN>%s</IBAN></Id><Ccy>EUR</Ccy></Acct>`, day, date, day, day, date, date, date, account)
	balance("OPBD", opening)
	balance("CLBD", closing)
	for i, e := range entries {
		writeEntry(&b, e, date, fmt.Sprintf("R%d-%d", day, i))
	}
	b.WriteString(`</Stmt></BkToCstmrStmt></Document>`)
	return b.Bytes()
}

func sign(cents Cents) string {
	if cents < 0 {
		return "DBIT"
	}
	return "CRDT"
}

func writeEntry(b *bytes.Buffer, e entry, date, ref string) {
	status, code := e.status, "<Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly>"
	if status == "" {
		status = "BOOK"
	}
	if e.returned != "" {
		code = "<Fmly><Cd>ICDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly>"
	}
	fmt.Fprintf(b, `<Ntry><Amt Ccy="EUR">%s</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>%s</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><ValDt><Dt>%s</Dt></ValDt><AcctSvcrRef>%s</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd>%s</Domn></BkTxCd><NtryDtls>`,
		max(e.cents, -e.cents), sign(e.cents), status, date, date, ref, code)
	if e.batch != "" {
		fmt.Fprintf(b, `<Btch><PmtInfId>%s</PmtInfId><NbOfTxs>%d</NbOfTxs><TtlAmt Ccy="EUR">%s</TtlAmt><CdtDbtInd>%s</CdtDbtInd></Btch>`, e.batch, e.count, max(e.cents, -e.cents), sign(e.cents))
	}
	parts := e.parts
	if len(parts) == 0 && e.batch == "" {
		parts = []entry{e}
	}
	for _, p := range parts {
		fmt.Fprintf(b, `<TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs><Amt Ccy="EUR">%s</Amt><CdtDbtInd>%s</CdtDbtInd>`, notProvided(p.endID), max(p.cents, -p.cents), sign(p.cents))
		if p.wordy {
			fmt.Fprintf(b, `<RltdPties><Cdtr><Pty><Nm>A. de Vries-%s</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>NL39RABO0300065264</IBAN></Id></CdtrAcct></RltdPties><RltdAgts><CdtrAgt><FinInstnId><BICFI>RABONL2U</BICFI></FinInstnId></CdtrAgt></RltdAgts>`, ref)
		}
		if p.text != "" {
			fmt.Fprintf(b, `<RmtInf><Ustrd>%s</Ustrd></RmtInf>`, p.text)
		}
		if p.returned != "" {
			fmt.Fprintf(b, `<RtrInf><Rsn><Cd>%s</Cd></Rsn></RtrInf>`, p.returned)
		}
		b.WriteString(`</TxDtls>`)
	}
	b.WriteString(`</NtryDtls></Ntry>`)
}

func notProvided(id string) string {
	if id == "" {
		return "NOTPROVIDED"
	}
	return id
}

// upload keeps a file.
func (f *fixture) upload(content []byte) string {
	f.Helper()
	ref, err := f.s.Upload(f.Context(), maker, "statement.xml", bytes.NewReader(content))
	if err != nil {
		f.Fatal(err)
	}
	return ref
}

// bank books a statement with these entries.
func (f *fixture) bank(entries ...entry) Booked {
	f.Helper()
	ref := f.upload(f.camt(entries...))
	var out Booked
	f.tx(func(tx *gorm.DB) (err error) {
		out, err = f.s.Book(f.Context(), tx, maker, ref)
		return err
	})
	return out
}

// file is the entry by which the bank debits a whole file.
func (f *fixture) file(run Run, part int) entry {
	f.Helper()
	files, err := RunFiles(f.Context(), f.DB, run.ID)
	if err != nil || len(files) < part {
		f.Fatalf("files of run %d: %d, %v", run.ID, len(files), err)
	}
	x := files[part-1]
	return entry{cents: -x.TotalCents, batch: x.MessageID, count: int(x.Count)}
}

// received books the settlement money.
func (f *fixture) received(pot Cents) Booked {
	f.Helper()
	return f.bank(entry{cents: pot, text: "betreft SCH-1, met dank"})
}

// back is a payout that the bank sends back.
func (f *fixture) back(participation int64, cents Cents, reason string) entry {
	f.Helper()
	id := one[string](f, `SELECT end_to_end_id FROM payouts WHERE participation_id = $1 ORDER BY id DESC LIMIT 1`, participation)
	return entry{cents: cents, endID: id, returned: reason}
}

func actor(s string) audit.Actor { return audit.Actor(s) }
