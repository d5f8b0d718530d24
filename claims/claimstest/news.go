package claimstest

import "samenclaim/claims"

// Publish writes news, has it approved by a second person, and returns its ref. Without groups it is for everybody who takes part.
func (c *Case) Publish(in claims.DraftNews) (ref string) {
	c.Helper()
	if in.Groups == nil {
		in.Groups = claims.Groups
	}
	ref, err := c.Claims.WriteNews(c.Ctx(), Register, c.Claim.ID, in)
	c.must(err)
	c.must(c.Claims.ProposeNews(c.Ctx(), Register, c.Claim.ID, ref, 1))
	c.must(c.Claims.ApproveNews(c.Ctx(), Lawyer, c.Claim.ID, ref, 1))
	return ref
}

// Mailed is how many people published news was mailed to.
func (c *Case) Mailed(ref string) int64 {
	c.Helper()
	return One[int64](c, `SELECT m.recipients FROM news_drafts d JOIN mailings m ON m.id = d.mailing_id WHERE d.ref = ?`, ref)
}
