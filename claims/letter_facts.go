package claims

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/claims/letter"
	"samenclaim/internal/table"
)

// annexFacts says of the annex what can differ from letter to letter; its frozen part is zero in a draft.
func (l Letter) annexFacts(cutOff time.Time, count int64, root [32]byte) letter.AnnexFacts {
	return letter.AnnexFacts{
		Ordinal: l.Ordinal, Count: count, Root: root, CutOff: cutOff,
		Verify: l.Fields.Verify, Names: l.Fields.Names, Mode: l.Fields.Mode,
	}
}

// facts is everything the letter says, as the letter package wants it.
func (l Letter) facts(date time.Time, annex letter.AnnexFacts) letter.Facts {
	f := l.Fields
	version := f.Template
	if version == "" && !l.Open() {
		version = "1" // sent before versions were kept
	}
	return letter.Facts{
		Version: version, Reference: f.Reference, Sender: f.Sender, Capacity: f.Capacity,
		Addressee: letter.Addressee{Name: f.AddresseeName, For: f.AddresseeFor, Address: splitLines(f.AddresseeAddress)},
		Claim:     f.Claim, Class: f.Class, From: f.PeriodFrom, To: f.PeriodTo, Events: f.Events, Articles: splitLines(f.Articles),
		Demand: letter.Demand{MaxCents: int64(f.DemandCents), Form: f.DemandForm}, TermDays: f.TermDays, ConsultBy: f.ConsultBy, ConsultIn: f.ConsultIn,
		Prose: f.Prose, Annex: annex, Signatory: letter.Signatory{Name: f.SignatoryName, Role: f.SignatoryRole}, Place: f.Place, Date: date, DeliveryBy: f.DeliveryBy,
	}
}

// head is what letter, annex and receipts of a sent letter have in common.
func (l Letter) head() letter.Head {
	if l.SentAt == nil || l.Count == nil || len(l.Root) != 32 {
		return letter.Head{}
	}
	return l.facts(*l.SentAt, l.annexFacts(*l.SentAt, *l.Count, [32]byte(l.Root))).Head()
}

// presented fills in the claim and the foundation as they are now.
func (l Letter) presented(c Claim, f Foundation) Letter {
	if !l.Open() {
		return l
	}
	l.Fields.Claim, l.Fields.Sender, l.Fields.Template = c.Name(l.Lang), sender(f), letter.Newest(letter.Lang(l.Lang))
	return l
}

// sender is the foundation as it stands on its paper.
func sender(f Foundation) letter.Sender {
	return letter.Sender{
		Name: f.Name, LegalName: f.LegalName, RegisterNumber: f.RegisterNumber, Address: []string{f.Street, f.Postcode + " " + f.City},
		Email: f.Email, Phone: f.Phone, Website: f.Website, Colour: f.ThemeColor,
	}
}

func splitLines(s string) []string { return strings.Split(s, "\n") }

// letterTexts are the texts of a claim that make the prose of its letter.
var letterTexts = []string{
	"letter_opening", "letter_capacity", "letter_facts", "letter_breaches", "letter_demand", "letter_term",
	"letter_consultation", "letter_reservation", "letter_annex", "letter_data_request", "letter_closing",
}

// firstFields fills in a new letter from what is known of claim and foundation.
func firstFields(c Claim, f Foundation, facts []LibraryFact, lang string, ordinal int, body func(key string) string, year string) LetterFields {
	words := letterWords[lang]
	return LetterFields{
		Mode: letter.Pseudonymous, Reference: fmt.Sprintf("%s/%s/%d", c.NumberPrefix, year, ordinal),
		AddresseeName: c.DefendantName, AddresseeFor: words.addresseeFor, AddresseeAddress: c.DefendantAddress, Capacity: words.capacity,
		Class: c.Class(lang), PeriodFrom: c.PeriodFrom, PeriodTo: c.PeriodTo, Events: events(facts, lang), Articles: c.Articles,
		DemandCents: c.MaxAwardCents, DemandForm: c.Demand(lang), TermDays: c.TermDays,
		ConsultBy: strings.Join([]string{f.SignatoryName, f.Email, f.Phone}, ", "), ConsultIn: 14,
		Prose: letter.Prose{
			Opening: body("letter_opening"), Capacity: body("letter_capacity"), Facts: body("letter_facts"), Breaches: body("letter_breaches"),
			Demand: body("letter_demand"), Term: body("letter_term"), Consultation: body("letter_consultation"), Reservation: body("letter_reservation"),
			Annex: body("letter_annex"), DataRequest: body("letter_data_request"), Closing: body("letter_closing"),
		},
		Verify: words.verify, Names: words.names, SignatoryName: f.SignatoryName, SignatoryRole: f.SignatoryRole, Place: f.City, DeliveryBy: words.deliveryBy,
	}
}

// letterWords are the sentences of a new letter that no claim words itself; the lawyer can change them.
var letterWords = map[string]struct{ addresseeFor, capacity, verify, names, deliveryBy string }{
	"nl": {
		"T.a.v. de directie",
		"als stichting in de zin van artikel 3:305a BW die opkomt voor de hierna omschreven groep, en als gevolmachtigde van ieder van de deelnemers in de bijlage",
		"met het bestand van de bijlage en vrije programma's na te rekenen; op verzoek leggen wij uit hoe",
		"verzegeld bewaard voor onze advocaat; op verzoek en onder geheimhouding in te zien",
		"Per aangetekende post en per e-mail",
	},
	"en": {
		"Attn. the board",
		"as a foundation within the meaning of article 3:305a of the Dutch Civil Code acting for the class described below, and as attorney of each of the participants in the annex",
		"can be recalculated from the file of the annex with free programs; on request we explain how",
		"kept under seal for our lawyer; open to inspection on request and under confidentiality",
		"By registered post and by e-mail",
	},
}

// events are the facts that a letter cites, each with its version and where it comes from.
func events(facts []LibraryFact, lang string) []letter.Event {
	out := []letter.Event{}
	for _, f := range facts {
		if !f.Background {
			out = append(out, letter.Event{ID: f.Code, Version: f.Version, Statement: f.Statement(lang), Source: f.Source(lang), Date: f.When(lang), Grade: f.GradeWords(lang)})
		}
	}
	return out
}

// staleFacts tells of facts that were corrected or taken back since the letter was written.
func staleFacts(ctx context.Context, tx *gorm.DB, l Letter) ([]letter.Miss, error) {
	now, err := publishedFacts(ctx, tx, l.ClaimID)
	if err != nil {
		return nil, err
	}
	var stale []string
	for _, e := range l.Fields.Events {
		if e.ID != "" && !slices.ContainsFunc(now, func(f LibraryFact) bool { return f.Code == e.ID && f.Version == max(e.Version, 1) }) {
			stale = append(stale, e.ID)
		}
	}
	if len(stale) == 0 {
		return nil, nil
	}
	codes := strings.Join(stale, ", ")
	return []letter.Miss{{Clause: StaleFacts, Words: letter.Words{
		NL: "Deze feiten zijn veranderd of ingetrokken sinds de brief is geschreven: " + codes + ". Neem de feiten opnieuw over.",
		EN: "These facts were corrected or taken back since the letter was written: " + codes + ". Take the facts over again.",
	}}}, nil
}

// StaleFacts is the clause of a letter that cites a fact as it no longer is.
const StaleFacts = "fact_versions"

// lintLetter lists what a draft lacks.
func lintLetter(ctx context.Context, tx *gorm.DB, c Claim, l Letter) ([]letter.Miss, error) {
	f, err := take(ctx, table.Of[Foundation](tx).Where("true"))
	if err != nil {
		return nil, err
	}
	stale, err := staleFacts(ctx, tx, l)
	return append(letter.Lint(l.presented(c, f).facts(time.Time{}, l.annexFacts(time.Time{}, 0, [32]byte{}))), stale...), err
}
