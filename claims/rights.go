package claims

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/internal/vault"
	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/participants/privacy"
)

var (
	// ErrGround means that a request about rights rests on nothing that the law knows.
	ErrGround = errors.New("a request needs one of the grounds")
	// ErrWords means that a text of a request is longer than anybody reads.
	ErrWords = errors.New("the text is too long")
)

// MostWords is how many characters a text of a request may have.
const MostWords = 2000

// wordsOf are words as they are kept, which may be none; ErrWords when they are too long.
func wordsOf(typed string) (string, error) {
	words, err := participants.CleanLines(typed, MostWords)
	if err != nil {
		return "", ErrWords
	}
	return words, nil
}

// What the texts of a request are sealed about.
const (
	aboutWords     = "rights_requests.words"
	aboutExtension = "rights_requests.extension"
	aboutAnswer    = "rights_requests.answer"
)

// RightsRequest is a request with its texts opened.
type RightsRequest struct {
	privacy.Request
	Text      string // why, as the person says
	Extended  string // why it takes longer
	Responded string // what was answered
}

// AskRight writes down what somebody asks about the use of their data. From
// that moment on their data is used no further than the law and their own
// mandate ask (art. 18(2)); they get a mail with the date. Asked twice, it is asked once.
func (s *Service) AskRight(ctx context.Context, by audit.Actor, p participants.Participation, right privacy.Right, ground, words string) error {
	if !privacy.Known(right, ground) {
		return ErrGround
	}
	words, err := wordsOf(words)
	if err != nil {
		return err
	}
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		person, key, err := s.keyOf(ctx, tx, p.ParticipantID)
		if err != nil {
			return err
		}
		r := privacy.Request{ParticipantID: person.ID, ParticipationID: p.ID, Kind: right, Ground: ground}
		if words != "" {
			if r.Words, err = key.Seal([]byte(words), aboutWords); err != nil {
				return err
			}
		}
		r, fresh, err := privacy.Ask(ctx, tx, r)
		if err != nil || !fresh {
			return err
		}
		if err := stopNewsletter(ctx, tx, r); err != nil {
			return err
		}
		data := map[string]string{"When": locale.Moment(r.AskedAt, person.Lang)}
		if r.Status == privacy.Open {
			data["Until"] = locale.Day(r.DueOn, person.Lang)
		}
		if err := tellRight(ctx, tx, "right_received", r, person, p.Number, data); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "right.asked", participationSubject(p.ID), map[string]any{"request": r.ID, "right": r.Kind})
	})
}

// stopNewsletter ends the newsletter of who objects to it: who wants it again says so.
func stopNewsletter(ctx context.Context, tx *gorm.DB, r privacy.Request) error {
	if r.Ground != privacy.Mailing {
		return nil
	}
	return tx.WithContext(ctx).Exec(`UPDATE consents SET withdrawn_at = ? WHERE participation_id = ? AND kind = 'newsletter' AND withdrawn_at IS NULL`,
		tx.NowFunc(), r.ParticipationID).Error
}

// keyOf reads a person and opens their key; whoever erases them waits until this has ended.
func (s *Service) keyOf(ctx context.Context, tx *gorm.DB, participantID int64) (participants.Participant, *vault.Key, error) {
	person, err := take(ctx, table.Of[participants.Participant](tx, clause.Locking{Strength: "KEY SHARE"}).Where("id = ? AND erased_at IS NULL", participantID))
	if err != nil {
		return person, nil, err
	}
	key, err := s.vault.OpenKey(person.KeyWrapped)
	return person, key, err
}

// tellRight mails that something happened to a request: what, stands in the portal.
func tellRight(ctx context.Context, tx *gorm.DB, template string, r privacy.Request, person participants.Participant, number string, data map[string]string) error {
	data["Number"] = number
	return mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("%s:%d", template, r.ID), To: person.Email, Lang: person.Lang, Template: template, ParticipantID: person.ID, Data: data,
	})
}

// DropRight takes a request back, or ends a restriction that somebody asked for themselves. Twice is once.
func (s *Service) DropRight(ctx context.Context, by audit.Actor, participantID int64, ref string) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		r, err := privacy.LockRequest(ctx, tx, participantID, ref)
		if err != nil {
			return err
		}
		now := tx.NowFunc()
		if !r.InForce(now) {
			return nil
		}
		if err := privacy.End(ctx, tx, r, by, now); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "right.dropped", participationSubject(r.ParticipationID), map[string]any{"request": r.ID})
	})
}

// RightsOf lists what a person asked about a participation, newest first; the texts stay closed.
func (s *Service) RightsOf(ctx context.Context, p participants.Participation) ([]privacy.Request, error) {
	return privacy.RequestsOf(ctx, s.db, p.ParticipantID, p.ID)
}

// RightOf opens one request for the person who made it.
func (s *Service) RightOf(ctx context.Context, person participants.Participant, ref string) (RightsRequest, error) {
	r, err := privacy.RequestOf(ctx, s.db, person.ID, ref)
	if err != nil {
		return RightsRequest{}, err
	}
	return s.openRight(r, person)
}

// openRight opens the texts of a request; of who was erased there are none.
func (s *Service) openRight(r privacy.Request, person participants.Participant) (RightsRequest, error) {
	out := RightsRequest{Request: r}
	if person.KeyWrapped == nil {
		return out, nil
	}
	key, err := s.vault.OpenKey(person.KeyWrapped)
	if err != nil {
		return out, err
	}
	var errs [3]error
	out.Text, errs[0] = key.UnsealText(r.Words, aboutWords)
	out.Extended, errs[1] = key.UnsealText(r.Extension, aboutExtension)
	out.Responded, errs[2] = key.UnsealText(r.Answer, aboutAnswer)
	return out, errors.Join(errs[:]...)
}

// exportedRight is a request as it is given to the person.
type exportedRight struct {
	AskedAt   time.Time     `json:"asked_at"`
	Right     privacy.Right `json:"right"`
	Ground    string        `json:"ground"`
	Words     string        `json:"words,omitempty"`
	Extension string        `json:"extension,omitempty"`
	Answer    string        `json:"answer,omitempty"`
}

// exportRights opens all that a person ever asked.
func (s *Service) exportRights(ctx context.Context, person participants.Participant) (all []exportedRight, err error) {
	asked, err := table.Of[privacy.Request](s.db).Where("participant_id = ?", person.ID).Order("id").Find(ctx)
	for _, r := range asked {
		o, err := s.openRight(r, person)
		if err != nil {
			return nil, err
		}
		all = append(all, exportedRight{r.AskedAt, r.Kind, r.Ground, o.Text, o.Extended, o.Responded})
	}
	return all, err
}
