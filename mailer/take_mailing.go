package mailer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"samenclaim/internal/table"
)

// takeMailingsSQL marks a batch of the mailings that go on as being sent. The share of the lock is what makes
// pausing exact: who pauses waits for this statement, and the next one sees the pause. Who has left the case
// meanwhile, or wants no such mail any more, is cancelled instead; so are all when the mailing was stopped.
const takeMailingsSQL = `
	WITH going AS MATERIALIZED (SELECT id, stopped_at FROM mailings WHERE status = 'sending' ORDER BY id FOR SHARE),
	due AS MATERIALIZED (
		SELECT o.id, g.stopped_at IS NOT NULL AS stopped FROM going g CROSS JOIN LATERAL (
			SELECT id FROM outbox WHERE mailing_id = g.id AND status = 'queued' AND (next_try_at <= ? OR g.stopped_at IS NOT NULL)
			ORDER BY next_try_at, id LIMIT ? FOR UPDATE SKIP LOCKED) o LIMIT ?),
	unwanted AS MATERIALIZED (SELECT id FROM due WHERE stopped UNION SELECT mailing_unwanted(ARRAY(SELECT id FROM due), ?))
	UPDATE outbox SET status = CASE WHEN outbox.id IN (SELECT id FROM unwanted) THEN 'dropped' ELSE 'sending' END,
	       data = CASE WHEN outbox.id IN (SELECT id FROM unwanted) THEN '{}' ELSE data END,
	       attempts = attempts + 1, next_try_at = ?, message_id = ` + messageID + `
	  FROM due WHERE outbox.id = due.id
	RETURNING outbox.*`

// takeMailings takes a batch of mailings, with the words of each, and tells how many it met; those it cancelled are not in rows.
func takeMailings(ctx context.Context, db *gorm.DB, domain string, n int) (rows []row, taken int, err error) {
	now := db.NowFunc()
	rows, err = table.Of[row](db).Raw(takeMailingsSQL, now, n, n, now, now.Add(lease), domain).Find(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("take mails of mailings: %w", err)
	}
	taken = len(rows)
	rows = slices.DeleteFunc(rows, func(r row) bool { return r.Status == dropped })
	slices.SortFunc(rows, func(a, b row) int { return int(a.ID - b.ID) })
	return rows, taken, addWords(ctx, db, rows)
}

// addWords gives each row the words of its mailing in its language, which stand there once.
func addWords(ctx context.Context, db *gorm.DB, rows []row) error {
	ids := map[int64]bool{}
	var list []int64
	for _, r := range rows {
		if !ids[*r.MailingID] {
			ids[*r.MailingID] = true
			list = append(list, *r.MailingID)
		}
	}
	if len(list) == 0 {
		return nil
	}
	mailings, err := table.Of[Mailing](db).Where("id IN ?", list).Find(ctx)
	if err != nil {
		return fmt.Errorf("read the words of mailings: %w", err)
	}
	type place struct {
		id   int64
		lang string
	}
	all := map[place]map[string]string{}
	for _, m := range mailings {
		for lang, packed := range map[string]json.RawMessage{"nl": m.WordsNL, "en": m.WordsEN} {
			values := map[string]string{}
			if err := json.Unmarshal(packed, &values); err != nil {
				return fmt.Errorf("read the words of mailing %d: %w", m.ID, ErrBadMail)
			}
			all[place{m.ID, lang}] = values
		}
	}
	for i, r := range rows {
		rows[i].words = all[place{*r.MailingID, r.Lang}]
	}
	return nil
}
