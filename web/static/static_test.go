package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, method, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestHandler(t *testing.T) {
	t.Parallel()
	css := URL("app.css")
	if !regexp.MustCompile(`^/static/app\.[0-9a-f]{12}\.css$`).MatchString(css) {
		t.Fatalf("URL(app.css) = %s, want a fingerprint in it", css)
	}
	tests := []struct {
		name, method, path string
		status             int
	}{
		{"a file by its fingerprint", "GET", css, 200},
		{"only its head", "HEAD", css, 200},
		{"without a fingerprint it is not there", "GET", "/static/app.css", 404},
		{"nor with another one", "GET", "/static/app.000000000000.css", 404},
		{"nor outside the folder", "GET", "/static/../static.go", 404},
		{"a folder is not listed", "GET", "/static/", 404},
		{"nothing can be sent to it", "POST", css, 405},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := get(t, tt.method, tt.path)
			if r.StatusCode != tt.status {
				t.Errorf("%s %s = %d, want %d", tt.method, tt.path, r.StatusCode, tt.status)
			}
			if keeps := strings.Contains(r.Header.Get("Cache-Control"), "immutable"); keeps != (tt.status == 200) {
				t.Errorf("%s %s kept for ever: %v", tt.method, tt.path, keeps)
			}
		})
	}
}

func TestSmallerForWhoTakesIt(t *testing.T) {
	t.Parallel()
	plain := body(t, get(t, "GET", URL("app.css")))
	packed := get(t, "GET", URL("app.css"), "Accept-Encoding", "br, gzip")
	if got := packed.Header.Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("Content-Encoding = %q, want gzip", got)
	}
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(unpacked, plain) {
		t.Error("the packed style sheet is not the plain one")
	}
}

func TestNotSentTwice(t *testing.T) {
	t.Parallel()
	first := get(t, "GET", URL("app.js"))
	again := get(t, "GET", URL("app.js"), "If-None-Match", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("second time = %d, want %d", again.StatusCode, http.StatusNotModified)
	}
}

// The style sheet names its letters by their fingerprint, and nothing from elsewhere.
func TestStyleSheetNamesOwnFiles(t *testing.T) {
	t.Parallel()
	sheet := string(body(t, get(t, "GET", URL("app.css"))))
	named := regexp.MustCompile(`url\("?([^)"]+)"?\)`).FindAllStringSubmatch(sheet, -1)
	if len(named) < 3 {
		t.Fatalf("%d files named in the style sheet, want the letters", len(named))
	}
	for _, match := range named {
		if r := get(t, "GET", Prefix+match[1]); r.StatusCode != http.StatusOK {
			t.Errorf("the style sheet names %s, which gives %d", match[1], r.StatusCode)
		}
	}
}

func TestFirstViewIsLight(t *testing.T) {
	t.Parallel()
	total := 0
	for _, name := range []string{"app.css", "app.js", "sans.woff2", "serif.woff2", "favicon.svg"} {
		total += len(body(t, get(t, "GET", URL(name), "Accept-Encoding", "gzip")))
	}
	if most := 80_000; total > most {
		t.Errorf("style, script and letters weigh %d bytes, want at most %d so that a page stays under 100 kB", total, most)
	}
}

func TestTypes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"app.css": "text/css", "app.js": "text/javascript", "sans.woff2": "font/woff2", "favicon.svg": "image/svg+xml"} {
		if got := get(t, "GET", URL(name)).Header.Get("Content-Type"); !strings.HasPrefix(got, want) {
			t.Errorf("%s is sent as %q, want %q", name, got, want)
		}
	}
}
