package vault

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"pgregory.net/rapid"
)

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
