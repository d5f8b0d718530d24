package claims

import (
	"path"
	"strings"
	"unicode/utf8"

	"samenclaim/participants"
)

const maxFileName = 120 // characters

// cleanFileName is a name to show, never a place: without folders and without signs that steer.
func cleanFileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if _, err := participants.CleanText(string(r), 1); err != nil {
			return -1
		}
		return r
	}, name)
	clean, err := participants.CleanText(name, 10*maxFileName)
	if err != nil || strings.Trim(clean, ".") == "" || clean == "/" {
		return "bestand"
	}
	return shortName(clean)
}

// shortName cuts the middle of a long name, so that its end still tells what it is.
func shortName(name string) string {
	if utf8.RuneCountInString(name) <= maxFileName {
		return name
	}
	runes := []rune(name)
	const tail = 12
	return string(runes[:maxFileName-tail-1]) + "…" + string(runes[len(runes)-tail:])
}
