// Package static holds the files that every page needs: style, letters, a little script.
// Each address carries a fingerprint of the file, so that browsers may keep it for ever.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed *.css *.js *.svg *.woff2
var files embed.FS

// Prefix is where the files are served.
const Prefix = "/static/"

// asset is one file, ready to send.
type asset struct {
	kind  string
	etag  string
	plain []byte
	small []byte // gzip, nil when that gains nothing
}

var byAddress, addresses = load()

// URL returns the address of a file, with its fingerprint; an unknown name is returned as it is.
func URL(name string) string {
	if address, ok := addresses[name]; ok {
		return Prefix + address
	}
	return Prefix + name
}

// Handler serves the files.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		file, ok := byAddress[strings.TrimPrefix(r.URL.Path, Prefix)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		file.serve(w, r)
	})
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Type", a.kind)
	head.Set("Cache-Control", "public, max-age=31536000, immutable")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("ETag", a.etag)
	head.Add("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == a.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := a.plain
	if a.small != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		head.Set("Content-Encoding", "gzip")
		body = a.small
	}
	head.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the visitor has gone: nothing to tell
}

// load reads the files once, in an order in which a style sheet may name the others.
func load() (map[string]asset, map[string]string) {
	assets, names := map[string]asset{}, map[string]string{}
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // embedded: cannot be missing
	}
	var sheets []string
	for _, entry := range entries {
		if path.Ext(entry.Name()) == ".css" {
			sheets = append(sheets, entry.Name())
			continue
		}
		add(assets, names, entry.Name(), read(entry.Name()))
	}
	for _, name := range sheets {
		add(assets, names, name, withAddresses(read(name), names))
	}
	return assets, names
}

func read(name string) []byte {
	raw, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded: cannot be missing
	}
	return raw
}

// withAddresses puts the fingerprinted names into a style sheet.
func withAddresses(sheet []byte, names map[string]string) []byte {
	for name, address := range names {
		sheet = bytes.ReplaceAll(sheet, []byte("url("+name+")"), []byte("url("+address+")"))
		sheet = bytes.ReplaceAll(sheet, []byte(`url("`+name+`")`), []byte(`url("`+address+`")`))
	}
	return sheet
}

func add(assets map[string]asset, names map[string]string, name string, raw []byte) {
	sum := sha256.Sum256(raw)
	mark := hex.EncodeToString(sum[:6])
	kind := path.Ext(name)
	address := strings.TrimSuffix(name, kind) + "." + mark + kind
	names[name] = address
	one := asset{kind: contentType(kind), etag: `"` + mark + `"`, plain: raw, small: smaller(raw)}
	assets[address] = one
}

func contentType(extension string) string {
	if extension == ".woff2" {
		return "font/woff2"
	}
	return mime.TypeByExtension(extension)
}

// smaller returns the gzipped bytes, or nil when they are not clearly fewer.
func smaller(raw []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := z.Write(raw); err != nil {
		return nil
	}
	if err := z.Close(); err != nil || b.Len() > len(raw)*9/10 {
		return nil
	}
	return b.Bytes()
}
