package letter

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/digitorus/pdf"
	"github.com/digitorus/pdfsign/sign"
)

var (
	// ErrCertificate means a certificate or key that letters can't be signed with.
	ErrCertificate = errors.New("this certificate and key can't sign letters")
	// ErrCertificateTime means that the certificate isn't valid yet, or any more.
	ErrCertificateTime = errors.New("the certificate that letters are signed with is not valid now")
)

// Certificate signs papers in the name of the foundation.
type Certificate struct {
	key   crypto.Signer
	chain []*x509.Certificate // our own first, then who vouches for it
}

// OpenCertificate reads a chain of certificates and the key of the first one, in
// PEM. It wants RSA of 2048 bits or more, or ECDSA, and a certificate that may sign.
func OpenCertificate(chainPEM, keyPEM []byte) (*Certificate, error) {
	pair, err := tls.X509KeyPair(chainPEM, keyPEM) // checks that they belong together
	if err != nil {
		return nil, ErrCertificate // not the cause: it could repeat the key
	}
	c := &Certificate{}
	for _, der := range pair.Certificate {
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, ErrCertificate
		}
		c.chain = append(c.chain, parsed)
	}
	switch key := pair.PrivateKey.(type) {
	case *rsa.PrivateKey:
		if key.N.BitLen() < 2048 {
			return nil, fmt.Errorf("%w: an RSA key needs 2048 bits", ErrCertificate)
		}
		c.key = key
	case *ecdsa.PrivateKey:
		c.key = key
	default:
		return nil, fmt.Errorf("%w: it takes an RSA or ECDSA key", ErrCertificate)
	}
	const signs = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	if use := c.chain[0].KeyUsage; use != 0 && use&signs == 0 {
		return nil, fmt.Errorf("%w: it is made for something else than signing", ErrCertificate)
	}
	return c, nil
}

// SelfSigned makes a certificate that nobody vouches for, valid for ten years from
// a moment: for the demo and for tests.
func SelfSigned(name string, from time.Time) (chainPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name, Organization: []string{name}, Country: []string{"NL"}},
		NotBefore: from.UTC(), NotAfter: from.UTC().AddDate(10, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), nil
}

// ValidAt refuses a moment at which the certificate isn't valid.
func (c *Certificate) ValidAt(at time.Time) error {
	if at.Before(c.chain[0].NotBefore) || at.After(c.chain[0].NotAfter) {
		return ErrCertificateTime
	}
	return nil
}

// Name is whom the certificate speaks of.
func (c *Certificate) Name() string {
	if n := oneLine(c.chain[0].Subject.CommonName); n != "" {
		return n
	}
	return oneLine(c.chain[0].Subject.String())
}

// Until is the last moment at which the certificate is valid.
func (c *Certificate) Until() time.Time { return c.chain[0].NotAfter }

// SignPDF signs a paper, as the last update at the end of its file: the signature
// covers every byte, and allows no change after it. It calls nobody: the moment is
// by our own clock, and whether the certificate was withdrawn is for the reader to find out.
func (c *Certificate) SignPDF(plain []byte, place, reason string, at time.Time) ([]byte, error) {
	if err := c.ValidAt(at); err != nil {
		return nil, err
	}
	in := bytes.NewReader(plain)
	paper, err := pdf.NewReader(in, in.Size())
	if err != nil {
		return nil, fmt.Errorf("sign the PDF: %w", err)
	}
	var out bytes.Buffer
	err = sign.Sign(in, &out, paper, in.Size(), sign.SignData{
		Signature: sign.SignDataSignature{
			CertType: sign.CertificationSignature, DocMDPPerm: sign.DoNotAllowAnyChangesPerms,
			Info: sign.SignDataSignatureInfo{Name: c.Name(), Location: oneLine(place), Reason: oneLine(reason), Date: at},
		},
		Signer: c.key, DigestAlgorithm: crypto.SHA256, Certificate: c.chain[0], CertificateChains: [][]*x509.Certificate{c.chain},
	})
	if err != nil {
		return nil, fmt.Errorf("sign the PDF: %w", err)
	}
	return out.Bytes(), nil
}
