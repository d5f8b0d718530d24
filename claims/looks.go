package claims

import (
	"context"
	"strings"
	"time"

	"samenclaim/internal/audit"
	"samenclaim/participants"
)

// lookLife is how long a look that stands in the log lasts.
const lookLife = 12 * time.Hour

// LookedAt finds a participation for somebody who has opened its dossier and is
// still looking at parts of it. Without that look in the log there is nothing to find.
func (s *Service) LookedAt(ctx context.Context, by audit.Actor, claimID int64, number string) (participationID int64, err error) {
	n, err := participants.ParseNumber(number)
	if err != nil {
		return 0, ErrNotFound
	}
	err = s.db.WithContext(ctx).Raw(`SELECT t.id FROM participations t WHERE t.claim_id = ? AND t.number = ? AND EXISTS (
		SELECT FROM audit_events e WHERE e.subject = 'participation:' || t.id AND e.action = ? AND e.actor = ? AND e.at > ?)`,
		claimID, n.String(), actionViewed, string(by), s.db.NowFunc().Add(-lookLife)).Scan(&participationID).Error
	if err == nil && participationID == 0 {
		err = ErrNotFound
	}
	return participationID, err
}

// Look is one time that somebody looked at a dossier.
type Look struct {
	At     time.Time
	Roles  []string // of the member of staff; who it was stays with us
	Reason string
	Shown  bool // the name was shown to somebody outside
}

// actionShown is how the log names that somebody's name was shown to somebody outside.
const actionShown = "name.shown"

// Looks tells a person who looked at their file or showed their name to somebody
// outside, newest first: when, in which role, and why.
func (s *Service) Looks(ctx context.Context, participationID int64) ([]Look, error) {
	var rows []struct {
		At     time.Time
		Roles  string
		Reason string
		Shown  bool
	}
	err := s.db.WithContext(ctx).Raw(`SELECT e.at, coalesce(array_to_string(f.roles, ','), '') AS roles, coalesce(e.detail->>'reason', '') AS reason, e.action = @shown AS shown
		FROM audit_events e LEFT JOIN staff f ON e.actor = 'staff:' || f.id
		WHERE e.subject = @subject AND e.action IN (@viewed, @shown) ORDER BY e.id DESC LIMIT @most`,
		map[string]any{"subject": participationSubject(participationID), "viewed": actionViewed, "shown": actionShown, "most": dossierLines}).Scan(&rows).Error
	looks := make([]Look, len(rows))
	for i, r := range rows {
		looks[i] = Look{At: r.At, Roles: strings.FieldsFunc(r.Roles, func(c rune) bool { return c == ',' }), Reason: r.Reason, Shown: r.Shown}
	}
	return looks, err
}
