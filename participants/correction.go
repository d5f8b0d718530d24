package participants

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/internal/vault"
)

// Correction is one time that details were changed, with what they were before.
type Correction struct {
	MadeAt time.Time `json:"made_at"`
	Fields []string  `json:"fields"` // name, address, email, lang
	Before Before    `json:"before"`
}

// Before is what a correction replaced.
type Before struct {
	Name    string  `json:"name,omitempty"`
	Email   string  `json:"email,omitempty"`
	Lang    string  `json:"lang,omitempty"`
	Address Address `json:"address,omitzero"`
}

const aboutBefore = "corrections.before"

// detailsOf are the details of a person as they stand, opened.
func detailsOf(key *vault.Key, p Participant) (Details, error) {
	d := Details{FirstNames: p.FirstNames, Infix: p.Infix, LastName: p.LastName, Lang: p.Lang}
	if len(p.Address) == 0 {
		return d, nil
	}
	var err error
	d.Address, err = vault.UnsealJSON[Address](key, p.Address, aboutAddress)
	return d, err
}

// changed names what is different in the details to come.
func (d Details) changed(to Details) (fields []string) {
	if d.FirstNames != to.FirstNames || d.Infix != to.Infix || d.LastName != to.LastName {
		fields = append(fields, "name")
	}
	if d.Address != to.Address {
		fields = append(fields, "address")
	}
	if d.Lang != to.Lang {
		fields = append(fields, "lang")
	}
	return fields
}

// keepBefore seals what is about to be replaced, as far as it changes.
func keepBefore(ctx context.Context, tx *gorm.DB, by audit.Actor, key *vault.Key, participantID int64, d Details, fields []string) error {
	var b Before
	for _, f := range fields {
		switch f {
		case "name":
			b.Name = FullName(d.FirstNames, d.Infix, d.LastName)
		case "address":
			b.Address = d.Address
		case "lang":
			b.Lang = d.Lang
		}
	}
	return addCorrection(ctx, tx, by, key, participantID, b, fields)
}

func addCorrection(ctx context.Context, tx *gorm.DB, by audit.Actor, key *vault.Key, participantID int64, b Before, fields []string) error {
	sealed, err := vault.SealJSON(key, b, aboutBefore)
	if err != nil {
		return err
	}
	_, err = tx.Statement.ConnPool.ExecContext(ctx, `INSERT INTO corrections (participant_id, fields, before, made_by, made_at) VALUES ($1, $2, $3, $4, $5)`,
		participantID, fields, sealed, string(by), tx.NowFunc())
	return err
}

// Corrections lists what somebody's details were before, newest first.
func (s *Service) Corrections(ctx context.Context, p Participant) ([]Correction, error) {
	key, err := s.vault.OpenKey(p.KeyWrapped)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		MadeAt time.Time
		Fields string
		Before []byte
	}
	err = s.db.WithContext(ctx).Raw(`SELECT made_at, array_to_string(fields, ',') AS fields, before FROM corrections WHERE participant_id = ? ORDER BY id DESC`, p.ID).Scan(&rows).Error
	all := make([]Correction, len(rows))
	for i, r := range rows {
		all[i] = Correction{MadeAt: r.MadeAt, Fields: strings.Split(r.Fields, ",")}
		if all[i].Before, err = vault.UnsealJSON[Before](key, r.Before, aboutBefore); err != nil {
			return nil, err
		}
	}
	return all, err
}

// Former is an address that an account had, and until when.
type Former struct {
	Email
	Until time.Time
}

// FormerAddresses are the addresses an account had before, as far as they are not those of another account by now.
func FormerAddresses(ctx context.Context, tx *gorm.DB, key *vault.Key, p Participant) (all []Former, err error) {
	var rows []struct {
		MadeAt time.Time
		Before []byte
	}
	err = tx.WithContext(ctx).Raw(`SELECT made_at, before FROM corrections WHERE participant_id = ? AND 'email' = ANY(fields) ORDER BY id`, p.ID).Scan(&rows).Error
	for _, r := range rows {
		b, err := vault.UnsealJSON[Before](key, r.Before, aboutBefore)
		if err != nil {
			return nil, err
		}
		email, err := ParseEmail(b.Email)
		if err != nil {
			return nil, err
		}
		taken, err := table.Of[Participant](tx).Where("email_key = ? AND id <> ?", email.Key, p.ID).Count(ctx, "*")
		if err != nil {
			return nil, err
		}
		if taken == 0 {
			all = append(all, Former{email, r.MadeAt})
		}
	}
	return all, err
}

// Details are what people may correct themselves, at once.
type Details struct {
	FirstNames string
	Infix      string
	LastName   string
	Lang       string
	Address    Address
}
