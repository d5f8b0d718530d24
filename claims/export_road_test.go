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

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
)

// lived is a case in which one member has been through everything.

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
	if _, err := c.Claims.SignedDocument(t.Context(), c.Participation(m)); err != nil { // from now on the paper is kept
		t.Fatal(err)
	}
	c.Drain("stamps")
	must(t, show(c, "a form", m.Number))
	record(c, "acknowledgement", "2026-11-01", m.Number)
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
		p.FirstNames, p.LastName, p.Email, p.Street, p.City, p.Postcode, m.Number, "MERK-gebruik@proef.example", p.IBAN, p.AccountName, "MERK-bestand.pdf", `"text": "MERK-bericht"`, `"text": "MERK-antwoord"`,
		`"ip": "192.0.2.1"`, `"by": "staff: register"`, `"template": "welcome"`, `"amount_cents": 5000`, "end_to_end_id", `"option": "flat"`, "gross_cents", "Steekproef van de wederpartij",
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
		if rows := parsed.Rows[h.Table]; len(rows) == 0 && !slices.Contains([]string{"login_codes", "logins", "refunds", "chargebacks", "represented", "exits", "corrections", "erasures", "papers", "estates", "takeovers", "payout_holds", "payee_checks", "sanctions_hits", "data_exports", "email_requests", "rights_requests", "reports", "bounces", "reach_tasks"}, h.Table) {
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
