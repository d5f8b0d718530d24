package claims

import (
	"context"
	"crypto/rand"
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
)

// Mistake is what a reader says is wrong on a page, and what was done about it.
type Mistake struct {
	ID           int64
	Ref          string
	Path         string // the page, without its language
	Lang         string
	Form         string // the form it came with
	KeyWrapped   []byte // nil: forgotten
	Words        []byte
	Email        []byte
	SeenAt       time.Time
	DueOn        time.Time
	AnsweredAt   *time.Time
	AnsweredBy   *audit.Actor
	Answer       []byte
	CorrectionNL *string `gorm:"column:correction_nl"` // nil: nothing was wrong
	CorrectionEN *string `gorm:"column:correction_en"`
}

// Overdue reports whether the last day for an answer has gone by.
func (m Mistake) Overdue(now time.Time) bool {
	return m.AnsweredAt == nil && locale.Today(now).After(m.DueOn)
}

// ReadMistake is a mistake with its words opened.
type ReadMistake struct {
	Mistake
	Text, Address, Told string
}

const (
	// mistakeDays is how many days an answer may take.
	mistakeDays = 14
	// mistakeKept is how long the words of a reader stay after the answer.
	mistakeKept = 90 * 24 * time.Hour

	aboutMistake        = "mistakes.words"
	aboutMistakeAddress = "mistakes.email"
	aboutMistakeAnswer  = "mistakes.answer"
)

var (
	// ErrNothingWrong means that a report does not say what is wrong.
	ErrNothingWrong = errors.New("a report says what is wrong")
	// ErrNoAnswer means that a reader would get an answer without words.
	ErrNoAnswer = errors.New("a reader gets an answer in words")
	// ErrBothLanguages means that a correction is told in one language only.
	ErrBothLanguages = errors.New("a correction is told in Dutch and in English")
)

// ReportMistake writes down what somebody says is wrong on a page, and returns
// the reference under which they read the answer. The address is for telling
// them that there is one, and may be empty. form is the form it came with: sent twice, it is one.
func (s *Service) ReportMistake(ctx context.Context, form, path, lang, words string, email participants.Email) (ref string, err error) {
	words, err = wordsOf(words)
	switch {
	case err != nil:
		return "", err
	case words == "":
		return "", ErrNothingWrong
	}
	m := Mistake{Ref: rand.Text(), Path: path, Lang: lang, Form: form}
	key, wrapped, err := s.vault.NewKey()
	if err != nil {
		return "", err
	}
	m.KeyWrapped = wrapped
	if m.Words, err = key.Seal([]byte(words), aboutMistake); err != nil {
		return "", err
	}
	if email.Shown != "" {
		if m.Email, err = key.Seal([]byte(email.Shown), aboutMistakeAddress); err != nil {
			return "", err
		}
	}
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		m.SeenAt = tx.NowFunc()
		m.DueOn = locale.Today(m.SeenAt).AddDate(0, 0, mistakeDays)
		err := table.Of[Mistake](tx, clause.OnConflict{Columns: []clause.Column{{Name: "form"}}, DoNothing: true}).Create(ctx, &m)
		if err != nil {
			return err
		}
		if m.ID == 0 { // this form was sent before
			was, err := take(ctx, table.Of[Mistake](tx).Select("ref").Where("form = ?", form))
			m.Ref = was.Ref
			return err
		}
		return audit.Record(ctx, tx, audit.System("visitor"), "mistake.reported", mistakeSubject(m.ID), nil)
	})
	return m.Ref, err
}

func mistakeSubject(id int64) string { return fmt.Sprintf("mistake:%d", id) }

// mistakesShown is how many mistakes a list shows at most.
const mistakesShown = 200

// Mistakes lists what readers reported: what waits first, by the last day for an answer. The words stay closed.
func (s *Service) Mistakes(ctx context.Context) ([]Mistake, error) {
	return table.Of[Mistake](s.db).Omit("key_wrapped", "words", "email", "answer").
		Order("answered_at IS NOT NULL, CASE WHEN answered_at IS NULL THEN due_on END, answered_at DESC, id").Limit(mistakesShown).Find(ctx)
}

// Corrections lists what was corrected, newest first, for everybody to read.
func (s *Service) Corrections(ctx context.Context) ([]Mistake, error) {
	return table.Of[Mistake](s.db).Select("path", "seen_at", "answered_at", "correction_nl", "correction_en").Where("correction_nl IS NOT NULL").
		Order("answered_at DESC").Limit(mistakesShown).Find(ctx)
}

// OpenMistake opens what a reader wrote.
func (s *Service) OpenMistake(ctx context.Context, ref string) (ReadMistake, error) {
	m, err := take(ctx, table.Of[Mistake](s.db).Where("ref = ?", ref))
	if err != nil {
		return ReadMistake{}, err
	}
	return s.openMistake(m)
}

func (s *Service) openMistake(m Mistake) (ReadMistake, error) {
	r := ReadMistake{Mistake: m}
	if m.KeyWrapped == nil {
		return r, nil
	}
	key, err := s.vault.OpenKey(m.KeyWrapped)
	if err != nil {
		return r, err
	}
	var errs [3]error
	r.Text, errs[0] = key.UnsealText(m.Words, aboutMistake)
	r.Address, errs[1] = key.UnsealText(m.Email, aboutMistakeAddress)
	r.Told, errs[2] = key.UnsealText(m.Answer, aboutMistakeAnswer)
	return r, errors.Join(errs[:]...)
}

// AnswerMistake answers a reader, who hears it by mail if they left an address. What was
// wrong is told in public in both languages; empty means that nothing was.
func (s *Service) AnswerMistake(ctx context.Context, by audit.Actor, ref, answer, correctionNL, correctionEN string) error {
	var errs [3]error
	answer, errs[0] = wordsOf(answer)
	correctionNL, errs[1] = wordsOf(correctionNL)
	correctionEN, errs[2] = wordsOf(correctionEN)
	switch err := errors.Join(errs[:]...); {
	case err != nil:
		return err
	case answer == "":
		return ErrNoAnswer
	case (correctionNL == "") != (correctionEN == ""):
		return ErrBothLanguages
	}
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		m, err := take(ctx, table.Of[Mistake](tx, clause.Locking{Strength: "UPDATE"}).Where("ref = ?", ref))
		if err != nil {
			return err
		}
		if m.AnsweredAt != nil {
			return ErrWrongState
		}
		key, err := s.vault.OpenKey(m.KeyWrapped)
		if err != nil {
			return err
		}
		sealed, err := key.Seal([]byte(answer), aboutMistakeAnswer)
		if err != nil {
			return err
		}
		change := map[string]any{"answered_at": tx.NowFunc(), "answered_by": by, "answer": sealed, "email": nil} // not needed any more
		if correctionNL != "" {
			change["correction_nl"], change["correction_en"] = correctionNL, correctionEN
		}
		if err := tx.WithContext(ctx).Model(&Mistake{}).Where("id = ?", m.ID).Updates(change).Error; err != nil {
			return err
		}
		if err := tellMistake(ctx, tx, m, key); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "mistake.answered", mistakeSubject(m.ID), map[string]any{"corrected": correctionNL != ""})
	})
}

// tellMistake mails who left an address that there is an answer; the address goes when the mail has gone.
func tellMistake(ctx context.Context, tx *gorm.DB, m Mistake, key *vault.Key) error {
	if m.Email == nil {
		return nil
	}
	to, err := key.UnsealText(m.Email, aboutMistakeAddress)
	if err != nil {
		return err
	}
	return mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("mistake_answered:%d", m.ID), To: to, Lang: m.Lang, Template: "mistake_answered", Forget: true,
		Data: map[string]string{"When": locale.Day(m.SeenAt, m.Lang), "Token": m.Ref},
	})
}

// drainMistakes forgets what readers wrote, 90 days after they got their answer.
func (s *Service) drainMistakes(ctx context.Context) (more bool, err error) {
	return false, s.db.WithContext(ctx).Exec(`UPDATE mistakes SET key_wrapped = NULL, words = NULL, email = NULL, answer = NULL
		WHERE key_wrapped IS NOT NULL AND answered_at < ?`, s.db.NowFunc().Add(-mistakeKept)).Error
}
