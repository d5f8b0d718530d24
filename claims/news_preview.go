package claims

import (
	"context"
	"strings"

	"samenclaim/mailer"
)

// MailFrom tells where the site is and which address mails come from, as they show it.
func (s *Service) MailFrom(baseURL, address string) { s.mailBase, s.mailAddress = baseURL, address }

// MailWriter writes mails in the name of the foundation as it is described now.
func (s *Service) MailWriter(ctx context.Context) (*mailer.Renderer, error) {
	f, err := s.Foundation(ctx)
	if err != nil {
		return nil, err
	}
	return mailer.NewRenderer(mailer.Sender{
		Name: f.LegalName, From: s.mailAddress, BaseURL: s.mailBase, Email: f.Email, Phone: f.Phone,
		Address: strings.Join([]string{f.Street, f.Postcode + " " + f.City}, ", "),
	})
}

// madeUp is who a preview is written to: nobody.
var madeUp = map[string]map[string]string{
	"nl": {"Name": "Sanne Voorbeeld", "Subscription": "VOORBEELDVOORBEELDVOORBEELD"},
	"en": {"Name": "Alex Example", "Subscription": "EXAMPLEEXAMPLEEXAMPLEEXAMPLE"},
}

// PreviewNews is the mail in a language as somebody would get it who does not exist.
func (s *Service) PreviewNews(ctx context.Context, c Claim, d DraftNews, lang string) (mailer.Rendered, error) {
	person := map[string]string{"Number": c.NumberPrefix + "-0000-0000", "Name": madeUp[lang]["Name"]}
	if person["Name"] == "" {
		return mailer.Rendered{}, ErrNotFound // no such language
	}
	if d.Newsletter {
		person["Subscription"] = madeUp[lang]["Subscription"]
	}
	w, err := s.MailWriter(ctx)
	if err != nil {
		return mailer.Rendered{}, err
	}
	return w.RenderFor(d.template(), lang, d.words(lang), person)
}
