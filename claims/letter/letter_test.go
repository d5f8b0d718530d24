package letter

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

// onPaper looks for all of these words in a PDF, read back by another program
// where that is installed. Page numbers and running heads are left out.
func onPaper(t *testing.T, pdf []byte, words ...string) {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Log("pdftotext is not installed: the printed words are not compared")
		return
	}
	cmd := exec.CommandContext(t.Context(), tool, "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("read the PDF back: %v", err)
	}
	var body strings.Builder
	for page := range strings.SplitSeq(string(text), "\f") {
		lines := strings.Split(strings.TrimSpace(page), "\n")
		if body.Len() > 0 && len(lines) > 2 {
			lines = lines[1:] // the running head
		}
		for _, l := range lines[:len(lines)-1] { // not the page number
			body.WriteString(strings.Join(strings.Fields(l), ""))
		}
	}
	for _, w := range words {
		if !strings.Contains(body.String(), strings.Join(strings.Fields(w), "")) {
			t.Errorf("not on paper: %q", w)
		}
	}
}

// said lists all words of a document.
func said(doc Document) []string {
	words := []string{doc.Sender.legal(), doc.Sender.Email}
	for _, b := range doc.Blocks {
		words = append(words, b.Text)
		for _, it := range b.Items {
			words = append(words, it.Label, it.Text)
		}
	}
	return words
}

func testSender() Sender {
	return Sender{
		Name: "Stichting Samen Sterk", LegalName: "Stichting Samen Sterk voor Privacy", RegisterNumber: "12345678",
		Address: []string{"Voorbeeldlaan 12", "1234 AB Utrecht"}, Email: "zaak@samensterk.example", Phone: "030 123 45 67",
		Website: "www.samensterk.example", Colour: "#1f4e79",
	}
}

func testFacts(lang Lang) Facts {
	w := func(nl, en string) string { return Words{nl, en}.In(lang) }
	return Facts{
		Reference: "ZM/2026/1", Sender: testSender(), Claim: w("Zoom-privacyclaim", "Zoom privacy claim"),
		Capacity: w("als stichting in de zin van artikel 3:305a BW die opkomt voor de hierna omschreven groep, en als gevolmachtigde van ieder van de deelnemers in de bijlage (artikel 80 lid 1 AVG)",
			"as a foundation within the meaning of article 3:305a of the Dutch Civil Code acting for the class described below, and as attorney of each of the participants in the annex (article 80(1) GDPR)"),
		Addressee: Addressee{Name: "Example Video Communications, Inc.", For: w("T.a.v. de directie", "Attn. the board"), Address: []string{"1 Example Boulevard", "San Jose, CA 95113", w("Verenigde Staten", "United States")}},
		Class:     w("Iedere natuurlijke persoon in Nederland die de dienst heeft gebruikt", "Every natural person in the Netherlands who used the service"),
		From:      day(2020, 1, 1), To: day(2020, 7, 31),
		Events: []Event{
			{"F01", 1, w("De app voor iOS stuurde gegevens naar een ander bedrijf zonder dat de privacyverklaring dat vermeldde.", "The iOS app sent data to another company without the privacy statement saying so."), w("pagina van de stichting", "page of the foundation"), w("voorjaar 2020", "spring 2020"), w("gemeld", "reported")},
			{"F02", 2, w("Het bedrijf bewaart inhoud en accountgegevens standaard in de Verenigde Staten.", "The company stores content and account data in the United States by default."), w("AVG-verklaring van het bedrijf", "GDPR statement of the company"), w("18 augustus 2023", "18 August 2023"), w("door het bedrijf zelf verklaard", "declared by the company itself")},
		},
		Articles: []string{w("artikel 5 lid 1 onder a AVG (rechtmatig, behoorlijk en transparant)", "article 5(1)(a) GDPR (lawful, fair and transparent)"),
			w("artikel 13 AVG (informatie aan de betrokkene)", "article 13 GDPR (information to the data subject)"), w("artikel 32 AVG (beveiliging)", "article 32 GDPR (security)")},
		Demand: Demand{MaxCents: 50000, Form: w("een vergoeding in geld, gelijk voor wie de dienst veel of weinig gebruikte", "compensation in money, equal for heavy and light users")}, TermDays: 28, ConsultIn: 14,
		ConsultBy: "mr. A. Voorbeeld, zaak@samensterk.example, 030 123 45 67",
		Annex: AnnexFacts{Ordinal: 1, Count: 10308, Root: Leaf{Number: "ROOT"}.Hash(), CutOff: time.Date(2026, 3, 1, 11, 30, 5, 0, time.UTC),
			Verify: w("www.samensterk.example/controle legt uit hoe de bijlage met vrije programma's is na te rekenen", "www.samensterk.example/check explains how to recalculate the annex with free programs"),
			Names:  w("bij onze advocaat bewaard; op verzoek en onder geheimhouding in te zien", "kept by our lawyer; open to inspection on request and under confidentiality")},
		Signatory: Signatory{"mr. A. Voorbeeld", w("voorzitter", "chair")}, Place: "Utrecht", Date: day(2026, 3, 1),
		DeliveryBy: w("Per aangetekende post en per e-mail", "By registered post and by e-mail"),
	}
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// plain writes a document as text, so that a golden file shows every word of it.
func plain(doc Document) string {
	var b strings.Builder
	for _, bl := range doc.Blocks {
		b.WriteString("[" + string(bl.Kind) + "] " + bl.Text + "\n")
		for _, it := range bl.Items {
			if it.Label != "" {
				b.WriteString("  " + it.Label + ": " + it.Text + "\n")
			} else {
				b.WriteString("  " + it.Text + "\n")
			}
		}
	}
	return b.String()
}

func mustRender(t *testing.T, f Facts, lang Lang) (Document, []byte) {
	t.Helper()
	doc, err := Render(f, lang)
	if err != nil {
		t.Fatalf("Render: %v", err)
	}
	pdf, err := PDF(doc)
	if err != nil {
		t.Fatalf("PDF: %v", err)
	}
	return doc, pdf
}

func TestLetterReadsAsTheGoldenFiles(t *testing.T) {
	t.Parallel()
	supplement := testFacts(Dutch)
	supplement.Annex.Ordinal, supplement.Annex.Mode = 2, Named
	supplement.Prose = Prose{Opening: "Eerste alinea.\n\nTweede alinea.\n- een punt\n- nog een punt", DataRequest: "Wij verzoeken om inzage.", Reservation: "Eigen woorden."}
	rootOnly := testFacts(English)
	rootOnly.Annex.Mode = RootOnly
	old := testFacts(Dutch)
	old.Version = "1"
	draft := testFacts(English)
	draft.Annex.Count, draft.Annex.Root, draft.Annex.CutOff = 0, [32]byte{}, time.Time{}
	tests := []struct {
		name  string
		facts Facts
		lang  Lang
	}{
		{"letter_nl", testFacts(Dutch), Dutch},
		{"letter_en", testFacts(English), English},
		{"letter_nl_supplement", supplement, Dutch},
		{"letter_en_draft", draft, English},
		{"letter_en_root_only", rootOnly, English},
		{"letter_nl_version_1", old, Dutch},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			doc, pdf := mustRender(t, tt.facts, tt.lang)
			for _, b := range doc.Blocks {
				if strings.HasPrefix(b.Text, "#") || strings.HasPrefix(b.Text, ">") || strings.HasPrefix(b.Text, ":") || strings.ContainsAny(plain(Document{Blocks: []Block{b}}), "\x01\x02\x1e\x1f{}") {
					t.Errorf("a mark is left in the text: %q", b.Text)
				}
			}
			golden(t, tt.name+".golden", plain(doc))
			onPaper(t, pdf, said(doc)...)
			if _, again := mustRender(t, tt.facts, tt.lang); !bytes.Equal(pdf, again) {
				t.Error("the same letter twice gives other bytes")
			}
			if dir := os.Getenv("LETTER_OUT"); dir != "" {
				_ = os.WriteFile(filepath.Join(dir, tt.name+".pdf"), pdf, 0o600)
			}
		})
	}
}

func TestNoValueBecomesPartOfTheForm(t *testing.T) {
	t.Parallel()
	f := testFacts(Dutch)
	want, _ := mustRender(t, f, Dutch)
	f.Addressee.Name = "# Kop\n- punt \x01heading\x02 :: \x1f waarde"
	f.Class = "*vet :: waarde ::= code\n\n> citaat"
	f.Events[0].Statement = "😀 {{.Secret}} \x01title\x02"
	got, _ := mustRender(t, f, Dutch)
	kinds := func(d Document) (k []string) {
		for _, b := range d.Blocks {
			k = append(k, string(b.Kind))
		}
		return k
	}
	if diff := cmp.Diff(kinds(want), kinds(got)); diff != "" {
		t.Errorf("values changed the form of the letter (-want +got):\n%s", diff)
	}
	if !strings.Contains(plain(got), "{{.Secret}}") {
		t.Error("a value was read as a template")
	}
}

func TestLetterIsTheSameInEveryTimeZone(t *testing.T) {
	t.Parallel()
	f := testFacts(Dutch)
	_, want := mustRender(t, f, Dutch)
	far := time.FixedZone("far", 13*3600)
	f.Annex.CutOff, f.Date = f.Annex.CutOff.In(far), f.Date.In(far)
	if _, got := mustRender(t, f, Dutch); !bytes.Equal(got, want) {
		t.Error("a clock in another zone changes the letter")
	}
}

func TestRenderKnowsItsVersions(t *testing.T) {
	t.Parallel()
	for _, lang := range []Lang{Dutch, English} {
		if len(Versions(lang)) == 0 {
			t.Errorf("no letter template in %q", lang)
		}
	}
	f := testFacts(Dutch)
	f.Version = "999"
	if _, err := Render(f, Dutch); !errors.Is(err, ErrVersion) {
		t.Errorf("Render of an unknown version = %v, want %v", err, ErrVersion)
	}
	if _, err := Render(testFacts(Dutch), "fr"); !errors.Is(err, ErrVersion) {
		t.Errorf("Render in an unknown language = %v, want %v", err, ErrVersion)
	}
}
