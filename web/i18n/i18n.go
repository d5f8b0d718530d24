// Package i18n holds the words of the pages and mails, Dutch first, English second.
// Each area has its own file per language; its keys begin with the area's name.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"sync"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"samenclaim/internal/locale"
)

//go:embed nl/*.json en/*.json
var texts embed.FS

// Languages are the languages of the product, the first one is the main one.
var Languages = []string{"nl", "en"}

// Bundle holds all texts in all languages.
type Bundle struct {
	localizers map[string]*goi18n.Localizer
}

// New returns all texts, which are read once; it fails on a file that can not be read.
func New() (*Bundle, error) { return readAll() }

var readAll = sync.OnceValues(func() (*Bundle, error) {
	b := &Bundle{localizers: map[string]*goi18n.Localizer{}}
	for _, lang := range Languages {
		localizer, err := load(lang)
		if err != nil {
			return nil, err
		}
		b.localizers[lang] = localizer
	}
	return b, nil
})

// T returns the function that gives a page its words in one language.
// A count comes first among the arguments, then pairs of a name and a value.
func (b *Bundle) T(lang string) func(key string, args ...any) string {
	localizer, ok := b.localizers[lang]
	if !ok {
		localizer = b.localizers[Languages[0]]
	}
	return func(key string, args ...any) string {
		count, values := arguments(lang, args)
		config := &goi18n.LocalizeConfig{MessageID: key, TemplateData: values}
		if count != nil { // setting a nil PluralCount would still ask for a plural
			config.PluralCount = count
		}
		text, err := localizer.Localize(config)
		if err != nil || text == "" {
			return "⟦" + key + "⟧"
		}
		return text
	}
}

// load makes a bundle of one language only, so that a missing text is never filled in silently from another.
func load(lang string) (*goi18n.Localizer, error) {
	bundle := goi18n.NewBundle(language.Make(lang))
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	files, err := fs.Glob(texts, lang+"/*.json")
	if err != nil {
		return nil, fmt.Errorf("list texts in %s: %w", lang, err)
	}
	for _, file := range files {
		raw, err := texts.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		if _, err := bundle.ParseMessageFileBytes(raw, lang+path.Ext(file)); err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
	}
	return goi18n.NewLocalizer(bundle, lang), nil
}

// arguments splits off the count and turns pairs into named values; the count is also {{.Count}}.
func arguments(lang string, args []any) (count any, values map[string]any) {
	values = map[string]any{}
	if len(args)%2 == 1 {
		count, args = args[0], args[1:]
		values["Count"] = printed(lang, count)
	}
	for i := 0; i+1 < len(args); i += 2 {
		if name, ok := args[i].(string); ok {
			values[name] = args[i+1]
		}
	}
	return count, values
}

// printed is a count as people read it: 10.308 in Dutch.
func printed(lang string, count any) any {
	switch n := count.(type) {
	case int:
		return locale.Number(int64(n), lang)
	case int64:
		return locale.Number(n, lang)
	}
	return count
}
