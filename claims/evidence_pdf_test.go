package claims_test

import (
	"bytes"
	"errors"
	"image"
	"testing"

	"samenclaim/claims"
	"samenclaim/internal/poppler/popplertest"
)

func aSquare() image.Image { return image.NewNRGBA(image.Rect(0, 0, 9, 9)) }

func TestPDFsThatDoSomethingAreMarked(t *testing.T) {
	t.Parallel()
	catalog := func(more string) []byte { return popplertest.WithCatalog(1, more, more) }
	tests := []struct {
		name   string
		pdf    []byte
		active bool
	}{
		{"nothing", popplertest.PDF(1, "plain"), false},
		{"a link, as every invoice has", catalog("/A << /S /URI /URI (https://example.org) >>"), false},
		{"the page to begin with", catalog("/OpenAction [3 0 R /Fit]"), false},
		{"a script", catalog("/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"), true},
		{"a program to start", catalog("/OpenAction << /S /Launch /F (calc.exe) >>"), true},
		{"a form that sends itself", catalog("/OpenAction << /S /SubmitForm /F (http://example.org/) >>"), true},
		{"a file within", catalog("/Names << /EmbeddedFiles << >> >>"), true},
		{"a script spelled with numbers", catalog("/OpenAction << /S /J#61va#53cript /#4a#53 (x) >>"), true},
		{"a script in a packed group", popplertest.Packed("<< /S /JavaScript /JS (x) >>"), true},
		{"a packed group without", popplertest.Packed("<< /S /URI >>"), false},
		{"a group that cannot be unpacked", popplertest.Write("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>",
			popplertest.Stream("/Type /ObjStm /N 1 /First 4 /Filter /ASCII85Decode", []byte("not deflated"))), true},
		{"one that opens without a password, but is encrypted", popplertest.Restricted(), true},
	}
	s := newSender(t)
	for _, tt := range tests {
		e, err := s.send("a.pdf", tt.pdf)
		if err != nil || e.Active != tt.active {
			t.Errorf("%s: active %v, %v, want %v", tt.name, e.Active, err, tt.active)
			continue
		}
		if !bytes.Equal(s.read(e.Ref), tt.pdf) {
			t.Errorf("%s: it is not kept as it came", tt.name)
		}
	}
}

func TestPDFsNobodyCanRead(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	if _, err := s.send("slot.pdf", popplertest.Locked()); !errors.Is(err, claims.ErrFileLocked) {
		t.Errorf("with a password: %v, want %v", err, claims.ErrFileLocked)
	}
	if _, err := s.send("boek.pdf", popplertest.PDF(201, "page")); !errors.Is(err, claims.ErrPages) {
		t.Errorf("of 201 pages: %v, want %v", err, claims.ErrPages)
	}
	if _, err := s.send("boek.pdf", popplertest.PDF(200, "page")); err != nil {
		t.Errorf("of 200 pages: %v", err)
	}
}

func TestNumbersThatMayBeABSNAreSeen(t *testing.T) {
	t.Parallel()
	const good, bad = "123456782", "123456789" // the first passes the check of eleven
	tests := []struct {
		name, text string
		want       bool
	}{
		{"one", "Burgerservicenummer: " + good, true},
		{"in groups of three", "BSN 123 456 782", true},
		{"with dots", "1234.56.782", true},
		{"behind a word", "bsn" + good, true},
		{"after a date", "12-03-2020 " + good, true},
		{"one that does not pass", bad, false},
		{"zeros", "000000000", false},
		{"ten digits", good + "0", false},
		{"eight digits", "12345678", false},
		{"an account number", "NL91 ABNA 0417 1643 00", false},
		{"a phone number", "06-12345678", false},
		{"a VAT number", "NL123456782B01", false},
		{"none", "Ik gebruikte het.", false},
	}
	s := newSender(t)
	for _, tt := range tests {
		st, err := s.Claims.AttachStatement(t.Context(), visitor, s.owner, "Verklaring: "+tt.text)
		if err != nil || st.CitizenNo != tt.want {
			t.Errorf("%s in a statement: %v, %v, want %v", tt.name, st.CitizenNo, err, tt.want)
		}
	}
	for _, tt := range tests[:6] {
		e, err := s.send("a.pdf", popplertest.PDF(1, tt.text))
		if err != nil || e.CitizenNo != tt.want {
			t.Errorf("%s in a PDF: %v, %v, want %v", tt.name, e.CitizenNo, err, tt.want)
		}
	}
	e, err := s.send(good+".pdf", aPDF("named"))
	if err != nil || !e.CitizenNo {
		t.Errorf("in the name of a file: %v, %v, want it seen", e.CitizenNo, err)
	}
}

func TestStaffSeeAPDFAsPictures(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	send := func(name string, content []byte) claims.Evidence {
		e, err := s.send(name, content)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	pdf, photo := send("a.pdf", popplertest.PDF(30, "Factuur")), send("b.png", aPNG(t, aSquare()))
	broken := send("c.pdf", []byte("%PDF-1.7\nnothing to see\n%%EOF\n"))
	st, err := s.Claims.AttachStatement(t.Context(), visitor, s.owner, "Ik was erbij.")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, ref    string
		shown, pages int
		text         string
		trouble      bool
	}{
		{"a PDF", pdf.Ref, 20, 30, "", false},
		{"a photo", photo.Ref, 1, 0, "", false},
		{"a PDF that cannot be drawn", broken.Ref, 0, 0, "", true},
		{"a statement", st.Ref, 0, 0, "Ik was erbij.", false},
	}
	for _, tt := range tests {
		p, err := s.Claims.Preview(t.Context(), s.owner, tt.ref)
		if err != nil || p.Shown != tt.shown || p.Pages != tt.pages || p.Text != tt.text || (p.Trouble != nil) != tt.trouble {
			t.Errorf("%s: %+v, %v", tt.name, p, err)
		}
	}
	for _, tt := range []struct {
		ref  string
		page int
		want error
	}{{pdf.Ref, 1, nil}, {pdf.Ref, 20, nil}, {pdf.Ref, 21, claims.ErrNotFound}, {pdf.Ref, 0, claims.ErrNotFound}, {photo.Ref, 1, nil}, {photo.Ref, 2, claims.ErrNotFound}, {st.Ref, 1, claims.ErrNotFound}, {broken.Ref, 1, claims.ErrNotFound}, {"NOSUCH", 1, claims.ErrNotFound}} {
		kind, picture, err := s.Claims.PreviewPicture(t.Context(), s.owner, tt.ref, tt.page)
		if !errors.Is(err, tt.want) || err == nil && (kind != "image/png" || !bytes.HasPrefix(picture, []byte("\x89PNG"))) {
			t.Errorf("page %d: %s, %v, want %v", tt.page, kind, err, tt.want)
		}
	}
	other := claims.Owner{ParticipationID: s.Join(1)[0].ParticipationID}
	if _, err := s.Claims.Preview(t.Context(), other, pdf.Ref); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("somebody else's: %v, want %v", err, claims.ErrNotFound)
	}
}

func TestTheSameFileOfTwoPeopleIsKeptApartAndMarked(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	others := s.Join(2)
	photo := aJPEG(t, 30, 30)
	for _, id := range []int64{s.member.ParticipationID, others[0].ParticipationID} {
		if _, err := s.Claims.AttachFile(t.Context(), visitor, claims.Owner{ParticipationID: id}, "a.jpg", bytes.NewReader(photo)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Claims.AttachFile(t.Context(), visitor, claims.Owner{ParticipationID: others[1].ParticipationID}, "b.jpg", bytes.NewReader(aJPEG(t, 31, 31))); err != nil {
		t.Fatal(err)
	}
	for i, m := range append(others[:1:1], others[1]) {
		d, err := s.Claims.View(t.Context(), "staff:1", s.Claim.ID, s.Participation(m).Number, "evidence")
		if err != nil || len(d.Evidence) != 1 || d.Evidence[0].Shared != (i == 0) {
			t.Errorf("dossier %d: %+v, %v", i, d.Evidence, err)
		}
	}
}
