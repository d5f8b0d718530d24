// Package tsatest is a time stamp authority inside a test.
package tsatest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
)

// Authority answers by RFC 3161 on an address of its own.
type Authority struct {
	URL   string
	Roots *x509.CertPool // with which its time stamps are trusted
	Asked atomic.Int64   // how often it was asked
	Fault atomic.Pointer[http.HandlerFunc]

	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	now  func() time.Time
}

// Start opens an authority with a certificate of its own; now is its clock.
func Start(t testing.TB, now func() time.Time) *Authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Tijdstempel Proef"}, NotBefore: now().AddDate(-1, 0, 0), NotAfter: now().AddDate(10, 0, 0),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	a := &Authority{key: key, now: now, Roots: x509.NewCertPool()}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.Roots.AddCert(a.cert)
	server := httptest.NewServer(http.HandlerFunc(a.serve))
	t.Cleanup(server.Close)
	a.URL = server.URL
	return a
}

func (a *Authority) serve(w http.ResponseWriter, r *http.Request) {
	a.Asked.Add(1)
	if f := a.Fault.Load(); f != nil {
		(*f)(w, r)
		return
	}
	query, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/timestamp-query" {
		http.Error(w, "not a question", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(a.Answer(query, nil))
}

// Answer is the reply to a question; change makes it a wrong one.
func (a *Authority) Answer(query []byte, change func(*timestamp.Timestamp)) []byte {
	q, err := timestamp.ParseRequest(query)
	if err != nil {
		return nil
	}
	ts := timestamp.Timestamp{
		HashAlgorithm: q.HashAlgorithm, HashedMessage: q.HashedMessage, Time: a.now(), Nonce: q.Nonce, Policy: []int{1, 2, 3, 4, 1},
		SerialNumber: big.NewInt(a.Asked.Load()), AddTSACertificate: q.Certificates,
	}
	if change != nil {
		change(&ts)
	}
	answer, err := ts.CreateResponseWithOpts(a.cert, a.key, crypto.SHA256)
	if err != nil {
		return nil
	}
	return answer
}
