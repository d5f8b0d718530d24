package mailer

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/mailer/bounce"
)

// Bounced is what a report about a mail changed.
type Bounced struct {
	MailID        int64
	ParticipantID int64 // 0: the mail was nobody's in particular
	Hard          bool
}

// ErrUnknownMail means that a report is about no mail of ours.
var ErrUnknownMail = errors.New("there is no such mail")

var ourMessageID = regexp.MustCompile(`^outbox-(\d{1,18})(-[0-9a-f]{32})?@[^@\s<>]{1,255}$`)

// bounceRow is one report.
type bounceRow struct {
	ID           int64
	OutboxID     int64
	Kind         string
	Code         string
	ReportSHA256 []byte `gorm:"column:report_sha256"`
	SeenAt       time.Time
}

// TableName is the table of the reports.
func (bounceRow) TableName() string { return "bounces" }

// Bounce keeps what a mail server reports about a mail of ours. A hard report makes a mail that was handed over
// bounced; a soft one is counted. The same report twice changes nothing: changed is false then. About a mail that is not ours it is ErrUnknownMail.
func Bounce(ctx context.Context, tx *gorm.DB, r bounce.Report) (b Bounced, changed bool, err error) {
	if !audit.InTransaction(tx) {
		return b, false, audit.ErrNoTransaction
	}
	m := ourMessageID.FindStringSubmatch(strings.Trim(strings.TrimSpace(r.MessageID), "<>"))
	if m == nil {
		return b, false, ErrUnknownMail
	}
	id, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return b, false, ErrUnknownMail
	}
	mail, err := table.Of[row](tx, clause.Locking{Strength: "NO KEY UPDATE"}).Where("id = ? AND message_id = ?", id, m[0]).Take(ctx)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return b, false, ErrUnknownMail
	}
	if err != nil {
		return b, false, fmt.Errorf("find mail %d: %w", id, err)
	}
	kept := bounceRow{OutboxID: mail.ID, Kind: "soft", Code: r.Code, ReportSHA256: r.SHA256[:], SeenAt: tx.NowFunc()}
	if r.Hard {
		kept.Kind = "hard"
	}
	if err := table.Of[bounceRow](tx, clause.OnConflict{DoNothing: true}).Create(ctx, &kept); err != nil {
		return b, false, fmt.Errorf("keep a report about mail %d: %w", id, err)
	}
	b = Bounced{MailID: mail.ID, Hard: r.Hard}
	if mail.ParticipantID != nil {
		b.ParticipantID = *mail.ParticipantID
	}
	if kept.ID == 0 || !r.Hard {
		return b, kept.ID != 0, nil
	}
	// A mail that is being handed over right now gets its state from who hands it over, who sees the mark.
	err = tx.WithContext(ctx).Exec(`UPDATE outbox SET bounced_at = coalesce(bounced_at, @now), last_error = CASE WHEN forget THEN '' ELSE @code END,
		status = CASE WHEN status IN ('sent', 'unknown') THEN 'bounced' ELSE status END,
		sent_at = CASE WHEN status = 'unknown' THEN @now ELSE sent_at END WHERE id = @id`, map[string]any{"now": tx.NowFunc(), "code": r.Code, "id": mail.ID}).Error
	if err != nil {
		return b, false, fmt.Errorf("mark mail %d as bounced: %w", id, err)
	}
	return b, true, nil
}
