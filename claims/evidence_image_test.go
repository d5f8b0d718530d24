package claims_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"pgregory.net/rapid"

	"samenclaim/claims"
)

// aPDF is a small PDF with something of its own in its catalogue.
func aPDF(extra string) []byte {
	return fmt.Appendf(nil, "%%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R %s >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\ntrailer << /Size 3 /Root 1 0 R >>\nstartxref\n0\n%%%%EOF\n", extra)
}

// paddedPDF is a PDF of an exact size.
func paddedPDF(size int) []byte {
	b := append([]byte("%PDF-1.7\n%"), bytes.Repeat([]byte("x"), size)...)
	return append(b[:size-7], "\n%%EOF\n"...)
}

// aJPEG is a picture whose left upper corner is red and the rest blue.
func aJPEG(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			img.Set(x, y, color.RGBA{B: 255, A: 255})
			if x < width/2 && y < height/2 {
				img.Set(x, y, color.RGBA{R: 255, A: 255})
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func aPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func chunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// headPNG says how large it is, and holds nothing of it.
func headPNG(width, height uint32) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 2, 0, 0, 0))...)
}

// with puts more chunks behind the head of a PNG.
func with(png []byte, chunks ...[]byte) []byte {
	const head = 8 + 25
	return append(append(bytes.Clone(png[:head]), bytes.Join(chunks, nil)...), png[head:]...)
}

// animated is a PNG of two frames.
func animated(t testing.TB) []byte {
	frames := chunk("acTL", []byte{0, 0, 0, 2, 0, 0, 0, 0})
	return with(aPNG(t, image.NewNRGBA(image.Rect(0, 0, 7, 7))), frames)
}

// app1 puts a part with metadata at the beginning of a JPEG.
func app1(jpg []byte, data []byte) []byte {
	part := binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(len(data)+2))
	return append(append(append(bytes.Clone(jpg[:2]), part...), data...), jpg[2:]...)
}

// exif says how the camera was held, and where.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("Exif\x00\x00MM")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		b = []byte("Exif\x00\x00II")
	}
	b = order.AppendUint32(order.AppendUint16(b, 42), 8)
	b = order.AppendUint16(b, 2)
	b = append(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x010F), 2), 4), "GEO\x00"...)
	b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x0112), 3), 1)
	b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, orientation), 0), 0)
	return append(b, "GPS-52.37-4.89"...)
}

// corner says in which corner a picture is red.
func corner(img image.Image) string {
	b := img.Bounds()
	for name, at := range map[string]image.Point{
		"left above": {b.Min.X + 2, b.Min.Y + 2}, "right above": {b.Max.X - 3, b.Min.Y + 2},
		"left below": {b.Min.X + 2, b.Max.Y - 3}, "right below": {b.Max.X - 3, b.Max.Y - 3},
	} {
		if r, _, blue, _ := img.At(at.X, at.Y).RGBA(); r > blue {
			return name
		}
	}
	return "nowhere"
}

func TestPicturesAreTurnedUpright(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	tests := []struct {
		orientation uint16
		corner      string
		width       int
	}{
		{1, "left above", 64}, {2, "right above", 64}, {3, "right below", 64}, {4, "left below", 64},
		{5, "left above", 32}, {6, "right above", 32}, {7, "right below", 32}, {8, "left below", 32}, {9, "left above", 64},
	}
	for i, tt := range tests {
		order := binary.AppendByteOrder(binary.BigEndian)
		if i%2 == 0 {
			order = binary.LittleEndian
		}
		s.owner = claims.Owner{ParticipationID: s.Join(1)[0].ParticipationID} // two of them look the same
		e, err := s.send("foto.jpg", app1(aJPEG(t, 64, 32), exif(order, tt.orientation)))
		if err != nil {
			t.Errorf("orientation %d: %v", tt.orientation, err)
			continue
		}
		img, err := jpeg.Decode(bytes.NewReader(s.read(e.Ref)))
		if err != nil || corner(img) != tt.corner || img.Bounds().Dx() != tt.width {
			t.Errorf("orientation %d: red is %s of a picture %d wide, want %s and %d: %v", tt.orientation, corner(img), img.Bounds().Dx(), tt.corner, tt.width, err)
		}
	}
}

func TestPicturesAreMadeAnewWithoutWhatHidesInThem(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	small := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	wide := image.NewNRGBA64(image.Rect(0, 0, 8, 8))
	wide.Set(1, 1, color.NRGBA64{R: 0xABCD, A: 0xFFFF})
	deepGray := image.NewGray16(image.Rect(0, 0, 9, 9))
	cmyk := image.NewCMYK(image.Rect(0, 0, 8, 8))
	tests := []struct {
		name    string
		content []byte
		hides   string
	}{
		{"a photo with a place", app1(aJPEG(t, 16, 16), exif(binary.BigEndian, 1)), "GPS-52.37"},
		{"a photo with a script", app1(aJPEG(t, 18, 18), []byte("http://ns.adobe.com/xap/1.0/\x00<script>")), "<script>"},
		{"a photo with a program behind it", append(aJPEG(t, 20, 20), "MZ-PROGRAM"...), "MZ-PROGRAM"},
		{"a picture with words", with(aPNG(t, small), chunk("tEXt", []byte("Author\x00Jan Geheim"))), "Jan Geheim"},
		{"a picture with an archive behind it", append(aPNG(t, image.NewGray(image.Rect(0, 0, 5, 5))), "PK\x03\x04evil"...), "PK\x03\x04"},
		{"an animated picture", animated(t), "acTL"},
		{"a picture of sixteen bits", aPNG(t, wide), ""},
		{"a gray picture of sixteen bits", aPNG(t, deepGray), ""},
		{"a picture in the colours of print", aPNG(t, cmyk), ""},
	}
	for _, tt := range tests {
		if tt.hides != "" && !bytes.Contains(tt.content, []byte(tt.hides)) {
			t.Fatalf("%s: the fixture hides nothing", tt.name)
		}
		e, err := s.send("a", tt.content)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		kept := s.read(e.Ref)
		if tt.hides != "" && bytes.Contains(kept, []byte(tt.hides)) {
			t.Errorf("%s: it still hides %q", tt.name, tt.hides)
		}
		head, _, err := image.DecodeConfig(bytes.NewReader(kept))
		if err != nil || head.ColorModel == color.NRGBA64Model || head.ColorModel == color.RGBA64Model || head.ColorModel == color.Gray16Model {
			t.Errorf("%s: what is kept does not open everywhere: %v, %v", tt.name, head, err)
		}
		if e.Bytes != int64(len(kept)) {
			t.Errorf("%s: it says %d bytes and has %d", tt.name, e.Bytes, len(kept))
		}
	}
}

func TestStrangeMetadataDoesNoHarm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		junk := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "junk")
		cut := rapid.IntRange(0, 60).Draw(t, "cut")
		part := append(exif(binary.BigEndian, 6), junk...)
		b := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(part)%250 + 2)}, part...)
		b = append(b[:max(0, len(b)-cut)], junk...)
		if o := claims.Orientation(b); o < 0 || o > 0xFFFF {
			t.Fatalf("orientation %d", o)
		}
		_ = claims.Orientation(junk)
	})
}

func TestAnyFileNameCanBeShown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		clean := claims.CleanFileName(name)
		if clean == "" || len([]rune(clean)) > 120 || bytes.ContainsAny([]byte(clean), "/\\\r\n\x00") {
			t.Fatalf("%q became %q", name, clean)
		}
		if again := claims.CleanFileName(clean); again != clean {
			t.Fatalf("%q became %q and then %q", name, clean, again)
		}
	})
}
