package letter

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"samenclaim/internal/tsa"
	"samenclaim/internal/tsa/tsatest"
)

// penholder signs as the program's vault does.
type penholder struct{ key ed25519.PrivateKey }

func (p penholder) Sign(message []byte) []byte   { return ed25519.Sign(p.key, message) }
func (p penholder) PublicKey() ed25519.PublicKey { return p.key.Public().(ed25519.PublicKey) }

var pen = penholder{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))}

var signedOn = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// testPack is a pack of two signatures; the first has a time stamp, the second only ours.
func testPack(t testing.TB, authority *tsatest.Authority) Pack {
	t.Helper()
	texts := map[int64]string{7: "Volmacht\nU geeft ons een volmacht.", 8: "Overeenkomst\nU betaalt alleen als u geld krijgt."}
	text := func(id int64) packedText {
		title, body, _ := strings.Cut(texts[id], "\n")
		sum := sha256.Sum256([]byte(texts[id]))
		return packedText{ID: id, Version: "2026-01", Title: title, Body: body, SHA256: hex.EncodeToString(sum[:])}
	}
	p := Pack{
		Foundation: "Stichting De Lantaarn", Claim: "Zoom", Number: "ZM-7K3M-9XQ2", KeyURL: "https://claim.example/signing-key.pem", MadeAt: signedOn.Add(time.Hour), Texts: texts,
		Events: []PackEvent{{At: signedOn, Event: "signed", Detail: json.RawMessage(`{"mandate_text":7}`)}},
	}
	var records [][32]byte
	for i := range 2 {
		record, err := json.Marshal(packedRecord{Number: p.Number, Name: "Anna van der Berg", ReceivedAt: signedOn.Add(time.Duration(i) * time.Minute), Mandate: text(7), Agreement: text(8)})
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(record)
		records = append(records, sum)
		doc := Document{Title: "Volmacht", Lang: Dutch, Date: signedOn, Sender: testSender(), Keywords: RecordMark(sum), Blocks: []Block{{Kind: KindTitle, Text: "Volmacht"}, {Kind: KindText, Text: texts[7]}}}
		pdf, err := PDF(doc)
		if err != nil {
			t.Fatal(err)
		}
		p.Signatures = append(p.Signatures, PackedSignature{Record: record, PDF: pdf, HTML: HTML(doc)})
	}
	tree, err := StampTree(records)
	if err != nil {
		t.Fatal(err)
	}
	message := StampRoot(tree.Root, tree.Count, signedOn)
	for i := range records {
		proof, err := Prove(tree.Count, int64(i), tree.Read)
		if err != nil {
			t.Fatal(err)
		}
		s := NewStamp(tree.Root, tree.Count, int64(i), records[i], proof, signedOn, pen.PublicKey(), pen.Sign(message))
		p.Signatures[i].Stamp = &s
	}
	if authority != nil {
		client, err := tsa.New(authority.URL)
		if err != nil {
			t.Fatal(err)
		}
		stamp, err := client.Stamp(t.Context(), message)
		if err != nil {
			t.Fatal(err)
		}
		p.Signatures[0].Token = stamp.Token
	}
	return p
}

func zipOf(t testing.TB, p Pack) []byte {
	t.Helper()
	file, err := p.ZIP(pen)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAPackIsRightAndAnyZIPProgramOpensIt(t *testing.T) {
	t.Parallel()
	authority := tsatest.Start(t, func() time.Time { return signedOn.Add(time.Minute) })
	file := zipOf(t, testPack(t, authority))
	if !bytes.Equal(file, zipOf(t, testPack(t, nil))) && !IsZIP(file) {
		t.Error("a pack is not a ZIP")
	}
	found, err := VerifyPack(file, PackTrust{Key: pen.PublicKey(), Roots: authority.Roots})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, w := range found.Proven {
		said = append(said, w.EN)
	}
	for _, w := range found.Open {
		said = append(said, "open: "+w.EN)
	}
	golden(t, "pack_finding.golden", strings.Join(said, "\n")+"\n")
	if found, err = VerifyPack(file, PackTrust{}); err != nil || len(found.Open) != 3 {
		t.Errorf("without anybody to trust = %v, %v, want the key, the authority and the second stamp left open", found.Open, err)
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

// TestEveryChangedByteOfAPackIsNamed changes each byte of a pack, one at a time:
// in every file of it, and in the ZIP around them.
func TestEveryChangedByteOfAPackIsNamed(t *testing.T) {
	t.Parallel()
	p := testPack(t, tsatest.Start(t, func() time.Time { return signedOn.Add(time.Minute) }))
	for i := range p.Signatures { // large papers make the test slow and prove nothing more
		sum := sha256.Sum256(p.Signatures[i].Record)
		p.Signatures[i].PDF, p.Signatures[i].HTML = []byte("%PDF "+RecordMark(sum)), []byte("<p>"+RecordMark(sum))
	}
	file := zipOf(t, p)
	if _, err := VerifyPack(file, PackTrust{}); err != nil {
		t.Fatal(err)
	}
	where := map[string]int{}
	edge := 1500 // of the first and the last bytes each is tried, between them every third: it takes a millisecond for one
	for i := range file {
		if i > edge && i < len(file)-edge && i%3 != 0 {
			continue
		}
		bad := bytes.Clone(file)
		bad[i] ^= 1 << (i % 8)
		_, err := VerifyPack(bad, PackTrust{})
		var altered *AlteredError
		switch {
		case errors.As(err, &altered):
			where[altered.Field]++
		case errors.Is(err, ErrPack):
			where["refused"]++
		default:
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	for _, name := range []string{packManifest, packSignature, packReadme, packEvents, "signature-1/record.json", "signature-2/document.pdf", "signature-1/stamp.json", "signature-1/stamp.tst", "texts/7.txt", "container", "refused"} {
		if where[name] == 0 {
			t.Errorf("no changed byte was found in %s: %v", name, where)
		}
	}
}

// TestAPackWithAnyOtherBytesIsWrong cuts, adds and overwrites at random places.
func TestAPackWithAnyOtherBytesIsWrong(t *testing.T) {
	t.Parallel()
	file := zipOf(t, testPack(t, nil))
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(file)).Draw(t, "at")
		end := rapid.IntRange(at, min(len(file), at+200)).Draw(t, "end")
		put := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "put")
		bad := append(append(bytes.Clone(file[:at]), put...), file[end:]...)
		if bytes.Equal(bad, file) {
			return
		}
		if _, err := VerifyPack(bad, PackTrust{}); !errors.Is(err, ErrAltered) && !errors.Is(err, ErrPack) {
			t.Fatalf("%d bytes in place of %d to %d: %v", len(put), at, end, err)
		}
	})
}

// other makes a ZIP of files with the standard library, as anybody could.
func other(t *testing.T, files []PackFile, head func(*zip.FileHeader)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.Name, Method: zip.Deflate}
		if head != nil {
			head(h)
		}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write(f.Content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAPackPutTogetherOtherwiseIsNamed(t *testing.T) {
	t.Parallel()
	p := testPack(t, nil)
	file := zipOf(t, p)
	files, err := openPack(file)
	if err != nil {
		t.Fatal(err)
	}
	without := func(name string) (rest []PackFile) {
		for _, f := range files {
			if f.Name != name {
				rest = append(rest, f)
			}
		}
		return rest
	}
	forger := penholder{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32))}
	forged, err := p.ZIP(forger)
	if err != nil {
		t.Fatal(err)
	}
	swapped := testPack(t, nil)
	swapped.Signatures[0].PDF, swapped.Signatures[1].PDF = swapped.Signatures[1].PDF, swapped.Signatures[0].PDF
	text := testPack(t, nil)
	text.Texts[7] += " En uw huis."
	stamp := testPack(t, nil)
	stamp.Signatures[0].Stamp, stamp.Signatures[1].Stamp = stamp.Signatures[1].Stamp, stamp.Signatures[0].Stamp
	bomb := other(t, append(without(""), PackFile{"texts/9.txt", make([]byte, PackLimit)}), nil)
	lying := bytes.ReplaceAll(bytes.Clone(bomb), []byte{0, 0, 0, 2}, []byte{9, 0, 0, 0}) // says that it is small
	tests := []struct {
		name string
		file []byte
		want string // the part that is named, or words of the refusal
	}{
		{"packed anew", other(t, files, nil), "container"},
		{"with something behind it", append(bytes.Clone(file), "hello"...), "container"},
		{"with something before it", append([]byte("MZ"), file...), "container"},
		{"a file left out", zipped(without("texts/7.txt")), "texts/7.txt"},
		{"a file added", zipped(append(without(""), PackFile{"texts/99.txt", []byte("x")})), "texts/99.txt"},
		{"no list", zipped(without(packManifest)), "no manifest.json"},
		{"signed by somebody else", forged, packSignature},
		{"papers of another signature", zipOf(t, swapped), "signature-1/document.pdf"},
		{"another text than was signed", zipOf(t, text), "texts/7.txt"},
		{"the stamp of another signature", zipOf(t, stamp), "signature-1/stamp.json"},
		{"a name that leads out", zipped(append(without(""), PackFile{"../../etc/passwd", []byte("x")})), "../../etc/passwd"},
		{"a name with another sign", zipped(append(without(""), PackFile{"texts\\7.txt", []byte("x")})), "texts"},
		{"a folder", other(t, append(without(""), PackFile{"texts/", nil}), nil), "texts/"},
		{"a link", other(t, []PackFile{{"events.json", []byte("/etc/passwd")}}, func(h *zip.FileHeader) { h.SetMode(0o777 | 1<<27) }), "plain file"},
		{"the same file twice", other(t, append(without(""), files[2]), nil), "twice"},
		{"a password on it", other(t, files[:1], func(h *zip.FileHeader) { h.Flags |= encryptedBit }), "password"},
		{"a file that unpacks to more than it should", bomb, "unpacks to more than 32 MB"},
		{"one that lies about it", lying, "unpack"},
		{"many files", other(t, manyFiles(packEntries+1), nil), "more than a pack has"},
		{"too large", make([]byte, PackLimit+1), "larger than 32 MB"},
		{"nothing", nil, "damaged"},
		{"an empty ZIP", zipped(nil), "no manifest.json"},
		{"half of it", file[:len(file)/2], "damaged"},
	}
	for _, tt := range tests {
		_, err := VerifyPack(tt.file, PackTrust{Key: pen.PublicKey()})
		var a *AlteredError
		switch {
		case errors.As(err, &a) && a.Field == tt.want, errors.Is(err, ErrPack) && (tt.want == "refused" || strings.Contains(err.Error(), tt.want)):
		default:
			t.Errorf("%s: %v, want %q named", tt.name, err, tt.want)
		}
	}
}

func manyFiles(n int) []PackFile {
	files := make([]PackFile, n)
	for i := range files {
		files[i] = PackFile{fmt.Sprintf("texts/%d.txt", i), nil}
	}
	return files
}

// TestABombIsNotUnpacked shows that a part is read up to the limit and no further, whatever it says of its size.
func TestABombIsNotUnpacked(t *testing.T) {
	t.Parallel()
	var deep bytes.Buffer
	w, err := flate.NewWriter(&deep, flate.BestSpeed)
	if err == nil {
		_, err = w.Write(make([]byte, 2*PackLimit))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	raw, err := z.CreateRaw(&zip.FileHeader{Name: packEvents, Method: zip.Deflate, CompressedSize64: uint64(deep.Len()), UncompressedSize64: 100})
	if err == nil {
		_, err = raw.Write(deep.Bytes())
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := VerifyPack(b.Bytes(), PackTrust{}); !errors.Is(err, ErrPack) {
		t.Errorf("a bomb = %v, want %v", err, ErrPack)
	}
}
