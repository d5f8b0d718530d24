package claims_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/clamav/clamavtest"
)

// scanned is a sender whose files go past a real scanner.
func scanned(t *testing.T) (sender, *clamavtest.Daemon) {
	t.Helper()
	s, d := newSender(t), clamavtest.Start(t)
	s.Claims.ScanWith(d.Client)
	return s, d
}

// drain runs the work in the background of one name.
func (s sender) drain(name string) error {
	s.Helper()
	for _, d := range s.Claims.Drains() {
		if d.Name == name {
			_, err := d.Run(s.Ctx())
			return err
		}
	}
	s.Fatalf("there is no drain %s", name)
	return nil
}

// only is the one piece of evidence there is.
func (s sender) only() claims.Evidence {
	s.Helper()
	all, err := s.Claims.EvidenceOf(s.Ctx(), s.owner)
	if err != nil || len(all) != 1 {
		s.Fatalf("%d pieces of evidence, %v, want 1", len(all), err)
	}
	return all[0]
}

func (s sender) opens(ref string) error {
	s.Helper()
	_, r, err := s.Claims.OpenEvidence(s.Ctx(), s.owner, ref)
	if err == nil {
		_, err = io.Copy(io.Discard, r)
		err = errors.Join(err, r.Close())
	}
	return err
}

func TestAFileWithAVirusIsNotKept(t *testing.T) {
	t.Parallel()
	s, _ := scanned(t)
	tests := []struct {
		name    string
		content []byte
		want    error
	}{
		{"the test file of scanners", clamavtest.EICAR(), claims.ErrVirus},
		{"it in a PDF", aPDF("% " + string(clamavtest.EICAR())), claims.ErrVirus},
		{"a clean one after it", aPDF("clean"), nil},
		{"behind a picture", append(aPNG(t, aSquare()), clamavtest.Mark...), claims.ErrVirus},
	}
	for _, tt := range tests {
		if _, err := s.send("a.pdf", tt.content); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if e := s.only(); e.Waits || e.Virus != "" || s.opens(e.Ref) != nil {
		t.Errorf("the clean file is %+v, and opens: %v", e, s.opens(e.Ref))
	}
	if n := stored(t, s.Files); n != 1 {
		t.Errorf("%d files are stored, want 1", n)
	}
	if n := claimstest.One[int](s.Case, `SELECT count(*) FROM audit_events WHERE action = 'evidence.virus_refused' AND detail->>'virus' LIKE 'Samenclaim.Test%'`); n != 3 {
		t.Errorf("the log tells staff of %d, want 3", n)
	}
}

func TestWithoutAnAnswerOfTheScannerAFileWaits(t *testing.T) {
	t.Parallel()
	s, d := scanned(t)
	d.Down()
	good, err := s.send("goed.pdf", aPDF("good"))
	if err != nil || !good.Waits {
		t.Fatalf("AttachFile = %+v, %v, want it to wait", good, err)
	}
	bad, err := s.send("slecht.pdf", aPDF("% "+clamavtest.Mark))
	if err != nil || !bad.Waits {
		t.Fatalf("AttachFile = %+v, %v, want it to wait", bad, err)
	}
	for _, ref := range []string{good.Ref, bad.Ref} {
		if err := s.opens(ref); !errors.Is(err, claims.ErrQuarantine) {
			t.Errorf("a file that waits opens: %v, want %v", err, claims.ErrQuarantine)
		}
	}
	if err := s.drain("scan-files"); err == nil {
		t.Error("that the scanner is down is told to nobody")
	}
	d.Up()
	if err := errors.Join(s.drain("scan-files"), s.drain("scan-files")); err != nil {
		t.Fatal(err)
	}
	if err := s.opens(good.Ref); err != nil {
		t.Errorf("the good file: %v", err)
	}
	if err := s.opens(bad.Ref); !errors.Is(err, claims.ErrQuarantine) {
		t.Errorf("the bad file opens: %v, want %v", err, claims.ErrQuarantine)
	}
	s.told(1)
	if err := s.Claims.Retract(t.Context(), visitor, s.owner, bad.Ref); err != nil {
		t.Errorf("a file with a virus cannot be taken back: %v", err)
	}
}

// told expects that the person got so many mails of viruses, and staff as many lines in the log.
func (s sender) told(want int) {
	s.Helper()
	mails := claimstest.One[int](s.Case, `SELECT count(*) FROM outbox WHERE template = 'evidence_unsafe'`)
	lines := claimstest.One[int](s.Case, `SELECT count(*) FROM audit_events WHERE action = 'evidence.virus_found'`)
	if mails != want || lines != want {
		s.Errorf("%d mails and %d lines in the log, want %d of each", mails, lines, want)
	}
}

func TestFilesAreScannedAgainWhenMoreIsKnown(t *testing.T) {
	t.Parallel()
	s, d := scanned(t)
	e, err := s.send("a.pdf", aPDF("% "+clamavtest.Later))
	if err != nil || s.opens(e.Ref) != nil {
		t.Fatalf("what nobody knows yet: %v, %v", err, s.opens(e.Ref))
	}
	d.Down()
	d.Learn(clamavtest.Later)
	d.Up()
	if err := errors.Join(s.drain("scan-files"), s.opens(e.Ref)); err != nil {
		t.Errorf("within the week: %v", err)
	}
	s.Watch.Advance(8 * 24 * time.Hour)
	for range 2 {
		if err := s.drain("scan-files"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.opens(e.Ref); !errors.Is(err, claims.ErrQuarantine) {
		t.Errorf("after the week it opens: %v, want %v", err, claims.ErrQuarantine)
	}
	s.told(1)
	d.Down()
	d.Learn("something else") // the makers of the list had been wrong
	d.Up()
	s.Watch.Advance(8 * 24 * time.Hour)
	if err := errors.Join(s.drain("scan-files"), s.opens(e.Ref)); err != nil {
		t.Errorf("when it was none after all: %v", err)
	}
	s.told(1)
}

func TestFilesFromBeforeThereWasAScannerAreScanned(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	e, err := s.send("a.pdf", aPDF(""))
	if err != nil || s.opens(e.Ref) != nil {
		t.Fatalf("without a scanner: %v, %v", err, s.opens(e.Ref))
	}
	if err := s.drain("scan-files"); err != nil {
		t.Errorf("the drain without a scanner: %v", err)
	}
	s.Claims.ScanWith(clamavtest.Start(t).Client)
	if err := s.opens(e.Ref); !errors.Is(err, claims.ErrQuarantine) {
		t.Errorf("before it is scanned: %v, want %v", err, claims.ErrQuarantine)
	}
	if err := errors.Join(s.drain("scan-files"), s.opens(e.Ref)); err != nil {
		t.Error(err)
	}
}

func TestWhatIsTakenBackWhileItIsScannedStaysSo(t *testing.T) {
	t.Parallel()
	s, d := scanned(t)
	d.Down()
	e, err := s.send("a.pdf", aPDF("% "+clamavtest.Mark))
	if err != nil {
		t.Fatal(err)
	}
	d.Up()
	ends := claimstest.Eight(func(i int) error {
		if i%2 == 0 {
			return s.Claims.Retract(t.Context(), visitor, s.owner, e.Ref)
		}
		if err := s.drain("scan-files"); err != nil && s.only().RetractedAt == nil {
			return err
		}
		return nil
	})
	if ends[nil] != 8 {
		t.Errorf("%v, want no trouble", ends)
	}
	if s.only().RetractedAt == nil || stored(t, s.Files) != 0 {
		t.Error("it came back")
	}
}

func TestAnExportLeavesOutWhatIsInQuarantine(t *testing.T) {
	t.Parallel()
	s, d := scanned(t)
	d.Down()
	if _, err := s.send("a.pdf", aPDF("")); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := s.Claims.Export(t.Context(), s.Participation(s.member).ParticipantID, &b); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b.Bytes(), []byte("bewijs/")) {
		t.Error("the file that waits is in the export")
	}
}
