package web

import "testing"

func TestHomeIsServed(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.visitor(t).get("/nl").want(200)
	s.visitor(t).get("/nl/nowhere/at/all").want(404)
	s.visitor(t).get("/nl/beheer").goes("/nl/beheer/inloggen")
	s.staffMember(t, "lawyer").get("/nl/beheer").want(200)
}
