package mollietest

import (
	"encoding/json"
	"net/http"
	"strconv"
)

const halType = "application/hal+json"

// answer is what the API says back, complete, before any fault is put on it.
type answer struct {
	status int
	body   []byte
}

type object map[string]any

type link struct {
	Href string `json:"href"`
	Type string `json:"type"`
}

func hal(href string) link { return link{href, halType} }

func says(status int, v any) answer {
	b, err := json.Marshal(v)
	if err != nil {
		return problem(http.StatusInternalServerError, "", "The answer could not be written")
	}
	return answer{status, b}
}

// problem is Mollie's shape of an error.
func problem(status int, field, detail string) answer {
	o := object{
		"status": status, "title": http.StatusText(status), "detail": detail,
		"_links": object{"documentation": link{"https://docs.mollie.com/reference/error-handling", "text/html"}},
	}
	if field != "" {
		o["field"] = field
	}
	return says(status, o)
}

func notFound(what string) answer {
	return problem(http.StatusNotFound, "", "No "+what+" exists with this id.")
}

func (a answer) write(w http.ResponseWriter) {
	a.head(w)
	_, _ = w.Write(a.body) // who hung up needs no answer
}

// cut promises the whole body and breaks off half-way.
func (a answer) cut(w http.ResponseWriter) {
	a.head(w)
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func (a answer) head(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if len(a.body) > 0 {
		h.Set("Content-Type", halType)
	}
	if a.status != http.StatusNoContent {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
}
