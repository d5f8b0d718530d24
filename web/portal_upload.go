package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/internal/files"
	"samenclaim/web/ui"
)

// What one form may carry: this many files, each as large as one may be.
const (
	filesAtOnce = 5
	filesBytes  = filesAtOnce * uploadBytes
)

// uploads gives the files of a form one by one, unread, so that each can be
// encrypted before it touches a disk.
func uploads(c echo.Context, field string) func(yield func(string, io.Reader) bool) {
	return func(yield func(string, io.Reader) bool) {
		name, file := uploaded(c, field)
		for more := true; more; name, file, more = nextUpload(c, field) {
			if name != "" && !yield(name, file) {
				return
			}
		}
	}
}

func nextUpload(c echo.Context, field string) (name string, file io.Reader, ok bool) {
	parts, ok := c.Get("parts").(*multipart.Reader)
	if !ok {
		return "", nil, false
	}
	part, err := parts.NextPart()
	if err == io.EOF {
		return "", nil, false
	}
	if err != nil { // cut short, or too much: said of a file without a name
		c.Set("parts", nil)
		return "…", failing{err}, true
	}
	if part.FormName() != field {
		return "", nil, true
	}
	return part.FileName(), part, true
}

// attachAll keeps the files of a form as evidence, one by one as they come in.
// What is good is kept, what is not is named with the reason. who is whose files are counted.
func (s *Server) attachAll(c echo.Context, by audit.Actor, o claims.Owner, who string) (kept int, bad ui.Problems, err error) {
	ctx, n := c.Request().Context(), 0
	for name, file := range uploads(c, "file") {
		if n++; n > filesAtOnce {
			return kept, append(bad, ui.Problem{Field: "file", Text: seen(c).text(s, "portal.evidence.error.five")}), nil
		}
		if err := s.allow(ctx, limitUploads, who); err != nil {
			return kept, bad, err
		}
		_, err := s.claims.AttachFile(ctx, by, o, name, file)
		switch key := fileProblem(err); {
		case err == nil:
			kept++
		case key == "":
			return kept, bad, err
		default:
			s.noteFull(ctx, err)
			text := seen(c).text(s, key)
			bad = append(bad, ui.Problem{Field: "file", Text: seen(c).text(s, "portal.evidence.error.named", "Name", short(name), "Text", text)})
		}
	}
	if n == 0 {
		bad = ui.Problems{{Field: "file", Text: seen(c).text(s, "portal.evidence.error.none")}}
	}
	return kept, bad, nil
}

// noteFull tells in the log that the disk is full: the person cannot mend that, we can.
func (s *Server) noteFull(ctx context.Context, err error) {
	if errors.Is(err, files.ErrNoSpace) {
		s.log.ErrorContext(ctx, "no space for evidence", slog.Any("err", err))
	}
}

// brokenUpload means that a form was cut short on its way.
type brokenUpload struct{ error }

// failing is a file that cannot be read.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if tooLarge := new(http.MaxBytesError); errors.As(f.err, &tooLarge) {
		return 0, f.err
	}
	return 0, &brokenUpload{f.err}
}

// fileProblems are the words for what can be wrong with a file.
var fileProblems = []struct {
	err error
	key string
}{
	{claims.ErrFileType, "portal.evidence.error.type"},
	{claims.ErrFileSize, "portal.evidence.error.size"},
	{claims.ErrFileEmpty, "portal.evidence.error.empty"},
	{claims.ErrFileLocked, "portal.evidence.error.locked"},
	{claims.ErrPicture, "portal.evidence.error.picture"},
	{claims.ErrPages, "portal.evidence.error.pages"},
	{claims.ErrVirus, "portal.evidence.error.virus"},
	{files.ErrNoSpace, "portal.evidence.error.no_space"},
	{claims.ErrTooMany, "portal.evidence.error.many"},
	{claims.ErrSameFile, "portal.evidence.error.same"},
	{io.ErrUnexpectedEOF, "portal.evidence.error.failed"},
}

// fileProblem is the key of the words for a file that is not kept, or "" if the fault is ours.
func fileProblem(err error) string {
	for _, p := range fileProblems {
		if errors.Is(err, p.err) {
			return p.key
		}
	}
	tooLarge, broken := new(http.MaxBytesError), new(brokenUpload)
	switch {
	case errors.As(err, &tooLarge):
		return "portal.evidence.error.size"
	case errors.As(err, &broken):
		return "portal.evidence.error.failed"
	}
	return ""
}

// short is a file name that fits a line.
func short(name string) string {
	if r := []rune(name); len(r) > 60 {
		return string(r[:57]) + "…"
	}
	return name
}
