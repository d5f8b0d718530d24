package claims_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/participants"
)

// lived is a case in which one member has been through everything.
func lived(t *testing.T) (*claimstest.Case, claimstest.Member) {
	t.Helper()
	c := claimstest.New(t)
	must := func(errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		c.Watch.Advance(time.Minute)
	}
	p := c.Next()
	p.FeeOption, p.EvidencePlan = "percentage", "now"
	token := c.Ready(p)
	if _, err := c.People.Answer(t.Context(), c.Claim.ID, token, func(a *participants.Answers) { a.AccountEmail = "MERK-gebruik@proef.example" }); err != nil {
		t.Fatal(err)
	}
	j, err := c.Claims.Sign(t.Context(), c.Claim, token, c.Form(p))
	must(err)
	m := claimstest.Member{Joined: j, Person: p, Token: token}
	owner := claims.Owner{ParticipationID: j.ParticipationID}
	must(c.Claims.SetConsents(t.Context(), c.Claim, token, []string{"newsletter"}))
	must(c.People.WithdrawConsent(t.Context(), visitor, j.ParticipationID, "newsletter"))
	kept, err := c.Claims.AttachFile(t.Context(), visitor, owner, "MERK-bestand.pdf", bytes.NewReader(aPDF("% MERK-inhoud")))
	must(err)
	gone, err := c.Claims.AttachStatement(t.Context(), visitor, owner, "MERK-weg")
	must(err, c.Claims.Retract(t.Context(), visitor, owner, gone.Ref))
	_, err = c.Claims.AttachStatement(t.Context(), visitor, owner, "MERK-verklaring")
	must(err)
	must(changeFee(c, m, claims.Flat))
	c.Prepay(m)
	c.Watch.Advance(time.Minute)
	c.Join(1)
	c.Send()
	_, err = c.Claims.PublishNews(t.Context(), claimstest.Lawyer, c.Claim.ID, claims.NewsItem{
		TitleNL: "MERK-nieuws", TitleEN: "News", BodyNL: "Tekst", BodyEN: "Text", RequestID: "news-1"})
	must(err)
	c.Arrive(1)
	_, err = c.Claims.View(t.Context(), claimstest.Register, c.Claim.ID, j.Number, "question of the member")
	must(err)
	c.Settle(30_000)
	c.Receive(30_000)
	c.Distribute()
	c.Watch.Advance(time.Minute)
	c.Accounts(m)
	run := c.Release()
	c.Watch.Advance(time.Minute)
	c.Bank(c.Carried(run)...)
	c.Watch.Advance(time.Minute)
	c.Bank(c.Back(m, "AC04"))
	c.Watch.Advance(time.Minute)
	if kept.Ref == "" {
		t.Fatal("no evidence")
	}
	return c, m
}

func TestTheTimeLineTellsEverythingOnce(t *testing.T) {
	t.Parallel()
	c, m := lived(t)
	events, err := c.Claims.Timeline(t.Context(), c.Participation(m))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for i, e := range events {
		kinds = append(kinds, e.Kind)
		if i > 0 && e.At.After(events[i-1].At) {
			t.Errorf("%s stands below what came before it", e.Kind)
		}
		if !slices.Contains(claims.EventKinds, e.Kind) {
			t.Errorf("%s has no place in the list of kinds", e.Kind)
		}
	}
	slices.Reverse(kinds)
	want := []string{
		"signed", "consent_given", "consent_withdrawn", "evidence_sent", "evidence_sent", "evidence_retracted", "evidence_sent", "fee_changed", "prepaid",
		"letter_sent", "claim_moved", "claim_moved", "news", "letter_delivered", "claim_moved", "claim_moved", "claim_moved", "claim_moved",
		"awarded", "claim_moved", "payee_set", "payout_sent", "payout_booked", "payout_returned",
	}
	count := func(all []string) map[string]int {
		n := map[string]int{}
		for _, k := range all {
			n[k]++
		}
		delete(n, "claim_moved") // as many as the road takes
		return n
	}
	if diff := cmp.Diff(count(want), count(kinds)); diff != "" {
		t.Errorf("kinds (-want +got):\n%s\n%v", diff, kinds)
	}
	first := map[string]int{}
	for i, k := range kinds {
		if _, ok := first[k]; !ok {
			first[k] = i
		}
	}
	for _, pair := range [][2]string{{"signed", "consent_given"}, {"fee_changed", "prepaid"}, {"prepaid", "letter_sent"}, {"letter_sent", "letter_delivered"}, {"letter_delivered", "awarded"}, {"awarded", "payee_set"}, {"payout_sent", "payout_booked"}, {"payout_booked", "payout_returned"}} {
		if first[pair[0]] > first[pair[1]] {
			t.Errorf("%s comes after %s", pair[0], pair[1])
		}
	}
	if err := c.Claims.Leave(t.Context(), visitor, c.Participation(m)); err == nil {
		t.Error("left after the award")
	}
}

func TestTheTimeLineOfWhoLeft(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(1, claims.Flat)[0]
	c.Prepay(m)
	c.Watch.Advance(time.Minute)
	if err := c.Claims.Leave(t.Context(), visitor, c.Participation(m)); err != nil {
		t.Fatal(err)
	}
	drain(c, "refunds")
	if err := c.Mollie.ProcessRefunds(); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(time.Hour)
	drain(c, "refunds")
	events, err := c.Claims.Timeline(t.Context(), c.Participation(m))
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	if diff := cmp.Diff([]string{"refund_done", "left", "refund_required", "prepaid", "signed"}, kinds); err != nil || diff != "" {
		t.Errorf("kinds (-want +got): %v\n%s", err, diff)
	}
	if got := events[0].Args["cents"]; got != fmt.Sprint(int64(c.Claim.FlatFeeCents)) {
		t.Errorf("the refund is %s cents, want %d", got, c.Claim.FlatFeeCents)
	}
}

// unzip reads an export.
func unzip(t *testing.T, content []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		all[f.Name] = b
	}
	return all
}

func TestTheExportHoldsEverythingAboutAPerson(t *testing.T) {
	t.Parallel()
	c, m := lived(t)
	var out bytes.Buffer
	if err := c.Claims.Export(t.Context(), m.ParticipantID, &out); err != nil {
		t.Fatal(err)
	}
	all := unzip(t, out.Bytes())
	for name, begin := range map[string]string{
		"data.json": "{", m.Number + "/volmacht-1.pdf": "%PDF", m.Number + "/volmacht-2.pdf": "%PDF", m.Number + "/ontvangstbewijs.json": "{", m.Number + "/specificatie.pdf": "%PDF",
	} {
		if !bytes.HasPrefix(all[name], []byte(begin)) {
			t.Errorf("%s is not in the export, or is something else", name)
		}
	}
	var evidence []string
	for name, content := range all {
		if strings.Contains(name, "/bewijs/") {
			evidence = append(evidence, name)
			if !bytes.Contains(content, []byte("MERK-")) {
				t.Errorf("%s is not what was sent", name)
			}
		}
	}
	if len(evidence) != 2 {
		t.Errorf("evidence = %v, want the file and the statement, not what was taken back", evidence)
	}
	data := string(all["data.json"])
	p := m.Person
	for _, marker := range []string{
		p.FirstNames, p.LastName, p.Email, p.Street, p.City, p.Postcode, m.Number, "MERK-gebruik@proef.example", p.IBAN, p.AccountName, "MERK-bestand.pdf",
		`"ip": "192.0.2.1"`, `"by": "staff: register"`, `"template": "welcome"`, `"amount_cents": 5000`, "end_to_end_id", `"option": "flat"`, "gross_cents",
	} {
		if !strings.Contains(data, marker) {
			t.Errorf("%q is not in the data", marker)
		}
	}
	for _, secret := range []string{"idempotency_key", "key_wrapped", "MERK-weg", `"Code"`, "staff:2", "question of the member"} {
		if strings.Contains(data, secret) {
			t.Errorf("%q is in the data", secret)
		}
	}
	var parsed struct {
		Rows map[string][]json.RawMessage `json:"rows"`
	}
	if err := json.Unmarshal(all["data.json"], &parsed); err != nil {
		t.Fatal(err)
	}
	for _, h := range claims.Holdings {
		if rows := parsed.Rows[h.Table]; len(rows) == 0 && !slices.Contains([]string{"login_codes", "logins", "refunds"}, h.Table) {
			t.Errorf("there is nothing of %s", h.Table)
		}
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM audit_events WHERE action = 'participant.exported' AND subject = ?`, fmt.Sprintf("participant:%d", m.ParticipantID)); n != 1 {
		t.Errorf("the log tells of the export %d times, want once", n)
	}
}

func TestTheExportHoldsNothingAboutOthers(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(3)
	var out bytes.Buffer
	if err := c.Claims.Export(t.Context(), m[1].ParticipantID, &out); err != nil {
		t.Fatal(err)
	}
	data := string(unzip(t, out.Bytes())["data.json"])
	for _, other := range []claimstest.Member{m[0], m[2]} {
		for _, marker := range []string{other.Number, other.Person.Email, other.Ref} {
			if strings.Contains(data, marker) {
				t.Errorf("%s of somebody else is in the export", marker)
			}
		}
	}
	if err := c.Claims.Export(t.Context(), 999_999, io.Discard); err == nil {
		t.Error("nobody was exported")
	}
}

func TestNoTableIsForgottenInTheExport(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	var columns []struct{ TableName, ColumnName, UdtName string }
	err := c.DB.Raw(`SELECT c.table_name, c.column_name, c.udt_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
		WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'`).Scan(&columns).Error
	if err != nil || len(columns) < 200 {
		t.Fatalf("%d columns, %v", len(columns), err)
	}
	tables := map[string]map[string]string{}
	for _, col := range columns {
		if tables[col.TableName] == nil {
			tables[col.TableName] = map[string]string{}
		}
		tables[col.TableName][col.ColumnName] = col.UdtName
	}
	held := map[string]bool{}
	for _, h := range claims.Holdings {
		held[h.Table] = true
		for column, reason := range h.Left {
			if tables[h.Table][column] == "" || reason == "" {
				t.Errorf("%s.%s is left out, and is not there or has no reason", h.Table, column)
			}
		}
		for column, kind := range tables[h.Table] {
			hash := strings.HasSuffix(column, "sha256") || column == "commitment"
			if kind == "bytea" && !hash && h.Left[column] == "" {
				t.Errorf("%s.%s is encrypted or secret: open it in the export, and say so in holdings", h.Table, column)
			}
		}
	}
	for table, cols := range tables {
		if held[table] == (claims.Elsewhere[table] != "") {
			t.Errorf("%s is in both lists or in none: does it hold something about a participant?", table)
		}
		about := cols["participant_id"] != "" || cols["participation_id"] != ""
		if about && !held[table] && !slices.Contains([]string{"annex_salts"}, table) {
			t.Errorf("%s names a participant and is not exported", table)
		}
	}
	for table := range claims.Elsewhere {
		if tables[table] == nil {
			t.Errorf("%s is no table", table)
		}
	}
}

func TestTheSignedDocumentIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(1, claims.Flat)[0]
	print := func() []byte {
		t.Helper()
		pdf, err := c.Claims.SignedDocument(t.Context(), c.Participation(m))
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Fatalf("SignedDocument = %.8q, %v", pdf, err)
		}
		return pdf
	}
	first := print()
	c.Watch.Advance(time.Hour)
	if !bytes.Equal(first, print()) {
		t.Error("the same signature printed twice is two documents")
	}
	if err := changeFee(c, m, claims.Percentage); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(first, print()) {
		t.Error("the new signature prints as the old one")
	}
	if _, err := c.Claims.Statement(t.Context(), c.Participation(m)); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("Statement before there is money = %v, want %v", err, claims.ErrNotFound)
	}
}

func TestTheStatementFollowsThePayout(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(2, claims.Flat)
	c.Prepay(m[0])
	c.Send()
	c.Arrive(1)
	c.Settle(40_000)
	c.Receive(40_000)
	print := func() []byte {
		t.Helper()
		pdf, err := c.Claims.Statement(t.Context(), c.Participation(m[0]))
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Fatalf("Statement = %.8q, %v", pdf, err)
		}
		return pdf
	}
	if d, err := c.Claims.Calculate(t.Context(), claimstest.Accountant, c.Claim.ID); err != nil {
		t.Fatal(err)
	} else if _, err := c.Claims.Statement(t.Context(), c.Participation(m[0])); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("Statement before the approval = %v, want %v", err, claims.ErrNotFound)
	} else if err := c.Claims.ApproveDistribution(t.Context(), claimstest.Board, d.ID); err != nil {
		t.Fatal(err)
	}
	c.Reload()
	awarded := print()
	c.Accounts(m...)
	run := c.Release()
	sent := print()
	c.Bank(c.Carried(run)...)
	booked := print()
	if bytes.Equal(awarded, sent) || bytes.Equal(sent, booked) {
		t.Error("the statement does not follow the payout")
	}
	if !bytes.Equal(booked, print()) {
		t.Error("the same payout printed twice is two documents")
	}
}
