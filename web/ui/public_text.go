package ui

import "strings"

// WrittenText is one version of a text that a claim carries.
type WrittenText struct {
	Title, Body, Version, Hash, Published string
	Source, SourceDate                    string
}

// SourceLine is where the text comes from, and of when that is.
func (t WrittenText) SourceLine() string {
	if t.SourceDate == "" {
		return t.Source
	}
	return t.Source + ", " + t.SourceDate
}

// Note is a short text that stands beside something else.
type Note struct {
	Title, Body string
}

// block is a part of a written text: a heading, a list or a paragraph.
type block struct {
	Head  string
	Text  string
	Items []string
}

// blocks reads the form our texts are written in: blank lines between
// paragraphs, "## " before a heading, "- " before each line of a list.
func blocks(text string) (out []block) {
	for _, part := range paragraphs(text) {
		head, ok := strings.CutPrefix(part, "## ")
		if ok {
			head, part, _ = strings.Cut(head, "\n")
			out = append(out, block{Head: head})
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
		}
		out = append(out, lines(part)...)
	}
	return out
}

// lines parts a paragraph from a list that follows it without a blank line.
func lines(part string) (out []block) {
	for line := range strings.SplitSeq(part, "\n") {
		item, listed := strings.CutPrefix(line, "- ")
		n := len(out) - 1
		switch {
		case listed && n >= 0 && out[n].Items != nil:
			out[n].Items = append(out[n].Items, item)
		case listed:
			out = append(out, block{Items: []string{item}})
		case n >= 0 && out[n].Items != nil && strings.HasPrefix(line, "  "):
			last := len(out[n].Items) - 1
			out[n].Items[last] += " " + strings.TrimSpace(line)
		case n >= 0 && out[n].Text != "":
			out[n].Text += " " + line
		default:
			out = append(out, block{Text: line})
		}
	}
	return out
}
