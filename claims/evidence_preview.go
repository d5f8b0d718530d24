package claims

import (
	"context"
	"errors"
	"io"

	"samenclaim/internal/poppler"
)

// previewPages is how many pages of a PDF can be looked at as pictures.
const previewPages = 20

// Preview is what staff see of a piece of evidence before they would open the file itself.
type Preview struct {
	Evidence
	Text    string // of a statement
	Shown   int    // pictures there are: 1 of a picture
	Pages   int    // of a PDF
	Trouble error  // why there is no picture: poppler.ErrAbsent, poppler.ErrUnreadable, ErrQuarantine
}

// Preview tells what can be seen of a piece of evidence without opening the file.
func (s *Service) Preview(ctx context.Context, o Owner, ref string) (Preview, error) {
	e, content, err := s.wholeEvidence(ctx, o, ref)
	p := Preview{Evidence: e}
	if errors.Is(err, ErrQuarantine) {
		p.Trouble = ErrQuarantine
		return p, nil
	}
	if err != nil {
		return Preview{}, err
	}
	switch {
	case e.Kind == EvidenceStatement:
		p.Text = string(content)
	case e.MediaType == pdfType:
		p.Pages, p.Trouble = poppler.Pages(ctx, content)
		p.Shown = min(p.Pages, previewPages)
	default:
		p.Shown = 1
	}
	if ctx.Err() != nil {
		return Preview{}, ctx.Err()
	}
	return p, nil
}

// PreviewPicture draws one page, counted from 1: of a PDF as a picture that can do
// nothing, of a picture what we made of it ourselves when it came in.
func (s *Service) PreviewPicture(ctx context.Context, o Owner, ref string, page int) (mediaType string, picture []byte, err error) {
	e, content, err := s.wholeEvidence(ctx, o, ref)
	switch {
	case err != nil:
		return "", nil, err
	case e.Kind != EvidenceFile, page < 1, page > previewPages, page > 1 && e.MediaType != pdfType:
		return "", nil, ErrNotFound
	case e.MediaType != pdfType:
		return e.MediaType, content, nil
	}
	picture, err = poppler.Picture(ctx, content, page)
	if errors.Is(err, poppler.ErrAbsent) || errors.Is(err, poppler.ErrUnreadable) {
		err = errors.Join(ErrNotFound, err)
	}
	return "image/png", picture, err
}

// wholeEvidence reads a piece of evidence into memory: it is at most as large as a file may be.
func (s *Service) wholeEvidence(ctx context.Context, o Owner, ref string) (Evidence, []byte, error) {
	e, r, err := s.OpenEvidence(ctx, o, ref)
	if err != nil {
		return e, nil, err
	}
	content, err := io.ReadAll(r)
	return e, content, errors.Join(err, r.Close())
}
