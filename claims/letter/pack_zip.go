package letter

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// zipped writes files as a ZIP in exactly one way: in the order given, not
// compressed, without dates, comments or room for anything else. So the same
// files always make the same bytes, with every version of this program, and a
// reader who makes the ZIP anew sees each byte that was changed around them.
func zipped(files []PackFile) []byte {
	var b, directory bytes.Buffer
	put := func(w *bytes.Buffer, values ...any) {
		for _, v := range values {
			_ = binary.Write(w, binary.LittleEndian, v) // into memory: cannot fail
		}
	}
	const (
		version, utf8, stored = uint16(20), uint16(1 << 11), uint16(0)
		clock, day            = uint16(0), uint16(1<<5 | 1) // the first day a ZIP can name: no date
	)
	for _, f := range files {
		offset, size, name := uint32(b.Len()), uint32(len(f.Content)), uint16(len(f.Name)) //nolint:gosec // a pack is far smaller than 4 GB
		sum := crc32.ChecksumIEEE(f.Content)
		put(&b, uint32(0x04034b50), version, utf8, stored, clock, day, sum, size, size, name, uint16(0))
		b.WriteString(f.Name)
		b.Write(f.Content)
		put(&directory, uint32(0x02014b50), version, version, utf8, stored, clock, day, sum, size, size, name, uint16(0), uint16(0), uint16(0), uint16(0), uint32(0), offset)
		directory.WriteString(f.Name)
	}
	start, n := uint32(b.Len()), uint16(len(files)) //nolint:gosec // as above
	b.Write(directory.Bytes())
	put(&b, uint32(0x06054b50), uint16(0), uint16(0), n, n, uint32(directory.Len()), start, uint16(0)) //nolint:gosec // as above
	return b.Bytes()
}

// PackFile is one file of an evidence pack.
type PackFile struct {
	Name    string
	Content []byte
}
