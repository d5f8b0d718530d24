package claims

import (
	"context"
	"strings"
	"time"
)

// Look is one time that somebody looked at a dossier.
type Look struct {
	At     time.Time
	Roles  []string // of the member of staff; who it was stays with us
	Reason string
}

// Looks tells a person who looked at their file, newest first: when, in which role, and why.
func (s *Service) Looks(ctx context.Context, participationID int64) ([]Look, error) {
	var rows []struct {
		At     time.Time
		Roles  string
		Reason string
	}
	err := s.db.WithContext(ctx).Raw(`SELECT e.at, coalesce(array_to_string(f.roles, ','), '') AS roles, coalesce(e.detail->>'reason', '') AS reason
		FROM audit_events e LEFT JOIN staff f ON e.actor = 'staff:' || f.id
		WHERE e.subject = ? AND e.action = ? ORDER BY e.id DESC LIMIT ?`, participationSubject(participationID), actionViewed, dossierLines).Scan(&rows).Error
	looks := make([]Look, len(rows))
	for i, r := range rows {
		looks[i] = Look{At: r.At, Roles: strings.FieldsFunc(r.Roles, func(c rune) bool { return c == ',' }), Reason: r.Reason}
	}
	return looks, err
}
