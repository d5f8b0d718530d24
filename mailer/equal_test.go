package mailer

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// TestBothFormsOfAMailSayTheSame takes both forms of every mail apart: the same
// words in the same order, and the same addresses behind the same words.
func TestBothFormsOfAMailSayTheSame(t *testing.T) {
	t.Parallel()
	r := testRenderer(t)
	for _, lang := range Langs {
		for _, name := range Templates() {
			for kind, data := range map[string]map[string]string{"full": most(name), "least": least(name)} {
				got, err := r.Render(name, lang, data)
				if err != nil {
					t.Fatal(err)
				}
				sender := r.sender.Name + "\n" // in a plain mail the line From says it
				plain := strings.Fields(strings.ToLower(sender + got.Subject + "\n" + strings.Replace(got.Text, "\n-- \n", "\n", 1)))
				if diff := cmp.Diff(plain, strings.Fields(strings.ToLower(spoken(t, got.HTML)))); diff != "" {
					t.Errorf("%s/%s, %s values: plain text (-) and HTML (+) differ:\n%s", lang, name, kind, diff)
				}
			}
		}
	}
}

// spoken is what an HTML mail says, written as our plain text would.
func spoken(t *testing.T, mail string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(mail))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Data == "head", strings.Contains(attribute(n, "style"), "display:none"):
			return
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.Data == "li":
			b.WriteString(" - ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if href := attribute(n, "href"); href != "" && href != n.FirstChild.Data {
			b.WriteString(": " + href)
		}
		if n.Type == html.ElementNode && n.Data != "a" {
			b.WriteString("\n")
		}
	}
	walk(root)
	return b.String()
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// TestMailsAreReadableByEverybody wants words instead of pictures, no tables for
// the lay-out, one heading of the first rank, and colours that can be told apart.
func TestMailsAreReadableByEverybody(t *testing.T) {
	t.Parallel()
	r := testRenderer(t)
	for _, lang := range Langs {
		for _, name := range Templates() {
			got, err := r.Render(name, lang, most(name))
			if err != nil {
				t.Fatal(err)
			}
			root, err := html.Parse(strings.NewReader(got.HTML))
			if err != nil {
				t.Fatal(err)
			}
			tags := map[string]int{}
			readable(t, lang+"/"+name, root, "#000000", "#ffffff", tags)
			if tags["img"]+tags["table"]+tags["script"]+tags["style"]+tags["link"] > 0 || tags["h1"] != 1 || tags["title"] != 1 {
				t.Errorf("%s/%s has these tags: %v", lang, name, tags)
			}
			if !strings.Contains(got.HTML, `<html lang="`+lang+`"`) {
				t.Errorf("%s/%s does not say which language it is in", lang, name)
			}
		}
	}
}

var (
	inkStyle   = regexp.MustCompile(`(?:^|;)color:(#[0-9a-f]{6})`)
	paperStyle = regexp.MustCompile(`background:(#[0-9a-f]{6})`)
)

// readable counts the tags below a node and measures every text against what is behind it.
func readable(t *testing.T, mail string, n *html.Node, ink, paper string, tags map[string]int) {
	t.Helper()
	if n.Type == html.ElementNode {
		tags[n.Data]++
	}
	style := attribute(n, "style")
	if m := inkStyle.FindStringSubmatch(style); m != nil {
		ink = m[1]
	}
	if m := paperStyle.FindStringSubmatch(style); m != nil {
		paper = m[1]
	}
	if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" && contrast(ink, paper) < 4.5 {
		t.Errorf("%s: %q is %s on %s, a contrast of %.1f", mail, n.Data, ink, paper, contrast(ink, paper))
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		readable(t, mail, c, ink, paper, tags)
	}
}

// contrast is the ratio of WCAG 2.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(colour string) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			panic(fmt.Sprintf("colour %s: %v", colour, err))
		}
		if c := float64(v) / 255; c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}
