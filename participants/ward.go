package participants

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/table"
	"samenclaim/internal/vault"
)

// The capacities in which somebody acts for another.
const (
	Parent         = "parent"   // with authority over a child
	Guardian       = "guardian" // appointed over a child (voogd)
	Heir           = "heir"
	Representative = "representative"
)

// AdultAge is the age from which somebody acts for themselves.
const AdultAge = 18

// DateForm is how a birth date is kept.
const DateForm = time.DateOnly

var (
	// ErrBirthDate means that a birth date does not exist, lies ahead, or is too long ago.
	ErrBirthDate = errors.New("this cannot be a birth date")
	// ErrOfAge means that the child is of age, and signs up without a guardian.
	ErrOfAge = errors.New("of age already")
)

// Ward is the person for whom somebody else acts: who, and in which capacity.
type Ward struct {
	Capacity   string `json:"capacity,omitempty"`
	FirstNames string `json:"first_names,omitempty"`
	Infix      string `json:"infix,omitempty"`
	LastName   string `json:"last_name,omitempty"`
	Born       string `json:"born,omitempty"`  // 2012-05-30; of children only
	Email      string `json:"email,omitempty"` // of the child, for the day it comes of age
}

// Name is the full name of who is represented.
func (w Ward) Name() string { return FullName(w.FirstNames, w.Infix, w.LastName) }

// Birthday is the birth date of a child, or the zero time.
func (w Ward) Birthday() time.Time {
	t, err := time.Parse(DateForm, w.Born)
	if err != nil {
		return time.Time{}
	}
	return t
}

// AdultOn is the day on which somebody comes of age.
func AdultOn(born time.Time) time.Time { return born.AddDate(AdultAge, 0, 0) }

// CheckBorn checks the birth date of a child on a day: it was born, and is not of age.
func CheckBorn(born, today time.Time) error {
	switch {
	case born.IsZero(), born.After(today), born.Year() < 1900:
		return ErrBirthDate
	case !AdultOn(born).After(today):
		return ErrOfAge
	}
	return nil
}

// Represented is one row of who is represented in a participation.
type Represented struct {
	ID              int64
	ParticipationID int64
	Capacity        string
	Person          []byte
	AdultMonth      *time.Time
	OfAgeAt         *time.Time
	Scope           string
	UntilOn         *time.Time
	Since           time.Time
	EndedAt         *time.Time
	Ward            Ward `gorm:"-"` // opened
}

// TableName is the table of those who are represented.
func (Represented) TableName() string { return "represented" }

const aboutPerson = "represented.person"

// represent writes down for whom a participation is.
func represent(ctx context.Context, tx *gorm.DB, key *vault.Key, participationID int64, since time.Time, w Ward) error {
	r := Represented{ParticipationID: participationID, Capacity: w.Capacity, Since: since, Ward: w}
	return addRepresented(ctx, tx, key, &r)
}

func addRepresented(ctx context.Context, tx *gorm.DB, key *vault.Key, r *Represented) (err error) {
	if r.Person, err = vault.SealJSON(key, r.Ward, aboutPerson); err != nil {
		return err
	}
	if born := r.Ward.Birthday(); r.Capacity == Parent || r.Capacity == Guardian {
		day := AdultOn(born)
		month := time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
		r.AdultMonth = &month
	}
	r.Scope = cmp.Or(r.Scope, "all")
	if err := table.Of[Represented](tx).Create(ctx, r); err != nil {
		return fmt.Errorf("write down who is represented: %w", err)
	}
	return nil
}

// RepresentedIn tells for whom a participation is, if for another than the holder of the account; or nil.
func RepresentedIn(ctx context.Context, db *gorm.DB, v *vault.Vault, p Participation) (*Represented, error) {
	if p.PersonKey == nil || p.KeyWrapped == nil {
		return nil, nil
	}
	r, err := take(ctx, table.Of[Represented](db).Where("participation_id = ? AND ended_at IS NULL", p.ID))
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r.Ward, err = OpenWard(v, p.KeyWrapped, r.Person)
	return &r, err
}

// OpenWard opens who is represented, as it was read in bulk.
func OpenWard(v *vault.Vault, keyWrapped, person []byte) (Ward, error) {
	key, err := v.OpenKey(keyWrapped)
	if err != nil {
		return Ward{}, err
	}
	return vault.UnsealJSON[Ward](key, person, aboutPerson)
}
