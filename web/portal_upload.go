package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
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
