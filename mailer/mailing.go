package mailer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// MailingStatus is where a mailing stands.
type MailingStatus string

// The states of a mailing. It is finished only when every recipient has one final state.
const (
	MailingSending  MailingStatus = "sending"
	MailingPaused   MailingStatus = "paused"
	MailingFinished MailingStatus = "finished"
)

// Mailing is the same words to many people.
type Mailing struct {
	ID         int64
	Key        string // made from the fact: the same key twice is refused
	Template   string
	WordsNL    json.RawMessage `gorm:"column:words_nl"` // the values that are the same for all who read Dutch
	WordsEN    json.RawMessage `gorm:"column:words_en"`
	Status     MailingStatus
	Recipients int64
	SHA256     []byte `gorm:"column:sha256"` // of the list of recipients, as mailing_sha256 in the schema makes it
	CreatedAt  time.Time
	PausedAt   *time.Time
	StoppedAt  *time.Time // who had not got it then, does not get it
	FinishedAt *time.Time
}

// TableName is the table of the mailings.
func (Mailing) TableName() string { return "mailings" }

// Progress is how many recipients of a mailing stand in each state. All but Waiting are final.
type Progress struct {
	Waiting, Sent, Bounced, Refused, Unknown, Cancelled int64
}

// Final is how many recipients have a final state.
func (p Progress) Final() int64 { return p.Sent + p.Bounced + p.Refused + p.Unknown + p.Cancelled }

var (
	// ErrNoMailing means that there is no such mailing.
	ErrNoMailing = errors.New("there is no such mailing")
	// ErrMailingMoved means that a mailing is not in a state in which this can be done.
	ErrMailingMoved = errors.New("the mailing is in another state")
)

// gatherAtOnce is how many recipients one statement writes down.
const gatherAtOnce = 10_000

// Begin writes a mailing down with its recipients, in the transaction of the fact that it tells of. The
// recipients are what a SELECT finds: fact, participant_id, recipient, lang and data, of those whose fact is
// above @after, in order of fact, @most of them. They go from table to table and never through this program.
func Begin(ctx context.Context, tx *gorm.DB, m Mailing, recipients string, args map[string]any) (Mailing, error) {
	if !audit.InTransaction(tx) {
		return m, audit.ErrNoTransaction
	}
	for _, lang := range Langs {
		if _, ok := words[lang+"/"+m.Template]; !ok {
			return m, fmt.Errorf("mailing %s: %w", m.Template, ErrUnknownTemplate)
		}
	}
	m.Status, m.CreatedAt = MailingSending, tx.NowFunc()
	if err := table.Of[Mailing](tx).Omit("recipients", "sha256").Create(ctx, &m); err != nil {
		return m, fmt.Errorf("begin a mailing: %w", err)
	}
	all := map[string]any{"mailing": m.ID, "template": m.Template, "created": m.CreatedAt, "most": gatherAtOnce, "after": int64(0)}
	for k, v := range args {
		all[k] = v
	}
	for {
		var got struct{ N, Last int64 }
		err := tx.WithContext(ctx).Raw(`WITH found AS MATERIALIZED (`+recipients+`), made AS (
				INSERT INTO outbox (key, recipient, lang, template, data, policy, status, participant_id, mailing_id, next_try_at, created_at)
				SELECT 'mailing:' || CAST(@mailing AS bigint) || ':' || fact, recipient, lang, CAST(@template AS text), data, 'hold', 'queued', participant_id,
					CAST(@mailing AS bigint), CAST(@created AS timestamptz), CAST(@created AS timestamptz) FROM found)
			SELECT count(*) AS n, coalesce(max(fact), 0) AS last FROM found`, all).Scan(&got).Error
		if err != nil {
			return m, fmt.Errorf("write down the recipients of mailing %d: %w", m.ID, err)
		}
		if m.Recipients += got.N; got.N < gatherAtOnce {
			break
		}
		all["after"] = got.Last
	}
	err := tx.WithContext(ctx).Raw(`UPDATE mailings SET recipients = ?, sha256 = mailing_sha256(id) WHERE id = ? RETURNING sha256`, m.Recipients, m.ID).Row().Scan(&m.SHA256)
	if err != nil {
		return m, fmt.Errorf("add up the recipients of mailing %d: %w", m.ID, err)
	}
	return m, nil
}

// FindMailing reads a mailing and how far it is.
func FindMailing(ctx context.Context, db *gorm.DB, id int64) (Mailing, Progress, error) {
	m, err := oneMailing(ctx, table.Of[Mailing](db), id)
	if err != nil {
		return m, Progress{}, err
	}
	var p Progress
	err = db.WithContext(ctx).Raw(`SELECT count(*) FILTER (WHERE status IN ('queued', 'sending')) AS waiting, count(*) FILTER (WHERE status = 'sent') AS sent,
		count(*) FILTER (WHERE status = 'bounced') AS bounced, count(*) FILTER (WHERE status = 'failed') AS refused,
		count(*) FILTER (WHERE status = 'unknown') AS unknown, count(*) FILTER (WHERE status = 'dropped') AS cancelled FROM outbox WHERE mailing_id = ?`, id).Scan(&p).Error
	return m, p, err
}

func oneMailing(ctx context.Context, q table.Query[Mailing], id int64) (Mailing, error) {
	m, err := q.Where("id = ?", id).Take(ctx)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = ErrNoMailing
	}
	return m, err
}

// Pause keeps a mailing from going on. Once this is committed no more mails of it are taken; those on their way arrive. Twice is once.
func Pause(ctx context.Context, tx *gorm.DB, id int64) (changed bool, err error) {
	return moveMailing(ctx, tx, id, func(m Mailing) (string, error) {
		switch {
		case m.Status == MailingPaused:
			return "", nil
		case m.Status != MailingSending || m.StoppedAt != nil:
			return "", ErrMailingMoved
		}
		return `status = 'paused', paused_at = @now`, nil
	})
}

// Resume lets a paused mailing go on. Twice is once.
func Resume(ctx context.Context, tx *gorm.DB, id int64) (changed bool, err error) {
	return moveMailing(ctx, tx, id, func(m Mailing) (string, error) {
		switch {
		case m.Status == MailingSending && m.StoppedAt == nil:
			return "", nil
		case m.Status != MailingPaused:
			return "", ErrMailingMoved
		}
		return `status = 'sending', paused_at = NULL`, nil
	})
}

// Stop ends a mailing for who has not got it yet. Twice is once.
func Stop(ctx context.Context, tx *gorm.DB, id int64) (changed bool, err error) {
	return moveMailing(ctx, tx, id, func(m Mailing) (string, error) {
		switch {
		case m.StoppedAt != nil:
			return "", nil
		case m.Status == MailingFinished:
			return "", ErrMailingMoved
		}
		return `status = 'sending', paused_at = NULL, stopped_at = @now`, nil
	})
}

// moveMailing changes a mailing under its lock, as the state in which it is found asks; "" changes nothing.
func moveMailing(ctx context.Context, tx *gorm.DB, id int64, to func(Mailing) (set string, err error)) (changed bool, err error) {
	if !audit.InTransaction(tx) {
		return false, audit.ErrNoTransaction
	}
	m, err := oneMailing(ctx, table.Of[Mailing](tx, clause.Locking{Strength: "NO KEY UPDATE"}), id)
	if err != nil {
		return false, err
	}
	set, err := to(m)
	if err != nil || set == "" {
		return false, err
	}
	err = tx.WithContext(ctx).Exec(`UPDATE mailings SET `+set+` WHERE id = @id`, map[string]any{"id": id, "now": tx.NowFunc()}).Error
	return err == nil, err
}

// reopen lets a finished mailing go on for a mail that a person decided to send once more.
func reopen(ctx context.Context, tx *gorm.DB, mailID int64) error {
	err := tx.WithContext(ctx).Exec(`UPDATE mailings SET status = 'sending', finished_at = NULL
		WHERE status = 'finished' AND id = (SELECT mailing_id FROM outbox WHERE id = ?)`, mailID).Error
	if err != nil {
		return fmt.Errorf("go on with the mailing of mail %d: %w", mailID, err)
	}
	return nil
}

// finishMailings ends the mailings that are on their way to nobody any more.
func finishMailings(ctx context.Context, db *gorm.DB) error {
	err := db.WithContext(ctx).Exec(`UPDATE mailings m SET status = 'finished', finished_at = ? WHERE status = 'sending'
		AND NOT EXISTS (SELECT FROM outbox WHERE mailing_id = m.id AND status IN ('queued', 'sending'))`, db.NowFunc()).Error
	if err != nil {
		return fmt.Errorf("end mailings: %w", err)
	}
	return nil
}

// MailingMoves is every move that a mailing can make. There are no others.
var MailingMoves = []struct{ From, To MailingStatus }{
	{MailingSending, MailingPaused},
	{MailingPaused, MailingSending},
	{MailingSending, MailingFinished},
	{MailingFinished, MailingSending}, // a person has a mail sent once more
}
