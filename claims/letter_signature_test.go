package claims_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/claims/letter"
)

func TestALetterIsSignedAsItGoesOut(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	l := c.Send()
	_, pdf, _, err := c.Claims.LetterFile(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, claims.FileLetter)
	if err != nil {
		t.Fatal(err)
	}
	if said := pdfsig(t, pdf); !strings.Contains(said, "Signature is Valid") || !strings.Contains(said, "Total document signed") || !strings.Contains(said, "Stichting Proef") {
		t.Errorf("pdfsig says of the letter: %s", said)
	}
	if l.Fields.SignedBy != "Stichting Proef" {
		t.Errorf("the letter is signed by %q", l.Fields.SignedBy)
	}
	receipt, err := c.Claims.Receipt(t.Context(), c.Participation(m))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := letter.VerifyFile(receipt, pdf); err != nil {
		t.Errorf("the receipt speaks of another file than the signed one: %v", err)
	}
	before, _, _ := bytes.Cut(pdf, []byte("/Type /Sig\n"))
	unsigned := before[:bytes.LastIndex(before, []byte("%%EOF\n"))+6]
	if !bytes.HasPrefix(unsigned, []byte("%PDF-")) || letterIs(receipt, unsigned) {
		t.Error("the receipt is believed beside the letter without its signature")
	}
}

func letterIs(receipt, pdf []byte) bool {
	_, err := letter.VerifyFile(receipt, pdf)
	return err == nil
}

func TestWithoutACertificateALetterGoesOutUnsigned(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Claims.SignLettersWith(nil)
	c.Join(1)
	l := c.Send()
	_, pdf, _, err := c.Claims.LetterFile(t.Context(), claimstest.Lawyer, c.Claim.ID, 1, claims.FileLetter)
	if err != nil || bytes.Contains(pdf, []byte("/Type /Sig")) || l.Fields.SignedBy != "" {
		t.Errorf("the letter is signed by %q, %v, want nobody", l.Fields.SignedBy, err)
	}
}

func TestACertificateThatEndedSendsNothing(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	c.Approved()
	chain, key, err := letter.SelfSigned("Stichting Voorbij", c.Watch.Now().AddDate(-10, 0, -1))
	if err != nil {
		t.Fatal(err)
	}
	ended, err := letter.OpenCertificate(chain, key)
	if err != nil {
		t.Fatal(err)
	}
	c.Claims.SignLettersWith(ended)
	if err := c.Claims.SendLetter(t.Context(), claimstest.Board, c.Claim.ID, 1); !errors.Is(err, letter.ErrCertificateTime) {
		t.Errorf("send with a certificate that ended = %v, want %v", err, letter.ErrCertificateTime)
	}
	c.Status(claims.LetterReady)
}

// pdfsig asks poppler what it finds of the signatures in a file.
func pdfsig(t *testing.T, file []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdfsig")
	if err != nil {
		t.Fatal("pdfsig of Poppler is not installed; .ci/setup test installs it")
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "letter.pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), tool, name)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "HOME="+dir)
	out, _ := cmd.CombinedOutput() // it ends with an error when anything is wrong: the words say what
	return string(out)
}
