package claims

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// erasing is what an erasure does with the rows about a person, table by table,
// in this order: a statement that takes away what says who it was, or why the
// rows can stay. @person is the participant, @mine their participations, @drafts
// their sign-ups, @index the keyed hash of their address. A test compares it with holdings.
var erasing = []struct{ Table, Do, Stays string }{
	{"evidence", `UPDATE evidence SET retracted_at = coalesce(retracted_at, @now), key_wrapped = NULL, name = NULL, content = NULL, storage_name = NULL
		WHERE participation_id IN @mine`, ""},
	{"signups", `WITH mine AS (SELECT id FROM signups WHERE id IN @drafts),
		gone AS (DELETE FROM evidence WHERE signup_id IN (SELECT id FROM mine) RETURNING id)
		DELETE FROM signups WHERE id IN (SELECT id FROM mine) AND (SELECT count(*) FROM gone) >= 0`, ""},
	{"data_exports", `UPDATE data_exports SET status = 'gone', key_wrapped = NULL, storage_name = NULL WHERE participant_id = @person AND status IN ('wanted', 'ready')`, ""},
	{"login_codes", `DELETE FROM login_codes WHERE participant_id = @person OR email_index = @index`, ""},
	{"logins", `UPDATE logins SET ended_at = coalesce(ended_at, @now), browser = '' WHERE participant_id = @person`, ""},
	{"email_requests", `UPDATE email_requests SET stopped_at = @now, stopped_by = 'system:erase' WHERE participant_id = @person AND done_at IS NULL AND stopped_at IS NULL`, ""},
	{"rights_requests", `UPDATE rights_requests SET status = CASE status WHEN 'open' THEN 'withdrawn' ELSE status END, ended_at = @now, ended_by = 'system:erase'
		WHERE participant_id = @person AND status IN ('open', 'granted') AND ended_at IS NULL`, ""},
	{"consents", `UPDATE consents SET withdrawn_at = @now WHERE participation_id IN @mine AND withdrawn_at IS NULL`, ""},
	{"consultation_votes", `UPDATE consultation_votes SET choice = NULL, salt = NULL WHERE participation_id IN @mine`, ""},
	{"payee_accounts", `UPDATE payee_accounts SET iban_index = uuid_send(gen_random_uuid()), superseded_at = coalesce(superseded_at, @now) WHERE participation_id IN @mine`, ""},
	{"payee_checks", `UPDATE payee_checks SET bank_name = NULL WHERE payout_id IN (SELECT id FROM payouts WHERE participation_id IN @mine)`, ""},
	{"annex_salts", `DELETE FROM annex_salts WHERE participation_id IN @mine`, ""},
	{"represented", `UPDATE represented SET ended_at = coalesce(ended_at, @now), adult_month = CASE WHEN adult_month IS NOT NULL THEN DATE '1900-01-01' END
		WHERE participation_id IN @mine`, ""},
	{"papers", `UPDATE papers SET key_wrapped = NULL WHERE participation_id IN @mine`, ""},
	{"estates", `UPDATE estates SET contact = NULL WHERE participation_id IN @mine`, ""},
	{"reports", `UPDATE reports SET key_wrapped = NULL, content = NULL, email_index = uuid_send(gen_random_uuid()) WHERE participation_id IN @mine OR email_index = @index`, ""},
	{"takeovers", `UPDATE takeovers SET contact = NULL WHERE participation_id IN @mine`, ""},
	{"conversations", `UPDATE conversations SET waiting_since = NULL WHERE participant_id = @person AND waiting_since IS NOT NULL`, ""},
	{"reach_tasks", `UPDATE reach_tasks SET done_at = @now, done_by = 'system:erase' WHERE participant_id = @person AND done_at IS NULL`, ""},
	{"bounces", "", "that and when a mail came back"},
	{"messages", "", "sealed with the person's key, which is destroyed"},
	{"message_marks", "", "that and when something was read or answered"},
	{"mandates", "", "a hash of the text, and a record whose key is destroyed"},
	{"signed_papers", "", "sealed with the participation's key, which is destroyed"},
	{"stamp_rows", "", "a place in a tree of hashes"},
	{"corrections", "", "sealed with the person's key, which is destroyed"},
	{"fee_options", "", "an option and moments"},
	{"shown_people", "", "that a name was shown, by numbers; the file can't be made again without the salt"},
	{"annex_rows", "", "a number and a hash, which say nothing without the salt"},
	{"limitation_facts", "", "on which day what was proven; the paper is sealed with the participation's key, which is destroyed"},
	{"payout_holds", "", "that and when payouts were stopped"},
	{"sanctions_hits", "", "a public name, and that somebody else was meant: what the law makes us able to show"},
	{"exits", "", "that and when somebody stopped"},
	{"erasures", "", "that and when somebody was erased"},
	{"prepayments", "", "amounts and moments: the books"},
	{"refunds", "", "amounts and moments: the books"},
	{"chargebacks", "", "amounts and moments: the books"},
	{"awards", "", "amounts and a number: the books"},
	{"payouts", "", "amounts and a number: the books"},
	{"invoices", "", "amounts and a number: the books"},
	{"entries", "", "amounts and a number: the books"},
	{"audit_events", "", "who did what when, by numbers"},
	{"outbox", "", "done by the mailer, which knows what waits"},
	{"participations", "", "done by the move to erased, which destroys the key"},
	{"participants", "", "done last: the name goes, and the key"},
}

// eraseRows runs the table and counts the rows that were touched.
func eraseRows(ctx context.Context, tx *gorm.DB, args map[string]any) (map[string]int64, error) {
	counts := map[string]int64{}
	for _, e := range erasing {
		if e.Do == "" {
			continue
		}
		done := tx.WithContext(ctx).Exec(e.Do, args)
		if done.Error != nil {
			return nil, fmt.Errorf("erase %s: %w", e.Table, done.Error)
		}
		if done.RowsAffected > 0 {
			counts[e.Table] = done.RowsAffected
		}
	}
	return counts, nil
}
