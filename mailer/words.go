package mailer

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed templates
var templates embed.FS

// Langs are the languages that every mail is written in.
var Langs = []string{"nl", "en"}

// words are all mails, read once at start: a mail that cannot be read is found before the program runs.
var words = mustReadWords()

func mustReadWords() map[string]source {
	all, err := readWords(templates)
	if err != nil {
		panic("mailer: " + err.Error())
	}
	return all
}

// readWords reads templates/LANG/NAME.txt.
func readWords(from fs.FS) (map[string]source, error) {
	all := map[string]source{}
	for _, lang := range Langs {
		names, err := fs.Glob(from, "templates/"+lang+"/*.txt")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			b, err := fs.ReadFile(from, name)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", name, err)
			}
			id := lang + "/" + strings.TrimSuffix(path.Base(name), ".txt")
			if all[id], err = parseSource(id, string(b)); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// Templates lists the names of all mails.
func Templates() []string {
	var names []string
	for id := range words {
		if name, ok := strings.CutPrefix(id, Langs[0]+"/"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// maxValue keeps the outbox free of whole files; news is the longest there is: ten thousand characters, with fields filled in.
const maxValue = 60_000

// check tells whether a mail can be written from these values.
func check(name, lang string, data map[string]string) error {
	s, ok := words[lang+"/"+name]
	if !ok || strings.Contains(name, "/") {
		return ErrUnknownTemplate
	}
	for _, need := range s.needs {
		if _, ok := data[need]; !ok {
			return fmt.Errorf("%w: %s", ErrMissingData, need)
		}
	}
	for key, value := range data {
		if !slices.Contains(s.uses, key) { // what no words show has no business in the outbox
			return fmt.Errorf("%w: the mail shows no %s", ErrBadMail, key)
		}
		if len(value) > maxValue || key != "Body" && hasControl(value) {
			return fmt.Errorf("%w: the value %s is too long or has line breaks", ErrBadMail, key)
		}
	}
	return nil
}
