package web

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/internal/clamav/clamavtest"
	"samenclaim/internal/files"
	"samenclaim/internal/poppler/popplertest"
	"samenclaim/web/staff"
)

// formWith is a form with one file, as a browser sends it.
func formWith(t *testing.T, token, name string, content []byte) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	must(t, w.WriteField("csrf", token))
	part, err := w.CreateFormFile("file", name)
	must(t, err)
	_, err = part.Write(content)
	must(t, err)
	must(t, w.Close())
	return b.Bytes(), w.FormDataContentType()
}

// readable are the files below the folders in which a text stands as it is.
func readable(t *testing.T, mark string, folders ...string) (found []string) {
	t.Helper()
	for _, folder := range folders {
		_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !d.Type().IsRegular() {
				return nil //nolint:nilerr // others use the temporary folder as well
			}
			if content, err := os.ReadFile(path); err == nil && bytes.Contains(content, []byte(mark)) { //nolint:gosec // our own folders
				found = append(found, path)
			}
			return nil
		})
	}
	return found
}

// watched is a body that looks at the disk each time that more of it is asked for, and can break off.
type watched struct {
	io.Reader
	look func()
	left int // bytes until the line breaks; below zero: never
}

func (w *watched) Read(p []byte) (int, error) {
	w.look()
	if w.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	if w.left > 0 && len(p) > w.left {
		p = p[:w.left]
	}
	n, err := w.Reader.Read(p)
	if w.left > 0 {
		w.left -= n
	}
	return n, err
}

func TestNoReadableByteReachesADiskWhereverTheLineBreaks(t *testing.T) {
	t.Parallel()
	s, _, b, home := joined(t, claims.Percentage)
	mark := fmt.Sprintf("LEESBAAR%d", os.Getpid())
	content := popplertest.PDF(1, strings.Repeat(mark+" ", 20_000))
	body, kind := formWith(t, form(b.get(home+"/bewijs")).Get("csrf"), "bewijs.pdf", content)
	folder := s.Files.Folder()
	for _, percent := range []int{0, 1, 50, 99, -1} {
		left := len(body) * percent / 100
		if percent < 0 {
			left = -1
		}
		looks := 0
		look := func() {
			if looks++; looks%4 == 0 {
				if found := readable(t, mark, folder); len(found) > 0 {
					t.Errorf("cut at %d%%: readable on the disk: %v", percent, found)
				}
			}
		}
		p := b.do("POST", home+"/bewijs", &watched{bytes.NewReader(body), look, left}, kind)
		if percent < 0 {
			p.goes(home + "/bewijs")
			continue
		}
		if p.Status >= 500 {
			t.Errorf("cut at %d%%: %d\n%s", percent, p.Status, p.text())
		}
		if n := s.count(t, `SELECT count(*) FROM evidence`); n != 0 {
			t.Errorf("cut at %d%%: %d rows", percent, n)
		}
		n := 0
		must(t, s.Files.List(func(files.File) error { n++; return nil }))
		half, err := os.ReadDir(filepath.Join(folder, "incoming"))
		must(t, err)
		if n != 0 || len(half) != 0 {
			t.Errorf("cut at %d%%: %d files and %d halves are left", percent, n, len(half))
		}
	}
	temporary, err := filepath.Glob(filepath.Join(os.TempDir(), "multipart-*"))
	must(t, err)
	if found := readable(t, mark, append(temporary, folder)...); len(found) > 0 {
		t.Errorf("readable on the disk: %v", found)
	}
	b.do("POST", home+"/bewijs", bytes.NewReader(body), kind).want(422, "Dit bestand hebt u al gestuurd")
}

func TestAVirusIsSaidAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Percentage)
	d := clamavtest.Start(t)
	s.Claims.ScanWith(d.Client)
	b.files(home, sentFile{"een.pdf", pdf("1")}, sentFile{"virus.pdf", clamavtest.EICAR()}, sentFile{"drie.pdf", pdf("3")}).
		want(422, "virus.pdf: In dit bestand zit een virus. Wij hebben het niet bewaard", "Uw 2 bestanden zijn bewaard", "een.pdf", "drie.pdf")
	d.Down()
	b.files(home, sentFile{"wacht.pdf", pdf("4")}).goes(home + "/bewijs")
	p := b.get(home+"/bewijs").want(200, "Wij controleren het bestand")
	ref := s.count1(t, `SELECT ref FROM evidence WHERE scan = 'waiting'`)
	if strings.Contains(p.Body, ref+"/download") {
		t.Error("a file that waits can be opened")
	}
	b.get(home+"/bewijs/"+ref+"/download").want(409, "Dit bestand kan nu niemand openen")
	clerk := s.clerk(t)
	dossier := "/nl/beheer/zoom/deelname/" + s.Participation(m).Number
	clerk.get(dossier).want(200, "Wacht op viruscontrole", "Bestand geweigerd: er zat een virus in")
	clerk.get(dossier+"/bewijs/"+ref+"/bekijken").want(200, "in quarantaine")
	clerk.get(dossier + "/bewijs/" + ref + "/blad/1").want(409)
}

// clerk is a browser in which somebody who keeps the register is logged in, by both steps.
func (s caseSite) clerk(t *testing.T) *client {
	t.Helper()
	c := s.staffMember(t, staff.Register)
	s.Exec(`UPDATE staff SET password_hash = 'x', mfa_at = created_at, totp_secret = decode('01' || repeat('00', 28), 'hex') WHERE mfa_at IS NULL AND id IN (SELECT staff_id FROM logins)`)
	return c
}

// count1 is one text from the database.
func (s caseSite) count1(t *testing.T, query string) (text string) {
	t.Helper()
	must(t, s.pool.QueryRow(t.Context(), query).Scan(&text))
	return text
}

func TestStaffLookAtPicturesAndEveryLookIsLogged(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Percentage)
	b.files(home, sentFile{"123456782.pdf", popplertest.WithCatalog(2, "Factuur", "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")}).goes(home + "/bewijs")
	b.get(home+"/bewijs").want(200, "Misschien staat er een BSN in uw bewijs", "123456782.pdf", "KopieID")
	ref := s.count1(t, `SELECT ref FROM evidence`)
	clerk := s.clerk(t)
	dossier := "/nl/beheer/zoom/deelname/" + s.Participation(m).Number
	at := dossier + "/bewijs/" + ref
	clerk.get(at + "/blad/1").want(404) // nobody looks at a picture past the log
	p := clerk.get(at+"/bekijken").want(200, "Bevat actieve inhoud", "Misschien een BSN", at+"/blad/2", "Bladzijde 2")
	if strings.Contains(p.Body, "/blad/3") {
		t.Error("a page that is not there")
	}
	picture := clerk.get(at + "/blad/2").want(200)
	if picture.Header.Get("Content-Type") != "image/png" || !strings.HasPrefix(picture.Body, "\x89PNG") {
		t.Errorf("the picture is %s", picture.Header.Get("Content-Type"))
	}
	file := clerk.get(at).want(200)
	if got := file.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") {
		t.Errorf("the file itself is shown: %q", got)
	}
	if n := s.count(t, `SELECT count(*) FROM audit_events WHERE action = 'participant.viewed'`); n != 2 {
		t.Errorf("%d looks in the log, want 2", n)
	}
}

func TestEvidenceOfASignUpIsSentAndRemoved(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("bewijs", "bewijs@deelnemer.example", "flat")
	c.post(joinURL+"/bewijs", "evidence", "now").goes(joinURL + "/bewijs-sturen")
	send := joinURL + "/bewijs-sturen"
	c.upload(send, send, "file", "uitnodiging.pdf", pdf("x")).goes(send)
	p := c.get(send).want(200, "uitnodiging.pdf", "Weghalen")
	drop := between(p.Body, `action="`, `/terug`) + "/terug"
	other := s.visitor(t)
	other.walk("vergoeding", "ander@deelnemer.example", "flat")
	other.postFrom(send, drop).want(404)
	for range 2 {
		c.postFrom(send, drop).goes(send)
	}
	if p := c.get(send); strings.Contains(p.Body, "uitnodiging.pdf") {
		t.Error("the file is still on the page")
	}
	if n := s.count(t, `SELECT count(*) FROM evidence WHERE key_wrapped IS NOT NULL`); n != 0 {
		t.Error("its key is still there")
	}
}
