package letter

import (
	"slices"
	"strings"
)

// Miss is a clause that the letter lacks, with what to do about it.
type Miss struct {
	Clause string
	Words  Words
}

// In says what is missing in the language of the reader.
func (m Miss) In(lang Lang) string { return m.Words.In(lang) }

// clause is one thing a claim letter must say to interrupt limitation and to
// open the way to court. A frozen clause can be met only once the annex is.
type clause struct {
	name   string
	frozen bool
	met    func(Facts) bool
	words  Words
}

// clauses is everything that is checked. There is nothing else.
var clauses = []clause{
	{"sender", false, func(f Facts) bool { return full(f.Sender.legal()) && lines(f.Sender.Address) },
		Words{"De naam of het adres van de stichting ontbreekt.", "The name or address of the foundation is missing."}},
	{"register", false, func(f Facts) bool { return full(f.Sender.RegisterNumber) },
		Words{"Het KvK-nummer van de stichting ontbreekt.", "The foundation's register number (KvK) is missing."}},
	{"contact", false, func(f Facts) bool { return full(f.Sender.Email) || full(f.Sender.Phone) },
		Words{"Er staat niet bij hoe de stichting te bereiken is.", "The letter does not say how the foundation can be reached."}},
	{"capacity", false, func(f Facts) bool { return full(f.Capacity) || full(f.Prose.Capacity) },
		Words{"De hoedanigheid ontbreekt: namens wie schrijft de stichting, en op welke grond?", "The capacity is missing: for whom does the foundation write, and on what ground?"}},
	{"addressee", false, func(f Facts) bool { return full(f.Addressee.Name) && lines(f.Addressee.Address) },
		Words{"De rechtspersoon aan wie de brief is gericht, of zijn adres, ontbreekt.", "The legal entity the letter is addressed to, or its address, is missing."}},
	{"claim", false, func(f Facts) bool { return full(f.Claim) },
		Words{"De naam van de zaak ontbreekt.", "The name of the claim is missing."}},
	{"class", false, func(f Facts) bool { return full(f.Class) },
		Words{"Er is niet omschreven wie tot de groep behoort.", "It is not described who belongs to the class."}},
	{"period", false, func(f Facts) bool { return !f.From.IsZero() && !f.To.IsZero() && !f.To.Before(f.From) },
		Words{"De periode waarover het gaat ontbreekt of loopt achteruit.", "The period it is about is missing or runs backwards."}},
	{"facts", false, sourced,
		Words{"Er staan geen feiten in, of een feit mist zijn bron of datum.", "No facts are given, or a fact lacks its source or date."}},
	{"articles", false, func(f Facts) bool { return lines(f.Articles) },
		Words{"De geschonden wetsartikelen ontbreken.", "The articles of law that were breached are missing."}},
	{"demand", false, func(f Facts) bool { return f.Demand.MaxCents > 0 && full(f.Demand.Form) },
		Words{"De eis ontbreekt: welk bedrag per persoon, en in welke vorm?", "The demand is missing: what amount per person, and in which form?"}},
	{"term", false, func(f Facts) bool { return f.TermDays >= 1 && f.TermDays <= 365 },
		Words{"De termijn om te antwoorden ontbreekt of is langer dan een jaar.", "The time limit for an answer is missing or longer than a year."}},
	{"consult", false, func(f Facts) bool { return f.ConsultIn >= 14 && full(f.ConsultBy) },
		Words{"De uitnodiging tot overleg ontbreekt: met wie, en binnen hoeveel dagen? De wet vraagt ten minste twee weken.", "The invitation to consult is missing: with whom, and within how many days? The law asks for at least two weeks."}},
	{"reservation", false, reserved,
		Words{"Het voorbehoud schiet tekort: het moet ondubbelzinnig zijn, het recht op nakoming noemen, hoofdsom, rente en kosten, en gelden namens de groep én iedere deelnemer.",
			"The reservation falls short: it must be unambiguous, name the right to performance, principal, interest and costs, and be made for the class and for each participant."}},
	{"annex", false, func(f Facts) bool { return f.Annex.Ordinal >= 1 && full(f.Annex.Verify) },
		Words{"De verwijzing naar de bijlage ontbreekt: welk nummer, en hoe is zij te controleren?", "The reference to the annex is missing: which number, and how can it be checked?"}},
	{"mode", false, func(f Facts) bool { return f.Annex.Mode == "" || slices.Contains(Modes, f.Annex.Mode) },
		Words{"Er is niet gekozen wat er van de bijlage met de brief meegaat.", "It was not chosen what of the annex goes with the letter."}},
	{"names", false, func(f Facts) bool { return full(f.Annex.Names) },
		Words{"Er staat niet bij hoe de wederpartij de namen kan krijgen.", "The letter does not say how the other side can obtain the names."}},
	{"signature", false, func(f Facts) bool { return full(f.Signatory.Name) && full(f.Signatory.Role) },
		Words{"De naam of functie van wie ondertekent ontbreekt.", "The name or role of the person signing is missing."}},
	{"place", false, func(f Facts) bool { return full(f.Place) },
		Words{"De plaats van ondertekening ontbreekt.", "The place of signature is missing."}},
	{"date", true, func(f Facts) bool { return !f.Date.IsZero() },
		Words{"De datum ontbreekt.", "The date is missing."}},
	{"count", true, func(f Facts) bool { return f.Annex.Count >= 1 },
		Words{"Het aantal deelnemers in de bijlage ontbreekt.", "The number of participants in the annex is missing."}},
	{"root", true, func(f Facts) bool { return f.Annex.Root != [32]byte{} },
		Words{"De wortelwaarde van de bijlage ontbreekt.", "The root value of the annex is missing."}},
	{"cutoff", true, func(f Facts) bool { return !f.Annex.CutOff.IsZero() },
		Words{"Het peilmoment van de bijlage ontbreekt.", "The cut-off of the annex is missing."}},
}

// Lint lists what a draft still lacks, before it can be proposed. What only the
// freeze can fill in, such as the root, is left out.
func Lint(f Facts) []Miss { return missing(f, false) }

// LintFrozen lists what the letter lacks at the moment it is sent: everything counts.
func LintFrozen(f Facts) []Miss { return missing(f, true) }

func missing(f Facts, frozen bool) []Miss {
	var out []Miss
	for _, c := range clauses {
		if (frozen || !c.frozen) && !c.met(f) {
			out = append(out, Miss{c.name, c.words})
		}
	}
	return out
}

func full(s string) bool { return oneLine(s) != "" }

func lines(l []string) bool { return len(cleanLines(l)) > 0 }

func sourced(f Facts) bool {
	return len(f.Events) > 0 && !slices.ContainsFunc(f.Events, func(e Event) bool {
		return !full(e.Statement) || !full(e.Source) || !full(e.Date)
	})
}

// reservationWords are the words a reservation can't do without; of each line one is enough.
var reservationWords = [][]string{
	{"ondubbelzinnig", "unambiguous", "unequivocal"},
	{"nakoming", "nakomen", "performance"},
	{"hoofdsom", "principal"},
	{"rente", "interest"},
	{"kosten", "costs"},
	{"groep", "achterban", "klasse", "class", "group"},
	{"deelnemer", "participant"},
}

// reserved looks at the claim's own reservation; the template's is always whole.
func reserved(f Facts) bool {
	own := strings.ToLower(oneLine(f.Prose.Reservation))
	if own == "" {
		return true
	}
	return !slices.ContainsFunc(reservationWords, func(either []string) bool {
		return !slices.ContainsFunc(either, func(w string) bool { return strings.Contains(own, w) })
	})
}
