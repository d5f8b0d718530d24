package letter

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// taggedPapers are one of each kind of paper.
func taggedPapers(t *testing.T) map[string]Document {
	t.Helper()
	all := map[string]Document{}
	for name, paper := range map[string]interface{ Document(Lang) (Document, error) }{"statement": testStatement(), "mandate": testMandate()} {
		doc, err := paper.Document(Dutch)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = doc
	}
	all["letter"], _ = mustRender(t, testFacts(Dutch), Dutch)
	long := all["letter"]
	long.Blocks = append(long.Blocks, Block{Kind: KindText, Text: strings.Repeat("Een alinea die over meer dan één blad gaat. ", 300)})
	all["over pages"] = long
	return all
}

// content unpacks what is drawn on each page.
func content(t *testing.T, pdf []byte) (pages []string) {
	t.Helper()
	f, err := openFile(pdf[:bytes.Index(pdf, []byte("%%EOF\n"))+6])
	if err != nil {
		t.Fatal(err)
	}
	for number := 1; number < len(f.offsets); number++ {
		if !strings.HasPrefix(f.object(number), "<</Type /Page\n") {
			continue
		}
		body := f.old[f.offsets[number+1]:]
		at := bytes.Index(body, []byte("stream\n"))
		z, err := zlib.NewReader(bytes.NewReader(body[at+7:]))
		if err != nil {
			t.Fatal(err)
		}
		drawn, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, string(drawn))
	}
	return pages
}

var (
	marks  = regexp.MustCompile(`(?m)^/([A-Za-z0-9]+) (?:<</MCID (\d+)>> BDC|BMC)$|^EMC$|\bTJ\b|\bTj\b|\bre\b|\bf$|\bS$|\bDo\b`)
	shownN = regexp.MustCompile(`\bT[Jj]\b`)
)

// TestEverythingOnPaperIsSpokenOrDecoration: whoever listens to a paper misses
// nothing and hears no lines and page numbers in between.
func TestEverythingOnPaperIsSpokenOrDecoration(t *testing.T) {
	t.Parallel()
	for name, doc := range taggedPapers(t) {
		pdf, err := PDF(doc)
		if err != nil {
			t.Fatal(err)
		}
		pages := content(t, pdf)
		if len(pages) == 0 || !shownN.MatchString(pages[0]) {
			t.Fatalf("%s: no text found: this test sees nothing", name)
		}
		for n, drawn := range pages {
			inside, next := "", 0
			for _, m := range marks.FindAllStringSubmatch(drawn, -1) {
				switch {
				case m[0] == "EMC":
					if inside == "" {
						t.Errorf("%s, page %d: a part ends that did not begin", name, n+1)
					}
					inside = ""
				case m[1] != "":
					if inside != "" {
						t.Errorf("%s, page %d: %s begins inside %s", name, n+1, m[1], inside)
					}
					if inside = m[1]; m[2] != "" {
						if m[2] != fmt.Sprint(next) {
							t.Errorf("%s, page %d: piece %s, want %d", name, n+1, m[2], next)
						}
						next++
					}
				case inside == "":
					t.Errorf("%s, page %d: %q is drawn and nobody knows what it is", name, n+1, m[0])
				case shownN.MatchString(m[0]) && inside == "Artifact":
				case !shownN.MatchString(m[0]) && inside != "Artifact":
					t.Errorf("%s, page %d: a line or colour is part of %s", name, n+1, inside)
				}
			}
			if inside != "" {
				t.Errorf("%s, page %d: %s does not end", name, n+1, inside)
			}
		}
		for _, want := range []string{"/MarkInfo <</Marked true>>", "/DisplayDocTitle true", "/Lang (nl)", "/StructTreeRoot", "/Title ("} {
			if !bytes.Contains(pdf, []byte(want)) {
				t.Errorf("%s has no %s", name, want)
			}
		}
	}
}

// TestHeadingsOnPaperHaveTheirRank: one of the first rank, and none left out.
func TestHeadingsOnPaperHaveTheirRank(t *testing.T) {
	t.Parallel()
	for name, doc := range taggedPapers(t) {
		var ranks []int
		var walk func(e *element)
		walk = func(e *element) {
			if len(e.tag) == 2 && e.tag[0] == 'H' {
				ranks = append(ranks, int(e.tag[1]-'0'))
			}
			for _, k := range e.kids {
				if k.element != nil {
					walk(k.element)
				}
			}
		}
		walk(typeset(doc, 1).parts.root)
		first := 0
		for i, r := range ranks {
			if r == 1 {
				first++
			}
			if i > 0 && r > ranks[i-1]+1 {
				t.Errorf("%s: headings of the ranks %v", name, ranks)
			}
		}
		if first != 1 || ranks[0] != 1 {
			t.Errorf("%s: headings of the ranks %v, want one of the first", name, ranks)
		}
	}
}

// TestPapersAreReadAloudInTheirOrder has another program read the tags back.
func TestPapersAreReadAloudInTheirOrder(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("pdfinfo")
	if err != nil {
		t.Fatal("pdfinfo of Poppler is not installed; .ci/setup test installs it")
	}
	quoted := regexp.MustCompile(`(?m)^ *"(.*)"$`)
	for name, doc := range taggedPapers(t) {
		pdf, err := PDF(doc)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), tool, "-struct-text", "-")
		cmd.Stdin = bytes.NewReader(pdf)
		var warned bytes.Buffer
		cmd.Stderr = &warned
		out, err := cmd.Output()
		if err != nil || warned.Len() > 0 {
			t.Fatalf("%s: %v %s", name, err, warned.String())
		}
		var heard strings.Builder
		for _, m := range quoted.FindAllStringSubmatch(string(out), -1) {
			heard.WriteString(strings.Join(strings.Fields(m[1]), ""))
		}
		at, rest := 0, heard.String()
		for _, words := range said(doc) {
			words = strings.Join(strings.Fields(words), "")
			i := strings.Index(rest[at:], words)
			if i < 0 {
				t.Errorf("%s: %q is not heard after what stands before it", name, words)
				continue
			}
			at += i + len(words)
		}
		if strings.Contains(rest, "Pagina1van") {
			t.Errorf("%s: page numbers are read aloud", name)
		}
	}
}

func TestTagsFitOnlyThePDFsWeMake(t *testing.T) {
	t.Parallel()
	for _, pdf := range []string{"", "%PDF-1.4\n%%EOF\n", "trailer\n<<\n/Size 9\n/Root 1 0 R\n/Info 2 0 R\n>>\nstartxref\n99999\n%%EOF\n", "trailer\n<<\n/Size 9\n/Root 1 0 R\n/Info 2 0 R\n>>\nstartxref\n0\n%%EOF\n"} {
		if _, err := withTags([]byte(pdf), newStructure(nil)); !errors.Is(err, errTags) {
			t.Errorf("%q = %v, want %v", pdf, err, errTags)
		}
	}
}
