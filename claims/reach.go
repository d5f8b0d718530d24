package claims

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/mailer"
	"samenclaim/mailer/bounce"
	"samenclaim/participants"
)

// ErrNote means that a task was called done without saying what was done.
var ErrNote = errors.New("a note says how somebody was reached")

// aboutReach is what the note of a task is sealed about.
const aboutReach = "reach_tasks.note"

// reachTask is somebody whom mail does not reach.
type reachTask struct {
	ID            int64
	Ref           string
	ParticipantID int64
	OutboxID      int64
	OpenedAt      time.Time
	DoneAt        *time.Time
	DoneBy        *audit.Actor
	Note          []byte
}

// TableName is the table of the tasks.
func (reachTask) TableName() string { return "reach_tasks" }

// Unreached is a task to reach somebody another way, as the list shows it: by number, without a name.
type Unreached struct {
	Ref      string
	Number   string // of the latest participation of the person that was not erased
	Slug     string // of its claim
	OpenedAt time.Time
	Template string // of the mail that came back
	Code     string // what the mail server said
	Soft     int64  // reports besides that the address did not work for a while
	DoneAt   *time.Time
	DoneBy   *audit.Actor
	Text     string `gorm:"-"` // the note; only of one that was opened
}

// ReportBounce keeps what a mail server reports about a mail. An address that does not work opens a task: reach
// this person another way. What is about no mail of ours is left quietly; twice is once. Ours tells whether it was about a mail of ours.
func (s *Service) ReportBounce(ctx context.Context, r bounce.Report) (ours bool, err error) {
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		b, changed, err := mailer.Bounce(ctx, tx, r)
		if errors.Is(err, mailer.ErrUnknownMail) {
			return nil
		}
		if ours = err == nil; err != nil || !changed || !b.Hard || b.ParticipantID == 0 {
			return err
		}
		return openReach(ctx, tx, b)
	})
	return ours, err
}

// openReach opens a task, one for each person however many mails come back.
func openReach(ctx context.Context, tx *gorm.DB, b mailer.Bounced) error {
	person, err := take(ctx, table.Of[participants.Participant](tx, clause.Locking{Strength: "KEY SHARE"}).Where("id = ? AND erased_at IS NULL", b.ParticipantID))
	if err != nil {
		return ignoreNotFound(err)
	}
	task := reachTask{Ref: rand.Text(), ParticipantID: person.ID, OutboxID: b.MailID, OpenedAt: tx.NowFunc()}
	done := tx.WithContext(ctx).Exec(`INSERT INTO reach_tasks (ref, participant_id, outbox_id, opened_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (participant_id) WHERE done_at IS NULL DO NOTHING`, task.Ref, task.ParticipantID, task.OutboxID, task.OpenedAt)
	if done.Error != nil || done.RowsAffected == 0 {
		return done.Error
	}
	return audit.Record(ctx, tx, audit.System("bounces"), "mail.bounced", fmt.Sprintf("participant:%d", person.ID), map[string]any{"mail": b.MailID})
}

// unreachedSQL lists tasks with the latest participation of each person.
const unreachedSQL = `SELECT r.ref, r.opened_at, r.done_at, r.done_by, r.note, r.participant_id, o.template, t.number, c.slug,
		coalesce((SELECT b.code FROM bounces b WHERE b.outbox_id = o.id AND b.kind = 'hard' ORDER BY b.id LIMIT 1), '') AS code,
		(SELECT count(*) FROM bounces b JOIN outbox x ON x.id = b.outbox_id WHERE x.participant_id = r.participant_id AND b.kind = 'soft') AS soft
	FROM reach_tasks r JOIN outbox o ON o.id = r.outbox_id
	JOIN LATERAL (SELECT number, claim_id FROM participations WHERE participant_id = r.participant_id AND status <> 'erased' ORDER BY id DESC LIMIT 1) t ON true
	JOIN claims c ON c.id = t.claim_id `

// unreachedRow is a row of that list.
type unreachedRow struct {
	Unreached
	Note          []byte
	ParticipantID int64
}

// Unreached lists whom mail does not reach: what is open first, the longest first; then what was done lately.
func (s *Service) Unreached(ctx context.Context) (all []Unreached, err error) {
	err = s.db.WithContext(ctx).Raw(unreachedSQL + `ORDER BY r.done_at DESC NULLS FIRST, r.opened_at, r.id LIMIT 500`).Scan(&all).Error
	return all, err
}

// OneUnreached opens a task with its note.
func (s *Service) OneUnreached(ctx context.Context, ref string) (Unreached, error) {
	row, err := take(ctx, table.Of[unreachedRow](s.db).Raw(unreachedSQL+`WHERE r.ref = ?`, ref))
	if err == nil && row.Number == "" {
		err = ErrNotFound
	}
	if err != nil || row.Note == nil {
		return row.Unreached, err
	}
	row.Text, err = s.openNote(ctx, row.ParticipantID, row.Note)
	return row.Unreached, err
}

func (s *Service) openNote(ctx context.Context, participantID int64, note []byte) (string, error) {
	person, err := take(ctx, table.Of[participants.Participant](s.db).Where("id = ?", participantID))
	if err != nil || person.KeyWrapped == nil {
		return "", err
	}
	key, err := s.vault.OpenKey(person.KeyWrapped)
	if err != nil {
		return "", err
	}
	return key.UnsealText(note, aboutReach)
}

// Reached notes how somebody was reached whom mail did not reach. The note is sealed with the person's key; they can read it in what is held about them.
func (s *Service) Reached(ctx context.Context, by audit.Actor, ref, note string) error {
	note, err := wordsOf(note)
	switch {
	case err != nil:
		return err
	case note == "":
		return ErrNote
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		task, err := take(ctx, table.Of[reachTask](tx, clause.Locking{Strength: "UPDATE"}).Where("ref = ?", ref))
		if err != nil {
			return err
		}
		if task.DoneAt != nil {
			return ErrWrongState
		}
		_, key, err := s.keyOf(ctx, tx, task.ParticipantID)
		if err != nil {
			return err
		}
		now := tx.NowFunc()
		change := reachTask{DoneAt: &now, DoneBy: &by}
		if change.Note, err = key.Seal([]byte(note), aboutReach); err != nil {
			return err
		}
		if _, err := table.Of[reachTask](tx).Where("id = ?", task.ID).Updates(ctx, change); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "person.reached", fmt.Sprintf("participant:%d", task.ParticipantID), nil)
	})
}

// exportedReach is a task as its person gets it.
type exportedReach struct {
	OpenedAt time.Time  `json:"opened_at"`
	DoneAt   *time.Time `json:"done_at,omitempty"`
	Note     string     `json:"note,omitempty"`
}

// exportReach opens the notes about how a person was reached.
func (s *Service) exportReach(ctx context.Context, person participants.Participant) (all []exportedReach, err error) {
	tasks, err := table.Of[reachTask](s.db).Where("participant_id = ?", person.ID).Order("id").Find(ctx)
	for _, t := range tasks {
		e := exportedReach{OpenedAt: t.OpenedAt, DoneAt: t.DoneAt}
		if t.Note != nil {
			if e.Note, err = s.openNote(ctx, person.ID, t.Note); err != nil {
				return nil, err
			}
		}
		all = append(all, e)
	}
	return all, err
}
