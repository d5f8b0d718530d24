package participants

import (
	"context"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// Login is one time that somebody logged in.
type Login struct {
	ID         int64
	Browser    string
	CreatedAt  time.Time
	LastSeenAt time.Time
	EndedAt    *time.Time
}

// Logins lists the last log-ins of a person, newest first.
func (s *Service) Logins(ctx context.Context, participantID int64, limit int) ([]Login, error) {
	return table.Of[Login](s.db).Where("participant_id = ?", participantID).Order("id DESC").Limit(limit).Find(ctx)
}

// EndLogin ends one log-in of a person; somebody else's is not found. Ended twice is ended once.
func (s *Service) EndLogin(ctx context.Context, participantID, loginID int64) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		now := tx.NowFunc()
		n, err := table.Of[Login](tx).Where("id = ? AND participant_id = ? AND ended_at IS NULL", loginID, participantID).Updates(ctx, Login{EndedAt: &now})
		if err != nil || n == 0 {
			return err
		}
		by := audit.Participant(participantID)
		return audit.Record(ctx, tx, by, "login.ended", string(by), map[string]any{"login": loginID})
	})
}

// EndLogins ends every log-in of a person.
func EndLogins(ctx context.Context, tx *gorm.DB, participantID int64) error {
	now := tx.NowFunc()
	_, err := table.Of[Login](tx).Where("participant_id = ? AND ended_at IS NULL", participantID).Updates(ctx, Login{EndedAt: &now})
	return err
}
