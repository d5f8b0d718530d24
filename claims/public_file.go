package claims

import (
	"time"

	"samenclaim/payments"
)

// PublicData is the public account of a claim for a machine: figures, terms, and who answers for them.
type PublicData struct {
	Format     string         `json:"format"`
	Claim      string         `json:"claim"`
	NameNL     string         `json:"name_nl"`
	NameEN     string         `json:"name_en"`
	Status     Status         `json:"status"`
	Defendant  string         `json:"defendant"`
	Foundation string         `json:"foundation"`
	KvK        string         `json:"register_number"`
	FlatFee    payments.Cents `json:"flat_fee_cents"`
	RateBP     int64          `json:"percentage_fee_basis_points"`
	PublicAccount
	Disclosures []PublicDisclosure `json:"disclosures"`
	Processors  []Processor        `json:"processors"`
	Papers      []FoundationPaper  `json:"papers"`
	People      []FoundationPerson `json:"people"`
}

// PublicDisclosure is a request by others, or a breach, as a machine reads it.
type PublicDisclosure struct {
	Kind      string `json:"kind"`
	Day       string `json:"day"`
	Outcome   string `json:"outcome"`
	People    int64  `json:"people"`
	SummaryNL string `json:"summary_nl"`
	SummaryEN string `json:"summary_en"`
}

// PublicFile puts the public account together. Groups of fewer than ten people are not told apart in it.
func PublicFile(c Claim, f Foundation, a PublicAccount, told []Disclosure, processors []KeptProcessor) PublicData {
	d := PublicData{
		Format: "samenclaim-account/1", Claim: c.Slug, NameNL: c.NameNL, NameEN: c.NameEN, Status: c.Status, Defendant: c.DefendantName,
		Foundation: f.LegalName, KvK: f.RegisterNumber, FlatFee: c.FlatFeeCents, RateBP: c.RateBP, PublicAccount: a,
		Papers: f.PaperList(), People: f.PeopleList(),
	}
	for _, p := range processors {
		d.Processors = append(d.Processors, p.Public())
	}
	for _, t := range told {
		d.Disclosures = append(d.Disclosures, PublicDisclosure{t.Kind, t.HappenedOn.Format(time.DateOnly), t.Outcome, t.People, t.SummaryNL, t.SummaryEN})
	}
	return d
}
