package claims

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"samenclaim/internal/locale"
)

// RegisterCopy is what the central register for collective actions is told of a claim. It names organisations
// and counts people; no natural person is in it.
type RegisterCopy struct {
	Foundation     string           `json:"foundation"`
	RegisterNumber string           `json:"register_number"`
	Address        string           `json:"address"`
	Defendant      string           `json:"defendant"`
	DefendantAt    []string         `json:"defendant_address"`
	Claim          string           `json:"claim"`
	Class          string           `json:"class"`
	From           string           `json:"period_from"`
	To             string           `json:"period_to"`
	Articles       []string         `json:"articles"`
	Demand         string           `json:"demand"`
	MostCents      int64            `json:"demand_per_person_at_most_cents"`
	Facts          []RegisterFact   `json:"facts"`
	Letters        []RegisterLetter `json:"letters"`
	ServedOn       string           `json:"writ_served_on,omitempty"`
	Mandates       int64            `json:"active_mandates"`
	CountedOn      string           `json:"counted_on"`
}

// RegisterFact is a fact as the register is told it.
type RegisterFact struct {
	Code      string `json:"code"`
	Statement string `json:"statement"`
	Source    string `json:"source"`
}

// RegisterLetter is a letter to the defendant as the register is told of it.
type RegisterLetter struct {
	Ordinal     int    `json:"ordinal"`
	SentOn      string `json:"sent_on"`
	DeliveredOn string `json:"delivered_on,omitempty"`
	Count       int64  `json:"participations"`
	Root        string `json:"annex_root"`
}

// RegisterCopy writes what the central register is told of a claim, in Dutch.
func (s *Service) RegisterCopy(ctx context.Context, c Claim) (RegisterCopy, error) {
	f, err := s.Foundation(ctx)
	if err != nil {
		return RegisterCopy{}, err
	}
	day := func(t time.Time) string { return locale.Today(t).Format(time.DateOnly) }
	r := RegisterCopy{
		Foundation: f.LegalName, RegisterNumber: f.RegisterNumber, Address: strings.Join([]string{f.Street, f.Postcode, f.City}, ", "), Defendant: c.DefendantName, DefendantAt: splitLines(c.DefendantAddress),
		Claim: c.NameNL, Class: c.ClassNL, From: c.PeriodFrom.Format(time.DateOnly), To: c.PeriodTo.Format(time.DateOnly), Articles: splitLines(c.Articles), Demand: c.DemandNL, MostCents: int64(c.MaxAwardCents),
		Facts: []RegisterFact{}, Letters: []RegisterLetter{}, CountedOn: day(s.db.NowFunc()),
	}
	facts, err := s.PublishedFacts(ctx, c.ID)
	if err != nil {
		return r, err
	}
	for _, one := range facts {
		if !one.Background {
			r.Facts = append(r.Facts, RegisterFact{one.Code, one.StatementNL, one.SourceNL + ", " + one.WhenNL})
		}
	}
	sent, err := letters(s.db).Where("claim_id = ? AND sent_at IS NOT NULL", c.ID).Order("ordinal").Find(ctx)
	if err != nil {
		return r, err
	}
	for _, l := range sent {
		one := RegisterLetter{Ordinal: l.Ordinal, SentOn: day(*l.SentAt), Count: *l.Count, Root: hex.EncodeToString(l.Root)}
		if l.DeliveredAt != nil {
			one.DeliveredOn = day(*l.DeliveredAt)
		}
		r.Letters = append(r.Letters, one)
	}
	entries, err := docketEntries(ctx, s.db, c.ID)
	if err != nil {
		return r, err
	}
	for _, e := range entries {
		if e.Step == Served {
			r.ServedOn = e.OnDay.Format(time.DateOnly)
		}
	}
	err = s.db.WithContext(ctx).Raw(`SELECT count(*) FROM participations t WHERE t.claim_id = ?`+waits, c.ID).Scan(&r.Mandates).Error
	return r, err
}
