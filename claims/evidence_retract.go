package claims

import (
	"context"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/participants"
)

// Retract takes evidence back until the annex is frozen: its key is destroyed,
// its hash and its moments stay. Taken back twice is taken back once.
func (s *Service) Retract(ctx context.Context, by audit.Actor, o Owner, ref string) error {
	var stored *string
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		if err := mayRetract(ctx, tx, o); err != nil {
			return err
		}
		condition, id := o.where()
		row, err := take(ctx, table.Of[evidenceRow](tx).Where("ref = ? AND "+condition, ref, id))
		if err != nil || row.RetractedAt != nil {
			return err
		}
		done := tx.WithContext(ctx).Exec(`UPDATE evidence SET retracted_at = ?, key_wrapped = NULL, name = NULL, content = NULL, storage_name = NULL
			WHERE id = ? AND retracted_at IS NULL`, tx.NowFunc(), row.ID)
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
		stored = row.StorageName
		return audit.Record(ctx, tx, by, "evidence.retracted", o.subject(), map[string]any{"evidence": row.ID})
	})
	if err == nil && stored != nil {
		return s.files.Remove(*stored) // after the commit; if this fails, the sweep for orphans comes by
	}
	return err
}

// mayRetract refuses once the annex holds the participation: what was told the defendant stays as it was.
func mayRetract(ctx context.Context, tx *gorm.DB, o Owner) error {
	if o.ParticipationID == 0 {
		return nil
	}
	p, err := lockParticipation(ctx, tx, o.ParticipationID)
	if err != nil {
		return err
	}
	if p.LetterID != nil || p.Status == participants.Erased {
		return ErrWrongState
	}
	return nil
}
