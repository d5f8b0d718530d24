package claims

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/participants"
)

// ErrExport means that an export is not whole: it holds other rows than were counted.
var ErrExport = errors.New("the export is not complete")

var exportColumns = []string{
	"number", "status", "first_names", "infix", "last_name", "email", "street", "house_number", "addition", "postcode", "city", "country",
	"language", "used_for", "used_from", "used_to", "fee_option", "signed_at", "letter", "limitation_on", "evidence", "late", "mark",
}

const exportSQL = `SELECT t.number, t.status, p.first_names, p.infix, p.last_name, p.email, t.country, p.lang, t.used_for, t.used_from, t.used_to,
		coalesce(f.option, ''), t.signed_at, coalesce(l.ordinal, 0), t.id, t.letter_id, t.ended_at, coalesce(t.signed_at > c.cutoff_at, false), t.review_mark, p.key_wrapped, p.address,
		(SELECT count(*) FROM evidence e WHERE e.participation_id = t.id AND e.retracted_at IS NULL)
	FROM participations t JOIN participants p ON p.id = t.participant_id JOIN claims c ON c.id = t.claim_id
	LEFT JOIN fee_options f ON f.participation_id = t.id AND f.superseded_at IS NULL LEFT JOIN letters l ON l.id = t.letter_id
	WHERE t.claim_id = ?` + usable + ` ORDER BY t.number`

// usable leaves out those of whom the use is restricted: who takes the register along has no need of
// them that the law knows.
const usable = ` AND t.id NOT IN (SELECT participation_id FROM restrictions(?) WHERE everything)`

// ExportRegister writes every row of a claim as CSV, one after the other, and
// ends with a line that says how many there are. Cells that a spreadsheet would
// run as a formula get an apostrophe in front. Left out is who had the use of their data restricted. The log has it before the first row leaves.
func (s *Service) ExportRegister(ctx context.Context, by audit.Actor, claimID int64, w io.Writer) (rows int64, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		var want int64
		if err := tx.Raw(`SELECT count(*) FROM participations t WHERE t.claim_id = ?`+usable, claimID, tx.NowFunc()).Scan(&want).Error; err != nil {
			return err
		}
		err := s.transaction(ctx, func(log *gorm.DB) error {
			return audit.Record(ctx, log, by, "register.exported", claimSubject(claimID), map[string]int64{"rows": want})
		})
		if err != nil {
			return err
		}
		if rows, err = s.exportRows(ctx, tx, claimID, w); err != nil {
			return err
		}
		if rows != want {
			return fmt.Errorf("%w: %d rows of %d", ErrExport, rows, want)
		}
		return nil
	}, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}) // counted and written from the same moment
	return rows, err
}

func (s *Service) exportRows(ctx context.Context, tx *gorm.DB, claimID int64, w io.Writer) (n int64, err error) {
	c, err := take(ctx, table.Of[Claim](tx).Where("id = ?", claimID))
	if err != nil {
		return 0, err
	}
	k, err := clock(ctx, tx, c, 0)
	if err != nil {
		return 0, err
	}
	rows, err := tx.WithContext(ctx).Raw(exportSQL, claimID, tx.NowFunc()).Rows()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	out := csv.NewWriter(w)
	if err := out.Write(exportColumns); err != nil {
		return 0, err
	}
	for rows.Next() {
		cells, err := s.exportRow(rows, k)
		if err != nil {
			return n, err
		}
		if err := out.Write(cells); err != nil {
			return n, err
		}
		n++
	}
	if err := rows.Err(); err != nil {
		return n, err
	}
	if err := out.Write([]string{"rows", strconv.FormatInt(n, 10)}); err != nil {
		return n, err
	}
	out.Flush()
	return n, out.Error()
}

func (s *Service) exportRow(rows *sql.Rows, k Clock) ([]string, error) {
	var (
		number, status, first, infix, last, email, country, lang, usedFor, option, mark string
		usedFrom, usedTo                                                                *time.Time
		p                                                                               participants.Participation
		ordinal, evidence                                                               int64
		late                                                                            bool
		key, address                                                                    []byte
	)
	if err := rows.Scan(&number, &status, &first, &infix, &last, &email, &country, &lang, &usedFor, &usedFrom, &usedTo,
		&option, &p.SignedAt, &ordinal, &p.ID, &p.LetterID, &p.EndedAt, &late, &mark, &key, &address, &evidence); err != nil {
		return nil, err
	}
	a, err := participants.OpenAddress(s.vault, key, address)
	if err != nil {
		return nil, fmt.Errorf("address of %s: %w", number, err)
	}
	letter := ""
	if ordinal > 0 {
		letter = strconv.FormatInt(ordinal, 10)
	}
	cells := []string{
		number, status, first, infix, last, email, a.Street, a.HouseNumber, a.Addition, a.Postcode, a.City, country, lang, usedFor,
		isoDay(usedFrom), isoDay(usedTo), option, p.SignedAt.In(locale.Amsterdam()).Format("2006-01-02 15:04:05"), letter, k.Of(p).Until.Format(time.DateOnly),
		strconv.FormatInt(evidence, 10), strconv.FormatBool(late), mark,
	}
	for i := range cells {
		cells[i] = formulaSafe(cells[i])
	}
	return cells, nil
}

func isoDay(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

// formulaSafe keeps a spreadsheet from running what somebody typed as a formula.
func formulaSafe(cell string) string {
	if strings.TrimLeft(cell, "=+-@＝＋－＠|%\t\r\n") == cell {
		return cell
	}
	return "'" + cell
}
