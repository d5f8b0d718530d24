package letter

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func testStatement() Statement {
	return Statement{
		Sender: testSender(), Claim: "Fitband-privacyclaim", Defendant: "Example Fitness B.V.", Number: "FB-7K3M-9XQ2", Name: "Anna van der Berg",
		Address: []string{"Dorpsstraat 12", "1234 AB Utrecht"}, Date: day(2026, 5, 4), GrossCents: 24999, Rule: FeeRule{FlatCents: 5000, VATBP: 2100},
		FeeExVATCents: 4132, VATCents: 868, FeeCents: 5000, NetCents: 19999, PrepaidCents: 5000, TotalCents: 24999,
		Run: "2026-1", Account: "NL•• •••• •••• ••12 34", AccountHolder: "A. van der Berg", Reference: "FB-7K3M-9XQ2-1", BookedOn: day(2026, 5, 6),
	}
}

func testInvoice() Invoice {
	return Invoice{
		Sender: testSender(), VATNumber: "NL123456789B01", Claim: "Fitband-privacyclaim", Number: "2026-000012", Date: day(2026, 5, 6), Of: "FB-7K3M-9XQ2", Name: "Anna van der Berg",
		Address: []string{"Dorpsstraat 12", "1234 AB Utrecht"}, ExVATCents: 4132, VATCents: 868, TotalCents: 5000, RateBP: 2100, PrepaidCents: 5000,
	}
}

func testMandate() SignedMandate {
	text := func(title, body string) SignedText {
		sum := sha256.Sum256([]byte(title + "\n" + body))
		return SignedText{title, body, "2026-01", hex.EncodeToString(sum[:])}
	}
	return SignedMandate{
		Sender: testSender(), Claim: "Zoom-privacyclaim", Number: "ZM-7K3M-9XQ2", Name: "Anna van der Berg", TypedName: "anna van der berg",
		Email: "anna@example.nl", Address: []string{"Dorpsstraat 12", "1234 AB Utrecht"}, FeeOption: "20% van het bedrag dat voor u wordt ontvangen",
		Texts: []SignedText{
			text("Volmacht", "U leest hier wat u ons toestaat.\n\n## 1. Wie en waarvoor\n\nU geeft deze volmacht aan de stichting.\n\n- een volmacht;\n- een opdracht."),
			text("Overeenkomst", "## 1. Kosten\n\nU betaalt alleen als wij uitbetalen: € 50 of 20%."),
		},
		Ticked:   []Item{{Label: "Ik heb de volmacht gelezen", Text: "ja"}, {Label: "Ik heb de overeenkomst gelezen", Text: "ja"}},
		SignedAt: time.Date(2026, 2, 3, 19, 4, 5, 0, time.UTC), RecordSHA: hex.EncodeToString(make([]byte, 32)),
	}
}

func TestPapersReadAsTheGoldenFiles(t *testing.T) {
	t.Parallel()
	capped := testStatement()
	capped.GrossCents, capped.FeeExVATCents, capped.VATCents, capped.FeeCents, capped.NetCents, capped.PrepaidCents, capped.TotalCents = 4000, 3306, 694, 4000, 0, 4000, 4000
	capped.RefundedCents, capped.Rule.Capped, capped.InstalmentNo, capped.BookedOn = 1000, true, 2, time.Time{}
	rate := testStatement()
	rate.Rule, rate.GrossCents, rate.NetCents, rate.PrepaidCents, rate.TotalCents = FeeRule{Percentage: true, RateBP: 2000, VATBP: 2100}, 25000, 20000, 0, 20000
	kept, partly, credit := testInvoice(), testInvoice(), testInvoice()
	kept.PrepaidCents, kept.Name = 0, "" // the copy for the books
	partly.PrepaidCents, partly.NothingLeft = 2000, true
	credit.Number, credit.Credits = "2026-000013", "2026-000012"
	tests := []struct {
		name  string
		paper interface{ Document(Lang) (Document, error) }
		lang  Lang
	}{
		{"statement_nl", testStatement(), Dutch},
		{"statement_nl_capped", capped, Dutch},
		{"statement_en", rate, English},
		{"invoice_nl", testInvoice(), Dutch},
		{"invoice_nl_books", kept, Dutch},
		{"invoice_en", partly, English},
		{"credit_nl", credit, Dutch},
		{"credit_en", credit, English},
		{"mandate_nl", testMandate(), Dutch},
		{"mandate_en", testMandate(), English},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var pdfs [2][]byte
			var words []string
			for i := range pdfs {
				doc, err := tt.paper.Document(tt.lang)
				if err != nil {
					t.Fatal(err)
				}
				if pdfs[i], err = PDF(doc); err != nil {
					t.Fatal(err)
				}
				golden(t, tt.name+".golden", plain(doc))
				words = said(doc)
			}
			if !bytes.Equal(pdfs[0], pdfs[1]) {
				t.Error("the same paper twice gives other bytes")
			}
			onPaper(t, pdfs[0], words...)
			if dir := os.Getenv("LETTER_OUT"); dir != "" {
				_ = os.WriteFile(filepath.Join(dir, tt.name+".pdf"), pdfs[0], 0o600)
			}
		})
	}
}

func TestStatementRefusesSumsThatAreNone(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(*Statement)
		want  error
	}{
		{"a cent of VAT too much", func(s *Statement) { s.VATCents++ }, ErrSums},
		{"a cent of net too little", func(s *Statement) { s.NetCents-- }, ErrSums},
		{"a total beyond net and prepayment", func(s *Statement) { s.TotalCents++ }, ErrSums},
		{"more prepaid than the fee", func(s *Statement) { s.PrepaidCents, s.TotalCents = 5001, 25000 }, ErrSums},
		{"a negative gross", func(s *Statement) { s.GrossCents, s.NetCents, s.TotalCents = -1, -5001, -1 }, ErrSums},
		{"a whole account number", func(s *Statement) { s.Account = "NL88TRIO0391209736" }, ErrUnmasked},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := testStatement()
			tt.spoil(&s)
			if _, err := s.Document(Dutch); !errors.Is(err, tt.want) {
				t.Errorf("Document = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestInvoiceRefusesSumsThatAreNone(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Invoice){
		"a cent of VAT too much": func(i *Invoice) { i.VATCents++ }, "less than nothing": func(i *Invoice) { i.VATCents, i.ExVATCents = -1, 5001 }, "more prepaid than the fee": func(i *Invoice) { i.PrepaidCents++ },
	} {
		i := testInvoice()
		spoil(&i)
		if _, err := i.Document(Dutch); !errors.Is(err, ErrSums) {
			t.Errorf("%s: %v, want %v", name, err, ErrSums)
		}
	}
}

// The page says what the paper says.
func TestInvoiceIsTheSameOnThePage(t *testing.T) {
	t.Parallel()
	for _, lang := range []Lang{Dutch, English} {
		doc, err := testInvoice().Document(lang)
		if err != nil {
			t.Fatal(err)
		}
		page := html.UnescapeString(string(HTML(doc)))
		for _, words := range said(doc) {
			if !strings.Contains(page, words) {
				t.Errorf("%s: the page does not say %q", lang, words)
			}
		}
	}
}

func TestRatesInWords(t *testing.T) {
	t.Parallel()
	for bp, want := range map[int64]string{2000: "20%", 2050: "20,5%", 905: "9,05%", 0: "0%", 10000: "100%"} {
		if got := percentIn(bp, Dutch); got != want {
			t.Errorf("percentIn(%d) = %q, want %q", bp, got, want)
		}
	}
}

func TestMandateRefusesAnotherText(t *testing.T) {
	t.Parallel()
	m := testMandate()
	m.Texts[1].Body = strings.Replace(m.Texts[1].Body, "50", "51", 1)
	if _, err := m.Document(Dutch); !errors.Is(err, ErrTextDiffers) {
		t.Errorf("Document of another text = %v, want %v", err, ErrTextDiffers)
	}
	m.Texts = nil
	if _, err := m.Document(Dutch); !errors.Is(err, ErrTextDiffers) {
		t.Errorf("Document without text = %v, want %v", err, ErrTextDiffers)
	}
}

// Whatever people are called, their papers can be printed.
func TestStrangeNamesCanBePrinted(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "😀😀", "\x00\xff\xfe", "مرحبا بالعالم", "田中さん", strings.Repeat("x", 5000), strings.Repeat("woord ", 3000), "a\u202eb", "((\\)\\", "ﷺ Z̮̞̠͙͔ͅḀ̗̞͈̻̗"} {
		s := testStatement()
		s.Name, s.Claim, s.AccountHolder = name, name, name
		doc, err := s.Document(Dutch)
		if err != nil {
			t.Fatal(err)
		}
		if pdf, err := PDF(doc); err != nil || len(pdf) < 1000 {
			t.Errorf("PDF for the name %.20q: %d bytes, %v", name, len(pdf), err)
		}
	}
}

func BenchmarkStatementPDF(b *testing.B) {
	doc, err := testStatement().Document(Dutch)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := PDF(doc); err != nil {
			b.Fatal(err)
		}
	}
}

func TestLogoIsPrinted(t *testing.T) {
	t.Parallel()
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	img.Set(3, 3, color.White)
	var logo bytes.Buffer
	if err := png.Encode(&logo, img); err != nil {
		t.Fatal(err)
	}
	s := testStatement()
	s.Sender.LogoPNG = logo.Bytes()
	doc, err := s.Document(Dutch)
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := PDF(doc)
	if err != nil || !bytes.Contains(pdf, []byte("/Subtype /Image")) {
		t.Errorf("PDF with a logo: image %t, %v", bytes.Contains(pdf, []byte("/Subtype /Image")), err)
	}
	doc.Sender.LogoPNG = []byte("not a picture")
	if _, err := PDF(doc); err == nil {
		t.Error("PDF with a broken logo = nil error, want one")
	}
}

// TestAPageSaysWhatItsPaperSays compares the words of the page with those of the PDF.
func TestAPageSaysWhatItsPaperSays(t *testing.T) {
	t.Parallel()
	for _, lang := range []Lang{Dutch, English} {
		m := testMandate()
		m.Facts = []Item{{Label: "IP-adres", Text: "192.0.2.1"}, {Label: "Browser", Text: "Mozilla <script>"}}
		doc, err := m.Document(lang)
		if err != nil {
			t.Fatal(err)
		}
		page := string(HTML(doc))
		if strings.Contains(page, "<script>") || !strings.Contains(page, doc.Keywords) || string(HTML(doc)) != page {
			t.Error("the page holds markup of a value, or lacks its mark")
		}
		words := strings.Join(strings.Fields(html.UnescapeString(regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`).ReplaceAllString(page, " "))), " ")
		pdf, err := PDF(doc)
		if err != nil {
			t.Fatal(err)
		}
		onPaper(t, pdf, said(doc)...)
		for _, w := range said(doc) {
			if w = strings.Join(strings.Fields(w), " "); !strings.Contains(words, w) {
				t.Errorf("the page does not say %q", w)
			}
		}
	}
}
