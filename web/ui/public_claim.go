package ui

import (
	"slices"
	"strings"
	"time"
)

// ClaimCard is one claim in the list.
type ClaimCard struct {
	Name, Against, Status, URL string
	Open                       bool
	Active                     int64
	CountedAt                  time.Time
}

// NewsText is one piece of news.
type NewsText struct {
	Title, Body string
	At          time.Time
}

// PersonCard is somebody who answers for the foundation; Group is board, supervisors or lawyers.
type PersonCard struct {
	Name, Role, Bio, Group string
}

// HomePage lists the claims.
type HomePage struct {
	View
	Claims []ClaimCard
}

// ClaimPage is all there is to know about a claim before joining it.
type ClaimPage struct {
	View
	Name, Status                                                                    string
	Open, Free                                                                      bool
	Hero, Happened, Who, Costs, Gets, FreeUntil, Why, Limitation, WhoWeAre, Contact WrittenText
	Questions                                                                       []WrittenText
	FactCount                                                                       int // of the published ones, at FactsURL
	FactsURL                                                                        string
	Fees                                                                            FeeCompareProps
	Most                                                                            string // "€ 500"
	Active                                                                          int64
	CountedAt                                                                       time.Time
	LimitationOn                                                                    time.Time
	Deadline, LatePolicy                                                            string // until when one is in time; what coming late means
	News                                                                            []NewsText
	People                                                                          []PersonCard
	Papers                                                                          []Link
	JoinURL, PrivacyURL, FeesURL, Address                                           string
}

// TextPage is one text in full.
type TextPage struct {
	View
	Claim   string
	Text    WrittenText
	BackURL string
}

// lead is a text as one paragraph.
func lead(body string) string { return strings.Join(paragraphs(body), " ") }

func textLines(s string) []string { return strings.Split(s, "\n") }

func hasGroup(people []PersonCard, group string) bool {
	return slices.ContainsFunc(people, func(one PersonCard) bool { return one.Group == group })
}

// contents are the parts of the claim page, to jump to.
func contents(p ClaimPage) (links []Link) {
	for _, part := range []struct {
		id   string
		text WrittenText
	}{
		{"wat-is-er-gebeurd", p.Happened}, {"wie-kan-meedoen", p.Who}, {"wat-kost-het", p.Costs}, {"wat-krijgt-u", p.Gets}, {"tot-wanneer", p.FreeUntil},
		{"hoe-lang", p.Limitation}, {"wie-zijn-wij", p.WhoWeAre},
	} {
		if part.text.Title != "" {
			links = append(links, Link{Label: part.text.Title, URL: "#" + part.id})
		}
	}
	return append(links, Link{Label: p.T("public.claim.questions"), URL: "#vragen"})
}
