package letter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
)

var (
	// ErrRecipient means a public key that nothing can be sealed to.
	ErrRecipient = errors.New("this is not a public key to seal to; it starts with age1")
	// ErrSealed means that this key doesn't open this file.
	ErrSealed = errors.New("this key does not open the sealed file")
)

// Seal encrypts a file so that only the owner of the key can read it: not we,
// not who holds our server. recipient is the public key of the lawyer (age1…).
// The result differs each time, as it must; it is opened with the free program age.
func Seal(recipient string, plaintext []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := SealTo(&out, recipient)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plaintext); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return out.Bytes(), nil
}

// SealTo seals what is written to it, without holding it in memory. Close it to finish.
func SealTo(w io.Writer, recipient string) (io.WriteCloser, error) {
	to, err := age.ParseX25519Recipient(strings.TrimSpace(recipient))
	if err != nil {
		return nil, ErrRecipient // not the cause: it repeats the key
	}
	sealed, err := age.Encrypt(w, to)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return sealed, nil
}

// CheckRecipient tells whether files can be sealed to this public key.
func CheckRecipient(recipient string) error {
	_, err := SealTo(io.Discard, recipient)
	return err
}

// Unseal opens a sealed file with the secret key of the lawyer (AGE-SECRET-KEY-1…).
func Unseal(secret string, sealed []byte) ([]byte, error) {
	key, err := age.ParseX25519Identity(strings.TrimSpace(secret))
	if err != nil {
		return nil, ErrSealed // not the cause: it could repeat the key
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), key)
	if err != nil {
		return nil, ErrSealed
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}
