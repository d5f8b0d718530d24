package participants

import (
	"context"
	"errors"

	"samenclaim/internal/table"
)

var (
	// ErrLinkElsewhere means that a mailed link was opened in another browser than the one that
	// asked for it, or never existed: which of the two, nobody is told.
	ErrLinkElsewhere = errors.New("the link works in the browser that asked for it")
	// ErrLinkUsed means that the link, or the code beside it, was used before.
	ErrLinkUsed = errors.New("the link was used before")
)

// The purposes of a link.
const (
	LinkSignup = "signup" // proves the address of a draft
	LinkLogin  = "login"
	LinkResume = "resume" // goes on with a draft in this browser
)

// Link is a mailed link in the browser that asked for it.
type Link struct {
	Purpose string
	ClaimID int64 // of a sign-up; 0 when somebody logs in
	secret  string
	code    loginCode
}

// Followed is where a link led: into an account, or to a draft with the secret for its cookie.
type Followed struct {
	Link
	ParticipantID int64
	Token         string
	Signup        Signup
}

// Link says what a mailed link does here. Looking spends nothing, however often
// and by whomever it is done: programs open links before people do.
func (s *Service) Link(ctx context.Context, link string, secrets ...string) (Link, error) {
	c, err := take(ctx, table.Of[loginCode](s.db).Where("link_hash = ?", hashToken(link)))
	if errors.Is(err, ErrNotFound) {
		return Link{}, ErrLinkElsewhere
	}
	if err != nil {
		return Link{}, err
	}
	l := Link{Purpose: c.Purpose, code: c}
	if c.ClaimID != nil {
		l.ClaimID = *c.ClaimID
	}
	for _, secret := range secrets {
		if string(hashToken(secret)) == string(c.BrowserHash) {
			l.secret = secret
		}
	}
	if l.secret == "" {
		return Link{}, ErrLinkElsewhere
	}
	return l, s.stillGood(ctx, c)
}

// stillGood tells why a link no longer works: as its code, only the newest counts.
func (s *Service) stillGood(ctx context.Context, c loginCode) error {
	newest, err := take(ctx, table.Of[loginCode](s.db).Select("id").Where("browser_hash = ? AND purpose = ?", c.BrowserHash, c.Purpose).Order("id DESC"))
	switch {
	case err != nil:
		return err
	case c.UsedAt != nil:
		return ErrLinkUsed
	case c.Tries >= codeTries:
		return ErrCodeTries
	case newest.ID != c.ID || !c.ExpiresAt.After(s.db.NowFunc()):
		return ErrCodeExpired
	}
	return nil
}

// Follow does what a link is for, in the browser that asked for it.
func (s *Service) Follow(ctx context.Context, link string, secrets ...string) (Followed, error) {
	l, err := s.Link(ctx, link, secrets...)
	out := Followed{Link: l}
	if err != nil {
		return out, err
	}
	switch l.Purpose {
	case LinkSignup:
		out.Token = l.secret
		out.Signup, err = s.prove(ctx, l.ClaimID, l.secret, l.code)
	case LinkResume:
		out.Token, out.Signup, err = s.takeOver(ctx, l.code)
	default:
		out.ParticipantID, err = s.enter(ctx, l.code)
	}
	return out, err
}
