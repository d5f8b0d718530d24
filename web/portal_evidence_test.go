package web

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
)

// sentFile is a file as a browser sends it.
type sentFile struct {
	name    string
	content []byte
}

// files sends a form with files, from the page of the evidence.
func (c *client) files(home string, files ...sentFile) page {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	must(c.t, w.WriteField("csrf", form(c.get(home+"/bewijs")).Get("csrf")))
	for _, f := range files {
		part, err := w.CreateFormFile("file", f.name)
		must(c.t, err)
		_, err = part.Write(f.content)
		must(c.t, err)
	}
	must(c.t, w.Close())
	return c.do("POST", home+"/bewijs", &b, w.FormDataContentType())
}

// pdf is a small PDF that differs from all others.
func pdf(mark string) []byte {
	return bytes.Replace(claimstest.ProofPDF, []byte("<<>>"), []byte("<</Mark ("+mark+")>>"), 1)
}

func picture(t *testing.T, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))))
	return b.Bytes()
}

func TestWithAFullDiskEverythingButEvidenceGoesOn(t *testing.T) {
	t.Parallel()
	s, _, b, home := joined(t, claims.Percentage)
	s.Files.KeepFree(1 << 62)
	b.files(home, sentFile{"een.pdf", pdf("1")}, sentFile{"twee.pdf", pdf("2")}).want(422, "een.pdf: Uploaden lukt nu niet. Probeer het later. Uw aanmelding is bewaard", "twee.pdf: ")
	if n := s.count(t, `SELECT count(*) FROM evidence`); n != 0 {
		t.Errorf("%d rows of evidence without a file", n)
	}
	if !strings.Contains(s.log.String(), "no space for evidence") {
		t.Error("the log does not say that the disk is full")
	}
	b.postFrom(home+"/bewijs", home+"/bewijs/verklaring", "statement", "Elke week").goes(home + "/bewijs")
	s.join(t, "iemand@deelnemer.example", "flat")
	s.Files.KeepFree(0) // somebody made room, and nothing was started again
	b.files(home, sentFile{"een.pdf", pdf("1")}).goes(home + "/bewijs")
}

func TestEvidenceIsSentShownAndTakenBack(t *testing.T) {
	t.Parallel()
	s, _, b, home := joined(t, claims.Percentage)
	b.get(home+"/bewijs").want(200, "U hebt nog geen bewijs gestuurd. Dat hoeft ook niet.")
	b.files(home, sentFile{"rekening.pdf", pdf("a")}, sentFile{"les & <b>.png", picture(t, 8)}).goes(home + "/bewijs")
	p := b.get(home+"/bewijs").want(200, "Uw 2 bestanden zijn bewaard", "rekening.pdf", "les &amp; &lt;b&gt;.png")
	b.postFrom(home+"/bewijs", home+"/bewijs/verklaring", "statement", "Elke week\r\nvoor school").goes(home + "/bewijs")
	ref := between(p.Body, home+"/bewijs/", "/download")
	file := b.get(home + "/bewijs/" + ref + "/download").want(200)
	for name, want := range map[string]string{
		"Content-Type": "image/png", "Content-Disposition": `attachment; filename="les____b_.png"`, "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'", "Cache-Control": "no-store",
	} {
		if got := file.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	b.get(home+"/bewijs/"+ref+"/terug").want(200, "Wij vernietigen dit bewijs meteen", "les &amp; &lt;b&gt;.png")
	values := form(b.get(home + "/bewijs/" + ref + "/terug"))
	for status, n := range b.eightAtOnce(home+"/bewijs/"+ref+"/terug", values) {
		if status != 303 {
			t.Errorf("%d of eight ended with %d, want 303", n, status)
		}
	}
	b.get(home+"/bewijs").want(200, "Teruggenomen", "Vernietigd", "Uw verklaring")
	b.get(home + "/bewijs/" + ref + "/download").want(404)
	if n := s.count(t, `SELECT count(*) FROM audit_events WHERE action = 'evidence.retracted'`); n != 1 {
		t.Errorf("%d times taken back, want 1", n)
	}
	s.Send()
	p = b.get(home+"/bewijs").want(200, "Wat u stuurde voor de brief, kunt u niet meer terugnemen", "rekening.pdf")
	if strings.Contains(p.Body, "/terug\"") {
		t.Error("what is in the letter can be taken back")
	}
	ref = between(p.Body, home+"/bewijs/", "/download")
	b.get(home + "/bewijs/" + ref + "/terug").want(409)
	b.postFrom(home+"/bewijs", home+"/bewijs/"+ref+"/terug").want(409)
}

// between is what stands between two marks, after the last place where the first one is followed by the second.
func between(body, from, to string) string {
	end := strings.Index(body, to)
	if end < 0 {
		return ""
	}
	start := strings.LastIndex(body[:end], from)
	return body[start+len(from) : end]
}

func TestFilesThatAreNotKept(t *testing.T) {
	t.Parallel()
	s, _, b, home := joined(t, claims.Percentage)
	b.files(home, sentFile{"goed.pdf", pdf("goed")}).goes(home + "/bewijs")
	big := bytes.Repeat([]byte{'x'}, 11<<20)
	for _, tt := range []struct {
		name  string
		files []sentFile
		words []string
	}{
		{"nothing chosen", []sentFile{{"", nil}}, []string{"Kies een bestand"}},
		{"no file field at all", nil, []string{"Kies een bestand"}},
		{"empty", []sentFile{{"leeg.pdf", nil}}, []string{"leeg.pdf: Het bestand is leeg"}},
		{"a program", []sentFile{{"foto.jpg", []byte("MZ\x90\x00 this is a program")}}, []string{"foto.jpg: Het bestand moet een pdf, jpg of png zijn"}},
		{"too large", []sentFile{{"groot.pdf", append(append([]byte{}, claimstest.ProofPDF...), big...)}}, []string{"Het bestand is groter dan 10 MB"}},
		{"sent before", []sentFile{{"weer.pdf", pdf("goed")}}, []string{"weer.pdf: Dit bestand hebt u al gestuurd"}},
		{"locked", []sentFile{{"slot.pdf", bytes.Replace(claimstest.ProofPDF, []byte("<<>>\n%%EOF"), []byte("<</Encrypt 4 0 R>>\n%%EOF"), 1)}}, []string{"er een wachtwoord op zit"}},
		{"a broken picture", []sentFile{{"stuk.png", picture(t, 300)[:60]}}, []string{"stuk.png: Wij kunnen deze foto niet openen"}},
		{"one good, one bad", []sentFile{{"ook-goed.pdf", pdf("ook")}, {"fout.txt", []byte("tekst")}}, []string{"fout.txt: Het bestand moet", "Uw bestand is bewaard", "ook-goed.pdf"}},
		{"six at once", []sentFile{{"1.pdf", pdf("1")}, {"2.pdf", pdf("2")}, {"3.pdf", pdf("3")}, {"4.pdf", pdf("4")}, {"5.pdf", pdf("5")}, {"6.pdf", pdf("6")}}, []string{"niet meer dan 5 bestanden", "Uw 5 bestanden zijn bewaard"}},
	} {
		if p := b.files(home, tt.files...); p.Status != 422 {
			t.Errorf("%s: %d, want 422\n%s", tt.name, p.Status, p.text())
		} else {
			p.want(422, tt.words...).want(422, `href="#file"`)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM evidence`); n != 7 {
		t.Errorf("%d pieces kept, want 7", n)
	}
}

func TestACutOffUploadIsNoFaultOfOurs(t *testing.T) {
	t.Parallel()
	_, _, b, home := joined(t, claims.Percentage)
	token := form(b.get(home + "/bewijs")).Get("csrf")
	head := "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n" + token + "\r\n"
	file := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n" + string(pdf("x"))
	for name, body := range map[string]string{"in the file": head + file[:len(file)-20], "after the file": head + file + "\r\n--x\r\nContent-Dis", "before the file": head[:30]} {
		if p := b.do("POST", home+"/bewijs", strings.NewReader(body), "multipart/form-data; boundary=x"); p.Status >= 500 {
			t.Errorf("cut off %s: %d\n%s", name, p.Status, p.text())
		}
	}
}

func TestStatements(t *testing.T) {
	t.Parallel()
	_, _, b, home := joined(t, claims.Percentage)
	send := func(text string) page {
		return b.postFrom(home+"/bewijs", home+"/bewijs/verklaring", "statement", text)
	}
	send("").want(422, "Schrijf op hoe en wanneer u de dienst hebt gebruikt", `href="#statement"`)
	send(strings.Repeat("lang ", 1000)).want(422, "Uw verklaring is te lang", "lang lang")
	send("a\u202eb").want(422, "een teken dat wij niet kunnen gebruiken")
	send("Ik gebruikte het.").goes(home + "/bewijs")
	send("Ik gebruikte het.").want(422, "Deze verklaring hebt u al gestuurd", "Ik gebruikte het.")
	for _, text := range naughty {
		if p := send(text); p.Status != 303 && p.Status != 422 {
			t.Errorf("statement %q: %d", text, p.Status)
		}
	}
	b.send(home+"/bewijs/verklaring", url.Values{"statement": {"x"}}).want(403)
}
