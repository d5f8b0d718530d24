package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/mailer/bounce"
)

// bouncePath is where whoever carries our mail reports what could not be delivered.
const bouncePath = "/webhooks/bounces"

const (
	bounceBytes = 8 << 10
	longestID   = 400
)

// bounceForm is one report, as JSON.
type bounceForm struct {
	MessageID string `json:"message_id"`   // of our mail
	Kind      string `json:"kind"`         // hard: the address does not work; soft: it may, later
	Code      string `json:"code"`         // as in RFC 3463, such as 5.1.1; may be left out
	ID        string `json:"id,omitempty"` // of the report: the same again is counted once; may be left out
}

var (
	errBounceForm = errors.New("no report about a mail")
	bounceCode    = regexp.MustCompile(`^([245]\.\d{1,3}\.\d{1,3})?$`)
)

// bounceHook hears that a mail came back, from who knows the secret. An unknown mail gets the same answer as a known one.
func (s *Server) bounceHook(c echo.Context) error {
	ctx := c.Request().Context()
	if s.cfg.BounceSecret == "" {
		return c.NoContent(http.StatusNotFound) // nobody was given a secret
	}
	if err := s.allow(ctx, limitHook, "bounces"); err != nil {
		return err
	}
	if s.spent(ctx, limitBounce, place(c)) != nil {
		return c.NoContent(http.StatusTooManyRequests) // too many wrong secrets from here
	}
	if !s.knowsSecret(c.Request().Header.Get(echo.HeaderAuthorization)) {
		if err := s.allow(ctx, limitBounce, place(c)); err != nil && !errors.As(err, new(*limited)) {
			return err
		}
		return c.NoContent(http.StatusUnauthorized)
	}
	report, err := readBounce(c)
	if err != nil {
		return c.NoContent(http.StatusBadRequest)
	}
	if _, err := s.claims.ReportBounce(ctx, report); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// knowsSecret compares hashes, so that the time it takes tells nothing.
func (s *Server) knowsSecret(header string) bool {
	token, ok := strings.CutPrefix(header, "Bearer ")
	got, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(s.cfg.BounceSecret))
	return ok && subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// readBounce reads one report, and nothing that is not one.
func readBounce(c echo.Context) (r bounce.Report, err error) {
	if kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType)); err != nil || kind != echo.MIMEApplicationJSON {
		return r, errBounceForm
	}
	d := json.NewDecoder(http.MaxBytesReader(c.Response(), c.Request().Body, bounceBytes))
	d.DisallowUnknownFields()
	var form bounceForm
	if err := d.Decode(&form); err != nil {
		return r, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return r, errBounceForm
	}
	if form.MessageID == "" || len(form.MessageID) > longestID || len(form.ID) > longestID || form.Kind != "hard" && form.Kind != "soft" || !bounceCode.MatchString(form.Code) {
		return r, errBounceForm
	}
	return bounce.Report{MessageID: form.MessageID, Hard: form.Kind == "hard", Code: form.Code,
		SHA256: sha256.Sum256([]byte(strings.Join([]string{"webhook", form.MessageID, form.Kind, form.Code, form.ID}, "\n")))}, nil
}
