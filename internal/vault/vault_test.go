package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
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

func TestFilesSealAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	v, _ := setup(t)
	k, _ := newTestKey(t, v)
	k2, _ := newTestKey(t, v)
	plain := bytes.Repeat([]byte("0123456789abcdef"), 20_000) // 320 kB: five segments
	var out bytes.Buffer
	w, err := k.SealTo(&out, "evidence:1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, bytes.NewReader(plain)); err != nil {
		t.Fatal(err)
	}
	unfinished := bytes.Clone(out.Bytes())
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	sealed := out.Bytes()
	if sealed[0] != 1 || bytes.Contains(sealed, plain[:16]) {
		t.Error("the sealed file shows plain text, or no version byte")
	}
	changed := bytes.Clone(sealed)
	changed[segment+100] ^= 1
	tests := []struct {
		name  string
		k     *Key
		b     []byte
		about string
		want  error
	}{
		{"whole", k, sealed, "evidence:1", nil},
		{"another record", k, sealed, "evidence:2", ErrUnreadable},
		{"another key", k2, sealed, "evidence:1", ErrUnreadable},
		{"never closed", k, unfinished, "evidence:1", ErrUnreadable},
		{"cut by a byte", k, sealed[:len(sealed)-1], "evidence:1", ErrUnreadable},
		{"cut at a segment", k, sealed[:1+segment], "evidence:1", ErrUnreadable},
		{"one bit changed", k, changed, "evidence:1", ErrUnreadable},
		{"bytes behind it", k, append(bytes.Clone(sealed), 'x'), "evidence:1", ErrUnreadable},
		{"empty", k, nil, "evidence:1", ErrUnreadable},
		{"plain text", k, plain, "evidence:1", ErrUnreadable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []byte
			r, err := tt.k.UnsealFrom(bytes.NewReader(tt.b), tt.about)
			if err == nil {
				got, err = io.ReadAll(r)
			}
			if !errors.Is(err, tt.want) {
				t.Fatalf("error = %v, want %v", err, tt.want)
			}
			if tt.want == nil && !bytes.Equal(got, plain) {
				t.Errorf("%d bytes came back, want the %d written", len(got), len(plain))
			}
		})
	}
}

func TestAnyFileComesBack(t *testing.T) {
	t.Parallel()
	v, _ := setup(t)
	k, _ := newTestKey(t, v)
	rapid.Check(t, func(rt *rapid.T) {
		plain := bytes.Repeat([]byte{rapid.Byte().Draw(rt, "byte")}, rapid.IntRange(0, 3*segment).Draw(rt, "size"))
		var out bytes.Buffer
		w, err := k.SealTo(&out, "f")
		if err != nil {
			rt.Fatal(err)
		}
		if _, err := w.Write(plain); err != nil {
			rt.Fatal(err)
		}
		if err := w.Close(); err != nil {
			rt.Fatal(err)
		}
		r, err := k.UnsealFrom(&out, "f")
		if err != nil {
			rt.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, plain) {
			rt.Fatalf("%d bytes came back, %v, want %d", len(got), err, len(plain))
		}
	})
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
