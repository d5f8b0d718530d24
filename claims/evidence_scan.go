package claims

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/clamav"
	"samenclaim/internal/table"
	"samenclaim/mailer"
)

const (
	scanDrain = "scan-files"
	scanBatch = 50
	// scanAgain is how long a file is believed to be clean: new viruses become known afterwards.
	scanAgain = 7 * 24 * time.Hour
)

// drainScans has the files scanned that wait for it, that came in before there
// was a scanner, and after a week once more.
func (s *Service) drainScans(ctx context.Context) (more bool, err error) {
	if s.scanner == nil {
		return false, nil
	}
	rows, err := table.Of[evidenceRow](s.db).Where("retracted_at IS NULL AND kind = 'file' AND (scan IN ('none', 'waiting') OR scanned_at < ?)", s.db.NowFunc().Add(-scanAgain)).
		Order("scanned_at NULLS FIRST, id").Limit(scanBatch).Find(ctx)
	for _, row := range rows {
		e := s.rescan(ctx, row)
		if e != nil {
			err = errors.Join(err, fmt.Errorf("evidence %d: %w", row.ID, e))
		}
		if errors.Is(e, clamav.ErrDown) || errors.Is(e, clamav.ErrStale) {
			break // no use asking on
		}
	}
	return err == nil && len(rows) == scanBatch, err
}

// rescan asks outside any transaction, and notes the answer then. What was taken back meanwhile stays so.
func (s *Service) rescan(ctx context.Context, row evidenceRow) error {
	content, err := s.content(row)
	if err != nil {
		return err
	}
	virus, err := s.scanner.Scan(ctx, content)
	if err := errors.Join(err, content.Close()); err != nil {
		return err
	}
	scan := scanClean
	if virus != "" {
		scan = scanInfected
	}
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		done := tx.WithContext(ctx).Exec(`UPDATE evidence SET scan = ?, virus = ?, scanned_at = ? WHERE id = ? AND retracted_at IS NULL AND scan = ?`,
			scan, virus, tx.NowFunc(), row.ID, row.Scan)
		if done.Error != nil || done.RowsAffected == 0 || virus == "" || row.Scan == scanInfected {
			return done.Error
		}
		return tellVirus(ctx, tx, row, virus)
	})
}

// tellVirus tells staff, in the log, and the person, by mail, that a file cannot be used.
func tellVirus(ctx context.Context, tx *gorm.DB, row evidenceRow, virus string) error {
	o := Owner{}
	if row.ParticipationID != nil {
		o.ParticipationID = *row.ParticipationID
	} else {
		o.SignupID = *row.SignupID // it stands on the page they send files from
	}
	if err := audit.Record(ctx, tx, audit.System("scanner"), "evidence.virus_found", o.subject(), map[string]any{"evidence": row.ID, "virus": virus}); err != nil {
		return err
	}
	var to Addressee
	err := tx.WithContext(ctx).Raw(`SELECT t.id AS fact, p.id AS participant_id, t.number, p.email, p.lang
		FROM participations t JOIN participants p ON p.id = t.participant_id WHERE t.id = ? AND p.erased_at IS NULL`, o.ParticipationID).Scan(&to).Error
	if err != nil || to.ParticipantID == 0 {
		return err
	}
	return mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("evidence_unsafe:%d", row.ID), To: to.Email, Lang: to.Lang, Template: "evidence_unsafe", ParticipantID: to.ParticipantID,
		Data: map[string]string{"Number": to.Number},
	})
}
