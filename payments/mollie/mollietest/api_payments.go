package mollietest

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const idealWaits = 15 * time.Minute

// order is what a payment is made from; fields we do not play are ignored, as Mollie does.
type order struct {
	Amount      *money          `json:"amount"`
	Description string          `json:"description"`
	RedirectURL string          `json:"redirectUrl"`
	WebhookURL  string          `json:"webhookUrl"`
	Locale      string          `json:"locale"`
	Metadata    json.RawMessage `json:"metadata"`
}

type money struct {
	Currency string `json:"currency"`
	Value    string `json:"value"`
}

func (s *Simulator) createPayment(c *call, st *state) answer {
	var in order
	if a, bad := c.decode(&in); bad {
		return a
	}
	cents, a, bad := in.check()
	if bad {
		return a
	}
	now := s.now()
	p := &Payment{
		ID: newID("tr_"), Reference: referenceIn(in.Metadata), AmountCents: cents, Status: "open", Description: in.Description,
		Locale: in.Locale, RedirectURL: in.RedirectURL, WebhookURL: in.WebhookURL, Live: c.live,
		CreatedAt: now, ExpiresAt: now.Add(idealWaits), Metadata: in.Metadata,
	}
	st.add(p)
	return says(http.StatusCreated, s.paymentObject(p))
}

// decode reads the body; a wrong type is told with its field.
func (c *call) decode(in any) (answer, bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(c.body, &fields) != nil {
		return problem(http.StatusBadRequest, "", "The request body is not a JSON object."), true
	}
	if a, bad := c.organisationOnly(fields); bad {
		return a, true
	}
	if err := json.Unmarshal(c.body, in); err != nil {
		field := ""
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			field, _, _ = strings.Cut(wrong.Field, ".")
		}
		return problem(http.StatusUnprocessableEntity, field, "The '"+field+"' field has the wrong type."), true
	}
	return answer{}, false
}

func (in order) check() (int64, answer, bool) {
	cents, a, bad := in.Amount.check()
	switch {
	case bad:
		return 0, a, true
	case in.Description == "":
		return 0, missing("description"), true
	case len([]rune(in.Description)) > 255:
		return 0, unfit("description", "The description is too long."), true
	case in.RedirectURL == "":
		return 0, missing("redirectUrl"), true
	case !webAddress(in.RedirectURL):
		return 0, unfit("redirectUrl", "The redirect URL is invalid."), true
	case in.WebhookURL != "" && !webAddress(in.WebhookURL):
		return 0, unfit("webhookUrl", "The webhook URL is invalid."), true
	case len(in.Metadata) > 1024:
		return 0, unfit("metadata", "The metadata is too large."), true
	}
	return cents, answer{}, false
}

func (m *money) check() (int64, answer, bool) {
	if m == nil {
		return 0, missing("amount"), true
	}
	if m.Currency != "EUR" {
		return 0, unfit("amount", "The currency is not supported."), true
	}
	cents, ok := readEuros(m.Value)
	if !ok {
		return 0, unfit("amount", "The amount contains an invalid value."), true
	}
	return cents, answer{}, false
}

func missing(field string) answer { return unfit(field, "The '"+field+"' field is missing") }

func unfit(field, detail string) answer {
	return problem(http.StatusUnprocessableEntity, field, detail)
}

func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

func (s *Simulator) getPayment(c *call, st *state) answer {
	p := c.find(st)
	if p == nil {
		return notFound("payment")
	}
	if c.stale && p.before != nil {
		return answer{http.StatusOK, p.before}
	}
	o := s.paymentObject(p)
	embedded := object{}
	for what := range strings.SplitSeq(c.URL.Query().Get("embed"), ",") {
		switch what {
		case "refunds":
			embedded[what] = s.refundsOf(p)
		case "chargebacks":
			embedded[what] = s.chargebacksOf(p)
		}
	}
	if len(embedded) > 0 {
		o["_embedded"] = embedded
	}
	return says(http.StatusOK, o)
}

func (s *Simulator) cancelPayment(c *call, st *state) answer {
	p := c.find(st)
	switch {
	case p == nil:
		return notFound("payment")
	case p.Status != "open":
		return problem(http.StatusUnprocessableEntity, "", "The payment cannot be canceled.")
	}
	s.become(st, p, "canceled")
	st.notify(p, s.now())
	return says(http.StatusOK, s.paymentObject(p))
}

// methods are the ways to pay, with their names.
var methods = [][2]string{{"ideal", "iDEAL"}, {"bancontact", "Bancontact"}, {"banktransfer", "SEPA Bank transfer"}}

func (s *Simulator) methodObject(m [2]string) object {
	return object{
		"resource": "method", "id": m[0], "description": m[1], "status": "activated",
		"minimumAmount": euros(1), "maximumAmount": euros(5000000),
		"_links": object{"self": hal(s.url("v2/methods/" + m[0]))},
	}
}

func (s *Simulator) getMethod(c *call, _ *state) answer {
	for _, m := range methods {
		if m[0] == c.PathValue("id") {
			return says(http.StatusOK, s.methodObject(m))
		}
	}
	return notFound("method")
}

func (s *Simulator) listMethods(*call, *state) answer {
	all := make([]object, len(methods))
	for i, m := range methods {
		all[i] = s.methodObject(m)
	}
	return says(http.StatusOK, object{
		"count": len(all), "_embedded": object{"methods": all},
		"_links": object{"self": hal(s.url("v2/methods"))},
	})
}
