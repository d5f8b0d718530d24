package vault

import (
	"bytes"
	"errors"
	"testing"
)

func setup(t testing.TB) (*Vault, []byte) {
	t.Helper()
	m, err := NewMaster()
	if err != nil {
		t.Fatalf("NewMaster: %v", err)
	}
	v, err := Open(m)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return v, m
}

func newTestKey(t testing.TB, v *Vault) (*Key, []byte) {
	t.Helper()
	k, wrapped, err := v.NewKey()
	if err != nil {
		t.Fatalf("NewKey: %v", err)
	}
	return k, wrapped
}

func TestSealedDataOpensOnlyWhereItBelongs(t *testing.T) {
	t.Parallel()
	v, _ := setup(t)
	other, _ := setup(t)
	k, wrapped := newTestKey(t, v)
	k2, _ := newTestKey(t, v)
	const about = "participation:12:address"
	sealed, err := k.Seal([]byte("Dorpsstraat 1"), about)
	if err != nil {
		t.Fatal(err)
	}
	byVault, err := v.Seal([]byte("Dorpsstraat 1"), about)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)-1] ^= 1
	tests := []struct {
		name   string
		s      Sealer
		sealed []byte
		about  string
		want   error
	}{
		{"the same key and record", k, sealed, about, nil},
		{"the vault's own", v, byVault, about, nil},
		{"another record", k, sealed, "participation:13:address", ErrUnreadable},
		{"another field", k, sealed, "participation:12:account", ErrUnreadable},
		{"the key of another participation", k2, sealed, about, ErrUnreadable},
		{"the vault in place of the key", v, sealed, about, ErrUnreadable},
		{"the key in place of the vault", k, byVault, about, ErrUnreadable},
		{"another vault", other, byVault, about, ErrUnreadable},
		{"one bit changed", k, flipped, about, ErrUnreadable},
		{"the end cut off", k, sealed[:len(sealed)-1], about, ErrUnreadable},
		{"cut to a few bytes", k, sealed[:5], about, ErrUnreadable},
		{"nothing", k, nil, about, ErrUnreadable},
		{"plain text", k, []byte("Dorpsstraat 1, 1234 AB Ons Dorp, Nederland"), about, ErrUnreadable},
		{"a wrapped key as if sealed by the vault", v, wrapped, about, ErrUnreadable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.s.Unseal(tt.sealed, tt.about)
			if !errors.Is(err, tt.want) {
				t.Fatalf("Unseal error = %v, want %v", err, tt.want)
			}
			if tt.want == nil && string(got) != "Dorpsstraat 1" {
				t.Errorf("Unseal = %q, want the plain text", got)
			}
			if tt.want != nil && got != nil {
				t.Errorf("Unseal = %q beside an error", got)
			}
		})
	}
}

func TestSealedDataIsToldFromPlainText(t *testing.T) {
	t.Parallel()
	v, _ := setup(t)
	k, wrapped := newTestKey(t, v)
	for _, plain := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("y"), 4000)} {
		for _, s := range []Sealer{k, v} {
			b, err := s.Seal(plain, "a")
			if err != nil {
				t.Fatal(err)
			}
			if b[0] != 1 || len(b) < MinSealed || len(plain) > 8 && bytes.Contains(b, plain[:8]) {
				t.Errorf("%T seals %d bytes as %x…, want a first byte 1 and at least %d bytes", s, len(plain), b[:4], MinSealed)
			}
		}
	}
	if wrapped[0] != 1 || len(wrapped) < MinSealed {
		t.Errorf("wrapped key = %x, want a first byte 1", wrapped)
	}
	a, _ := k.Seal([]byte("same"), "a")
	b, _ := k.Seal([]byte("same"), "a")
	if bytes.Equal(a, b) {
		t.Error("the same text sealed twice is equal")
	}
}

func TestADestroyedKeyIsTheErasure(t *testing.T) {
	t.Parallel()
	v, _ := setup(t)
	if _, err := v.OpenKey(nil); !errors.Is(err, ErrDestroyed) {
		t.Errorf("OpenKey(nil) = %v, want %v", err, ErrDestroyed)
	}
	if _, err := v.OpenKey([]byte{}); !errors.Is(err, ErrDestroyed) {
		t.Errorf("OpenKey(empty) = %v, want %v", err, ErrDestroyed)
	}
	_, wrapped := newTestKey(t, v)
	wrapped[9] ^= 1
	if _, err := v.OpenKey(wrapped); !errors.Is(err, ErrUnreadable) {
		t.Errorf("OpenKey(damaged) = %v, want %v", err, ErrUnreadable)
	}
}

func TestIndexAndMACKeepKindsApart(t *testing.T) {
	t.Parallel()
	v, _ := setup(t)
	other, _ := setup(t)
	base := v.Index("email", "jan@voorbeeld.nl")
	if len(base) != 16 {
		t.Errorf("Index gives %d bytes, want 16", len(base))
	}
	if !bytes.Equal(base, v.Index("email", "jan@voorbeeld.nl")) {
		t.Error("the same value gives another index")
	}
	for name, b := range map[string][]byte{
		"another value":          v.Index("email", "jan@voorbeeld.be"),
		"another kind":           v.Index("name", "jan@voorbeeld.nl"),
		"another installation":   other.Index("email", "jan@voorbeeld.nl"),
		"the border moved":       v.Index("email\x00jan", "@voorbeeld.nl"),
		"a code, not an index":   v.MAC("email", []byte("jan@voorbeeld.nl"))[:16],
		"a value with NUL ahead": v.Index("email", "\x00jan@voorbeeld.nl"),
	} {
		if bytes.Equal(base, b) {
			t.Errorf("%s gives the same index", name)
		}
	}
	if n := len(v.MAC("code", nil)); n != 32 {
		t.Errorf("MAC gives %d bytes, want 32", n)
	}
}

func TestStructuresSealAsJSON(t *testing.T) {
	t.Parallel()
	type address struct{ Street, Town string }
	v, _ := setup(t)
	k, _ := newTestKey(t, v)
	want := address{"Dorpsstraat 1", "Ons Dorp"}
	b, err := SealJSON(k, want, "a")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := UnsealJSON[address](k, b, "a"); err != nil || got != want {
		t.Errorf("UnsealJSON = %v, %v, want %v", got, err, want)
	}
	if _, err := UnsealJSON[address](k, b, "b"); !errors.Is(err, ErrUnreadable) {
		t.Errorf("UnsealJSON about another = %v, want %v", err, ErrUnreadable)
	}
	if _, err := UnsealJSON[[]int](k, b, "a"); !errors.Is(err, ErrUnreadable) {
		t.Errorf("UnsealJSON into another structure = %v, want %v", err, ErrUnreadable)
	}
}

func BenchmarkNewKey(b *testing.B) {
	v, _ := setup(b)
	for b.Loop() {
		if _, _, err := v.NewKey(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSealField(b *testing.B) {
	v, _ := setup(b)
	k, _ := newTestKey(b, v)
	plain := []byte("NL91 ABNA 0417 1643 00")
	for b.Loop() {
		if _, err := k.Seal(plain, "participation:1:account"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIndex(b *testing.B) {
	v, _ := setup(b)
	for b.Loop() {
		v.Index("email", "jan@voorbeeld.nl")
	}
}
