package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

// showClaim is all there is to know about a claim before joining it.
func (s *Server) showClaim(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	texts, err := s.claims.Texts(ctx, claim.ID, lang(c))
	if err != nil {
		return err
	}
	news, err := s.claims.News(ctx, claim.ID, 5)
	if err != nil {
		return err
	}
	f, err := s.claims.Foundation(ctx)
	if err != nil {
		return err
	}
	p := claimPage(s.view(c, "public.claim.title"), claim, f, texts)
	if p.Active, p.CountedAt, err = s.claims.Counter(ctx, claim.ID); err != nil {
		return err
	}
	facts, err := s.claims.PublishedFacts(ctx, claim.ID)
	if err != nil {
		return err
	}
	p.FactCount, p.FactsURL = len(facts), p.Href("/"+claim.Slug+"/feiten")
	for _, n := range news {
		p.News = append(p.News, newsItem(p.Lang, n))
	}
	return s.show(c, http.StatusOK, ui.Claim(p))
}

// claimPage puts the texts of a claim in their places.
func claimPage(v ui.View, claim claims.Claim, f claims.Foundation, texts map[string]participants.Text) ui.ClaimPage {
	part := func(key string) ui.WrittenText { return written(v, texts[key]) }
	p := ui.ClaimPage{
		View: v, Name: claim.Name(v.Lang), Status: v.T("public.status." + string(claim.Status)), Open: claim.OpenAt(v.Now), Free: claim.Free(),
		Hero: part("hero"), Happened: part("what_happened"), Who: part("who_can_join"), Costs: part("what_it_costs"), Gets: part("what_you_get"),
		FreeUntil: part("free_until"), Why: part("why_join"), Limitation: part("limitation"), WhoWeAre: part("who_we_are"), Contact: part("contact"),
		JoinURL: v.Href("/" + claim.Slug + "/meedoen"), PrivacyURL: v.Href("/" + claim.Slug + "/privacy"), FeesURL: v.Href("/" + claim.Slug + "/kosten"),
		Most: v.Euro(int64(claim.MaxAwardCents)), LimitationOn: claim.LimitationOn,
		Address: strings.Join(slices.DeleteFunc([]string{f.Street, f.Postcode + " " + f.City, f.PostalAddress}, func(s string) bool { return s == "" }), "\n"),
	}
	p.Title = p.Name
	p.Deadline, p.LatePolicy = deadlineWords(v, claim, v.Now), policyWords(v, claim, v.Now)
	p.Description, _, _ = strings.Cut(p.Hero.Body, "\n\n")
	for _, key := range []string{"mandate", "agreement", "privacy"} {
		if t, ok := texts[key]; ok {
			p.Papers = append(p.Papers, ui.Link{Label: t.Title, URL: v.Href("/" + claim.Slug + "/tekst/" + key)})
		}
	}
	p.Questions = questions(v, texts)
	p.Fees = feeTable(v, claim)
	p.People = peopleOf(f, v.Lang)
	return p
}

// questions are the questions and answers in their order, each with where it comes from.
func questions(v ui.View, texts map[string]participants.Text) (list []ui.WrittenText) {
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		if strings.HasPrefix(key, "faq_") {
			list = append(list, written(v, texts[key]))
		}
	}
	return list
}

func newsItem(lang string, n claims.NewsItem) ui.NewsText {
	return ui.NewsText{Title: n.Title(lang), Body: n.Body(lang), At: n.PublishedAt}
}

// peopleOf are those who answer for the foundation.
func peopleOf(f claims.Foundation, lang string) (people []ui.PersonCard) {
	for _, one := range f.PeopleList() {
		card := ui.PersonCard{Name: one.Name, Role: one.RoleNL, Bio: one.BioNL, Group: one.Group}
		if lang == "en" {
			card.Role, card.Bio = one.RoleEN, one.BioEN
		}
		people = append(people, card)
	}
	return people
}
