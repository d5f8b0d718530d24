package staff

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"samenclaim/internal/audit"
)

// LogLine is one line of the log of who did what, with the name of staff who acted.
type LogLine struct {
	ID      int64
	At      time.Time
	Actor   string // "staff:7", "participant:42", "system:mollie"
	Name    string // of staff
	Action  string
	Subject string
	Detail  json.RawMessage
}

// Log returns lines of the log, newest first, from before a line on; 0 is the newest.
func (s *Service) Log(ctx context.Context, before int64, limit int) ([]LogLine, error) {
	var lines []LogLine
	err := s.db.WithContext(ctx).Raw(`SELECT e.id, e.at, e.actor, coalesce(f.name, '') AS name, e.action, e.subject, e.detail
		FROM audit_events e LEFT JOIN staff f ON e.actor = 'staff:' || f.id
		WHERE ? = 0 OR e.id < ? ORDER BY e.id DESC LIMIT ?`, before, before, limit).Scan(&lines).Error
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	return lines, nil
}

// LogHead returns the newest seal of the log; its number is 0 as long as nothing is sealed.
func (s *Service) LogHead(ctx context.Context) (audit.Seal, error) { return audit.Head(ctx, s.db) }
