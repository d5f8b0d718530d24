package claims

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/payments"
)

// Distribution is the plan that gives each participation gross, fee and net.
type Distribution struct {
	ID           int64
	ClaimID      int64
	SettlementID int64
	Status       string // calculated, approved or dropped
	PotCents     payments.Cents
	Count        int64
	FeeCents     payments.Cents
	VatCents     payments.Cents
	PrepaidCents payments.Cents
	PayoutCents  payments.Cents
	SHA256       []byte `gorm:"column:sha256"`
	CalculatedBy audit.Actor
	CalculatedAt time.Time
	ApprovedBy   *audit.Actor
	ApprovedAt   *time.Time
}

// Award is what one participation gets in a distribution.
type Award struct {
	ID              int64
	DistributionID  int64
	ParticipationID int64
	Number          string
	FeeOption       FeeOption
	GrossCents      payments.Cents
	FeeCents        payments.Cents
	VatCents        payments.Cents
	NetCents        payments.Cents
	PrepaidCents    payments.Cents
	PayoutCents     payments.Cents
}

// sharer is a participation that gets a part of the pot.
type sharer struct {
	ParticipationID int64
	Number          string
	Option          FeeOption
	Late            bool // paid an advance on the fee
}

// calculate works out every award, in order of number.
func calculate(ctx context.Context, tx *gorm.DB, c Claim, terms Settlement) ([]Award, error) {
	var people []sharer
	err := tx.WithContext(ctx).Raw(`SELECT t.id AS participation_id, t.number, f.option, t.late_price_cents IS NOT NULL AS late FROM participations t
		JOIN fee_options f ON f.participation_id = t.id AND f.superseded_at IS NULL
		WHERE t.claim_id = ? AND (t.status = 'included' OR t.status = 'estate' AND t.letter_id IS NOT NULL) ORDER BY t.number`, c.ID).Scan(&people).Error
	if err != nil {
		return nil, err
	}
	if len(people) == 0 {
		return nil, ErrNobody
	}
	prepaid, err := payments.PaidPrepayments(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	shares := make([]Share, len(people))
	for i, p := range people {
		shares[i] = Share{Number: p.Number, Weight: 1}
	}
	gross, err := Allocate(terms.PotCents, shares)
	if err != nil {
		return nil, err
	}
	fees := c.Terms()
	fees.CourtCapCents = terms.CourtCapCents
	awards := make([]Award, len(people))
	for i, p := range people {
		r := fees.Reckon(p.Option, gross[i], prepaid[p.ParticipationID], c.VATBP)
		if p.Late {
			r = r.setOff(prepaid[p.ParticipationID])
		}
		awards[i] = Award{
			ParticipationID: p.ParticipationID, Number: p.Number, FeeOption: p.Option, GrossCents: r.Gross, FeeCents: r.Fee,
			VatCents: r.VAT, NetCents: r.Net, PrepaidCents: r.PrepaidUsed, PayoutCents: r.Payout,
		}
	}
	return awards, nil
}

// sum adds the awards up and takes the hash over all of them.
func sum(terms Settlement, awards []Award) Distribution {
	d := Distribution{ClaimID: terms.ClaimID, SettlementID: terms.ID, Status: "calculated", PotCents: terms.PotCents, Count: int64(len(awards))}
	h := sha256.New()
	var line bytes.Buffer
	for _, a := range awards {
		d.FeeCents += a.FeeCents
		d.VatCents += a.VatCents
		d.PrepaidCents += a.PrepaidCents
		d.PayoutCents += a.PayoutCents
		line.Reset()
		fmt.Fprintf(&line, "%s|%s|%d|%d|%d|%d|%d\n", a.Number, a.FeeOption, a.GrossCents, a.FeeCents, a.VatCents, a.PrepaidCents, a.PayoutCents)
		h.Write(line.Bytes())
	}
	d.SHA256 = h.Sum(nil)
	return d
}

// insertAwards writes the awards in a few statements; a million rows one by one would take minutes.
func insertAwards(ctx context.Context, tx *gorm.DB, distributionID int64, awards []Award) error {
	const atOnce = 20_000
	for len(awards) > 0 {
		part := awards[:min(atOnce, len(awards))]
		awards = awards[len(part):]
		if err := insertAwardsPart(ctx, tx, distributionID, part); err != nil {
			return fmt.Errorf("write awards: %w", err)
		}
	}
	return nil
}

func insertAwardsPart(ctx context.Context, tx *gorm.DB, distributionID int64, awards []Award) error {
	n := len(awards)
	ids, numbers, options := make([]int64, n), make([]string, n), make([]string, n)
	var money [6][]int64
	for i := range money {
		money[i] = make([]int64, n)
	}
	for i, a := range awards {
		ids[i], numbers[i], options[i] = a.ParticipationID, a.Number, string(a.FeeOption)
		for j, cents := range []payments.Cents{a.GrossCents, a.FeeCents, a.VatCents, a.NetCents, a.PrepaidCents, a.PayoutCents} {
			money[j][i] = int64(cents)
		}
	}
	_, err := tx.Statement.ConnPool.ExecContext(ctx, `INSERT INTO awards
		(distribution_id, participation_id, number, fee_option, gross_cents, fee_cents, vat_cents, net_cents, prepaid_cents, payout_cents)
		SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])`,
		distributionID, ids, numbers, options, money[0], money[1], money[2], money[3], money[4], money[5])
	return err
}
