package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
)

const (
	// sealBatch is how many lines one seal covers at most.
	sealBatch = 10_000
	// lateness is how long after another line was sealed a line with a lower
	// number may still appear: far longer than any transaction may last.
	lateness = 6 * time.Hour
	// markBytes of each line's hash are kept with the seal.
	markBytes = 8
	lockSeal  = 7102
)

// Seal closes a block of the log: its hash covers the lines of the block and the seal before it.
type Seal struct {
	ID       int64
	LastID   int64 // highest number of a line in it
	Count    int64
	Marks    []byte
	SHA256   []byte
	SealedAt time.Time
}

// TableName is the table of the seals.
func (Seal) TableName() string { return "audit_seals" }

// Fault is where the log is not what was sealed.
type Fault struct {
	Subject string // "audit_event:17" or "audit_seal:3"
	Problem string // "changed", "gone", "slipped in", "does not follow"
}

// Head returns the newest seal; its number is 0 as long as nothing is sealed.
func Head(ctx context.Context, db *gorm.DB) (s Seal, err error) {
	err = db.WithContext(ctx).Raw(`SELECT id, last_id, count, sha256, sealed_at FROM audit_seals ORDER BY id DESC LIMIT 1`).Scan(&s).Error
	return s, err
}

// Kept reports whether a seal that was noted before still is what it was.
func Kept(ctx context.Context, db *gorm.DB, noted Seal) (kept bool, err error) {
	err = db.WithContext(ctx).Raw(`SELECT EXISTS (SELECT FROM audit_seals WHERE id = ? AND sha256 = ?)`, noted.ID, noted.SHA256).Scan(&kept).Error
	return kept, err
}

// SealNext seals the lines that are in no seal yet, and tells whether more are
// waiting. It keeps nobody from adding lines, and only one works at a time.
func SealNext(ctx context.Context, db *gorm.DB) (more bool, err error) {
	err = db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec(`SELECT pg_advisory_xact_lock(?)`, lockSeal).Error; err != nil {
			return err
		}
		last, err := Head(ctx, tx)
		if err != nil {
			return err
		}
		var lines []line
		if err := tx.Raw(columns+` FROM audit_events e WHERE e.id > (`+settled+`) AND NOT (`+sealed+`) @> e.id ORDER BY e.id LIMIT @batch`,
			map[string]any{"late": tx.NowFunc().Add(-lateness), "batch": sealBatch}).Scan(&lines).Error; err != nil || len(lines) == 0 {
			return err
		}
		more = len(lines) == sealBatch
		sum, marks := chain(last, lines)
		return tx.Exec(`INSERT INTO audit_seals (id, ids, last_id, count, marks, sha256, sealed_at) VALUES (?, CAST(? AS int8multirange), ?, ?, ?, ?, ?)`,
			last.ID+1, ranges(lines), lines[len(lines)-1].ID, len(lines), marks, sum, tx.NowFunc()).Error
	})
	if err != nil {
		return false, fmt.Errorf("seal the log: %w", err)
	}
	return more, nil
}

const (
	columns = `SELECT e.id, (extract(epoch FROM e.at) * 1000000)::bigint AS micros, e.actor, e.action, e.subject, e.detail::text AS detail`
	// settled is the number up to which no line can appear any more.
	settled = `SELECT coalesce(max(last_id), 0) FROM audit_seals WHERE sealed_at < @late`
	// sealed are the numbers of all lines in a seal that can still have unsealed ones among them.
	sealed = `SELECT coalesce(range_agg(r), '{}') FROM audit_seals s, unnest(s.ids) r WHERE s.last_id >= (` + settled + `)`
)

// line is one line of the log as it is hashed.
type line struct {
	ID      int64
	Micros  int64 // since 1970
	Actor   string
	Action  string
	Subject string
	Detail  string
	Gone    bool
}

// hash covers every field with its length, so that no two lines look the same.
func (l line) hash() [sha256.Size]byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(l.ID))
	b = binary.BigEndian.AppendUint64(b, uint64(l.Micros))
	for _, s := range []string{l.Actor, l.Action, l.Subject, l.Detail} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	return sha256.Sum256(b)
}

// chain is the hash of the seal that follows last over some lines, and their marks.
func chain(last Seal, lines []line) (sum, marks []byte) {
	h := sha256.New()
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(last.ID+1)))
	h.Write(last.SHA256)
	for _, l := range lines {
		leaf := l.hash()
		h.Write(leaf[:])
		marks = append(marks, leaf[:markBytes]...)
	}
	return h.Sum(nil), marks
}

// ranges writes the numbers of lines, at least one, in order, as PostgreSQL writes a multirange.
func ranges(lines []line) string {
	var b strings.Builder
	for i, l := range lines {
		switch {
		case i == 0:
			fmt.Fprintf(&b, "{[%d,", l.ID)
		case l.ID != lines[i-1].ID+1:
			fmt.Fprintf(&b, "%d),[%d,", lines[i-1].ID+1, l.ID)
		}
	}
	fmt.Fprintf(&b, "%d)}", lines[len(lines)-1].ID+1)
	return b.String()
}

// Check counts every seal again from the lines, and names each line and each
// seal that is not what it was. Only lines after the newest seal are not covered.
func Check(ctx context.Context, db *gorm.DB) ([]Fault, error) {
	var faults []Fault
	last := Seal{}
	for {
		var next []Seal
		if err := db.WithContext(ctx).Raw(`SELECT id, last_id, count, marks, sha256 FROM audit_seals WHERE id > ? ORDER BY id LIMIT 1`, last.ID).Scan(&next).Error; err != nil {
			return nil, fmt.Errorf("check the log: %w", err)
		}
		if len(next) == 0 {
			break
		}
		some, err := checkSeal(ctx, db, last, next[0])
		if err != nil {
			return nil, fmt.Errorf("check the log: %w", err)
		}
		faults, last = append(faults, some...), next[0]
	}
	more, err := slippedIn(ctx, db)
	return append(faults, more...), err
}

// checkSeal counts one seal again.
func checkSeal(ctx context.Context, db *gorm.DB, last, s Seal) (faults []Fault, err error) {
	var lines []line
	err = db.WithContext(ctx).Raw(`SELECT i AS id, coalesce((extract(epoch FROM e.at) * 1000000)::bigint, 0) AS micros, coalesce(e.actor, '') AS actor,
		coalesce(e.action, '') AS action, coalesce(e.subject, '') AS subject, coalesce(e.detail::text, '') AS detail, e.id IS NULL AS gone
		FROM audit_seals s, unnest(s.ids) r, generate_series(lower(r), upper(r) - 1) i LEFT JOIN audit_events e ON e.id = i
		WHERE s.id = ? ORDER BY i`, s.ID).Scan(&lines).Error
	if err != nil {
		return nil, err
	}
	sum, marks := chain(last, lines)
	for i, l := range lines {
		switch {
		case l.Gone:
			faults = append(faults, Fault{fmt.Sprintf("audit_event:%d", l.ID), "gone"})
		case len(s.Marks) == len(marks) && !bytes.Equal(marks[i*markBytes:(i+1)*markBytes], s.Marks[i*markBytes:(i+1)*markBytes]):
			faults = append(faults, Fault{fmt.Sprintf("audit_event:%d", l.ID), "changed"})
		}
	}
	if s.ID != last.ID+1 || len(faults) == 0 && !bytes.Equal(sum, s.SHA256) {
		faults = append(faults, Fault{fmt.Sprintf("audit_seal:%d", s.ID), "does not follow from the one before"})
	}
	return faults, nil
}

// slippedIn finds lines that were added under a number that was sealed long ago.
func slippedIn(ctx context.Context, db *gorm.DB) ([]Fault, error) {
	var ids []int64
	err := db.WithContext(ctx).Raw(`SELECT e.id FROM audit_events e, (SELECT coalesce(range_agg(r), '{}') AS ids FROM audit_seals s, unnest(s.ids) r) x
		WHERE e.id <= (`+settled+`) AND NOT x.ids @> e.id ORDER BY e.id LIMIT 1000`, map[string]any{"late": db.NowFunc().Add(-lateness)}).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("check the log: %w", err)
	}
	faults := make([]Fault, len(ids))
	for i, id := range ids {
		faults[i] = Fault{fmt.Sprintf("audit_event:%d", id), "slipped in"}
	}
	return faults, nil
}
