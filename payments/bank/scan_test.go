package bank

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// ours gives what our scanner sees, text pieces joined.
func ours(r io.Reader) ([]string, error) {
	s := &scanner{buffer: newBuffer(r, 1<<30)}
	var seen events
	for {
		t, err := s.next()
		switch {
		case errors.Is(err, io.EOF):
			return seen.list(), nil
		case err != nil:
			return nil, err
		case t == startTag:
			var attrs []string
			attributes(s.tag, func(name, value []byte) bool {
				local, _ := localName(name)
				text, _ := attributeValue(value, nil)
				attrs = append(attrs, fmt.Sprintf("%s=%q", local, text))
				return true
			})
			seen.add("<" + string(s.local) + " " + strings.Join(attrs, " "))
		case t == endTag:
			seen.add("</" + string(s.local))
		default:
			seen.text(string(s.text))
		}
	}
}

// theirs is the same by the decoder of the standard library.
func theirs(r io.Reader) ([]string, error) {
	d := xml.NewDecoder(r)
	d.Strict = true
	var seen events
	depth, roots := 0, 0
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			var attrs []string
			for _, a := range t.Attr {
				value := strings.NewReplacer("\t", " ", "\n", " ").Replace(a.Value)
				attrs = append(attrs, fmt.Sprintf("%s=%q", a.Name.Local, value))
			}
			seen.add("<" + t.Name.Local + " " + strings.Join(attrs, " "))
			if depth++; depth == 1 {
				roots++
			}
		case xml.EndElement:
			seen.add("</" + t.Name.Local)
			depth--
		case xml.CharData:
			if depth > 0 {
				seen.text(string(t))
			}
		}
	}
	if depth != 0 || roots != 1 {
		return nil, errors.New("not one document")
	}
	return seen.list(), nil
}

type events struct {
	all  []string
	open strings.Builder
}

func (e *events) text(s string) { e.open.WriteString(s) }

func (e *events) add(s string) {
	if e.open.Len() > 0 {
		e.all = append(e.all, fmt.Sprintf("%q", e.open.String()))
		e.open.Reset()
	}
	e.all = append(e.all, s)
}

func (e *events) list() []string { return e.all }

// withoutDeclaration is what the scanner gets: the declaration is read before it.
func withoutDeclaration(file []byte) []byte {
	if m := xmlDeclaration.Find(file); m != nil {
		return file[len(m):]
	}
	return file
}

// samples are documents in which everything occurs that XML has and banks may use.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{
		"a statement": []byte(file08("100.00", "223.45", ntry("CRDT", "123.45", returned("P1", "123.45", "AC04")))),
		"everything": []byte("<?xml version='1.0'?>\r\n<!-- before --><?pi some > thing?>\n<a:D xmlns:a='urn:x' b=\"1 &gt; 0 ]]> '\">" +
			"t&amp;&lt;&gt;&quot;&apos;&#65;&#x20AC;é\r\n\rx]]y<![CDATA[<raw>&amp;]] ]]>z<!-- -->1<e/><f  g = 'h'\n/><i>\t</i ></a:D><!-- after -->\n"),
	}
	files, err := filepath.Glob(filepath.Join(wider, "camt", "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) < 20_000 {
			all[filepath.Base(name)] = raw
		}
	}
	return all
}

func TestScannerSeesWhatTheStandardLibrarySees(t *testing.T) {
	t.Parallel()
	for name, file := range samples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := withoutDeclaration(file)
			want, err := theirs(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range []io.Reader{bytes.NewReader(file), iotest.OneByteReader(bytes.NewReader(file)), iotest.DataErrReader(bytes.NewReader(file))} {
				got, err := ours(r)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("seen differs (-standard library +ours):\n%s", diff)
				}
			}
		})
	}
}

// Whatever we accept, the standard library accepts too and sees the same;
// the other way round does not hold, for we are stricter.
func TestScannerIsNeverKinderThanTheStandardLibrary(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for name, file := range samples(t) {
		file = withoutDeclaration(file)
		rounds, accepted := 100, 0
		if !strings.HasSuffix(name, ".xml") { // our own samples hold everything
			rounds = 400
		}
		for range rounds {
			if agree(t, mutate(r, file)) {
				accepted++
			}
		}
		if accepted == 0 {
			t.Errorf("%s: of %d damaged files none is well-formed: nothing was compared", name, rounds)
		}
	}
}

// mutate damages a file the way XML can be damaged.
func mutate(r *rand.Rand, file []byte) []byte {
	out := slices.Clone(file)
	for range 1 + r.IntN(3) {
		at := r.IntN(len(out))
		switch r.IntN(4) {
		case 0:
			signs := "<>&;\"'/!?-[]= \r\nax:\x00\xff"
			out[at] = signs[r.IntN(len(signs))]
		case 1:
			out = slices.Delete(out, at, min(len(out), at+1+r.IntN(5)))
		case 2:
			bits := []string{"<", ">", "]]>", "<!--", "-->", "<![CDATA[", "&#x41;", "&lt", "<?x?>", "<a>", "</a>", "\r", " b='c'"}
			out = slices.Insert(out, at, []byte(bits[r.IntN(len(bits))])...)
		default:
			end := min(len(out), at+r.IntN(30))
			out = slices.Insert(out, r.IntN(len(out)), slices.Clone(out[at:end])...)
		}
		if len(out) == 0 {
			return []byte("<a/>")
		}
	}
	return out
}

func agree(t *testing.T, file []byte) bool {
	t.Helper()
	got, err := ours(bytes.NewReader(file))
	if err != nil {
		return false
	}
	want, err := theirs(bytes.NewReader(file))
	if err != nil {
		t.Errorf("we accept what the standard library refuses (%v):\n%q", err, file)
		return true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("seen differs (-standard library +ours):\n%s\n%q", diff, file)
	}
	return true
}

func FuzzScanner(f *testing.F) {
	for _, file := range samples(f) {
		f.Add(withoutDeclaration(file))
	}
	f.Fuzz(func(t *testing.T, file []byte) { agree(t, file) })
}
