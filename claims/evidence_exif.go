package claims

import (
	"bytes"
	"encoding/binary"
)

// orientation reads how a camera was held from the Exif part of a JPEG; 1, upright, if it does not say.
func orientation(b []byte) int {
	exif := exifOf(b)
	if len(exif) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if exif[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(exif[4:]))
	if at+2 > int64(len(exif)) {
		return 1
	}
	entries := exif[at+2:]
	const entry, tag = 12, 0x0112
	for i := range int(order.Uint16(exif[at:])) {
		if len(entries) < (i+1)*entry {
			return 1
		}
		if e := entries[i*entry:]; order.Uint16(e) == tag {
			return int(order.Uint16(e[8:]))
		}
	}
	return 1
}

// exifOf finds the Exif part of a JPEG: a small TIFF file within it.
func exifOf(b []byte) []byte {
	head := []byte("Exif\x00\x00")
	const start, scan, app1 = 0xD8, 0xDA, 0xE1
	for at := 2; len(b) > at+4 && b[1] == start && b[at] == 0xFF && b[at+1] != scan; {
		size := int(binary.BigEndian.Uint16(b[at+2:]))
		if size < 2 || at+2+size > len(b) {
			return nil
		}
		if part := b[at+4 : at+2+size]; b[at+1] == app1 && bytes.HasPrefix(part, head) {
			return part[len(head):]
		}
		at += 2 + size
	}
	return nil
}
