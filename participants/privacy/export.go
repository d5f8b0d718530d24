package privacy

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"samenclaim/internal/table"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ExportLife is how long a copy waits to be taken.
const ExportLife = 24 * time.Hour

// ErrNotFound means that there is no such thing, or that it belongs to somebody else, or was taken already.
var ErrNotFound = errors.New("not found")

// Export is a copy of everything that is held about somebody.
type Export struct {
	ID            int64
	Ref           string
	ParticipantID int64
	Status        string // wanted, ready, taken or gone
	KeyWrapped    []byte
	StorageName   *string
	Bytes         *int64
	WantedAt      time.Time
	TriedAt       *time.Time
	ReadyAt       *time.Time
	ExpiresAt     *time.Time
	TakenAt       *time.Time
}

// TableName is the table of the copies.
func (Export) TableName() string { return "data_exports" }

// WantExport asks for a copy. While one is wanted or waits, asking again is asking once.
func WantExport(ctx context.Context, tx *gorm.DB, participantID int64) (fresh bool, err error) {
	e := Export{Ref: rand.Text(), ParticipantID: participantID, Status: "wanted", WantedAt: tx.NowFunc()}
	err = table.Of[Export](tx, clause.OnConflict{DoNothing: true}).Create(ctx, &e)
	return e.ID != 0, err
}

// LastExport is the newest copy somebody asked for, or nil.
func LastExport(ctx context.Context, db *gorm.DB, participantID int64) (*Export, error) {
	e, err := table.Of[Export](db).Where("participant_id = ?", participantID).Order("id DESC").Take(ctx)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	return &e, err
}

// again is after how long a copy is tried anew that was begun and not finished.
const again = 15 * time.Minute

// NextExport takes the next wanted copy to be made; nil when there is none.
// Marking it keeps the other replicas off it while it is made.
func NextExport(ctx context.Context, db *gorm.DB) (*Export, error) {
	var e Export
	err := db.WithContext(ctx).Raw(`UPDATE data_exports SET tried_at = @now WHERE id = (
			SELECT x.id FROM data_exports x JOIN participants p ON p.id = x.participant_id WHERE x.status = 'wanted' AND p.erased_at IS NULL
			AND (x.tried_at IS NULL OR x.tried_at < @again) ORDER BY x.id LIMIT 1 FOR UPDATE OF x SKIP LOCKED) RETURNING *`,
		map[string]any{"now": db.NowFunc(), "again": db.NowFunc().Add(-again)}).Scan(&e).Error
	if err != nil || e.ID == 0 {
		return nil, err
	}
	return &e, nil
}

// Finish says that a copy is ready. False: somebody else was faster, or it is not wanted any more.
func Finish(ctx context.Context, tx *gorm.DB, id int64, key []byte, storage string, bytes int64) (bool, error) {
	now := tx.NowFunc()
	until := now.Add(ExportLife)
	n, err := table.Of[Export](tx).Where("id = ? AND status = 'wanted'", id).
		Updates(ctx, Export{Status: "ready", KeyWrapped: key, StorageName: &storage, Bytes: &bytes, ReadyAt: &now, ExpiresAt: &until})
	return n == 1, err
}

// TakeExport gives a copy to its owner, once: whoever comes second finds nothing.
func TakeExport(ctx context.Context, db *gorm.DB, participantID int64, ref string) (Export, error) {
	var e Export
	err := db.WithContext(ctx).Raw(`WITH mine AS (SELECT * FROM data_exports WHERE participant_id = @person AND ref = @ref AND status = 'ready' AND expires_at > @now FOR UPDATE),
			done AS (UPDATE data_exports SET status = 'taken', taken_at = @now, key_wrapped = NULL, storage_name = NULL WHERE id IN (SELECT id FROM mine) RETURNING id)
		SELECT mine.* FROM mine JOIN done ON done.id = mine.id`, map[string]any{"person": participantID, "ref": ref, "now": db.NowFunc()}).Scan(&e).Error
	if err == nil && e.ID == 0 {
		err = ErrNotFound
	}
	return e, err
}

// LapseExports forgets the copies that nobody took in time, and returns where their files are.
func LapseExports(ctx context.Context, db *gorm.DB) (stored []string, err error) {
	err = db.WithContext(ctx).Raw(`WITH old AS (SELECT id, storage_name FROM data_exports WHERE status = 'ready' AND expires_at <= ? FOR UPDATE SKIP LOCKED),
			done AS (UPDATE data_exports SET status = 'gone', key_wrapped = NULL, storage_name = NULL WHERE id IN (SELECT id FROM old) RETURNING id)
		SELECT old.storage_name FROM old JOIN done ON done.id = old.id`, db.NowFunc()).Scan(&stored).Error
	return stored, err
}
