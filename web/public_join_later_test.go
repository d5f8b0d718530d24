package web

import "testing"

func TestSavingForLaterKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("gebruik", "", "")
	c.post(joinURL+"/gebruik", "used", "yes", "later", "ja").goes(joinURL + "/bewaard")
	c.get(joinURL+"/bewaard").want(200, "Wij hebben uw antwoorden bewaard", "2 december 2026", "alleen op dit apparaat")
	c.post(joinURL+"/leeftijd", "later", "ja").goes(joinURL + "/bewaard") // nothing answered: no mistake, and nothing saved
	c.get(joinURL).want(200, "U was al begonnen")
	c.get(joinURL + "/land").goes(joinURL + "/leeftijd")
	c.post(joinURL+"/gebruik", "used", "no", "later", "ja").goes(joinURL + "/kan-niet/niet-gebruikt")

	other := s.visitor(t)
	other.walk("e-mail", "", "")
	other.post(joinURL+"/e-mail", "email", "anna@deelnemer.example", "later", "ja").goes(joinURL + "/bewaard")
	other.get(joinURL+"/bewaard").want(200, "claim.example/nl/zoom/meedoen")
}
