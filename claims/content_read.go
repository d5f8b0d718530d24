package claims

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// ParseFoundation reads a foundation's file and the logo beside it, and refuses both unless every field is right.
func ParseFoundation(fsys fs.FS, name string) (FoundationFile, error) {
	var f FoundationFile
	if err := decodeStrict(fsys, name, &f); err != nil {
		return FoundationFile{}, err
	}
	var c contentCheck
	checkFoundation(&c, f)
	if logo, ok := beside(&c, fsys, name, f.Logo); ok {
		f.LogoSVG = strings.TrimSpace(logo)
		c.svg("logo", f.LogoSVG)
	}
	if err := c.result(name); err != nil {
		return FoundationFile{}, err
	}
	return f, nil
}

// ParseClaim reads a claim's file and its texts, from the folders nl and en in a folder of the same name, and refuses
// all of it unless every field is right and every text is there in both languages.
func ParseClaim(fsys fs.FS, name string) (ClaimFile, error) {
	var f ClaimFile
	if err := decodeStrict(fsys, name, &f); err != nil {
		return ClaimFile{}, err
	}
	var c contentCheck
	checkClaim(&c, f)
	sources := checkSources(&c, f)
	checkFacts(&c, f, sources)
	for i := range f.Facts {
		f.Facts[i].Source = sources[f.Facts[i].SourceID]
	}
	dir := strings.TrimSuffix(name, path.Ext(name))
	f.Texts = readTexts(&c, fsys, dir, f.Texts, sources)
	if err := c.result(name); err != nil {
		return ClaimFile{}, err
	}
	return f, nil
}

// decodeStrict reads one JSON object and refuses fields it does not know, so that a slip of the pen is not lost.
func decodeStrict(fsys fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("%w: %s cannot be read: %w", ErrContent, name, err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrContent, name, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %s: something follows the closing brace", ErrContent, name)
	}
	return nil
}

func beside(c *contentCheck, fsys fs.FS, name, file string) (string, bool) {
	if file == "" {
		c.say("logo", "is empty")
		return "", false
	}
	if file != path.Base(file) {
		c.say("logo", "%q is not the name of a file beside this one", file)
		return "", false
	}
	raw, err := fs.ReadFile(fsys, path.Join(path.Dir(name), file))
	if err != nil {
		c.say("logo", "%s cannot be read", file)
		return "", false
	}
	return string(raw), true
}

// readTexts turns each listed text into two, one a language, and looks for files that no list names.
func readTexts(c *contentCheck, fsys fs.FS, dir string, listed []Text, sources map[string]Source) []Text {
	var texts []Text
	seen := map[string]bool{}
	for _, t := range listed {
		checkText(c, t, sources)
		if seen[t.Key] {
			c.say("texts."+t.Key, "is listed twice")
			continue
		}
		seen[t.Key] = true
		for _, lang := range []string{"nl", "en"} {
			if read, ok := readText(c, fsys, dir, lang, t, sources[t.SourceID]); ok {
				texts = append(texts, read)
			}
		}
	}
	for _, key := range requiredTexts {
		if !seen[key] {
			c.say("texts", "lacks %q", key)
		}
	}
	for _, lang := range []string{"nl", "en"} {
		files, _ := fs.Glob(fsys, path.Join(dir, lang, "*")) // the pattern is ours and well-formed
		for _, file := range files {
			if !seen[strings.TrimSuffix(path.Base(file), ".md")] {
				c.say("texts", "does not list the file %s", file)
			}
		}
	}
	return texts
}

func readText(c *contentCheck, fsys fs.FS, dir, lang string, t Text, from Source) (Text, bool) {
	file := path.Join(dir, lang, t.Key+".md")
	raw, err := fs.ReadFile(fsys, file)
	if err != nil {
		c.say("texts."+t.Key, "has no file %s", file)
		return Text{}, false
	}
	head, body, _ := strings.Cut(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n")
	title, ok := strings.CutPrefix(head, "# ")
	if !ok {
		c.say(file, `does not begin with a title: "# " and words`)
	}
	t.Lang, t.Title, t.Body = lang, strings.TrimSpace(title), strings.TrimSpace(body)
	t.Source, t.SourceDate = from.line(lang), from.Date
	c.words(file, t.Title)
	c.body(file, t.Body)
	return t, true
}
