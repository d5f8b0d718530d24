package claimstest

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/internal/vault"
	"samenclaim/participants"
)

// Crowd adds many participations at once, as rows, for tests of size. The
// people are the same each time; their keys and addresses are real.
func (c *Case) Crowd(n int) {
	c.Helper()
	people := demo.Crowd{
		Seed: 3, Count: n, From: NewYear.AddDate(0, -5, 0), Until: NewYear,
		UsedFrom: time.Date(2020, 3, 1, 0, 0, 0, 0, time.UTC), UsedTo: time.Date(2022, 12, 1, 0, 0, 0, 0, time.UTC),
	}.People()
	rows := c.crowdRows(people)
	conn, err := c.Owner(c.TB).Acquire(c.Ctx())
	c.must(err)
	defer conn.Release()
	tx, err := conn.Begin(c.Ctx())
	c.must(err)
	for _, t := range []struct {
		table   string
		columns []string
		rows    [][]any
	}{
		{"participants", []string{"id", "email", "email_key", "first_names", "infix", "last_name", "lang", "email_verified_at", "key_wrapped", "address", "postcode_index", "synthetic", "created_at"}, rows.people},
		{"participations", []string{"id", "ref", "number", "claim_id", "participant_id", "status", "country", "used_for", "evidence_plan", "key_wrapped", "signed_at", "created_at"}, rows.parts},
		{"mandates", []string{"id", "participation_id", "mandate_text_id", "agreement_text_id", "mandate_sha256", "agreement_sha256", "record", "record_sha256", "request_id", "signed_at"}, rows.mandates},
		{"fee_options", []string{"id", "participation_id", "option", "mandate_id", "chosen_at"}, rows.fees},
	} {
		_, err := tx.CopyFrom(c.Ctx(), pgx.Identifier{t.table}, t.columns, pgx.CopyFromRows(t.rows))
		c.must(err)
		_, err = tx.Exec(c.Ctx(), fmt.Sprintf(`SELECT setval(pg_get_serial_sequence('%[1]s', 'id'), max(id)) FROM %[1]s`, t.table))
		c.must(err)
	}
	c.must(tx.Commit(c.Ctx()))
	_, err = conn.Exec(c.Ctx(), `ANALYZE`)
	c.must(err)
}

type crowdRows struct{ people, parts, mandates, fees [][]any }

func (c *Case) crowdRows(people []demo.Person) crowdRows {
	c.Helper()
	base := One[int64](c, `SELECT greatest((SELECT coalesce(max(id), 0) FROM participants), (SELECT coalesce(max(id), 0) FROM participations),
		(SELECT coalesce(max(id), 0) FROM mandates), (SELECT coalesce(max(id), 0) FROM fee_options))`)
	mandate := One[int64](c, `SELECT id FROM texts WHERE claim_id = ? AND key = 'mandate' AND lang = 'nl'`, c.Claim.ID)
	agreement := One[int64](c, `SELECT id FROM texts WHERE claim_id = ? AND key = 'agreement' AND lang = 'nl'`, c.Claim.ID)
	var shas [2][]byte
	c.must(c.DB.WithContext(c.Ctx()).Raw(`SELECT t.sha256, u.sha256 FROM texts t, texts u WHERE t.id = ? AND u.id = ?`, mandate, agreement).Row().Scan(&shas[0], &shas[1]))
	var rows crowdRows
	numbers := map[string]bool{}
	for i, p := range people {
		id := base + int64(i) + 1
		key, wrapped, err := c.Vault.NewKey()
		c.must(err)
		address, err := vault.SealJSON(key, participants.Address{
			Postcode: p.Postcode, HouseNumber: p.HouseNumber, Addition: p.Addition, Street: p.Street, City: p.City, Country: p.Country,
		}, "participants.address")
		c.must(err)
		record, err := key.Seal([]byte("{}"), "mandates.record")
		c.must(err)
		number := participants.NewNumber(c.Claim.NumberPrefix).String()
		for numbers[number] {
			number = participants.NewNumber(c.Claim.NumberPrefix).String()
		}
		numbers[number] = true
		hash := sha256.Sum256([]byte("{}"))
		rows.people = append(rows.people, []any{id, p.Email, p.Email, p.FirstNames, p.Infix, p.LastName, p.Lang, p.SignedAt, wrapped, address, c.Vault.Index("postcode", p.Postcode), true, p.SignedAt})
		rows.parts = append(rows.parts, []any{id, fmt.Sprintf("CROWD%021d", id), number, c.Claim.ID, id, "active", "NL", p.UsedFor, p.EvidencePlan, wrapped, p.SignedAt, p.SignedAt})
		rows.mandates = append(rows.mandates, []any{id, id, mandate, agreement, shas[0], shas[1], record, hash[:], fmt.Sprintf("crowd:%d", id), p.SignedAt})
		rows.fees = append(rows.fees, []any{id, id, p.FeeOption, id, p.SignedAt})
	}
	return rows
}
