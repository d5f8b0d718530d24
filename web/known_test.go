package web

import "testing"

func TestTheLogInTellsNobodyWhoTakesPart(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.join(t, "known@deelnemer.example", "flat")
	var texts []string
	for _, email := range []string{"known@deelnemer.example", "fresh@deelnemer.example"} {
		c := s.visitor(t)
		c.post("/nl/mijn/inloggen", "email", email).goes("/nl/mijn/code")
		texts = append(texts, c.get("/nl/mijn/code").want(200).text()+c.post("/nl/mijn/code", "code", "000000").want(422).text())
	}
	if texts[0] != texts[1] {
		t.Errorf("the pages differ:\n%s\n%s", texts[0], texts[1])
	}
}
