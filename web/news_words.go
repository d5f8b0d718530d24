package web

import "samenclaim/claims"

// newsPath is where the news of a claim is, for staff.
func newsPath(claim claims.Claim) string { return "/beheer/" + claim.Slug + "/nieuws" }

// newsKind is the colour of a state.
func newsKind(s claims.NewsStatus) string {
	switch s {
	case claims.NewsProposed:
		return "warn"
	case claims.NewsApproved:
		return "good"
	}
	return "neutral"
}

// newsFields are the fields that a text of news may have, as they are typed.
func newsFields(text string) string {
	if text == "title_en" || text == "body_en" {
		return "{{name}}, {{number}}"
	}
	return "{{naam}}, {{nummer}}"
}
