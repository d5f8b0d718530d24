package letter

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var signedAt = time.Date(2026, 3, 1, 11, 30, 5, 0, time.UTC)

// testCertificate is a certificate that nobody vouches for.
func testCertificate(t testing.TB) *Certificate {
	t.Helper()
	chain, key, err := SelfSigned("Stichting Samen Sterk voor Privacy", signedAt.AddDate(-1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	c, err := OpenCertificate(chain, key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// rsaCertificate is an RSA certificate of an authority of its own.
func rsaCertificate(t testing.TB) *Certificate {
	t.Helper()
	root, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	own, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		t.Fatal(err)
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Testautoriteit"}, NotBefore: signedAt.AddDate(-1, 0, 0), NotAfter: signedAt.AddDate(9, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Stichting (met haken) é"}, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		KeyUsage: x509.KeyUsageContentCommitment,
	}
	var chain []byte
	for _, made := range []struct {
		of, by *x509.Certificate
		key    any
	}{{leaf, ca, &own.PublicKey}, {ca, ca, &root.PublicKey}} {
		der, err := x509.CreateCertificate(rand.Reader, made.of, made.by, made.key, root)
		if err != nil {
			t.Fatal(err)
		}
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	c, err := OpenCertificate(chain, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(own)}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// pdfsig asks poppler what it finds of the signatures in a file.
func pdfsig(t *testing.T, file []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdfsig")
	if err != nil {
		t.Fatal("pdfsig of Poppler is not installed; .ci/setup test installs it")
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "signed.pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), tool, name)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "HOME="+dir)
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return string(out)
}

func TestASignedLetterIsValidForOthers(t *testing.T) {
	t.Parallel()
	_, plain := mustRender(t, testFacts(Dutch), Dutch)
	for name, c := range map[string]*Certificate{"self-made, ECDSA": testCertificate(t), "of an authority, RSA": rsaCertificate(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signed, err := c.SignPDF(plain, "Utrecht", "Klachtbrief", signedAt)
			if err != nil {
				t.Fatal(err)
			}
			if dir := os.Getenv("LETTER_OUT"); dir != "" {
				_ = os.WriteFile(filepath.Join(dir, "signed-"+name[:4]+".pdf"), signed, 0o600)
			}
			if !bytes.HasPrefix(signed, plain) {
				t.Error("signing changed what was there")
			}
			said := pdfsig(t, signed)
			for _, want := range []string{"Signature #1", "Signature Validation: Signature is Valid.", "Total document signed", "Signing Hash Algorithm: SHA-256"} {
				if !strings.Contains(said, want) {
					t.Errorf("pdfsig does not say %q: %s", want, said)
				}
			}
			// The tags of the paper are still there, and so are its words.
			spokenHeading(t, signed)
			onPaper(t, signed, "Klachtbrief")
		})
	}
}

func TestAnAlteredByteBreaksTheSignature(t *testing.T) {
	t.Parallel()
	_, plain := mustRender(t, testFacts(Dutch), Dutch)
	signed, err := testCertificate(t).SignPDF(plain, "Utrecht", "Klachtbrief", signedAt)
	if err != nil {
		t.Fatal(err)
	}
	value := bytes.Index(signed, []byte("/Contents<"))
	word := bytes.Index(signed, []byte("stream\n")) + 20
	for name, at := range map[string]int{"in a page": word, "in the title": bytes.Index(signed, []byte("/Title (")) + 10, "in our tags": bytes.Index(signed, []byte("/StructTreeRoot")) + 20, "after the signature": value + bytes.IndexByte(signed[value:], '>') + 30} {
		altered := bytes.Clone(signed)
		altered[at] ^= 1
		if said := pdfsig(t, altered); strings.Contains(said, "Signature is Valid") {
			t.Errorf("a byte altered %s is not seen: %s", name, said)
		}
	}
	more := append(bytes.Clone(signed), "% more\n"...)
	if said := pdfsig(t, more); strings.Contains(said, "Total document signed") {
		t.Errorf("what was put after the file is taken for signed: %s", said)
	}
}

func TestCertificatesThatCannotSign(t *testing.T) {
	t.Parallel()
	chain, key, err := SelfSigned("A", signedAt)
	if err != nil {
		t.Fatal(err)
	}
	_, other, err := SelfSigned("B", signedAt)
	if err != nil {
		t.Fatal(err)
	}
	weak, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // it has to be refused
	if err != nil {
		t.Skipf("a weak key can't even be made: %v", err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := func(key any, public any, use x509.KeyUsage) (chain, private []byte) {
		template := &x509.Certificate{SerialNumber: big.NewInt(3), NotBefore: signedAt, NotAfter: signedAt.AddDate(1, 0, 0), KeyUsage: use}
		der, err := x509.CreateCertificate(rand.Reader, template, template, public, key)
		if err != nil {
			t.Fatal(err)
		}
		pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	}
	weakChain, weakKey := made(weak, &weak.PublicKey, 0)
	edChain, edKey := made(edwards, edwards.Public(), 0)
	caChain, caKey := made(curve, &curve.PublicKey, x509.KeyUsageCertSign)
	for name, pair := range map[string][2][]byte{
		"nothing": {}, "no PEM": {[]byte("x"), []byte("y")}, "the key of another": {chain, other}, "the parts swapped": {key, chain},
		"a weak key": {weakChain, weakKey}, "an Ed25519 key": {edChain, edKey}, "a certificate for other certificates": {caChain, caKey},
	} {
		if _, err := OpenCertificate(pair[0], pair[1]); !errors.Is(err, ErrCertificate) {
			t.Errorf("%s: %v, want %v", name, err, ErrCertificate)
		} else if strings.Contains(err.Error(), "PRIVATE") {
			t.Errorf("%s: the error repeats the key", name)
		}
	}
	c, err := OpenCertificate(chain, key)
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]time.Time{"before it begins": signedAt.Add(-time.Second), "after it ended": signedAt.AddDate(10, 0, 1)} {
		if _, err := c.SignPDF([]byte("x"), "", "", at); !errors.Is(err, ErrCertificateTime) {
			t.Errorf("signing %s = %v, want %v", name, err, ErrCertificateTime)
		}
	}
	if _, err := c.SignPDF([]byte("not a PDF"), "", "", signedAt); err == nil {
		t.Error("something else than a PDF is signed")
	}
}

// spokenHeading expects that poppler reads a heading out of the tags of a file.
func spokenHeading(t *testing.T, file []byte) {
	t.Helper()
	tool, err := exec.LookPath("pdfinfo")
	if err != nil {
		t.Fatal("pdfinfo of Poppler is not installed; .ci/setup test installs it")
	}
	name := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, "-struct-text", name).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "H1") || !strings.Contains(string(out), "Klachtbrief") {
		t.Errorf("the tags of the signed file are not read: %v %.300s", err, out)
	}
}
