package claims

import (
	"context"
	"time"

	"samenclaim/claims/letter"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/participants"
)

// wardOf is for whom a sign-up is, if a guardian filled it in for a child; the
// child must not have come of age before the moment of the signature.
func wardOf(a participants.Answers, at time.Time) (*participants.Ward, error) {
	if !a.ForChild() {
		return nil, nil
	}
	if err := participants.CheckBorn(a.Ward.Birthday(), locale.Today(at)); err != nil {
		return nil, err
	}
	w := a.Ward
	return &w, nil
}

// Represented tells for whom a participation is, if for another than the holder of the account; or nil.
func (s *Service) Represented(ctx context.Context, p participants.Participation) (*participants.Represented, error) {
	return participants.RepresentedIn(ctx, s.db, s.vault, p)
}

// capacityWords is how a capacity is called on paper.
var capacityWords = map[string][2]string{
	participants.Parent:         {"ouder met gezag", "parent with authority"},
	participants.Guardian:       {"voogd", "guardian"},
	participants.Heir:           {"vertegenwoordiger van de erfgenamen", "representative of the heirs"},
	participants.Representative: {"vertegenwoordiger", "representative"},
}

// onBehalf says on paper for whom somebody signed.
func onBehalf(w participants.Ward, lang string) []letter.Item {
	capacity := capacityWords[w.Capacity]
	items := []letter.Item{
		{Label: inLanguage(lang, "Namens", "On behalf of"), Text: w.Name()},
		{Label: inLanguage(lang, "Hoedanigheid", "Capacity"), Text: inLanguage(lang, capacity[0], capacity[1])},
	}
	if born := w.Birthday(); !born.IsZero() {
		items = append(items, letter.Item{Label: inLanguage(lang, "Geboren op", "Born on"), Text: locale.Day(born, lang)})
	}
	return items
}

// wards lists for whom a participation is and was.
func (s *Service) wards(ctx context.Context, p participants.Participation) (all []participants.Ward, err error) {
	rows, err := table.Of[participants.Represented](s.db).Where("participation_id = ?", p.ID).Order("id DESC").Find(ctx)
	for _, r := range rows {
		w, err := participants.OpenWard(s.vault, p.KeyWrapped, r.Person)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, err
}
