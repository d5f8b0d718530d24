package payments

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/payments/sanctions"
	"samenclaim/payments/sepa"
)

var (
	// ErrSanctionsList means a file is not the sanctions list; the text behind it says why.
	ErrSanctionsList = errors.New("this is not the sanctions list")
	// ErrListNewer means that a newer sanctions list came in after a run was prepared.
	ErrListNewer = errors.New("a newer sanctions list came in: the names in this run were not compared with it")
	// ErrReason means that something was decided without saying why.
	ErrReason = errors.New("a decision needs a reason")
)

// What a hit on the sanctions list can turn out to be.
const (
	OtherPerson = "other_person"
	SamePerson  = "same_person"
)

// SanctionsList is one version of the list of people whose money is frozen.
type SanctionsList struct {
	ID         int64
	Version    string
	SHA256     []byte `gorm:"column:sha256"`
	Entities   int
	Names      int
	ImportedBy audit.Actor
	ImportedAt time.Time
}

// TableName is the table of the lists.
func (SanctionsList) TableName() string { return "sanctions_lists" }

// Hit is a payee whose name is like one on the list: no money goes there until two people have decided.
type Hit struct {
	ID, ParticipationID, PayeeAccountID, ListID int64
	ClaimID                                     int64  `gorm:"->"`
	Number                                      string `gorm:"->"`
	Reference, Name                             string // on the list
	FoundAt                                     time.Time
	Proposed, ProposedReason                    *string
	ProposedBy                                  *audit.Actor
	ProposedAt                                  *time.Time
	Decided                                     *string
	DecidedBy                                   *audit.Actor
	DecidedAt                                   *time.Time
}

// TableName is the table of the hits.
func (Hit) TableName() string { return "sanctions_hits" }

// mostListed is larger than the list has ever been.
const mostListed = 128 << 20

// ImportSanctions keeps a new version of the sanctions list; from now on payees are compared with it.
// The same file again is the same version.
func (s *Service) ImportSanctions(ctx context.Context, by audit.Actor, r io.Reader) (SanctionsList, error) {
	sum := sha256.New()
	in := io.TeeReader(io.LimitReader(r, mostListed), sum)
	list, err := sanctions.Read(in)
	if err == nil {
		_, err = io.Copy(io.Discard, in)
	}
	if errors.Is(err, sanctions.ErrList) {
		return SanctionsList{}, fmt.Errorf("%w%s", ErrSanctionsList, strings.TrimPrefix(err.Error(), sanctions.ErrList.Error()))
	}
	if err != nil {
		return SanctionsList{}, fmt.Errorf("import sanctions list: %w", err)
	}
	row := SanctionsList{Version: short(list.Version, 60), SHA256: sum.Sum(nil), Entities: list.Entities(), Names: len(list.Names), ImportedBy: by}
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		known, err := table.Of[SanctionsList](tx).Where("sha256 = ?", row.SHA256).Find(ctx)
		if err != nil || len(known) > 0 {
			if len(known) > 0 {
				row = known[0]
			}
			return err
		}
		row.ImportedAt = tx.NowFunc()
		if err := table.Of[SanctionsList](tx).Create(ctx, &row); err != nil {
			return err
		}
		if err := insertNames(ctx, tx, row.ID, list.Names); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "sanctions.imported", fmt.Sprintf("sanctions_list:%d", row.ID), map[string]any{"version": row.Version, "names": row.Names})
	})
	if err != nil {
		return row, fmt.Errorf("import sanctions list: %w", err)
	}
	return row, nil
}

func insertNames(ctx context.Context, tx *gorm.DB, listID int64, names []sanctions.Name) error {
	for some := range slices.Chunk(names, rowsAtOnce) {
		references, texts := make([]string, len(some)), make([]string, len(some))
		for i, n := range some {
			references[i], texts[i] = short(n.Reference, 100), short(n.Name, 500)
		}
		_, err := tx.Statement.ConnPool.ExecContext(ctx, `INSERT INTO sanctions_names (list_id, ordinal, reference, name)
			SELECT $1, (SELECT count(*) FROM sanctions_names WHERE list_id = $1) + n, reference, name FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS x (reference, name, n)`,
			listID, references, texts)
		if err != nil {
			return fmt.Errorf("names of a list: %w", err)
		}
	}
	return nil
}

// CurrentList is the newest sanctions list, or nil while there is none.
func CurrentList(ctx context.Context, db *gorm.DB) (*SanctionsList, error) {
	all, err := table.Of[SanctionsList](db).Order("id DESC").Limit(1).Find(ctx)
	if err != nil || len(all) == 0 {
		return nil, wrap(err, "sanctions list")
	}
	return &all[0], nil
}

// SanctionsLists gives the versions of the list, newest first.
func SanctionsLists(ctx context.Context, db *gorm.DB) ([]SanctionsList, error) {
	all, err := table.Of[SanctionsList](db).Order("id DESC").Limit(50).Find(ctx)
	return all, wrap(err, "sanctions lists")
}

// index gives the names of a list, ready to be looked up; it is made once for each list.
func (s *Service) index(ctx context.Context, db *gorm.DB, listID int64) (*sanctions.Index, error) {
	s.listed.Lock()
	defer s.listed.Unlock()
	if s.listed.id == listID {
		return s.listed.index, nil
	}
	var names []sanctions.Name
	if err := db.WithContext(ctx).Raw(`SELECT reference, name FROM sanctions_names WHERE list_id = ? ORDER BY ordinal`, listID).Scan(&names).Error; err != nil {
		return nil, fmt.Errorf("names of a list: %w", err)
	}
	s.listed.id, s.listed.index = listID, sanctions.NewIndex(names, sepa.Transliterate)
	return s.listed.index, nil
}

// screen compares the payees of a run with the newest list, and leaves out whoever is like a name on it:
// a hit holds the money of one, not the run. It gives the list, or nil while there is none.
func (s *Service) screen(ctx context.Context, tx *gorm.DB, payees []Payee) (kept []Payee, listID *int64, err error) {
	list, err := CurrentList(ctx, tx)
	if err != nil || list == nil {
		return payees, nil, err
	}
	index, err := s.index(ctx, tx, list.ID)
	if err != nil {
		return nil, nil, err
	}
	var hits []Hit
	for _, p := range payees {
		for _, n := range index.Like(p.Name, p.Participant) {
			hits = append(hits, Hit{ParticipationID: p.ParticipationID, PayeeAccountID: p.AccountID, ListID: list.ID, Reference: n.Reference, Name: n.Name})
		}
	}
	open := map[int64]bool{}
	for _, h := range hits {
		if err := hit(ctx, tx, h, open); err != nil {
			return nil, nil, err
		}
	}
	return slices.DeleteFunc(payees, func(p Payee) bool { return open[p.ParticipationID] }), &list.ID, nil
}

// hit writes a hit down and holds the payee's money, unless two people have said before that it is somebody else.
func hit(ctx context.Context, tx *gorm.DB, h Hit, open map[int64]bool) error {
	var decided *string
	err := tx.WithContext(ctx).Raw(`WITH new AS (
			INSERT INTO sanctions_hits (participation_id, payee_account_id, list_id, reference, name, found_at) VALUES (@p, @a, @l, @r, @n, @now)
			ON CONFLICT (payee_account_id, reference, name) DO NOTHING RETURNING decided
		) SELECT decided FROM new UNION ALL SELECT decided FROM sanctions_hits WHERE payee_account_id = @a AND reference = @r AND name = @n`,
		map[string]any{"p": h.ParticipationID, "a": h.PayeeAccountID, "l": h.ListID, "r": h.Reference, "n": h.Name, "now": tx.NowFunc()}).Scan(&decided).Error
	if err != nil {
		return fmt.Errorf("sanctions hit: %w", err)
	}
	if decided != nil && *decided == OtherPerson {
		return nil
	}
	open[h.ParticipationID] = true
	return PlaceHold(ctx, tx, audit.System("sanctions"), h.ParticipationID, HoldSanctions)
}

// Hits gives the hits that nobody has decided on, oldest first, and the last ones that were.
func Hits(ctx context.Context, db *gorm.DB) ([]Hit, error) {
	var all []Hit
	err := db.WithContext(ctx).Raw(`(SELECT h.*, t.claim_id, t.number FROM sanctions_hits h JOIN participations t ON t.id = h.participation_id WHERE h.decided IS NULL ORDER BY h.id LIMIT 500)
		UNION ALL (SELECT h.*, t.claim_id, t.number FROM sanctions_hits h JOIN participations t ON t.id = h.participation_id WHERE h.decided IS NOT NULL ORDER BY h.decided_at DESC LIMIT 50)`).Scan(&all).Error
	return all, wrap(err, "sanctions hits")
}

// ProposeHit is the first of two people saying who a hit is about, and why.
func ProposeHit(ctx context.Context, tx *gorm.DB, by audit.Actor, hitID int64, what, reason string) error {
	reason = strings.TrimSpace(reason)
	if what != OtherPerson && what != SamePerson || reason == "" {
		return ErrReason
	}
	now, reason := tx.NowFunc(), short(reason, 1000)
	n, err := table.Of[Hit](tx).Where("id = ? AND decided IS NULL AND proposed IS NULL", hitID).
		Updates(ctx, Hit{Proposed: &what, ProposedReason: &reason, ProposedBy: &by, ProposedAt: &now})
	if err != nil || n == 0 {
		return orWrongState(err, "sanctions hit")
	}
	return audit.Record(ctx, tx, by, "sanctions.proposed", hitSubject(hitID), map[string]string{"what": what})
}

// DecideHit is another person agreeing with what was proposed, or sending it back. Money goes again once
// every hit of somebody is about another person.
func DecideHit(ctx context.Context, tx *gorm.DB, by audit.Actor, hitID int64, agree bool) error {
	h, err := table.Of[Hit](tx).Where("id = ?", hitID).Take(ctx)
	switch {
	case err != nil:
		return wrap(err, "sanctions hit")
	case h.Proposed == nil || h.Decided != nil:
		return ErrWrongState
	case *h.ProposedBy == by:
		return ErrSamePerson
	}
	now := tx.NowFunc()
	if !agree {
		done := tx.WithContext(ctx).Exec(`UPDATE sanctions_hits SET proposed = NULL, proposed_reason = NULL, proposed_by = NULL, proposed_at = NULL
			WHERE id = ? AND decided IS NULL AND proposed_by = ?`, h.ID, h.ProposedBy)
		if done.Error != nil || done.RowsAffected == 0 {
			return orWrongState(done.Error, "sanctions hit")
		}
		return audit.Record(ctx, tx, by, "sanctions.sent_back", hitSubject(hitID), nil)
	}
	n, err := table.Of[Hit](tx).Where("id = ? AND decided IS NULL AND proposed_by = ?", h.ID, h.ProposedBy).Updates(ctx, Hit{Decided: h.Proposed, DecidedBy: &by, DecidedAt: &now})
	if err != nil || n == 0 {
		return orWrongState(err, "sanctions hit")
	}
	if err := clearHold(ctx, tx, by, h.ParticipationID); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, "sanctions.decided", hitSubject(hitID), map[string]string{"what": *h.Proposed})
}

// clearHold lets the money of somebody go when no hit stands in the way any more.
func clearHold(ctx context.Context, tx *gorm.DB, by audit.Actor, participationID int64) error {
	var left int64
	if err := tx.WithContext(ctx).Raw(`SELECT count(*) FROM sanctions_hits WHERE participation_id = ? AND decided IS DISTINCT FROM 'other_person'`, participationID).Scan(&left).Error; err != nil || left > 0 {
		return wrap(err, "sanctions hits of somebody")
	}
	held, err := table.Of[Hold](tx).Where("participation_id = ? AND kind = ? AND lifted_at IS NULL", participationID, HoldSanctions).Find(ctx)
	if err != nil || len(held) == 0 {
		return wrap(err, "holds of somebody")
	}
	return lift(ctx, tx, by, held[0], liftCleared)
}

func hitSubject(id int64) string { return fmt.Sprintf("sanctions_hit:%d", id) }

// orWrongState is the error, or if there is none that somebody was faster.
func orWrongState(err error, what string) error {
	if err != nil {
		return wrap(err, what)
	}
	return ErrWrongState
}

// checkList refuses a run whose names were compared with an older list than there is now.
func checkList(ctx context.Context, tx *gorm.DB, run Run) error {
	list, err := CurrentList(ctx, tx)
	if err != nil || list == nil {
		return err
	}
	if run.SanctionsListID == nil || *run.SanctionsListID != list.ID {
		return ErrListNewer
	}
	return nil
}
