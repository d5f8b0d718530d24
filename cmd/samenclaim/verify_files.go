package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"samenclaim/claims/letter"
)

// verifyLimit is the most that is read of a file: an annex of a million rows is smaller.
const verifyLimit = 1 << 30

var errVerifyFile = errors.New("the file cannot be checked")

// readLimited reads a file, unless it is too large to be one of ours.
func readLimited(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 2)
	if n, err := io.ReadFull(f, head); err != nil {
		return head[:n], nil // shorter than anything we make: the check says so
	}
	limit := int64(verifyLimit)
	if letter.IsZIP(head) {
		limit = letter.PackLimit
	}
	rest, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return slices.Concat(head, rest), nil
}

// publicKey reads the foundation's key as the site publishes it.
func publicKey(name string) (ed25519.PublicKey, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read --key: %w", err)
	}
	if block, _ := pem.Decode(content); block != nil {
		if parsed, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
			if key, ok := parsed.(ed25519.PublicKey); ok {
				return key, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: %s holds no Ed25519 key as the site publishes it", errVerifyFile, name)
}
