package claims_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
	"samenclaim/internal/files"
	"samenclaim/participants"
)

const visitor = audit.Actor("participant:1")

// sender is a case with one member who sends evidence.

type sender struct {
	*claimstest.Case
	member claimstest.Member
	owner  claims.Owner
}

func newSender(t *testing.T) sender {
	t.Helper()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	return sender{c, m, claims.Owner{ParticipationID: m.ParticipationID}}
}

func (s sender) send(name string, content []byte) (claims.Evidence, error) {
	return s.Claims.AttachFile(s.Ctx(), visitor, s.owner, name, bytes.NewReader(content))
}

// read opens what was sent.

func (s sender) read(ref string) []byte {
	s.Helper()
	_, r, err := s.Claims.OpenEvidence(s.Ctx(), s.owner, ref)
	if err != nil {
		s.Fatalf("OpenEvidence: %v", err)
	}
	b, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		s.Fatalf("read evidence: %v", err)
	}
	return b
}

// stored counts the files in the store.

func stored(t testing.TB, s *files.Store) (n int) {
	t.Helper()
	if err := s.List(func(files.File) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFilesAreTakenByWhatIsInThem(t *testing.T) {
	t.Parallel()
	photo := aJPEG(t, 40, 30)
	tests := []struct {
		name    string
		file    string
		content []byte
		want    error
		kind    string
	}{
		{"a PDF", "bewijs.pdf", aPDF(""), nil, "application/pdf"},
		{"a PDF named as a picture is a PDF", "bewijs.jpg", aPDF("named"), nil, "application/pdf"},
		{"a PDF with white space at its end", "a.pdf", append(aPDF("space"), " \r\n\n"...), nil, "application/pdf"},
		{"a PDF that runs a script is kept, and never shown by us", "a.pdf", aPDF("/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"), nil, "application/pdf"},
		{"a JPEG", "foto.jpg", photo, nil, "image/jpeg"},
		{"a PNG", "scherm.png", aPNG(t, image.NewNRGBA(image.Rect(0, 0, 9, 9))), nil, "image/png"},
		{"an animated PNG", "a.png", animated(t), nil, "image/png"},
		{"exactly ten megabytes", "groot.pdf", paddedPDF(10 << 20), nil, "application/pdf"},
		{"one byte more", "groot.pdf", paddedPDF(10<<20 + 1), claims.ErrFileSize, ""},
		{"nothing", "leeg.pdf", nil, claims.ErrFileEmpty, ""},
		{"a PDF with a password", "slot.pdf", aPDF("/Encrypt 9 0 R"), claims.ErrFileLocked, ""},
		{"a PDF with its lock written in place", "slot.pdf", aPDF("/Encrypt<</Filter/Standard>>"), claims.ErrFileLocked, ""},
		{"words before the PDF", "a.pdf", append([]byte("<script>alert(1)</script>\n"), aPDF("")...), claims.ErrFileType, ""},
		{"a web page after the PDF", "a.pdf", append(aPDF(""), "<html><script>alert(1)</script></html>"...), claims.ErrFileType, ""},
		{"a PDF without an end", "a.pdf", []byte("%PDF-1.7\n1 0 obj"), claims.ErrFileType, ""},
		{"a web page named as a picture", "a.jpg", []byte("<html><script>alert(1)</script></html>"), claims.ErrFileType, ""},
		{"a program named as a PDF", "a.pdf", append([]byte("MZ"), make([]byte, 100)...), claims.ErrFileType, ""},
		{"a drawing with a script", "a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), claims.ErrFileType, ""},
		{"a GIF", "a.png", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), claims.ErrFileType, ""},
		{"plain words", "a.txt", []byte("hallo"), claims.ErrFileType, ""},
		{"a ZIP", "a.pdf", []byte("PK\x03\x04\x14\x00\x00\x00\x08\x00"), claims.ErrFileType, ""},
		{"half a JPEG", "a.jpg", photo[:len(photo)/2], claims.ErrPicture, ""},
		{"half a PNG", "a.png", headPNG(64, 64), claims.ErrPicture, ""},
		{"a PNG that says it is 30,000 by 30,000", "a.png", headPNG(30000, 30000), claims.ErrPicture, ""},
		{"a PNG that says it is one line of 13,000", "a.png", headPNG(13000, 1), claims.ErrPicture, ""},
		{"a PNG of more than forty million pixels", "a.png", headPNG(10000, 5000), claims.ErrPicture, ""},
	}
	s := newSender(t)
	for _, tt := range tests {
		e, err := s.send(tt.file, tt.content)
		if !errors.Is(err, tt.want) || e.MediaType != tt.kind {
			t.Errorf("%s: %q, %v, want %q, %v", tt.name, e.MediaType, err, tt.kind, tt.want)
		}
		if err == nil && tt.kind == "application/pdf" && !bytes.Equal(s.read(e.Ref), tt.content) {
			t.Errorf("%s: the PDF that comes out is not the one that went in", tt.name)
		}
	}
	sent, err := s.Claims.EvidenceOf(t.Context(), s.owner)
	if err != nil || len(sent) != stored(t, s.Files) {
		t.Errorf("%d rows and %d files, %v: what was refused left something", len(sent), stored(t, s.Files), err)
	}
}

func TestThereIsRoomForTwentyFiles(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	errs := make(chan error, 25)
	for i := range 25 {
		go func() { _, err := s.send("a.pdf", aPDF(fmt.Sprint(i))); errs <- err }()
	}
	var kept, refused int
	for range 25 {
		switch err := <-errs; {
		case err == nil:
			kept++
		case errors.Is(err, claims.ErrTooMany):
			refused++
		default:
			t.Error(err)
		}
	}
	if kept != 20 || refused != 5 {
		t.Errorf("of 25 files at once %d are kept and %d refused, want 20 and 5", kept, refused)
	}
	if n := stored(t, s.Files); n != 20 {
		t.Errorf("%d files are stored, want 20", n)
	}
	sent, err := s.Claims.EvidenceOf(t.Context(), s.owner)
	if err != nil || s.Claims.Retract(t.Context(), visitor, s.owner, sent[0].Ref) != nil {
		t.Fatal(err)
	}
	if _, err := s.send("a.pdf", aPDF("in its place")); err != nil {
		t.Errorf("after one was taken back: %v", err)
	}
}

func TestThereIsRoomForAHundredMegabytes(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	const full = `INSERT INTO evidence (ref, participation_id, kind, media_type, bytes, sha256, storage_name, key_wrapped, created_at)
		SELECT 'r' || n, ?, 'file', 'application/pdf', 10485760, sha256(n::text::bytea), 's' || n, key_wrapped, signed_at
		FROM generate_series(1, ?) n, participations WHERE id = ?`
	s.Exec(full, s.member.ParticipationID, 10, s.member.ParticipationID)
	if _, err := s.send("a.pdf", aPDF("")); !errors.Is(err, claims.ErrTooMany) {
		t.Errorf("one more = %v, want %v", err, claims.ErrTooMany)
	}
}

func TestTheSameFileIsTakenOnce(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	ends := claimstest.Eight(func(int) error { _, err := s.send("a.pdf", aPDF("")); return err }, claims.ErrSameFile)
	if ends[nil] != 1 || ends[claims.ErrSameFile] != 7 {
		t.Errorf("the same file eight times at once = %v, want one, and seven refused", ends)
	}
	if _, err := s.send("other name.pdf", aPDF("")); !errors.Is(err, claims.ErrSameFile) {
		t.Errorf("under another name = %v, want %v", err, claims.ErrSameFile)
	}
	if n := stored(t, s.Files); n != 1 {
		t.Errorf("%d files are stored, want 1: what was refused left something", n)
	}
	photo := aJPEG(t, 20, 20)
	_, err1 := s.send("a.jpg", photo)
	_, err2 := s.send("b.jpg", photo)
	if err1 != nil || !errors.Is(err2, claims.ErrSameFile) {
		t.Errorf("the same picture twice = %v, %v, want it refused", err1, err2)
	}
	other := claims.Owner{ParticipationID: s.Join(1)[0].ParticipationID}
	if _, err := s.Claims.AttachFile(t.Context(), visitor, other, "a.pdf", bytes.NewReader(aPDF(""))); err != nil {
		t.Errorf("the same file by somebody else = %v, want it kept", err)
	}
}

func TestEvidenceIsEncryptedBeforeItReachesTheDisk(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	const marker = "EEN-ZEER-GEHEIME-REKENING"
	e, err := s.send(marker+".pdf", aPDF("% "+marker))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Claims.AttachStatement(t.Context(), visitor, s.owner, marker); err != nil {
		t.Fatal(err)
	}
	err = s.Files.List(func(f files.File) error {
		r, err := s.Files.Open(f.Name)
		if err != nil {
			return err
		}
		b, err := io.ReadAll(r)
		if bytes.Contains(b, []byte(marker)) || bytes.Contains(b, []byte("%PDF")) {
			t.Error("the file stands readable on the disk")
		}
		return errors.Join(err, r.Close())
	})
	if err != nil {
		t.Error(err)
	}
	rows := claimstest.One[string](s.Case, `SELECT string_agg(encode(convert_to(evidence::text, 'UTF8') || coalesce(name, '') || coalesce(content, ''), 'escape'), ' ') FROM evidence`)
	if strings.Contains(rows, marker) {
		t.Error("the name or the statement stands readable in the database")
	}
	if !strings.Contains(string(s.read(e.Ref)), marker) {
		t.Error("what comes out is not what went in")
	}
	s.Exec(`UPDATE evidence SET ref = 'ANOTHER' WHERE ref = ?`, e.Ref)
	if _, r, err := s.Claims.OpenEvidence(t.Context(), s.owner, "ANOTHER"); err == nil {
		if _, err = io.ReadAll(r); err == nil {
			t.Error("a file opens under the reference of another")
		}
	}
}

func TestAnUploadThatBreaksOffLeavesNothing(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	broken := io.MultiReader(bytes.NewReader(aPDF("")[:40]), iotest.ErrReader(io.ErrUnexpectedEOF))
	if _, err := s.Claims.AttachFile(t.Context(), visitor, s.owner, "a.pdf", broken); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("AttachFile = %v, want %v", err, io.ErrUnexpectedEOF)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Claims.AttachFile(gone, visitor, s.owner, "a.pdf", bytes.NewReader(aPDF(""))); err == nil {
		t.Error("a file was kept of somebody who had left")
	}
	if n := stored(t, s.Files); n != 0 {
		t.Errorf("%d files are stored, want none", n)
	}
}

func TestAStatementInOwnWords(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	e, err := s.Claims.AttachStatement(t.Context(), visitor, s.owner, "  Ik gebruikte het elke dag.\r\nVoor school.\n")
	if err != nil || e.Kind != claims.EvidenceStatement {
		t.Fatalf("AttachStatement = %+v, %v", e, err)
	}
	if got := string(s.read(e.Ref)); got != "Ik gebruikte het elke dag.\nVoor school." {
		t.Errorf("statement = %q", got)
	}
	tests := []struct {
		name, text string
		want       error
	}{
		{"nothing", " \n ", claims.ErrFileEmpty},
		{"the same again", "Ik gebruikte het elke dag.\nVoor school.", claims.ErrSameFile},
		{"a book", strings.Repeat("a", 4001), participants.ErrTextLong},
		{"signs that steer", "a\x00b", participants.ErrTextCharacters},
	}
	for _, tt := range tests {
		if _, err := s.Claims.AttachStatement(t.Context(), visitor, s.owner, tt.text); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// The wider set of hostile files, when it is at hand.
