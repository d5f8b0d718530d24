package claims

import (
	"archive/zip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/participants"
)

// exported is the data of one person as it is given to them.
type exported struct {
	MadeAt         time.Time                    `json:"made_at"`
	Name           string                       `json:"name"`
	Email          string                       `json:"email"`
	Address        participants.Address         `json:"address"`
	Corrections    []participants.Correction    `json:"corrections"` // what was here before
	Rights         []exportedRight              `json:"rights"`
	Reported       []participants.Said          `json:"reported"` // what they told us about others
	Participations []exportedPart               `json:"participations"`
	Messages       []exportedMessage            `json:"messages"` // oldest first
	Reached        []exportedReach              `json:"reached"`  // how we reached them when mail did not
	Rows           map[string][]json.RawMessage `json:"rows"`     // everything, as it stands in the database

	papers []paper
}

type exportedPart struct {
	Number       string                `json:"number"`
	AccountEmail string                `json:"account_email,omitempty"`
	Represented  []participants.Ward   `json:"represented,omitempty"`
	Payees       []exportedPayee       `json:"payees"`
	Signatures   []participants.Record `json:"signatures"`
	Evidence     []exportedEvidence    `json:"evidence"`

	participation participants.Participation
}

type exportedPayee struct {
	IBAN       string    `json:"iban"`
	Holder     string    `json:"holder"`
	SetAt      time.Time `json:"set_at"`
	UsableFrom time.Time `json:"usable_from"`
}

type exportedEvidence struct {
	File      string     `json:"file,omitempty"` // where it stands in the ZIP
	Name      string     `json:"name,omitempty"`
	Kind      string     `json:"kind"`
	SentAt    time.Time  `json:"sent_at"`
	TakenBack *time.Time `json:"taken_back,omitempty"`
	Waits     bool       `json:"waits_for_scan,omitempty"` // so the file is not here
	Virus     string     `json:"virus,omitempty"`

	ref string
}

// paper is a file made for the export.
type paper struct {
	name    string
	content []byte
}

// Export writes everything that is held about a person as a ZIP: the data, the signed documents and the evidence.
// Nothing is written before all but the evidence is ready; that it was made stands in the log.
func (s *Service) Export(ctx context.Context, participantID int64, w io.Writer) error {
	out, err := s.gather(ctx, participantID)
	if err != nil {
		return err
	}
	content, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	z := zip.NewWriter(w)
	for _, f := range append([]paper{{"data.json", content}}, out.papers...) {
		if err := addFile(z, f.name, out.MadeAt, strings.NewReader(string(f.content))); err != nil {
			return err
		}
	}
	for _, part := range out.Participations {
		for _, e := range part.Evidence {
			if err := s.addEvidence(ctx, z, part, e, out.MadeAt); err != nil {
				return err
			}
		}
	}
	return z.Close()
}

func addFile(z *zip.Writer, name string, at time.Time, content io.Reader) error {
	f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
	if err == nil {
		_, err = io.Copy(f, content)
	}
	return err
}

func (s *Service) addEvidence(ctx context.Context, z *zip.Writer, part exportedPart, e exportedEvidence, at time.Time) error {
	if e.File == "" {
		return nil
	}
	_, content, err := s.OpenEvidence(ctx, Owner{ParticipationID: part.participation.ID}, e.ref)
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrQuarantine) {
		return nil // taken back, or a virus found, while the export was made
	}
	if err != nil {
		return err
	}
	return errors.Join(addFile(z, e.File, at, content), content.Close())
}

// gather collects the data of one moment, and writes in the log that it was given.
func (s *Service) gather(ctx context.Context, participantID int64) (exported, error) {
	out := exported{MadeAt: s.db.NowFunc()}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		mine, err := table.Of[participants.Participation](tx).Where("participant_id = ?", participantID).Order("id").Find(ctx)
		if err != nil {
			return err
		}
		ids := []int64{0} // never an empty list
		for _, p := range mine {
			ids = append(ids, p.ID)
			out.Participations = append(out.Participations, exportedPart{Number: p.Number, participation: p})
		}
		by := audit.Participant(participantID)
		if err := audit.Record(ctx, tx, by, "participant.exported", string(by), nil); err != nil {
			return err
		}
		out.Rows, err = rowsAbout(ctx, tx, participantID, ids)
		return err
	}, &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return out, err
	}
	person, err := s.people.Participant(ctx, participantID)
	if err != nil {
		return out, err
	}
	out.Name, out.Email = person.Name(), person.Email
	if person.ErasedAt == nil {
		if out.Address, err = s.people.Address(ctx, person); err != nil {
			return out, err
		}
		if out.Corrections, err = s.people.Corrections(ctx, person); err != nil {
			return out, err
		}
		email, err := participants.ParseEmail(person.Email)
		if err != nil {
			return out, fmt.Errorf("address of participant %d: %w", person.ID, err)
		}
		if out.Reported, err = s.people.ReportsBy(ctx, email); err != nil {
			return out, err
		}
		if out.Rights, err = s.exportRights(ctx, person); err != nil {
			return out, err
		}
		if out.Messages, err = s.exportMessages(ctx, person); err != nil {
			return out, err
		}
		if out.Reached, err = s.exportReach(ctx, person); err != nil {
			return out, err
		}
	}
	for i := range out.Participations {
		if err := s.openPart(ctx, &out, &out.Participations[i]); err != nil {
			return out, err
		}
	}
	return out, nil
}

// openPart opens what is sealed about one participation, and prints its papers.
func (s *Service) openPart(ctx context.Context, out *exported, part *exportedPart) (err error) {
	p := part.participation
	if p.Status == participants.Erased {
		return nil
	}
	if part.AccountEmail, err = s.people.AccountEmail(ctx, p); err != nil {
		return err
	}
	if part.Represented, err = s.wards(ctx, p); err != nil {
		return err
	}
	signatures, err := participants.Signatures(ctx, s.db, p.ID)
	if err != nil {
		return err
	}
	for i, m := range signatures {
		r, err := participants.OpenRecord(s.vault, p, m)
		if err != nil {
			return err
		}
		part.Signatures = append(part.Signatures, r)
		signed, err := s.papersOf(ctx, p, m)
		if err != nil {
			return err
		}
		out.papers = append(out.papers, paper{fmt.Sprintf("%s/volmacht-%d.pdf", p.Number, len(signatures)-i), signed.PDF})
	}
	if err := s.openPayees(ctx, part); err != nil {
		return err
	}
	if err := s.listEvidence(ctx, part); err != nil {
		return err
	}
	return s.printPapers(ctx, out, p)
}

func (s *Service) openPayees(ctx context.Context, part *exportedPart) error {
	payees, err := s.people.Payees(ctx, part.participation)
	for _, y := range payees {
		part.Payees = append(part.Payees, exportedPayee{IBAN: string(y.IBAN), Holder: y.Holder, SetAt: y.SetAt, UsableFrom: y.UsableFrom})
	}
	return err
}

func (s *Service) listEvidence(ctx context.Context, part *exportedPart) error {
	sent, err := s.EvidenceOf(ctx, Owner{ParticipationID: part.participation.ID})
	for _, e := range sent {
		x := exportedEvidence{Name: e.Name, Kind: e.Kind, SentAt: e.CreatedAt, TakenBack: e.RetractedAt, ref: e.Ref}
		x.Waits, x.Virus = e.Waits, e.Virus
		if e.RetractedAt == nil && !e.Waits && e.Virus == "" {
			x.File = fmt.Sprintf("%s/bewijs/%d-%s", part.Number, e.ID, e.FileName())
		}
		part.Evidence = append(part.Evidence, x)
	}
	return err
}

// printPapers adds the receipt of the annex and the statement of the payout, as far as there are.
func (s *Service) printPapers(ctx context.Context, out *exported, p participants.Participation) error {
	if p.LetterID != nil {
		receipt, err := s.Receipt(ctx, p)
		if err != nil {
			return err
		}
		out.papers = append(out.papers, paper{p.Number + "/ontvangstbewijs.json", receipt})
	}
	statement, err := s.Statement(ctx, p)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err == nil {
		out.papers = append(out.papers, paper{p.Number + "/specificatie.pdf", statement})
	}
	return err
}
