package letter

import (
	"cmp"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

//go:embed texts
var texts embed.FS

// ErrVersion means a letter template that doesn't exist.
var ErrVersion = errors.New("there is no letter template of this version")

// Versions lists the letter templates of a language, oldest first. A released
// version never changes: a frozen letter can always be made again.
func Versions(lang Lang) []string {
	files, err := fs.Glob(texts, "texts/letter_"+string(lang)+"_*.txt")
	if err != nil {
		return nil
	}
	versions := make([]string, 0, len(files))
	for _, f := range files {
		name := strings.TrimSuffix(path.Base(f), ".txt")
		versions = append(versions, name[strings.LastIndexByte(name, '_')+1:])
	}
	slices.SortFunc(versions, func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return x - y
	})
	return versions
}

// Newest is the version of the letter template that a new letter is made from.
func Newest(lang Lang) string {
	all := Versions(lang)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// Render writes the claim letter. Without a frozen annex the result is a draft
// and says so.
func Render(f Facts, lang Lang) (Document, error) {
	version := f.Version
	if version == "" {
		version = Newest(lang)
	}
	name := fmt.Sprintf("letter_%s_%s", lang, version)
	source, err := texts.ReadFile("texts/" + name + ".txt")
	if err != nil {
		return Document{}, fmt.Errorf("%w: %q", ErrVersion, name)
	}
	t, err := template.New(name).Option("missingkey=error").Parse(marked(string(source)))
	if err != nil {
		return Document{}, fmt.Errorf("read letter template %s: %w", name, err)
	}
	var text strings.Builder
	if err := t.Execute(&text, words(f, lang)); err != nil {
		return Document{}, fmt.Errorf("fill letter template %s: %w", name, err)
	}
	doc := Document{Version: name, Lang: lang, Date: f.Date, Sender: f.Sender, Blocks: parseMarked(text.String())}
	for _, b := range doc.Blocks {
		if b.Kind == KindTitle {
			doc.Title = b.Text
		}
	}
	doc.Subject = oneLine(f.Claim)
	if f.Frozen() {
		doc.Keywords = f.Head().mark()
	}
	return doc, nil
}

// letterWords is Facts as the templates see them: every value clean, on one
// line, and in the language of the letter.
type letterWords struct {
	Facts
	Lang                                        Lang
	Mode                                        string // of the annex
	Draft, Supplement                           bool
	Legal, SenderAddress, AddresseeLine         string
	Period, DateIn, CutOffIn, Count, Root, Algo string
	Amount                                      string
}

func words(f Facts, lang Lang) letterWords {
	w := letterWords{Facts: clean(f), Lang: lang, Mode: string(cmp.Or(f.Annex.Mode, Pseudonymous)), Draft: !f.Frozen(), Supplement: f.Annex.Ordinal > 1}
	w.Legal = oneLine(f.Sender.legal())
	w.SenderAddress = strings.Join(w.Sender.Address, ", ")
	w.AddresseeLine = strings.Join(w.Addressee.Address, ", ")
	w.Period = dayIn(f.From, lang) + map[Lang]string{Dutch: " tot en met ", English: " up to and including "}[lang] + dayIn(f.To, lang)
	w.DateIn, w.CutOffIn = dayIn(f.Date, lang), momentIn(f.Annex.CutOff, lang)
	w.Count, w.Root, w.Algo = countIn(f.Annex.Count, lang), inGroups(hex.EncodeToString(f.Annex.Root[:]), 8), HashAlgorithm
	if w.Draft {
		w.Count, w.Root = "…", "…"
	}
	w.Amount = euroIn(f.Demand.MaxCents, lang)
	return w
}

func clean(f Facts) Facts {
	for _, s := range []*string{
		&f.Reference, &f.Capacity, &f.Claim, &f.Class, &f.ConsultBy, &f.Place, &f.DeliveryBy,
		&f.Sender.Name, &f.Sender.LegalName, &f.Sender.RegisterNumber, &f.Sender.Email, &f.Sender.Phone, &f.Sender.Website,
		&f.Addressee.Name, &f.Addressee.For, &f.Demand.Form, &f.Annex.Verify, &f.Annex.Names, &f.Signatory.Name, &f.Signatory.Role,
	} {
		*s = oneLine(*s)
	}
	for _, s := range []*string{
		&f.Prose.Opening, &f.Prose.Capacity, &f.Prose.Facts, &f.Prose.Breaches, &f.Prose.Demand, &f.Prose.Term,
		&f.Prose.Consultation, &f.Prose.Annex, &f.Prose.DataRequest, &f.Prose.Closing,
	} {
		*s = strings.TrimSpace(proseMarks(*s))
	}
	f.Prose.Reservation = oneLine(f.Prose.Reservation) // one quoted paragraph
	f.Sender.Address, f.Addressee.Address, f.Articles = cleanLines(f.Sender.Address), cleanLines(f.Addressee.Address), cleanLines(f.Articles)
	f.Events = slices.Clone(f.Events)
	for i, e := range f.Events {
		f.Events[i] = Event{oneLine(e.ID), e.Version, oneLine(e.Statement), oneLine(e.Source), oneLine(e.Date), oneLine(e.Grade)}
	}
	return f
}

// cleanLines makes every line fit to stand alone, and drops the empty ones.
func cleanLines(lines []string) []string {
	out := make([]string, 0, len(lines))
	for _, l := range lines {
		if l = oneLine(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}
