// Package hostiletest makes files that broke other programs: what people send
// as evidence, and what is said to come from a bank.
package hostiletest

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io/fs"
	"strings"
	"sync"
	"unicode/utf16"
)

// Files are the files by name.
func Files() map[string][]byte {
	all := map[string][]byte{}
	for _, some := range []map[string][]byte{documents(), pictures(), others(), statements(), sheets()} {
		for name, content := range some {
			all[name] = content
		}
	}
	return all
}

func documents() map[string][]byte {
	const script = "<script>alert(1)</script>"
	does := func(what string) []byte { return pdf("/OpenAction << " + what + " >>") }
	return map[string][]byte{
		"ok.pdf": pdf(""), "empty.pdf": {}, "exe_named.pdf": append([]byte("MZ"), make([]byte, 100)...),
		"pdf_javascript.pdf":  does(`/S /JavaScript /JS (app.alert\(1\))`),
		"pdf_uri_submit.pdf":  does("/S /SubmitForm /F (http://example.org/)"),
		"pdf_launch.pdf":      does("/S /Launch /F (calc.exe)"),
		"pdf_then_html.pdf":   append(pdf(""), "<html>"+script+"</html>"...),
		"html_before_pdf.pdf": append([]byte(script+"\n"), pdf("")...),
	}
}

// pdf is a document of one empty page, whose catalogue has more in it.
func pdf(catalogue string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, object := range []string{
		"<< /Type /Catalog /Pages 2 0 R " + catalogue + " >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
	} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	b.WriteString("xref\n0 4\n0000000000 65535 f \n")
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer << /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", table)
	return b.Bytes()
}

func pictures() map[string][]byte {
	ok := png(16, 16, true)
	return map[string][]byte{
		"ok.png": ok, "png_cut.png": png(64, 64, true)[:60], "png_then_zip.png": append(bytes.Clone(ok), zeros()...),
		"png_header_30000x30000.png": png(30_000, 30_000, false), "png_real_20000x20000.png": png(20_000, 20_000, true),
		"html_named.jpg": []byte("<html><script>alert(1)</script></html>"),
		"svg_script.svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
	}
}

// png is a black picture; one that is not whole has a single byte where all its lines should be.
func png(width, height int, whole bool) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(width)), uint32(height)) //nolint:gosec // small numbers of our own
	lines := []byte{0}
	if whole {
		lines = make([]byte, height*(1+(width+7)/8))
	}
	var pixels bytes.Buffer
	w, _ := zlib.NewWriterLevel(&pixels, zlib.BestCompression)
	_, _ = w.Write(lines) // memory takes everything
	_ = w.Close()
	b := []byte("\x89PNG\r\n\x1a\n")
	for _, chunk := range []struct {
		kind    string
		content []byte
	}{{"IHDR", append(head, 1, 0, 0, 0, 0)}, {"IDAT", pixels.Bytes()}, {"IEND", nil}} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(chunk.content))) //nolint:gosec // small numbers of our own
		named := append([]byte(chunk.kind), chunk.content...)
		b = binary.BigEndian.AppendUint32(append(b, named...), crc32.ChecksumIEEE(named))
	}
	return b
}

func others() map[string][]byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	out, _ := w.Create("../../evil.txt")
	_, _ = out.Write([]byte("x"))
	link := &zip.FileHeader{Name: "link"}
	link.SetMode(fs.ModeSymlink | 0o777)
	out, _ = w.CreateHeader(link)
	_, _ = out.Write([]byte("/etc/passwd"))
	_ = w.Close()
	return map[string][]byte{"zip_slip_and_symlink.zip": b.Bytes(), "zip_50MB_of_zero.zip": zeros()}
}

// zeros is a small ZIP with a large file in it.
var zeros = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	out, _ := w.Create("a.txt")
	_, _ = out.Write(make([]byte, 50_000_000))
	_ = w.Close()
	return b.Bytes()
})

const utf8Head = `<?xml version="1.0" encoding="UTF-8"?>`

// statement is a bank statement from 100.00 on.
func statement(head, entries, closing string) string {
	balance := func(kind, amount string) string {
		return `<Bal><Tp><CdOrPrtry><Cd>` + kind + `</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">` + amount + `</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>`
	}
	return head + `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>S1</Id>` +
		balance("OPBD", "100.00") + balance("CLBD", closing) + entries + `</Stmt></BkToCstmrStmt></Document>`
}

func entry(currency, amount string) string {
	return `<Ntry><NtryRef>1</NtryRef><Amt Ccy="` + currency + `">` + amount + `</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>`
}

func statements() map[string][]byte {
	with := func(entries, closing string) []byte { return []byte(statement(utf8Head, entries, closing)) }
	declared := func(declaration, entries string) []byte {
		return []byte(statement(`<?xml version="1.0"?><!DOCTYPE d [`+declaration+`]>`, entries, "100.00"))
	}
	fifty := entry("EUR", "50.00")
	laughs := `<!ENTITY l0 "lol">`
	for i := 1; i < 10; i++ {
		laughs += fmt.Sprintf(`<!ENTITY l%d "%s">`, i, strings.Repeat(fmt.Sprintf("&l%d;", i-1), 10))
	}
	var many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&many, `<Ntry><NtryRef>%d</NtryRef><Amt Ccy="EUR">0.01</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>`, i)
	}
	return map[string][]byte{
		"camt_ok.xml": with(fifty, "150.00"), "camt_balance_wrong.xml": with(fifty, "151.00"), "camt_usd.xml": with(entry("USD", "50.00"), "150.00"),
		"camt_three_decimals.xml": with(entry("EUR", "50.005"), "150.00"), "camt_negative.xml": with(entry("EUR", "-50.00"), "50.00"),
		"camt_exponent.xml":     with(entry("EUR", "5e1"), "150.00"),
		"camt_amt_twice.xml":    with(strings.Replace(fifty, "</Amt>", `</Amt><Amt Ccy="EUR">5000.00</Amt>`, 1), "150.00"),
		"camt_after_root.xml":   append(with(fifty, "150.00"), "<Document/>"...),
		"camt_wrong_ns.xml":     bytes.Replace(with("", "100.00"), []byte("urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"), []byte("urn:example:other"), 1),
		"camt_pending.xml":      with(strings.Replace(fifty, "BOOK", "PDNG", 1), "100.00"),
		"camt_doctype_file.xml": declared(`<!ENTITY x SYSTEM "file:///etc/passwd">`, entry("EUR", "&x;")), "camt_billion_laughs.xml": declared(laughs, "&l9;"),
		"camt_deep.xml":   with(strings.Repeat("<a>", 200_000)+strings.Repeat("</a>", 200_000), "100.00"),
		"camt_latin1.xml": []byte(statement(`<?xml version="1.0" encoding="ISO-8859-1"?>`, "<AddtlNtryInf>\xe9</AddtlNtryInf>", "100.00")),
		"camt_utf16.xml":  wide(statement(`<?xml version="1.0" encoding="UTF-16"?>`, "", "100.00")), "camt_100000.xml": with(many.String(), "1100.00"),
	}
}

func sheets() map[string][]byte {
	return map[string][]byte{
		"csv_formula.csv":       []byte("name;iban\r\n\"=1+1\";NL91ABNA0417164300\r\n\"\t=1+1\";x\r\n"),
		"csv_bom_semicolon.csv": []byte("\ufeffnaam;iban\r\n\"De \"\"Wit\"\"; regel\n2\";NL91ABNA0417164300\r\n"),
		"csv_utf16.csv":         wide("naam;iban\r\nRenée;NL91ABNA0417164300\r\n"), "csv_nul.csv": []byte("naam;iban\r\nJ\x00n;x\r\n"),
		"csv_open_quote.csv": []byte("naam\r\n\"never closed\r\n" + strings.Repeat("x\r\n", 1000)),
	}
}

// wide is a text in UTF-16 with its mark.
func wide(text string) []byte {
	b := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return b
}
