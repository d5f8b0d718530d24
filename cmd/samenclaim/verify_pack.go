package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"

	"samenclaim/claims/auditpack"
	"samenclaim/claims/letter"
	"samenclaim/payments"
)

// checkAuditPack recomputes an audit pack and tells what it found, in both languages; known is false for any other file.
func checkAuditPack(c console, name string, key ed25519.PublicKey) (known, right bool, err error) {
	f, err := os.Open(name)
	if err != nil {
		return false, false, fmt.Errorf("read the file: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return false, false, fmt.Errorf("read the file: %w", err)
	}
	if !auditpack.Is(f, info.Size()) {
		return false, false, nil
	}
	r, err := auditpack.Verify(f, info.Size(), key)
	var fault *auditpack.Fault
	if errors.As(err, &fault) {
		c.say("%s: klopt NIET. %s: %s", name, fault.File, fault.NL)
		c.say("%s: NOT right. %s: %s", name, fault.File, fault.EN)
		return true, false, nil
	}
	if err != nil {
		return true, false, err
	}
	pot := payments.Cents(r.PotCents)
	c.say("%s: klopt: verdeling %d van %s (%s): %s over %d deelnemers, %d uitbetalingen met %d overboekingen in %d bestanden voor de bank, %d bankregels, %d boekingen, %d facturen, alles nagerekend.",
		name, r.Distribution, r.Claim, r.Foundation, pot, r.People, r.Runs, r.Payouts, r.Files, r.Lines, r.Journals, r.Invoices)
	c.say("%s: right: distribution %d of %s (%s): %s over %d participants, %d runs with %d transfers in %d files for the bank, %d lines of the bank, %d journals, %d invoices, all recomputed.",
		name, r.Distribution, r.Claim, r.Foundation, pot, r.People, r.Runs, r.Payouts, r.Files, r.Lines, r.Journals, r.Invoices)
	c.say("%s: ketting, chain: %s", name, r.Chain)
	if key == nil {
		c.say("%s: niet nagegaan: van wie de sleutel is, vingerafdruk %s (--key).", name, letter.KeyFingerprint(r.Key))
		c.say("%s: left open: whose key it is, fingerprint %s (--key).", name, letter.KeyFingerprint(r.Key))
	}
	return true, true, nil
}
