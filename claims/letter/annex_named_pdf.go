package letter

import (
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"strconv"
)

// namedPaper are the columns of the annex with names on paper; salts and complete hashes stand in the CSV.
var namedPaper = []annexColumn{
	{Words{"Positie", "Position"}, 15}, {Words{"Nummer", "Number"}, 27}, {Words{"Naam", "Name"}, 60}, {Words{"Adres", "Address"}, 75},
	{Words{"E-mailadres", "E-mail address"}, 62}, {Words{"Bladwaarde (begin)", "Leaf hash (start)"}, 30},
}

// NamedPDF prints the annex with names. A value that is too long for its column
// is printed smaller, never cut. It fails when the rows don't lead to the count
// and root of the head. Seal what it writes before it is kept.
func NamedPDF(w io.Writer, head Head, lang Lang, theme string, rows iter.Seq[NamedRow]) error {
	a := newAnnexPaper(head, lang, theme, namedPaper)
	var sum rolling
	for r := range rows {
		hash, err := sum.row(r.Row)
		if err != nil {
			return err
		}
		if Commitment(r.Salt, r.Identity) != r.Leaf.Commitment {
			return fmt.Errorf("%w: name and commitment of position %d differ", ErrAnnexDiffers, r.Position)
		}
		if r.Position >= head.Count {
			break // too many: sum says so below
		}
		a.named(r, hash)
	}
	if err := sum.matches(head); err != nil {
		return err
	}
	return a.writeTo(w)
}

func (a *annexPaper) named(r NamedRow, hash [32]byte) {
	a.next()
	x := a.left
	cell := func(i int, family, text, align string) {
		w := namedPaper[i].width - 3
		size := 7.5
		a.pen(family, "", size, ink)
		if wide := a.GetStringWidth(printable(text)); wide > w {
			a.pen(family, "", size*w/wide, ink)
		}
		a.put(x, a.y, w, annexRowHeight, text, align)
		x += namedPaper[i].width
	}
	cell(0, sans, strconv.FormatInt(r.Position+1, 10), "R")
	cell(1, sans, r.Leaf.Number, "L")
	cell(2, sans, r.FullName(), "L")
	cell(3, sans, fmt.Sprintf("%s %s, %s %s, %s", r.Street, r.HouseNumber, r.Postcode, r.City, r.Country), "L")
	cell(4, sans, r.Email, "L")
	cell(5, mono, hex.EncodeToString(hash[:8]), "L")
	a.ended(r.Position)
}
