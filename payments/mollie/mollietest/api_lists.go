package mollietest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

const (
	usualPage   = 50
	largestPage = 250
)

func (s *Simulator) listPayments(c *call, st *state) answer {
	var ids []string
	for _, p := range st.Payments {
		if p.Live == c.live {
			ids = append(ids, p.ID)
		}
	}
	return s.page(c, "v2/payments", "payments", ids, func(id string) object { return s.paymentObject(st.byID[id]) })
}

func (s *Simulator) listRefunds(c *call, st *state) answer {
	var all []object
	for _, p := range st.Payments {
		if p.Live == c.live {
			all = append(all, s.refundsOf(p)...)
		}
	}
	return s.pageOf(c, "v2/refunds", "refunds", all)
}

func (s *Simulator) listPaymentRefunds(c *call, st *state) answer {
	p := c.find(st)
	if p == nil {
		return notFound("payment")
	}
	return s.pageOf(c, "v2/payments/"+p.ID+"/refunds", "refunds", s.refundsOf(p))
}

func (s *Simulator) listChargebacks(c *call, st *state) answer {
	var all []object
	for _, p := range st.Payments {
		if p.Live == c.live {
			all = append(all, s.chargebacksOf(p)...)
		}
	}
	return s.pageOf(c, "v2/chargebacks", "chargebacks", all)
}

func (s *Simulator) listPaymentChargebacks(c *call, st *state) answer {
	p := c.find(st)
	if p == nil {
		return notFound("payment")
	}
	return s.pageOf(c, "v2/payments/"+p.ID+"/chargebacks", "chargebacks", s.chargebacksOf(p))
}

func (s *Simulator) pageOf(c *call, path, name string, all []object) answer {
	var ids []string
	byID := make(map[string]object, len(all))
	for _, o := range all {
		id, _ := o["id"].(string)
		ids = append(ids, id)
		byID[id] = o
	}
	return s.page(c, path, name, ids, func(id string) object { return byID[id] })
}

// page gives one page of a list, newest first; from is the first of the page.
func (s *Simulator) page(c *call, path, name string, oldestFirst []string, one func(id string) object) answer {
	q := c.URL.Query()
	limit, ok := pageLimit(q)
	if !ok {
		return problem(http.StatusBadRequest, "limit", "The limit must be between 1 and 250.")
	}
	ids := oldestFirst
	if q.Get("sort") != "asc" {
		ids = slices.Clone(oldestFirst)
		slices.Reverse(ids)
	}
	start := 0
	if from := q.Get("from"); from != "" {
		if start = slices.Index(ids, from); start < 0 {
			return problem(http.StatusBadRequest, "from", "Invalid cursor.")
		}
	}
	end := min(start+limit, len(ids))
	items := []object{}
	for _, id := range ids[start:end] {
		items = append(items, one(id))
	}
	at := func(i int) any {
		next := url.Values{"from": {ids[i]}, "limit": {strconv.Itoa(limit)}}
		if v := q.Get("sort"); v != "" {
			next.Set("sort", v)
		}
		return hal(s.url(path) + "?" + next.Encode())
	}
	links := object{"self": hal(s.url(path)), "previous": nil, "next": nil}
	if start > 0 {
		links["previous"] = at(max(0, start-limit))
	}
	if end < len(ids) {
		links["next"] = at(end)
	}
	return says(http.StatusOK, object{"count": len(items), "_embedded": object{name: items}, "_links": links})
}

func pageLimit(q url.Values) (int, bool) {
	text := q.Get("limit")
	if text == "" {
		return usualPage, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 1 && n <= largestPage
}
