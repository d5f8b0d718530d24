package claims

import (
	"context"
	"errors"
	"io"
	"time"

	"samenclaim/internal/audit"
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
)

var errTodo = errors.New("not written yet")

// Owner is whose evidence it is: a participation, or a sign-up that is not finished. One of both.
type Owner struct{ ParticipationID, SignupID int64 }

// Evidence is one file or statement by which somebody shows that they used the service.
type Evidence struct {
	ID          int64
	Ref         string
	Kind        string // file or statement
	Name        string // of the file, as it was sent
	MediaType   string
	Bytes       int64
	SHA256      []byte
	CreatedAt   time.Time
	RetractedAt *time.Time
}

// AttachFile keeps a file, encrypted before it touches a disk.
func (s *Service) AttachFile(ctx context.Context, by audit.Actor, o Owner, name string, r io.Reader) (Evidence, error) {
	return Evidence{}, errTodo
}

// AttachStatement keeps what somebody declares in their own words.
func (s *Service) AttachStatement(ctx context.Context, by audit.Actor, o Owner, text string) (Evidence, error) {
	return Evidence{}, errTodo
}

// EvidenceOf lists what somebody sent, newest first, what was taken back included.
func (s *Service) EvidenceOf(ctx context.Context, o Owner) ([]Evidence, error) {
	return nil, errTodo
}

// OpenEvidence opens one piece of evidence of this owner; somebody else's is not found.
func (s *Service) OpenEvidence(ctx context.Context, o Owner, ref string) (Evidence, io.ReadCloser, error) {
	return Evidence{}, nil, errTodo
}

// Retract takes evidence back: its key is destroyed, its hash and its moment stay.
func (s *Service) Retract(ctx context.Context, by audit.Actor, o Owner, ref string) error {
	return errTodo
}
