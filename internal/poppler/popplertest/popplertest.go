// Package popplertest makes PDFs for tests, good ones and bad ones.
package popplertest

import (
	"bytes"
	"compress/zlib"
	"crypto/md5" //nolint:gosec // the format asks for it
	"crypto/rc4" //nolint:gosec // the format asks for it
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
)

// Write puts numbered objects together to a whole PDF; the first is the catalogue.
// trailer is what else stands in the trailer.
func Write(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	places := make([]int, len(objects))
	for i, o := range objects {
		places[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, table)
	return b.Bytes()
}

// Stream is an object with bytes.
func Stream(entries string, content []byte) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", entries, len(content), content)
}

// PDF is a document of some pages with a text on each.
func PDF(pages int, text string) []byte { return WithCatalog(pages, text, "") }

// WithCatalog is a document with more in its catalogue, such as what it does when it is opened.
func WithCatalog(pages int, text, more string) []byte {
	var kids []string
	objects := []string{"", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", Stream("", []byte("BT /F1 18 Tf 40 120 Td ("+text+") Tj ET"))}
	for range pages {
		objects = append(objects, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Contents 4 0 R /Resources << /Font << /F1 3 0 R >> >> >>")
		kids = append(kids, fmt.Sprintf("%d 0 R", len(objects)))
	}
	objects[0] = "<< /Type /Catalog /Pages 2 0 R " + more + " >>"
	objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), pages)
	return Write("", objects...)
}

// Packed is a document that hides an object in a packed group.
func Packed(object string) []byte {
	group := "9 0 " + object
	return Write("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>",
		Stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", deflated([]byte(group))))
}

// Laughs is a page that draws ten things that draw ten things, and so on: work without end.
func Laughs() []byte {
	const depth = 12
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Contents 4 0 R /Resources << /XObject << /L 5 0 R >> >> >>", Stream("", []byte("/L Do"))}
	for i := range depth {
		objects = append(objects, Stream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 400 300] /Resources << /XObject << /L %d 0 R >> >>", 6+i),
			bytes.Repeat([]byte("/L Do "), 10)))
	}
	return Write("", append(objects, Stream("/Type /XObject /Subtype /Form /BBox [0 0 400 300]", []byte("0 0 9 9 re f")))...)
}

func deflated(plain []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(plain) // into memory
	_ = z.Close()
	return b.Bytes()
}

// Locked is a document that opens with the password "geheim" only.
func Locked() []byte { return encrypted("geheim") }

// Restricted is a document that opens without a password but may not be changed, as banks make them.
func Restricted() []byte { return encrypted("") }

const padding = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

// encrypted follows algorithms 2 to 4 of the standard for keys of 40 bits.
func encrypted(user string) []byte {
	const id, permissions = "0123456789abcdef", 0xFFFFFFD4 // -44: print, and no more
	ownerKey := md5.Sum([]byte(padded("eigenaar")))        //nolint:gosec // the format asks for it
	owner := rc4d(ownerKey[:5], []byte(padded(user)))
	all := append([]byte(padded(user)), owner...)
	all = binary.LittleEndian.AppendUint32(all, permissions)
	key := md5.Sum(append(all, id...)) //nolint:gosec // the format asks for it
	check := rc4d(key[:5], []byte(padding))
	return Write(fmt.Sprintf("/ID [<%[1]x> <%[1]x>] /Encrypt << /Filter /Standard /V 1 /R 2 /O <%[2]s> /U <%[3]s> /P %[4]d >>",
		id, hex.EncodeToString(owner), hex.EncodeToString(check), int64(permissions)-1<<32),
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>")
}

func padded(password string) string { return (password + padding)[:32] }

func rc4d(key, plain []byte) []byte {
	c, err := rc4.NewCipher(key) //nolint:gosec // the format asks for it
	if err != nil {
		panic(err) // five bytes always do
	}
	out := make([]byte, len(plain))
	c.XORKeyStream(out, plain)
	return out
}
