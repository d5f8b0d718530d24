package claims

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"
)

// holding is one table with rows about a person: which rows are theirs, and
// what of them is left out of an export, with the reason.
type holding struct {
	Table string
	Where string            // @person is the participant, @mine their participations
	Left  map[string]string // column and reason; everything else is exported, also columns that come later
	Plus  string            // more than the row itself, as a JSON object
}

const (
	leftKey    = "a key: it says nothing and opens nothing without the program"
	leftIndex  = "a number by which an encrypted field is found; the field itself is here"
	leftOpened = "encrypted; here as readable text"
	leftClosed = "what a browser or the program keeps to itself"
	leftStaff  = "a member of staff; the role is here"
)

// holdings are all rows that the program keeps about a participant. A test
// compares them with the tables of the database, so that a new one is not forgotten.
var holdings = []holding{
	{"participants", "id = @person", map[string]string{"key_wrapped": leftKey, "address": leftOpened, "postcode_index": leftIndex, "person_index": leftIndex}, ""},
	{"participations", "participant_id = @person", map[string]string{"key_wrapped": leftKey, "usage": leftOpened, "person_key": leftIndex}, ""},
	{"represented", "participation_id IN @mine", map[string]string{"person": leftOpened}, ""},
	{"mandates", "participation_id IN @mine", map[string]string{"record": leftOpened}, ""},
	{"signed_papers", "mandate_id IN (SELECT id FROM mandates WHERE participation_id IN @mine)", map[string]string{"pdf": "the paper is in the export", "html": "the same words as the paper"}, ""},
	{"stamp_rows", "mandate_id IN (SELECT id FROM mandates WHERE participation_id IN @mine)", nil, ""},
	{"fee_options", "participation_id IN @mine", nil, ""},
	{"consents", "participation_id IN @mine", nil, ""},
	{"consultation_votes", "participation_id IN @mine", map[string]string{"salt": "in the receipt of the vote, which is in the portal", "leaf": "a hash; it is in that receipt"}, ""},
	{"payee_accounts", "participation_id IN @mine", map[string]string{"iban": leftOpened, "holder": leftOpened, "iban_index": leftIndex}, ""},
	{"evidence", "participation_id IN @mine", map[string]string{"name": leftOpened, "content": leftOpened, "key_wrapped": leftKey, "storage_name": leftClosed}, ""},
	{"signups", "participation_id IN @mine", map[string]string{"token_hash": leftClosed, "key_wrapped": leftKey, "answers": "became the signature, which is here", "email_index": leftIndex}, ""},
	{"login_codes", "participant_id = @person", map[string]string{"email_index": leftIndex, "browser_hash": leftClosed, "code_mac": leftClosed, "link_hash": leftClosed}, ""},
	{"email_requests", "participant_id = @person", map[string]string{"email": "the address itself, in the mails", "token_hash": leftClosed, "asked_by": leftStaff, "stopped_by": leftStaff}, ""},
	{"logins", "participant_id = @person", map[string]string{"ref": leftClosed, "staff_id": leftStaff}, ""},
	{
		"outbox", "participant_id = @person", map[string]string{"data": "of codes; of other mails it is here as values"},
		"CASE WHEN template IN ('code', 'confirm', 'email_code', 'email_prove') THEN '{}' ELSE jsonb_build_object('values', data) END",
	},
	{"papers", "participation_id IN @mine", map[string]string{"key_wrapped": leftKey, "storage_name": leftClosed, "uploaded_by": leftStaff}, ""},
	{"estates", "participation_id IN @mine", map[string]string{"contact": "about the heirs", "reported_by": leftStaff, "ended_by": leftStaff}, ""},
	{"takeovers", "participation_id IN @mine", map[string]string{"contact": "about who asked", "token_hash": leftClosed, "proposed_by": leftStaff, "accepted_by": leftStaff, "refused_by": leftStaff}, ""},
	{"reports", "participation_id IN @mine", map[string]string{
		"content": "about who reported", "key_wrapped": leftKey, "ref": leftClosed, "browser_hash": leftClosed, "email_index": leftIndex, "linked_by": leftStaff, "closed_by": leftStaff,
	}, ""},
	{"annex_rows", "participation_id IN @mine", nil, ""},
	{
		"shown_people", "participation_id IN @mine", nil,
		"(SELECT jsonb_build_object('reason', s.reason, 'shown_at', s.shown_at, 'letter', l.ordinal) FROM showings s JOIN letters l ON l.id = s.letter_id WHERE s.id = t.showing_id)",
	},
	{"limitation_facts", "participation_id IN @mine", map[string]string{"document": "the paper itself, which staff give on request", "recorded_by": leftStaff, "request_id": leftClosed}, ""},
	{"payout_holds", "participation_id IN @mine", map[string]string{"placed_by": leftStaff, "lifted_by": leftStaff}, ""},
	{"payee_checks", "payout_id IN (SELECT id FROM payouts WHERE participation_id IN @mine)", map[string]string{"bank_name": "the bank's name for the account, told to us for a check of this payment only", "accepted_by": leftStaff}, ""},
	{"sanctions_hits", "participation_id IN @mine", map[string]string{"proposed_by": leftStaff, "decided_by": leftStaff}, ""},
	{"data_exports", "participant_id = @person", map[string]string{"key_wrapped": leftKey, "storage_name": leftClosed, "ref": leftClosed}, ""},
	{"exits", "participation_id IN @mine", nil, ""},
	{"rights_requests", "participant_id = @person", map[string]string{
		"words": leftOpened, "extension": leftOpened, "answer": leftOpened, "ref": leftClosed, "extended_by": leftStaff, "answered_by": leftStaff, "ended_by": leftStaff,
	}, ""},
	{"corrections", "participant_id = @person", map[string]string{"before": leftOpened, "made_by": leftStaff}, ""},
	{"conversations", "participant_id = @person", nil, ""},
	{"messages", "conversation_id IN (SELECT id FROM conversations WHERE participant_id = @person)", map[string]string{"body": leftOpened, "written_by": leftStaff, "request_id": leftClosed}, ""},
	{"message_marks", "conversation_id IN (SELECT id FROM conversations WHERE participant_id = @person)", map[string]string{"made_by": leftStaff}, ""},
	{"bounces", "outbox_id IN (SELECT id FROM outbox WHERE participant_id = @person)", nil, ""},
	{"reach_tasks", "participant_id = @person", map[string]string{"note": leftOpened, "done_by": leftStaff, "ref": leftClosed}, ""},
	{"erasures", "participant_id = @person", map[string]string{"made_by": leftStaff}, ""},
	{"prepayments", "participation_id IN @mine", map[string]string{"idempotency_key": leftClosed}, ""},
	{"refunds", "prepayment_id IN (SELECT id FROM prepayments WHERE participation_id IN @mine)", map[string]string{"idempotency_key": leftClosed, "last_error": "a message between machines"}, ""},
	{"chargebacks", "prepayment_id IN (SELECT id FROM prepayments WHERE participation_id IN @mine)", nil, ""},
	{"awards", "participation_id IN @mine", nil, ""},
	{"payouts", "participation_id IN @mine", nil, ""},
	{"invoices", "participation_id IN @mine", nil, ""},
	{
		"entries", "participation_id IN @mine", nil,
		"(SELECT jsonb_build_object('text', j.text, 'booked_on', j.booked_on) FROM journals j WHERE j.id = t.journal_id)",
	},
	{
		"audit_events", "subject IN (SELECT 'participation:' || id FROM participations WHERE participant_id = @person UNION SELECT 'participant:' || id FROM participants WHERE id = @person)",
		map[string]string{"actor": leftStaff, "detail": "numbers of the program's own records"},
		`jsonb_build_object('by', CASE WHEN actor LIKE 'participant:%' THEN 'you'
			WHEN actor LIKE 'staff:%' THEN coalesce((SELECT 'staff: ' || array_to_string(roles, ', ') FROM staff WHERE 'staff:' || staff.id = actor), 'staff') ELSE actor END)`,
	},
}

// elsewhere are the tables that hold nothing about one participant, or nothing
// that is not exported already, with the reason.
var elsewhere = map[string]string{
	"foundations": "about the foundation", "claims": "about the claim", "claim_moves": "about the claim", "texts": "about the claim; what was signed is in the signature",
	"letters": "about the claim; the place in the annex is in annex_rows", "letter_progress": "about the letter", "letter_files": "papers about everybody; lists with names open only for the lawyer",
	"annex_salts": "stands in the receipt, which is in the export", "deliveries": "about the letter", "deposit_openings": "about the letter", "showings": "about the letter; whose names, in shown_people", "news": "about the claim", "news_drafts": "about the claim", "mailings": "words for many; the own mails are in outbox", "next_steps": "about the claim", "consultations": "about the claim; the own vote is in consultation_votes", "heartbeats": "how long a claim is silent", "limitation_watch": "how many people lapse when", "facts": "about the claim", "docket_entries": "about the claim", "docket_reminders": "about the claim",
	"register_searches": "what staff looked for, forgotten within a day", "accounts": "the books' own", "journals": "the books' own; the lines are in entries", "journal_numbers": "the books' own", "book_closes": "the books' own", "vat_rates": "about the claim",
	"settlements": "about the claim", "stamps": "roots over the signatures of many; the own place is in stamp_rows", "distributions": "about the claim; the share is in awards", "payout_runs": "about all payouts together",
	"payout_files": "about all payouts together; the own one is in payouts", "bank_reports": "about all payouts together; the own line is in payee_checks", "money_alarms": "about all payouts together",
	"sanctions_lists": "a public list", "sanctions_names": "a public list", "mollie_settlements": "what Mollie paid out at once", "mollie_settlement_costs": "what Mollie took off", "mollie_differences": "what somebody explained of that", "mollie_settlement_items": "parts of that; the own payment and refund are in prepayments and refunds", "statement_imports": "the bank's file", "statement_import_parts": "the bank's file", "statements": "the bank's file",
	"statement_lines": "the bank's words about a transfer that is in payouts", "line_matches": "how the books follow the bank", "staff": "about staff",
	"disclosures": "what the public is told about requests and breaches; names nobody", "mistakes": "reports about pages by readers without an account, forgotten after the answer",
	"public_accounts": "figures for everybody", "claim_steps": "the steps that claims can make", "served": "when the program served", "outages": "when nobody could sign",
	"processors":  "companies that work for the foundation",
	"audit_seals": "hashes over the log",
	"sessions":    "of a browser, forgotten within a day", "rate_limits": "counts, forgotten within a day", "goose_db_version": "of the program",
}

// rowsAbout gathers the rows about a person, by table.
func rowsAbout(ctx context.Context, tx *gorm.DB, participantID int64, participationIDs []int64) (map[string][]json.RawMessage, error) {
	all := make(map[string][]json.RawMessage, len(holdings))
	for _, h := range holdings {
		var rows []string
		err := tx.WithContext(ctx).Raw(h.query(), map[string]any{"person": participantID, "mine": participationIDs}).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("export %s: %w", h.Table, err)
		}
		all[h.Table] = make([]json.RawMessage, len(rows))
		for i, row := range rows {
			all[h.Table][i] = json.RawMessage(row)
		}
	}
	return all, nil
}

// query gives the rows as JSON, without what is left out.
func (h holding) query() string {
	row := "to_jsonb(t)"
	for column := range h.Left {
		row += " - '" + column + "'"
	}
	if h.Plus != "" {
		row = "(" + row + ") || " + h.Plus
	}
	return "SELECT (" + row + ")::text FROM " + h.Table + " t WHERE " + h.Where + " ORDER BY 1"
}
