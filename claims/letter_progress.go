package claims

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// The steps in which a letter freezes.
const (
	StepWaiting = "waiting" // for sign-ups that are under way
	StepAnnex   = "annex"   // its rows are written: Done of Total
	StepFiles   = "files"   // the files are printed, and everybody in the annex is moved on
	StepDone    = "done"
	StepFailed  = "failed"
)

// lockFreeze is the class of the advisory lock of who freezes a letter: only the
// holder tells how far it is, and when the session dies the lock goes with it.
const lockFreeze = 7151

// LetterProgress is how far the freezing of a letter is. It is told beside the
// transaction that freezes: whether the letter is frozen, its state says.
type LetterProgress struct {
	LetterID   int64
	StartedBy  audit.Actor
	Step       string
	Done       int64 // rows of the annex that are written
	Total      int64
	StartedAt  time.Time
	ReportedAt time.Time

	Held bool `gorm:"-:migration;<-:false"` // somebody is at it
}

// TableName is the table of progress.
func (LetterProgress) TableName() string { return "letter_progress" }

// Going reports whether the freeze goes on.
func (p LetterProgress) Going() bool { return p.Held && p.Step != StepDone && p.Step != StepFailed }

// LetterProgress tells how far the freezing of a letter is; nil when nobody began.
func (s *Service) LetterProgress(ctx context.Context, letterID int64) (*LetterProgress, error) {
	p, err := take(ctx, table.Of[LetterProgress](s.db).Select("*", held).Where("letter_id = ?", letterID))
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	return &p, nil
}

// held asks for the lock of who freezes a letter.
var held = fmt.Sprintf(`EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = %d AND objid = letter_id
	AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS held`, lockFreeze)

// reporter writes down how far a freeze is, without the freeze waiting for it.
type reporter struct {
	letterID int64
	next     chan LetterProgress
	over     chan struct{}
	begun    bool // holds the lock: before that there is nothing to tell
}

// reporter gets ready to tell how far the freezing of a letter is.
func (s *Service) reporter(ctx context.Context, by audit.Actor, claimID int64, ordinal int) (*reporter, error) {
	l, err := s.Letter(ctx, claimID, ordinal)
	if err != nil {
		return nil, err
	}
	now := s.db.NowFunc()
	// The row is there before the letter is locked, which a foreign key would wait for.
	err = s.db.WithContext(ctx).Exec(`INSERT INTO letter_progress (letter_id, started_by, step, done, total, started_at, reported_at) VALUES (?, ?, 'waiting', 0, 0, ?, ?)
		ON CONFLICT DO NOTHING`, l.ID, by, now, now).Error
	if err != nil {
		return nil, err
	}
	r := &reporter{letterID: l.ID, next: make(chan LetterProgress, 1), over: make(chan struct{})}
	go func() {
		defer close(r.over)
		for p := range r.next {
			// What is not written is not told; the next one tells more.
			_ = s.db.WithContext(ctx).Exec(`UPDATE letter_progress SET started_by = ?, step = ?, done = ?, total = ?, started_at = ?, reported_at = ? WHERE letter_id = ?`,
				by, p.Step, p.Done, p.Total, now, s.db.NowFunc(), l.ID).Error
		}
	}()
	return r, nil
}

// begin waits for others who freeze the same letter.
func (r *reporter) begin(ctx context.Context, tx *gorm.DB) error {
	if err := tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock(?, ?)`, lockFreeze, int32(r.letterID)).Error; err != nil { //nolint:gosec // there are no two thousand million letters
		return err
	}
	r.begun = true
	r.say(StepWaiting, 0, 0)
	return nil
}

// say tells how far it is; what was not written yet is passed over.
func (r *reporter) say(step string, done, total int64) {
	select {
	case <-r.next:
	default:
	}
	r.next <- LetterProgress{Step: step, Done: done, Total: max(done, total)}
}

// end tells how it ended, once the transaction is over.
func (r *reporter) end(rows int64, err error) {
	if r.begun {
		step := StepDone
		if err != nil {
			step = StepFailed
		}
		r.say(step, rows, rows)
	}
	close(r.next)
	<-r.over
}
