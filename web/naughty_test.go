package web

import (
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"
)

// strange are strings that broke other programs.
var strange = []string{
	"", " ", "\x00", "a\x00b", "\xff\xfe", "\xc3\x28", "\u202eevil", "\u200b", "\ufeff", "\uffff", "🏳️‍🌈", "Ω≈ç√∫", "社會科學院", "ﷺ", "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
	"'; DROP TABLE participants; --", "' OR '1'='1", "\\", "%", "_", "{{.}}", "${7*7}", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
	"javascript:alert(1)", "=cmd|' /C calc'!A0", "../../../etc/passwd", "%00", "%s%n", "\r\nBcc: a@b.nl", "a\nb\tc", "1e309", "-1", "NaN", "0x10", "1,5",
	"99999999999999999999", "null", "undefined", "true", "[]", "ı", "İ", "ß", "Ⅳ", "１２３", "२", "a@b", "a@b..c", "a@-b.nl", "\"a b\"@c.nl",
	strings.Repeat("a", 5000), strings.Repeat("é", 3000), strings.Repeat(" ", 4000), strings.Repeat("\u0301", 500), strings.Repeat("@", 300),
}

// hostile are our own strings, the big list of naughty strings, and the values that broke other programs.
func hostile(t *testing.T) []string {
	t.Helper()
	all := append([]string{}, strange...)
	for _, name := range []string{"testdata/blns.json", "testdata/hostile.json", "testdata/requests.json"} {
		content, err := os.ReadFile(name)
		must(t, err)
		var any any
		must(t, json.Unmarshal(content, &any))
		all = append(all, texts(any)...)
	}
	return all
}

// texts are all strings in a JSON value.
func texts(v any) (out []string) {
	switch v := v.(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, one := range v {
			out = append(out, texts(one)...)
		}
	case map[string]any:
		for _, one := range v {
			out = append(out, texts(one)...)
		}
	}
	return out
}

// signupForms are the pages of the sign-up with all their fields. Where there is nothing to
// type, our own strings are enough.
var signupForms = []struct {
	page   string
	typed  bool
	fields []string
}{
	{"gebruik", false, []string{"used"}},
	{"leeftijd", false, []string{"adult"}},
	{"land", false, []string{"where", "country"}},
	{"naam", true, []string{"first_names", "infix", "last_name"}},
	{"adres", true, []string{"postcode", "house_number", "addition", "street", "city", "country"}},
	{"periode", true, []string{"from-month", "from-year", "to-month", "to-year", "used_for", "account_email"}},
	{"bewijs", false, []string{"evidence"}},
	{"vergoeding", false, []string{"fee"}},
	{"ondertekenen", true, []string{"name", "mandate_sha256", "agreement_sha256", "request_id", "mandate", "agreement"}},
	{"e-mail", true, []string{"email", "doubt", "other", "terug"}},
	{"code", true, []string{"code", "terug"}},
}

func TestStrangeInputBreaksNothing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	all := hostile(t)
	for i, f := range signupForms {
		t.Run(f.page, func(t *testing.T) {
			t.Parallel()
			c := s.visitor(t)
			c.ip = "198.51.100." + itoa(int64(10+i))
			until := "controle"
			if f.page == "code" || f.page == "e-mail" {
				until = f.page
			}
			c.walk(until, f.page+"@deelnemer.example", "flat")
			token := form(c.get(joinURL + "/" + f.page)).Get("csrf")
			texts := all
			if !f.typed {
				texts = strange
			}
			for _, text := range texts {
				values := url.Values{"csrf": {token}}
				for _, field := range f.fields {
					values.Set(field, text)
				}
				p := c.send(joinURL+"/"+f.page, values)
				if p.Status >= 500 {
					t.Errorf("%q: %d", text, p.Status)
				}
				if strings.Contains(p.Body, "<script>alert") || strings.Contains(p.Body, "<img src=x") {
					t.Errorf("%q stands on the page as it is", text)
				}
			}
		})
	}
}

func TestStrangeAddressesBreakNothing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	for _, text := range strange {
		for _, base := range []string{"/nl/", "/nl/zoom/tekst/", "/nl/zoom/meedoen/", "/nl/zoom/meedoen/kan-niet/", "/nl/beheer/uitnodiging/", "/nl?x=", "/nl/beheer/inloggen?verlopen="} {
			if len(text) > 2000 {
				continue
			}
			path := base + url.PathEscape(text)
			if strings.Contains(base, "?") {
				path = base + url.QueryEscape(text)
			}
			if p := c.get(path); p.Status >= 500 {
				t.Errorf("%q: %d", path, p.Status)
			}
		}
	}
	c.cookies["__Host-aanmelding-zoom"], c.cookies["__Host-browser"], c.cookies["__Host-beheer"] = strings.Repeat("x", 3000), "'", "%00"
	for _, path := range []string{joinURL, joinURL + "/naam", "/nl/beheer", "/nl/mijn", "/nl/mijn/inloggen"} {
		if p := c.get(path); p.Status >= 500 {
			t.Errorf("%s with strange cookies: %d", path, p.Status)
		}
	}
}

func TestOversizedAndDoubledFormsAreRefused(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("naam", "anna@deelnemer.example", "flat")
	values := form(c.get(joinURL+"/naam"), "first_names", "Anna", "last_name", "Vries")
	doubled := url.Values{}
	for k, v := range values {
		doubled[k] = v
	}
	doubled["last_name"] = []string{"Vries", "Smit"}
	c.send(joinURL+"/naam", doubled).want(400)
	values.Set("extra", strings.Repeat("x", 70<<10))
	c.send(joinURL+"/naam", values).want(413, "Te groot")
	values.Del("extra")
	for i := range 300 {
		values.Set("f"+itoa(int64(i)), "x")
	}
	c.send(joinURL+"/naam", values).want(400)
	c.do("POST", joinURL+"/naam", strings.NewReader("%zz=1"), "application/x-www-form-urlencoded").want(400)
}
