package claims

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/participants"
	"samenclaim/payments"
)

var (
	// ErrNoMoney means that the money of the settlement is not on the account yet.
	ErrNoMoney = errors.New("the money of the settlement has not come in")
	// ErrStale means that something changed since the calculation: calculate again.
	ErrStale = errors.New("something changed since the calculation")
)

// Calculate divides the pot over everybody in an annex, equally and to the
// cent, and writes the result down for a second person to look at. An earlier
// calculation that nobody approved is dropped.
func (s *Service) Calculate(ctx context.Context, by audit.Actor, claimID int64) (Distribution, error) {
	var d Distribution
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		c, err := lockClaim(ctx, tx, claimID)
		if err != nil {
			return err
		}
		if c.Status != Settled && c.Status != Won {
			return ErrWrongState
		}
		terms, err := take(ctx, table.Of[Settlement](tx).Where("claim_id = ?", c.ID))
		if err != nil {
			return err
		}
		awards, err := calculate(ctx, tx, c, terms)
		if err != nil {
			return err
		}
		if err := dropCalculated(ctx, tx, c.ID); err != nil {
			return err
		}
		d = sum(terms, awards)
		d.CalculatedBy, d.CalculatedAt = by, tx.NowFunc()
		if err := table.Of[Distribution](tx).Create(ctx, &d); err != nil {
			return err
		}
		if err := insertAwards(ctx, tx, d.ID, awards); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "distribution.calculated", distributionSubject(d.ID), map[string]int64{"count": d.Count, "pot_cents": int64(d.PotCents)})
	})
	return d, err
}

func dropCalculated(ctx context.Context, tx *gorm.DB, claimID int64) error {
	_, err := table.Of[Distribution](tx).Where("claim_id = ? AND status = 'calculated'", claimID).Updates(ctx, Distribution{Status: "dropped"})
	return err
}

// ApproveDistribution fixes who gets what. It takes another person than the
// one who calculated, and money that is on the account. From here on everybody
// knows what they get, and is asked where to send it.
func (s *Service) ApproveDistribution(ctx context.Context, by audit.Actor, id int64) error {
	return s.afterwards(ctx, "refunds", func(tx *gorm.DB) error {
		d, c, err := lockDistribution(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case d.Status != "calculated":
			return ErrWrongState
		case d.CalculatedBy == by:
			return ErrSamePerson
		}
		if err := stillTrue(ctx, tx, c, d); err != nil {
			return err
		}
		now := tx.NowFunc()
		n, err := table.Of[Distribution](tx).Where("id = ? AND status = 'calculated'", d.ID).
			Updates(ctx, Distribution{Status: "approved", ApprovedBy: &by, ApprovedAt: &now})
		if err != nil {
			return err
		}
		if n != 1 {
			return ErrWrongState
		}
		if _, err := payments.PostDistribution(ctx, tx, d.ID); err != nil {
			return err
		}
		if err := entitle(ctx, tx, d.ID); err != nil {
			return err
		}
		if err := refundUncovered(ctx, tx, c.ID); err != nil {
			return err
		}
		if err := follow(ctx, tx, by, c, Distributing, "distribution approved"); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "distribution.approved", distributionSubject(d.ID), nil)
	})
}

// stillTrue calculates once more: money there, same people, same prepayments, same result.
func stillTrue(ctx context.Context, tx *gorm.DB, c Claim, d Distribution) error {
	terms, err := take(ctx, table.Of[Settlement](tx).Where("id = ?", d.SettlementID))
	if err != nil {
		return err
	}
	received, err := payments.ReceivedForClaim(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	if received < d.PotCents {
		return ErrNoMoney
	}
	awards, err := calculate(ctx, tx, c, terms)
	if err != nil {
		return err
	}
	if !bytes.Equal(sum(terms, awards).SHA256, d.SHA256) {
		return ErrStale
	}
	return nil
}

// entitle moves everybody in the distribution on: who gets money is asked for an account, who gets none is done.
func entitle(ctx context.Context, tx *gorm.DB, distributionID int64) error {
	const inIt = "id IN (SELECT participation_id FROM awards WHERE distribution_id = ?"
	for _, m := range []struct {
		from, to participants.Status
		where    string
	}{
		{participants.Included, participants.Entitled, inIt + ")"},
		{participants.Entitled, participants.Paid, inIt + " AND payout_cents = 0)"},
		{participants.Entitled, participants.PayeePending, inIt + " AND payout_cents > 0)"},
	} {
		if _, err := participants.MoveAll(ctx, tx, m.from, m.to, m.where, distributionID); err != nil {
			return err
		}
	}
	_, err := tell(ctx, tx, "payee_request", "payee_request", func(Addressee) (map[string]string, error) {
		return map[string]string{}, nil
	}, `SELECT a.id AS fact, p.id AS participant_id, t.number, p.email, p.lang
		FROM awards a JOIN participations t ON t.id = a.participation_id JOIN participants p ON p.id = t.participant_id
		WHERE a.distribution_id = ? AND a.payout_cents > 0 AND t.status <> 'estate'`, distributionID)
	return err
}

// refundUncovered gives back what was paid ahead by people whom no annex
// covers: they signed too late for this distribution, so they owe nothing.
func refundUncovered(ctx context.Context, tx *gorm.DB, claimID int64) error {
	var ids []int64
	err := tx.WithContext(ctx).Raw(`SELECT DISTINCT t.id FROM participations t JOIN prepayments p ON p.participation_id = t.id
		WHERE t.claim_id = ? AND (t.status = 'active' OR t.status = 'estate' AND t.letter_id IS NULL) AND p.status = 'paid' AND p.used_cents = 0 ORDER BY t.id`, claimID).Scan(&ids).Error
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := refundPaid(ctx, tx, id, "late"); err != nil {
			return err
		}
	}
	return nil
}

// DropDistribution takes a calculation back that nobody has approved.
func (s *Service) DropDistribution(ctx context.Context, by audit.Actor, id int64) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		d, _, err := lockDistribution(ctx, tx, id)
		if err != nil {
			return err
		}
		if d.Status != "calculated" {
			return ErrWrongState
		}
		if err := dropCalculated(ctx, tx, d.ClaimID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "distribution.dropped", distributionSubject(d.ID), nil)
	})
}

func lockDistribution(ctx context.Context, tx *gorm.DB, id int64) (Distribution, Claim, error) {
	d, err := take(ctx, table.Of[Distribution](tx).Where("id = ?", id))
	if err != nil {
		return d, Claim{}, err
	}
	c, err := lockClaim(ctx, tx, d.ClaimID) // the claim first: every road locks in this order
	if err != nil {
		return d, c, err
	}
	d, err = take(ctx, table.Of[Distribution](tx, clause.Locking{Strength: "UPDATE"}).Where("id = ?", id))
	return d, c, err
}

// Distribution returns the distribution of a claim that counts, or nil.
func (s *Service) Distribution(ctx context.Context, claimID int64) (*Distribution, error) {
	d, err := take(ctx, table.Of[Distribution](s.db).Where("claim_id = ? AND status <> 'dropped'", claimID))
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	return &d, nil
}

// Awards lists a page of awards in order of number, those after a given number.
func (s *Service) Awards(ctx context.Context, distributionID int64, afterNumber string, limit int) ([]Award, error) {
	return table.Of[Award](s.db).Where("distribution_id = ? AND number > ?", distributionID, afterNumber).Order("number").Limit(limit).Find(ctx)
}

// AwardOf returns what a participation gets in an approved distribution, or nil.
func (s *Service) AwardOf(ctx context.Context, participationID int64) (*Award, error) {
	a, err := take(ctx, table.Of[Award](s.db).Where(
		"participation_id = ? AND distribution_id IN (SELECT id FROM distributions WHERE status = 'approved')", participationID))
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	return &a, nil
}

// AwardsOf finds the awards of several participations that are final.
func (s *Service) AwardsOf(ctx context.Context, participationIDs []int64) (map[int64]*Award, error) {
	rows, err := table.Of[Award](s.db).Where(
		"participation_id IN ? AND distribution_id IN (SELECT id FROM distributions WHERE status = 'approved')", participationIDs).Find(ctx)
	awards := make(map[int64]*Award, len(rows))
	for i := range rows {
		awards[rows[i].ParticipationID] = &rows[i]
	}
	return awards, err
}

func distributionSubject(id int64) string { return fmt.Sprintf("distribution:%d", id) }
