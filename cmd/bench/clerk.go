package main

import (
	"context"
	"crypto/rand"
	"net/url"
	"time"

	"github.com/pquerna/otp/totp"

	"samenclaim/web/staff"
)

// clerk makes an account for the register and logs in as anybody would.
func (s *site) clerk(ctx context.Context) (*browser, error) {
	const email = "bench@samenclaim.example"
	password := "lantaarn " + rand.Text()
	inv, err := s.staff.Add(ctx, bench, email, "Bench", "nl", []staff.Role{staff.Register})
	if err != nil {
		return nil, err
	}
	secret := s.staff.Secret(inv.Token)
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		return nil, err
	}
	if err := s.staff.Accept(ctx, inv.Token, password, code); err != nil {
		return nil, err
	}
	later, err := totp.GenerateCode(secret, time.Now().Add(30*time.Second)) // each works once
	if err != nil {
		return nil, err
	}
	b := newBrowser(s.base)
	if _, err := b.submit(ctx, "/nl/beheer/inloggen", url.Values{"email": {email}, "password": {password}}); err != nil {
		return nil, err
	}
	_, err = b.submit(ctx, "/nl/beheer/tweede-stap", url.Values{"code": {later}})
	return b, err
}
