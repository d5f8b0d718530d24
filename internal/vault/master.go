package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

var (
	// ErrNoMaster means that the master key is missing.
	ErrNoMaster = errors.New("the master key is empty")
	// ErrBadMaster means that the master key is not one that this program made.
	ErrBadMaster = errors.New("the master key is not one that this program made")
	// ErrDefaultMaster means that the master key is a word or a row of equal bytes that anyone could guess.
	ErrDefaultMaster = errors.New("the master key is a default that anyone could guess")
	// ErrDemoMaster means that a key made for a demonstration would protect real data.
	ErrDemoMaster = errors.New("the master key was made for a demonstration; make a new one for real data")
)

const (
	masterFormat = "samenclaim-master-1"
	useReal      = "real"
	useDemo      = "demo"
)

// guessed are contents that people leave in a settings file.
var guessed = []string{"changeme", "change-me", "secret", "password", "default", "example", "master", "test", "demo", "samenclaim"}

// master is the file outside the database that everything is encrypted with.
// The keysets stand in it in Tink's own binary form.
type master struct {
	Format string `json:"format"`
	Use    string `json:"use"`
	AEAD   []byte `json:"aead"`
	PRF    []byte `json:"prf"`
}

// NewMaster makes the content of a new master key file for real data.
func NewMaster() ([]byte, error) { return newMaster(useReal) }

// NewDemoMaster makes the content of a master key file that only OpenDemo accepts.
func NewDemoMaster() ([]byte, error) { return newMaster(useDemo) }

// Rotate adds a fresh key to a master key file: new data uses it, old data still opens.
// The key behind the search columns stays, because those columns would no longer be found.
func Rotate(content []byte) ([]byte, error) {
	m, err := parse(content)
	if err != nil {
		return nil, err
	}
	h, err := handle(m.AEAD, "AesGcmKey")
	if err != nil {
		return nil, err
	}
	keys := keyset.NewManagerFromHandle(h)
	id, err := keys.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("add a master key: %w", err)
	}
	if err := keys.SetPrimary(id); err != nil {
		return nil, fmt.Errorf("use the new master key: %w", err)
	}
	if h, err = keys.Handle(); err != nil {
		return nil, fmt.Errorf("rotate the master key: %w", err)
	}
	if m.AEAD, err = binary(h); err != nil {
		return nil, err
	}
	return json.MarshalIndent(m, "", "  ")
}

func newMaster(use string) ([]byte, error) {
	m := master{Format: masterFormat, Use: use}
	for _, k := range []struct {
		template *tinkpb.KeyTemplate
		into     *[]byte
	}{{aead.AES256GCMKeyTemplate(), &m.AEAD}, {prf.HMACSHA256PRFKeyTemplate(), &m.PRF}} {
		h, err := keyset.NewHandle(k.template)
		if err != nil {
			return nil, fmt.Errorf("make a master key: %w", err)
		}
		if *k.into, err = binary(h); err != nil {
			return nil, err
		}
	}
	return json.MarshalIndent(m, "", "  ")
}

func binary(h *keyset.Handle) ([]byte, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewBinaryWriter(&b)); err != nil {
		return nil, fmt.Errorf("write a keyset: %w", err)
	}
	return b.Bytes(), nil
}

// parse reads a master key file and refuses what nobody should encrypt with.
// Its errors never repeat the content.
func parse(content []byte) (master, error) {
	text := bytes.TrimSpace(content)
	if len(text) == 0 {
		return master{}, ErrNoMaster
	}
	for _, word := range guessed {
		if bytes.EqualFold(text, []byte(word)) {
			return master{}, ErrDefaultMaster
		}
	}
	if len(bytes.Trim(text, string(text[:1]))) == 0 {
		return master{}, ErrDefaultMaster
	}
	var m master
	if err := json.Unmarshal(text, &m); err != nil || m.Format != masterFormat {
		return master{}, ErrBadMaster
	}
	if m.Use != useReal && m.Use != useDemo {
		return master{}, ErrBadMaster
	}
	return m, nil
}

// handle opens one keyset of the master file, if its keys are of the kind meant
// and their bytes look drawn by chance.
func handle(raw []byte, kind string) (*keyset.Handle, error) {
	h, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, ErrBadMaster
	}
	for _, k := range insecurecleartextkeyset.KeysetMaterial(h).GetKey() {
		data := k.GetKeyData()
		if !bytes.HasSuffix([]byte(data.GetTypeUrl()), []byte("."+kind)) {
			return nil, ErrBadMaster
		}
		if different(data.GetValue()) < 16 {
			return nil, ErrDefaultMaster
		}
	}
	return h, nil
}

// different counts the distinct byte values: 32 random bytes have about 30.
func different(b []byte) int {
	seen := map[byte]bool{}
	for _, c := range b {
		seen[c] = true
	}
	return len(seen)
}
