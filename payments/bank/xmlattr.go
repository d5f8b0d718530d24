package bank

import (
	"bytes"
	"errors"
)

// maxAttributes is more than any tag of a statement has.
const maxAttributes = 32

var (
	errTag   = errors.New("a broken tag")
	errTwice = errors.New("an attribute given twice")
)

// attributes gives the attributes of a start tag, their values as they stand
// there; false if the tag is broken.
func attributes(tag []byte, each func(name, value []byte) bool) bool {
	for {
		trimmed := bytes.TrimLeft(tag, " \t\r\n")
		if len(trimmed) == 0 {
			return true
		}
		if len(trimmed) == len(tag) { // a blank before every attribute
			return false
		}
		eq := bytes.IndexByte(trimmed, '=')
		if eq < 0 {
			return false
		}
		name := bytes.TrimRight(trimmed[:eq], " \t\r\n")
		value := bytes.TrimLeft(trimmed[eq+1:], " \t\r\n")
		if len(value) < 2 || value[0] != '"' && value[0] != '\'' {
			return false
		}
		end := bytes.IndexByte(value[1:], value[0])
		if end < 0 || !each(name, value[1:1+end]) {
			return false
		}
		tag = value[end+2:]
	}
}

// checkAttributes refuses attributes that are not well-formed.
func checkAttributes(tag, spare []byte) error {
	var seen [maxAttributes][]byte
	n := 0
	var problem error
	whole := attributes(tag, func(name, value []byte) bool {
		for _, before := range seen[:n] {
			if bytes.Equal(before, name) {
				problem = errTwice
				return false
			}
		}
		if _, ok := localName(name); !ok || n == maxAttributes || bytes.IndexByte(value, '<') >= 0 {
			return false
		}
		seen[n] = name
		n++
		// ]]> is allowed here, so this counts as CDATA but for its references.
		_, problem = attributeValue(value, spare)
		return problem == nil
	})
	if problem == nil && !whole {
		problem = errTag
	}
	return problem
}

// attribute is the value of an attribute of a tag, by its local name.
func attribute(tag []byte, local string) string {
	var found string
	attributes(tag, func(name, value []byte) bool {
		if l, ok := localName(name); ok && string(l) == local {
			text, _ := attributeValue(value, nil)
			found = string(text)
			return false
		}
		return true
	})
	return found
}

// attributeValue is content in which ]]> has no meaning and a line end is a blank.
func attributeValue(value, spare []byte) ([]byte, error) {
	plain := true
	for _, c := range value {
		plain = plain && plainText[c] && c >= 0x20
	}
	if plain {
		return value, nil
	}
	out := spare[:0]
	for len(value) > 0 {
		n := bytes.IndexAny(value, "]\t\r\n")
		if n < 0 {
			n = len(value)
		}
		text, err := content(value[:n], nil, false)
		if err != nil {
			return nil, err
		}
		out = append(out, text...)
		if value = value[n:]; len(value) == 0 {
			break
		}
		if value[0] == ']' {
			out = append(out, ']')
		} else {
			out = append(out, ' ')
		}
		if bytes.HasPrefix(value, []byte("\r\n")) {
			value = value[1:]
		}
		value = value[1:]
	}
	return out, nil
}
