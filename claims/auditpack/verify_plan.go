package auditpack

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"
)

// checkPlan divides the pot again, works out every fee, and adds everything up.
func (p *pack) checkPlan() error {
	people, awards := p.tables[PeopleFile], p.tables[AwardsFile]
	if int64(len(awards)) != p.plan.Count || len(people) != len(awards) || p.terms.PotCents != p.plan.PotCents {
		return wrong(PlanFile, "aantal of bedrag is anders dan in de andere bestanden", "count or amount is other than in the other files")
	}
	gross := shares(p.terms.PotCents, people)
	var sum [5]int64
	h := sha256.New()
	for i, a := range awards {
		if a["number"] != people[i]["number"] || i > 0 && a["number"] <= awards[i-1]["number"] {
			return wrong(AwardsFile, "regel %d gaat over een ander dan regel %d van "+PeopleFile, "row %d is about somebody else than row %d of "+PeopleFile, i+1, i+1)
		}
		if err := p.checkAward(a, people[i], gross[i]); err != nil {
			return err
		}
		for k, column := range []string{"gross", "fee", "vat", "prepaid", "payout"} {
			sum[k] += cents(a, column)
		}
		h.Write([]byte(strings.Join([]string{a["number"], a["fee_option"], a["gross"], a["fee"], a["vat"], a["prepaid"], a["payout"]}, "|") + "\n"))
	}
	if sum != [5]int64{p.plan.PotCents, p.plan.FeeCents, p.plan.VATCents, p.plan.PrepaidCents, p.plan.PayoutCents} {
		return wrong(PlanFile, "de totalen zijn anders dan de som van "+AwardsFile, "the totals are other than the sum of "+AwardsFile)
	}
	if hex.EncodeToString(h.Sum(nil)) != p.plan.SHA256 {
		return wrong(PlanFile, "het controlegetal is anders dan dat van "+AwardsFile, "the hash is other than that of "+AwardsFile)
	}
	if p.plan.ApprovedBy == "" || p.plan.ApprovedBy == p.plan.CalculatedBy {
		return wrong(PlanFile, "is niet door een tweede persoon goedgekeurd", "was not approved by a second person")
	}
	return nil
}

// shares divides a pot by weight to the cent: rounded down, and the cents that are left to the largest remainders,
// of equal ones to the lowest number.
func shares(pot int64, people []map[string]string) []int64 {
	total := new(big.Int)
	for _, one := range people {
		total.Add(total, big.NewInt(cents(one, "weight")))
	}
	out, order, rest, left := make([]int64, len(people)), make([]int, len(people)), make([]*big.Int, len(people)), pot
	if total.Sign() <= 0 {
		return out
	}
	for i, one := range people {
		q, r := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(pot), big.NewInt(cents(one, "weight"))), total, new(big.Int))
		out[i], rest[i], order[i] = q.Int64(), r, i
		left -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if c := rest[b].Cmp(rest[a]); c != 0 {
			return c
		}
		return strings.Compare(people[a]["number"], people[b]["number"])
	})
	for i := int64(0); i < left && i < int64(len(order)); i++ {
		out[order[i]]++
	}
	return out
}

func (p *pack) checkAward(a, person map[string]string, gross int64) error {
	fee := p.terms.FlatFeeCents
	if person["fee_option"] == "percentage" {
		fee = portion(gross, p.terms.RateBP)
	}
	fee = min(fee, gross, portion(gross, p.terms.CapBP))
	if p.terms.CourtCapCents != nil {
		fee = min(fee, *p.terms.CourtCapCents)
	}
	prepaid := min(fee, cents(person, "prepaid"))
	for column, want := range map[string]int64{
		"gross": gross, "fee": fee, "vat": vatIn(fee, p.terms.VATBP), "net": gross - fee, "prepaid": prepaid, "payout": gross - fee + prepaid,
	} {
		if cents(a, column) != want {
			return wrong(AwardsFile, "%s: %s is %s, nagerekend %d", "%s: %s is %s, recomputed %d", a["number"], column, a[column], want)
		}
	}
	if a["fee_option"] != person["fee_option"] {
		return wrong(AwardsFile, "%s heeft een andere vergoeding dan in de bijlage staat", "%s has another fee option than the annex has", a["number"])
	}
	return nil
}

// portion is a part in basis points, rounded down.
func portion(cents, bp int64) int64 {
	return new(big.Int).Div(new(big.Int).Mul(big.NewInt(cents), big.NewInt(bp)), big.NewInt(10_000)).Int64()
}

// vatIn is the tax in an amount that includes it; the part without tax is rounded half up.
func vatIn(cents, bp int64) int64 {
	whole := 10_000 + bp
	return cents - (2*cents*10_000+whole)/(2*whole)
}
