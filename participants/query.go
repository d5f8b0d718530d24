package participants

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"samenclaim/internal/table"
	"samenclaim/internal/vault"
)

// Participant finds a person.
func (s *Service) Participant(ctx context.Context, id int64) (Participant, error) {
	return take(ctx, table.Of[Participant](s.db).Where("id = ?", id))
}

// Address opens the address of a person.
func (s *Service) Address(_ context.Context, p Participant) (Address, error) {
	if len(p.Address) == 0 {
		return Address{}, nil
	}
	key, err := s.vault.OpenKey(p.KeyWrapped)
	if err != nil {
		return Address{}, err
	}
	return vault.UnsealJSON[Address](key, p.Address, aboutAddress)
}

// AccountEmail opens the address of the account somebody used, if it was another than their own.
func (s *Service) AccountEmail(_ context.Context, p Participation) (string, error) {
	if len(p.Usage) == 0 {
		return "", nil
	}
	key, err := s.vault.OpenKey(p.KeyWrapped)
	if err != nil {
		return "", err
	}
	b, err := key.Unseal(p.Usage, aboutUsage)
	return string(b), err
}

// Participations lists what a person takes part in, newest first.
func (s *Service) Participations(ctx context.Context, participantID int64) ([]Participation, error) {
	return table.Of[Participation](s.db).Where("participant_id = ?", participantID).Order("id DESC").Find(ctx)
}

// Participation finds one participation of a person by its reference; somebody else's is not found.
func (s *Service) Participation(ctx context.Context, participantID int64, ref string) (Participation, error) {
	return take(ctx, table.Of[Participation](s.db).Where("participant_id = ? AND ref = ?", participantID, ref))
}

// ByNumber finds a participation in a claim by its number.
func (s *Service) ByNumber(ctx context.Context, claimID int64, number string) (Participation, error) {
	return take(ctx, table.Of[Participation](s.db).Where("claim_id = ? AND number = ?", claimID, number))
}

// Find finds a participation by its database id, for what happens behind the pages.
func Find(ctx context.Context, db *gorm.DB, id int64) (Participation, error) {
	return take(ctx, table.Of[Participation](db).Where("id = ?", id))
}

// isTwice reports whether a statement was refused because a person would take part twice in one claim.
func isTwice(err error) bool {
	return isUnique(err, "participations_one_live") || isUnique(err, "participations_one_person")
}

// numberIndex keeps two people from having one number.
const numberIndex = "participations_number_key"

// isUnique reports whether a statement was refused by this unique index.
func isUnique(err error, index string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.ConstraintName == index
}

// month reads "2020-03" as its first day; empty means not known.
func month(s string) *time.Time {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return nil
	}
	return &t
}

// unhex reads a hash that was made by this program.
func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}
