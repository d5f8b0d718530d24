package bank

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The files in testdata are our own, in the manner of several banks; what we
// read of them is written beside them.
func TestInspectFilesInTheMannerOfBanks(t *testing.T) {
	t.Parallel()
	camt, err := filepath.Glob(filepath.Join("testdata", "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	swift, err := filepath.Glob(filepath.Join("testdata", "*.sta"))
	if err != nil || len(camt) < 4 || len(swift) < 5 {
		t.Fatalf("%d and %d files, %v, want at least 4 and 5", len(camt), len(swift), err)
	}
	for _, name := range append(camt, swift...) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			report, err := Inspect(bytes.NewReader(raw), Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(report, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden := name + ".golden.json"
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
				t.Errorf("%s differs (-want +got):\n%s", golden, diff)
			}
		})
	}
}

func TestReadInEveryEncodingOfBanks(t *testing.T) {
	t.Parallel()
	text := strings.ReplaceAll(file08("100.00", "223.45", ntry("CRDT", "123.45", returned("P1", "123.45", "AC04"))), "J. de Vries", "Zoë Müller")
	named := func(encoding string) string { return strings.Replace(text, "UTF-8", encoding, 1) }
	wideBytes := func(s string, bom ...byte) []byte {
		out := append([]byte{}, bom...)
		for _, u := range utf16.Encode([]rune(s)) {
			out = append(out, byte(u), byte(u>>8))
		}
		return out
	}
	latin, err := charmap.ISO8859_1.NewEncoder().String(named("ISO-8859-1"))
	if err != nil {
		t.Fatal(err)
	}
	windows, err := charmap.Windows1252.NewEncoder().String(named("windows-1252"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		file []byte
	}{
		{"UTF-8", []byte(text)},
		{"UTF-8 with a mark", []byte("\ufeff" + text)},
		{"without a declaration", withoutDeclaration([]byte(text))},
		{"Latin-1", []byte(latin)},
		{"Windows", []byte(windows)},
		{"UTF-16 with a mark", wideBytes(named("UTF-16"), 0xFF, 0xFE)},
		{"UTF-16 without a mark", wideBytes(named("UTF-16"))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadAll(bytes.NewReader(tt.file), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if name := got.Statements[0].Entries[0].CounterName; name != "Zoë Müller" {
				t.Errorf("the name is %q, want Zoë Müller", name)
			}
		})
	}
}

func TestReadInSmallPieces(t *testing.T) {
	t.Parallel()
	text := file08("100.00", "346.90", ntry("CRDT", "123.45", returned("P1", "123.45", "AC04")), ntry("CRDT", "123.45", returned("P2", "123.45", "MS03")))
	want, err := ReadAll(strings.NewReader(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadAll(iotest.OneByteReader(strings.NewReader(text)), Options{})
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("read byte by byte: %v, differs (-want +got):\n%s", err, diff)
	}
}

func TestReadStops(t *testing.T) {
	t.Parallel()
	boom := errors.New("the disk is full")
	text := file08("100.00", "150.00", ntry("CRDT", "50.00", ""))
	tests := []struct {
		name string
		r    io.Reader
		o    Options
		v    Visitor
		want error
	}{
		{"when the visitor cannot keep the head", strings.NewReader(text), Options{}, Visitor{Statement: func(*Statement) error { return boom }}, boom},
		{"when the visitor cannot keep an entry", strings.NewReader(text), Options{}, Visitor{Entry: func(*Statement, *Entry) error { return boom }}, boom},
		{"when the visitor cannot close", strings.NewReader(text), Options{}, Visitor{Close: func(*Statement) error { return boom }}, boom},
		{"when the file is larger than allowed", strings.NewReader(text), Options{MaxBytes: 500}, Visitor{}, ErrUntrusted},
		{"when an MT940 file is larger than allowed", strings.NewReader(abn), Options{MaxBytes: 100}, Visitor{}, ErrUntrusted},
		{"when one text never ends", io.MultiReader(strings.NewReader(head08+"<Stmt><Id>"), strings.NewReader(strings.Repeat("x", 3<<20))), Options{}, Visitor{}, ErrUntrusted},
		{"when the visitor of an MT940 file cannot go on", strings.NewReader(abn), Options{}, Visitor{Entry: func(*Statement, *Entry) error { return boom }}, boom},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := Read(tt.r, tt.o, tt.v); !errors.Is(err, tt.want) {
				t.Errorf("Read = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestErrorsHoldNoNames(t *testing.T) {
	t.Parallel()
	text := strings.Replace(file08("100.00", "223.45", ntry("CRDT", "123.45", returned("P1", "123.45", "AC04"))), "J. de Vries</Nm>", "J. de Vries</Naam>", 1)
	_, err := ReadAll(strings.NewReader(text), Options{})
	if err == nil || strings.Contains(err.Error(), "Vries") || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("got %v, want an error of line 3 without the name", err)
	}
}

func TestALongStatementNeedsLittleMemory(t *testing.T) {
	t.Parallel()
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n, largest := 0, uint64(0)
	var last *Statement
	_, err := Read(many(30_000), Options{}, Visitor{
		Entry: func(*Statement, *Entry) error {
			if n++; n%10_000 == 0 {
				runtime.GC()
				runtime.ReadMemStats(&now)
				largest = max(largest, now.HeapAlloc)
			}
			return nil
		},
		Close: func(st *Statement) error { last = st; return nil },
	})
	if err != nil || n != 30_000 || !last.Ties {
		t.Fatalf("%d entries, %v, ties %v", n, err, last != nil && last.Ties)
	}
	if grown := int64(largest) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("reading 30,000 entries keeps %d MiB", grown>>20)
	}
}

func FuzzRead(f *testing.F) {
	for _, file := range samples(f) {
		f.Add(file)
	}
	f.Add([]byte(abn))
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := ReadAll(bytes.NewReader(file), Options{MaxBytes: 1 << 20})
		if err != nil {
			if !errors.Is(err, ErrUntrusted) && !errors.Is(err, ErrFormat) {
				t.Errorf("ReadAll = %v, want it to say what is wrong with the file", err)
			}
			return
		}
		for _, st := range got.Statements {
			recount(t, st)
		}
	})
}

// recount adds a statement up again from its entries.
func recount(t *testing.T, st Statement) {
	t.Helper()
	var sum Amount
	for _, e := range st.Entries {
		if e.Booked() {
			sum += e.Amount
		}
		if cents, whole := e.Amount.Cents(); whole && cents != e.AmountCents {
			t.Errorf("%s is %d cents", e.Amount, e.AmountCents)
		}
	}
	if sum != st.BookedSum || len(st.Entries) != st.EntryCount {
		t.Errorf("entries make %s, want %s", sum, st.BookedSum)
	}
	if ties := st.Opening != nil && st.Closing != nil && st.Opening.Amount+sum == st.Closing.Amount; st.Ties && !ties {
		t.Errorf("a statement ties that does not")
	}
	if st.Bookable() && !st.Ties {
		t.Errorf("a statement can be booked that does not tie")
	}
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		var file bytes.Buffer
		if _, err := io.Copy(&file, many(n)); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(file.Len()))
			for b.Loop() {
				if _, err := Read(bytes.NewReader(file.Bytes()), Options{}, Visitor{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
