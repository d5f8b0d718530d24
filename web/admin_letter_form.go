package web

import (
	"cmp"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/letter"
	"samenclaim/internal/locale"
	"samenclaim/web/ui"
)

// letterForm is what a lawyer words in a letter.
type letterForm struct {
	Reference string `form:"reference" say:"case.letters.field" validate:"filled,max=60"`
	Name      string `form:"name"      say:"case.letters.field" validate:"filled,max=140"`
	For       string `form:"for"       say:"case.letters.field" validate:"max=140"`
	Address   string `form:"address"   say:"case.letters.field" validate:"filled,max=500"`
	Articles  string `form:"articles"  say:"case.letters.field" validate:"filled,max=2000"`
	Demand    string `form:"demand"    say:"case.letters.field" validate:"filled,max=1000"`
	Consult   string `form:"consult"   say:"case.letters.field" validate:"filled,max=300"`
	Place     string `form:"place"     say:"case.letters.field" validate:"filled,max=80"`
	Delivery  string `form:"delivery"  say:"case.letters.field" validate:"filled,max=140"`
	Facts     string `form:"facts"     say:"case.letters.field" validate:"max=8000"`
	Mode      string `form:"mode"      say:"case.letters.mode"  validate:"oneof=pseudonymous named root_only"`
}

func letterFormOf(f claims.LetterFields) letterForm {
	return letterForm{
		Reference: f.Reference, Name: f.AddresseeName, For: f.AddresseeFor, Address: f.AddresseeAddress, Articles: f.Articles, Demand: f.DemandForm,
		Consult: f.ConsultBy, Place: f.Place, Delivery: f.DeliveryBy, Facts: f.Prose.Facts,
		Mode: string(cmp.Or(f.Mode, letter.Pseudonymous)),
	}
}

// onto puts what was typed over the fields of a letter; the rest stays.
func (l letterForm) onto(f claims.LetterFields) claims.LetterFields {
	f.Reference, f.AddresseeName, f.AddresseeFor, f.AddresseeAddress, f.Articles = l.Reference, l.Name, l.For, l.Address, l.Articles
	f.DemandForm, f.ConsultBy, f.Place, f.DeliveryBy, f.Prose.Facts = l.Demand, l.Consult, l.Place, l.Delivery, l.Facts
	f.Mode = letter.Mode(l.Mode)
	return f
}

func letterInputs(v ui.View, f letterForm, bad ui.Problems) (lines, texts []ui.FieldProps) {
	line := func(name, value string, most int) ui.FieldProps {
		return ui.FieldProps{Name: name, Label: v.T("case.letters.input." + name), Value: value, Error: bad.For(name), MaxLength: most}
	}
	text := func(name, value string, most, rows int) ui.FieldProps {
		p := line(name, value, most)
		p.Rows = rows
		return p
	}
	lines = []ui.FieldProps{
		line("reference", f.Reference, 60), line("name", f.Name, 140), line("for", f.For, 140), line("consult", f.Consult, 300),
		line("place", f.Place, 80), line("delivery", f.Delivery, 140),
	}
	texts = []ui.FieldProps{
		text("address", f.Address, 500, 4), text("articles", f.Articles, 2000, 6), text("demand", f.Demand, 1000, 3), text("facts", f.Facts, 8000, 8),
	}
	return lines, texts
}

// modeInput asks what of the annex goes with the letter.
func modeInput(v ui.View, f letterForm, bad ui.Problems) ui.GroupProps {
	g := ui.GroupProps{Name: "mode", Legend: v.T("case.letters.mode"), Hint: v.T("case.letters.mode_hint"), Value: f.Mode, Error: bad.For("mode")}
	for _, m := range letter.Modes {
		g.Options = append(g.Options, ui.Option{Value: string(m), Label: v.T("case.letters.mode." + string(m)), Hint: v.T("case.letters.mode." + string(m) + "_hint")})
	}
	return g
}

// signOffForm is a lawyer's own words about a letter with the root only.
type signOffForm struct {
	Words string `form:"words" say:"case.letters.sign_off" validate:"filled,max=2000"`
}

// deliverForm is how and when a letter arrived; the proof is the file of the form.
type deliverForm struct {
	Channel  string `form:"channel"  say:"case.letters.channel"  validate:"oneof=registered_post bailiff email portal"`
	Tracking string `form:"tracking" say:"case.letters.tracking" validate:"max=100"`
	Date     string `form:"date"     say:"case.letters.date"     validate:"filled"`
	Time     string `form:"time"     say:"case.letters.time"     validate:"filled"`
}

// moment is the date and time as typed, in Dutch time.
func (f deliverForm) moment() (time.Time, error) {
	return typedMoment(f.Date, f.Time)
}

// typedMoment is a date and time as typed, in Dutch time.
func typedMoment(date, clock string) (time.Time, error) {
	typed := date + " " + clock
	t, err := time.ParseInLocation("2006-01-02 15:04", typed, locale.Amsterdam())
	if err != nil || t.Format("2006-01-02 15:04") != typed {
		return t, errNoSuchTime
	}
	return t, nil
}
