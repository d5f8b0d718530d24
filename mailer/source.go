package mailer

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
)

// source is the words of one mail in one language. Its lay-out is fixed before
// any value is filled in, so a value can never become a button or a heading.
type source struct {
	subject string
	blocks  []block
	needs   []string // values without which it says nothing
	uses    []string // all values that its words can hold
}

// kind is what a block looks like.
type kind string

const (
	paragraph kind = ""
	heading   kind = "heading" // "heading: text"
	code      kind = "code"    // "code: {{.Code}}", large and alone
	button    kind = "button"  // "button: words | address"
	item      kind = "item"    // "item: text", one line of a list
	prose     kind = "prose"   // "prose: {{.Body}}", the one value that may have paragraphs of its own
)

// block is one paragraph, heading, code, button, list item or longer text.
type block struct {
	kind   kind
	text   *template.Template
	target *template.Template // of a button
}

// parseSource reads "Subject: …", an empty line, and blocks with empty lines between them.
func parseSource(name, text string) (source, error) {
	head, body, _ := strings.Cut(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n")
	subject, ok := strings.CutPrefix(head, "Subject: ")
	if !ok || hasControl(subject) || strings.Contains(subject, "{{") {
		return source{}, fmt.Errorf("%s: the first line is a subject without values", name)
	}
	s := source{subject: subject}
	needs, uses := map[string]bool{}, map[string]bool{"Number": true} // the foot shows the number
	for i, part := range strings.Split(strings.TrimSpace(body), "\n\n") {
		b, err := parseBlock(fmt.Sprintf("%s, block %d", name, i+1), part)
		if err != nil {
			return source{}, err
		}
		for _, t := range []*template.Template{b.text, b.target} {
			if t != nil {
				collect(t.Root, needs)
				optional(t.Root.String(), uses)
			}
		}
		s.blocks = append(s.blocks, b)
	}
	if needs["Unsubscribe"] {
		needs["Subscription"] = true // the Renderer makes the address of it
	}
	for _, own := range []string{"BaseURL", "Portal", "Sender", "Unsubscribe"} { // the Renderer knows these
		delete(needs, own)
	}
	maps.Copy(uses, needs)
	s.needs, s.uses = slices.Sorted(maps.Keys(needs)), slices.Sorted(maps.Keys(uses))
	return s, nil
}

func parseBlock(name, text string) (block, error) {
	b := block{}
	for _, k := range []kind{heading, code, button, item, prose} {
		if rest, ok := strings.CutPrefix(text, string(k)+": "); ok {
			b.kind, text = k, rest
		}
	}
	var err error
	if b.kind == button {
		words, address, ok := strings.Cut(text, " | ")
		if !ok {
			return block{}, fmt.Errorf("%s: a button is words | address", name)
		}
		text = words
		if b.target, err = parseText(name, address); err != nil {
			return block{}, err
		}
	}
	b.text, err = parseText(name, strings.ReplaceAll(text, "\n", " "))
	return b, err
}

func parseText(name, text string) (*template.Template, error) {
	t, err := template.New(name).Option("missingkey=error").Parse(strings.TrimSpace(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return t, nil
}

// optional finds the values that may be left out.
func optional(text string, into map[string]bool) {
	for _, m := range mayBeLeftOut.FindAllStringSubmatch(text, -1) {
		into[m[1]] = true
	}
}

var mayBeLeftOut = regexp.MustCompile(`index \. "([A-Za-z]+)"`)

// collect finds the values that are named outright ({{.Code}}). What may be left
// out is asked for with {{with index . "Reason"}}.
func collect(n parse.Node, into map[string]bool) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, c := range n.Nodes {
				collect(c, into)
			}
		}
	case *parse.ActionNode:
		collect(n.Pipe, into)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			for _, a := range c.Args {
				collect(a, into)
			}
		}
	case *parse.FieldNode:
		into[n.Ident[0]] = true
	case *parse.IfNode:
		collect(n.Pipe, into)
		collect(n.List, into)
		collect(n.ElseList, into)
	case *parse.WithNode:
		collect(n.Pipe, into) // inside, the dot is the value itself
	}
}
