package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	_, good := setup(t)
	demo, err := NewDemoMaster()
	if err != nil {
		t.Fatal(err)
	}
	edit := func(change func(*master)) []byte {
		var m master
		if err := json.Unmarshal(good, &m); err != nil {
			t.Fatal(err)
		}
		change(&m)
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	tests := []struct {
		name    string
		content []byte
		want    error
	}{
		{"nothing", nil, ErrNoMaster},
		{"only white space", []byte(" \n\t"), ErrNoMaster},
		{"a default word", []byte("changeme\n"), ErrDefaultMaster},
		{"a default word in capitals", []byte("SECRET"), ErrDefaultMaster},
		{"a row of zeroes", []byte(strings.Repeat("0", 64)), ErrDefaultMaster},
		{"a short text", []byte("abc"), ErrBadMaster},
		{"half a file", good[:len(good)/2], ErrBadMaster},
		{"another kind of JSON", []byte(`{"format":"else"}`), ErrBadMaster},
		{"a key for demonstrations", demo, ErrDemoMaster},
		{"no encryption keys", edit(func(m *master) { m.AEAD = nil }), ErrBadMaster},
		{"no search key", edit(func(m *master) { m.PRF = nil }), ErrBadMaster},
		{"keys in each other's place", edit(func(m *master) { m.AEAD, m.PRF = m.PRF, m.AEAD }), ErrBadMaster},
		{"a key cut short", edit(func(m *master) { m.AEAD = m.AEAD[:len(m.AEAD)-20] }), ErrBadMaster},
		{"an unknown use", edit(func(m *master) { m.Use = "" }), ErrBadMaster},
		{"a key of zero bytes", edit(func(m *master) { m.AEAD = zeroKey(t, m.AEAD) }), ErrDefaultMaster},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v, err := Open(tt.content)
			if !errors.Is(err, tt.want) || v != nil {
				t.Errorf("Open = %v, %v, want error %v", v, err, tt.want)
			}
			if err != nil && len(tt.content) > 8 && strings.Contains(err.Error(), string(tt.content)) {
				t.Errorf("the error repeats the key")
			}
		})
	}
}

// zeroKey replaces the 32 key bytes inside a keyset by zeroes.
func zeroKey(t *testing.T, raw []byte) []byte {
	t.Helper()
	i := bytes.Index(raw, []byte{0x1a, 0x20}) // field 3 of AesGcmKey, 32 bytes long
	if i < 0 {
		t.Fatal("no 32-byte key in the keyset")
	}
	out := bytes.Clone(raw)
	clear(out[i+2 : i+2+32])
	return out
}

func TestDemoKeyOpensOnlyADemo(t *testing.T) {
	t.Parallel()
	demo, err := NewDemoMaster()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDemo(demo); err != nil {
		t.Errorf("OpenDemo(demo key) = %v, want no error", err)
	}
	_, good := setup(t)
	if _, err := OpenDemo(good); !errors.Is(err, ErrBadMaster) {
		t.Errorf("OpenDemo(real key) = %v, want %v", err, ErrBadMaster)
	}
}

func TestOldDataOpensAfterRotation(t *testing.T) {
	t.Parallel()
	v, m := setup(t)
	k, wrapped := newTestKey(t, v)
	field, err := k.Seal([]byte("field"), "a")
	if err != nil {
		t.Fatal(err)
	}
	own, err := v.Seal([]byte("own"), "a")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if m, err = Rotate(m); err != nil {
			t.Fatalf("Rotate: %v", err)
		}
	}
	v2, err := Open(m)
	if err != nil {
		t.Fatalf("Open after rotation: %v", err)
	}
	k2, err := v2.OpenKey(wrapped)
	if err != nil {
		t.Fatalf("OpenKey after rotation: %v", err)
	}
	if b, err := k2.Unseal(field, "a"); err != nil || string(b) != "field" {
		t.Errorf("field = %q, %v, want it to open", b, err)
	}
	if b, err := v2.Unseal(own, "a"); err != nil || string(b) != "own" {
		t.Errorf("own = %q, %v, want it to open", b, err)
	}
	fresh, err := v2.Seal([]byte("new"), "a")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(fresh[:5], own[:5]) {
		t.Error("new data still names the old key")
	}
	if _, err := v.Unseal(fresh, "a"); !errors.Is(err, ErrUnreadable) {
		t.Errorf("the old master opens new data: %v", err)
	}
	if !bytes.Equal(v.Index("email", "a@b.nl"), v2.Index("email", "a@b.nl")) {
		t.Error("the search column changed with the rotation")
	}
}
