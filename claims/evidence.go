package claims

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"samenclaim/internal/table"
)

var (
	// ErrFileType means that a file is no PDF, JPEG or PNG, whatever its name says.
	ErrFileType = errors.New("only PDF, JPEG and PNG files can be sent")
	// ErrFileSize means that a file is larger than ten megabytes.
	ErrFileSize = errors.New("the file is too large")
	// ErrFileEmpty means that there is nothing in the file or the text.
	ErrFileEmpty = errors.New("the file is empty")
	// ErrFileLocked means that a PDF only opens with a password.
	ErrFileLocked = errors.New("the file is locked with a password")
	// ErrPicture means that a picture is damaged, cut short, or too large to open.
	ErrPicture = errors.New("the picture cannot be opened")
	// ErrTooMany means that somebody has sent as much evidence as fits.
	ErrTooMany = errors.New("no more evidence can be added")
	// ErrSameFile means that this very file was sent before.
	ErrSameFile = errors.New("this file was sent before")
	// ErrPages means that a PDF has more pages than anybody reads as evidence.
	ErrPages = errors.New("the file has too many pages")
	// ErrVirus means that there is a virus in the file; nothing of it was kept.
	ErrVirus = errors.New("there is a virus in the file")
	// ErrQuarantine means that nobody may open a file: it was not scanned for viruses yet, or one was found.
	ErrQuarantine = errors.New("the file is in quarantine")
)

// What one owner can send.
const (
	maxFile      = 10 << 20 // bytes in one file
	maxFiles     = 20
	maxAllFiles  = 100 << 20
	maxStatement = 4000 // characters
)

// Owner is whose evidence it is: a participation, or a sign-up that is not finished. One of both.
type Owner struct{ ParticipationID, SignupID int64 }

// where is the condition by which evidence is this owner's; no owner owns nothing.
func (o Owner) where() (condition string, id int64) {
	if o.ParticipationID != 0 {
		return "participation_id = ?", o.ParticipationID
	}
	return "signup_id = ?", o.SignupID
}

// subject names the owner in the log.
func (o Owner) subject() string {
	if o.ParticipationID != 0 {
		return participationSubject(o.ParticipationID)
	}
	return fmt.Sprintf("signup:%d", o.SignupID)
}

// Evidence is one file or statement by which somebody shows that they used the service.
type Evidence struct {
	ID          int64
	Ref         string
	Kind        string // file or statement
	Name        string // of the file, as it was sent
	MediaType   string
	Bytes       int64 // of what is kept
	SHA256      []byte
	CreatedAt   time.Time
	RetractedAt *time.Time
	Waits       bool   // for the virus scanner: nobody can open it yet
	Virus       string // that was found after it came in: nobody can open it
	Active      bool   // a PDF that can do something by itself
	CitizenNo   bool   // a number in it may be somebody's BSN
	Shared      bool   // in a dossier: somebody else sent the same file
}

// FileName is a name to save it under: what was sent, with the ending of what it is.
func (e Evidence) FileName() string {
	ending := map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}[e.MediaType]
	if ending == "" {
		ending = ".txt"
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, cmp.Or(e.Name, "verklaring"))
	if lower := strings.ToLower(name); strings.HasSuffix(lower, ending) || ending == ".jpg" && strings.HasSuffix(lower, ".jpeg") {
		return name
	}
	return name + ending
}

// The kinds of evidence.
const (
	EvidenceFile      = "file"
	EvidenceStatement = "statement"
)

// evidenceRow is evidence as it is kept: sealed with a key of its own.
type evidenceRow struct {
	ID              int64
	Ref             string
	ParticipationID *int64
	SignupID        *int64
	Kind            string
	Name            []byte
	Content         []byte
	MediaType       string
	Bytes           int64
	SHA256          []byte `gorm:"column:sha256"`
	StorageName     *string
	KeyWrapped      []byte
	CreatedAt       time.Time
	RetractedAt     *time.Time
	Scan            string `gorm:"default:none"`
	ScannedAt       *time.Time
	Virus           string
	Active          bool
	CitizenNo       bool
	SentSHA256      []byte `gorm:"column:sent_sha256"`
}

// What a scan said. A file that was not scanned, where there is a scanner, waits as well.
const (
	scanNone     = "none"
	scanWaiting  = "waiting"
	scanClean    = "clean"
	scanInfected = "infected"
)

// TableName is the table of the evidence.
func (evidenceRow) TableName() string { return "evidence" }

// about names one field of one piece of evidence, so that no other opens with it.
func (e evidenceRow) about(field string) string { return "evidence." + field + ":" + e.Ref }

// open gives the evidence without its content.
func (s *Service) open(e evidenceRow) (Evidence, error) {
	out := Evidence{
		ID: e.ID, Ref: e.Ref, Kind: e.Kind, MediaType: e.MediaType, Bytes: e.Bytes, SHA256: e.SHA256, CreatedAt: e.CreatedAt, RetractedAt: e.RetractedAt,
		Active: e.Active, CitizenNo: e.CitizenNo, Virus: e.Virus,
		Waits: e.Kind == EvidenceFile && (e.Scan == scanWaiting || e.Scan == scanNone && s.scanner != nil),
	}
	if e.RetractedAt != nil {
		return out, nil
	}
	key, err := s.vault.OpenKey(e.KeyWrapped)
	if err != nil || len(e.Name) == 0 {
		return out, err
	}
	name, err := key.Unseal(e.Name, e.about("name"))
	out.Name = string(name)
	return out, err
}

// EvidenceOf lists what somebody sent, newest first, what was taken back included.
func (s *Service) EvidenceOf(ctx context.Context, o Owner) ([]Evidence, error) {
	condition, id := o.where()
	rows, err := table.Of[evidenceRow](s.db).Where(condition, id).Order("id DESC").Find(ctx)
	all := make([]Evidence, len(rows))
	for i, row := range rows {
		if all[i], err = s.open(row); err != nil {
			return nil, fmt.Errorf("evidence %d: %w", row.ID, err)
		}
	}
	return all, err
}

// OpenEvidence opens one piece of evidence of this owner; somebody else's is
// not found, nor what was taken back. What is in quarantine stays closed for everybody.
func (s *Service) OpenEvidence(ctx context.Context, o Owner, ref string) (Evidence, io.ReadCloser, error) {
	condition, id := o.where()
	row, err := take(ctx, table.Of[evidenceRow](s.db).Where("ref = ? AND retracted_at IS NULL AND "+condition, ref, id))
	if err != nil {
		return Evidence{}, nil, err
	}
	e, err := s.open(row)
	if err != nil {
		return Evidence{}, nil, fmt.Errorf("evidence %d: %w", row.ID, err)
	}
	if e.Waits || e.Virus != "" {
		return e, nil, ErrQuarantine
	}
	content, err := s.content(row)
	if err != nil {
		return Evidence{}, nil, fmt.Errorf("evidence %d: %w", row.ID, err)
	}
	return e, content, nil
}

// content decrypts what was sent while it is read.
func (s *Service) content(e evidenceRow) (io.ReadCloser, error) {
	key, err := s.vault.OpenKey(e.KeyWrapped)
	if err != nil {
		return nil, err
	}
	if e.StorageName == nil {
		text, err := key.Unseal(e.Content, e.about("content"))
		return io.NopCloser(bytes.NewReader(text)), err
	}
	sealed, err := s.files.Open(*e.StorageName)
	if err != nil {
		return nil, err
	}
	plain, err := key.UnsealFrom(sealed, e.about("file"))
	if err != nil {
		return nil, errors.Join(err, sealed.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{plain, sealed}, nil
}
