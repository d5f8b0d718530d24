package claimstest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"

	"samenclaim/claims"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/participants"
)

// Member is somebody who joined, with the person they were made of.
type Member struct {
	claims.Joined
	Person demo.Person
	Token  string // of the sign-up
}

// Participation is how the member's participation stands now.
func (c *Case) Participation(m Member) participants.Participation {
	c.Helper()
	p, err := participants.Find(c.Ctx(), c.DB, m.ParticipationID)
	c.must(err)
	return p
}

// Stand expects a member's participation to be in a state.
func (c *Case) Stand(m Member, want participants.Status) {
	c.Helper()
	if got := c.Participation(m).Status; got != want {
		c.Errorf("%s is %s, want %s", m.Number, got, want)
	}
}

// everybody is the crowd that all cases draw from.
var everybody = sync.OnceValue(func() []demo.Person { return demo.People(1, 2_000, NewYear) })

// Join makes n people sign, one after the other, each with the fee option they like.
func (c *Case) Join(n int) []Member {
	c.Helper()
	members := make([]Member, n)
	for i := range members {
		members[i] = c.JoinAs(c.Next())
	}
	return members
}

// JoinWith is Join with one fee option for all.
func (c *Case) JoinWith(n int, option claims.FeeOption) []Member {
	c.Helper()
	members := make([]Member, n)
	for i := range members {
		p := c.Next()
		p.FeeOption = string(option)
		members[i] = c.JoinAs(p)
	}
	return members
}

// Next is the next person who has not joined yet.
func (c *Case) Next() demo.Person {
	if c.crowd == nil {
		c.crowd = everybody()
	}
	c.joined++
	return c.crowd[c.joined-1]
}

// JoinAs makes one person sign.
func (c *Case) JoinAs(p demo.Person) Member {
	c.Helper()
	token := c.Ready(p)
	j, err := c.Claims.Sign(c.Ctx(), c.Claim, token, c.Form(p))
	c.must(err)
	return Member{j, p, token}
}

// Ready fills in a sign-up up to the page of the signature, and returns the token of its cookie.
func (c *Case) Ready(p demo.Person) (token string) {
	c.Helper()
	token, err := c.ready(c.Ctx(), p)
	c.must(err)
	return token
}

func (c *Case) ready(ctx context.Context, p demo.Person) (token string, err error) {
	token, _, err = c.People.StartSignup(ctx, c.Claim.ID, p.Lang)
	if err != nil {
		return "", err
	}
	_, err = c.People.Answer(ctx, c.Claim.ID, token, func(a *participants.Answers) {
		*a = participants.Answers{
			Used: "yes", Adult: "yes", Country: "NL", Email: p.Email, FirstNames: p.FirstNames, Infix: p.Infix, LastName: p.LastName,
			Address: participants.Address{Postcode: p.Postcode, HouseNumber: p.HouseNumber, Addition: p.Addition, Street: p.Street, City: p.City, Country: p.Country},
			UsedFor: p.UsedFor, Evidence: p.EvidencePlan, FeeOption: p.FeeOption,
		}
		if !p.UsedFrom.IsZero() {
			a.UsedFrom, a.UsedTo = p.UsedFrom.Format("2006-01"), p.UsedTo.Format("2006-01")
		}
	})
	if err != nil {
		return "", err
	}
	if err := c.People.AskSignupCode(ctx, c.Claim.ID, token); err != nil {
		return "", err
	}
	var code string
	err = c.DB.WithContext(ctx).Raw(`SELECT data->>'Code' FROM outbox WHERE recipient = ? AND template = 'code' ORDER BY id DESC LIMIT 1`, p.Email).Scan(&code).Error
	if err != nil {
		return "", err
	}
	if _, err := c.People.ProveSignup(ctx, c.Claim.ID, token, code); err != nil {
		return "", fmt.Errorf("code %q: %w", code, err)
	}
	return token, nil
}

// Form is the page of the signature, filled in as it should be.
func (c *Case) Form(p demo.Person) claims.SignForm {
	c.Helper()
	texts, err := c.Claims.Texts(c.Ctx(), c.Claim.ID, p.Lang)
	c.must(err)
	return claims.SignForm{
		MandateSHA256: hex.EncodeToString(texts["mandate"].SHA256), AgreementSHA256: hex.EncodeToString(texts["agreement"].SHA256),
		MandateLabel: "I give this mandate", AgreementLabel: "I agree", MandateTicked: true, AgreementTicked: true,
		TypedName: participants.FullName(p.FirstNames, p.Infix, p.LastName), RequestID: rand.Text(), IP: "192.0.2.1", UserAgent: "test",
		ReceivedAt: c.Watch.Now(), AmountsShown: map[string]string{"flat": "€ 50,00"},
		Examples: []string{"€ 500,00: € 450,00"}, Deadline: "1 december 2031", ShownAt: c.Watch.Now(), Session: hex.EncodeToString(make([]byte, 32)),
	}
}
