package sanctions

import (
	"maps"
	"slices"
	"strings"
)

// The rule for names, the same for every payee:
//
//   - names are compared in Latin letters without accents, and letter by letter:
//     capitals, signs and the order of the words do not count;
//   - words of one letter (initials) and the little words inside names (van, de,
//     al, bin) do not count, unless nothing else is left;
//   - two words are the same when they are equal, or when both have five letters
//     or more and one letter differs, is missing or is too many;
//   - a name is like another when every word of the shorter one is in the longer
//     one, and those are at least two; a name of one word must be the whole name.
//
// So "Ali Hassan" is like "HASSAN Ali Mohamed", and "A. Hassan" is like nobody:
// an initial says too little, which is why a payee is looked up under the full
// name of the participant as well as under that of the account.
const minFuzzy = 5

// little are the words inside names that tell nobody apart.
var little = map[string]bool{
	"van": true, "der": true, "den": true, "de": true, "het": true, "ten": true, "ter": true, "te": true, "von": true, "zu": true,
	"al": true, "el": true, "bin": true, "ibn": true, "bint": true, "abu": true, "ul": true, "da": true, "di": true, "du": true, "la": true, "le": true,
	"mr": true, "mrs": true, "dr": true, "ing": true, "ir": true, "drs": true, "mw": true, "dhr": true,
}

// words cuts a name into the words that count. The name is in Latin letters already.
func words(name string) []string {
	all := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	var kept []string
	for _, w := range all {
		if len(w) > 1 && !little[w] {
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 {
		return all
	}
	return kept
}

// Index finds names of a list fast: a million payees are looked up in it one by one.
type Index struct {
	latin func(string) string
	names []Name
	words [][]string
	by    map[string][]int32 // by a word, and by the words with one letter less
}

// NewIndex prepares a list; latin writes a name in Latin letters without accents.
func NewIndex(names []Name, latin func(string) string) *Index {
	x := &Index{latin: latin, names: names, words: make([][]string, len(names)), by: map[string][]int32{}}
	for i, n := range names {
		x.words[i] = words(latin(n.Name))
		for _, w := range x.words[i] {
			for _, key := range keys(w) {
				if had := x.by[key]; len(had) == 0 || had[len(had)-1] != int32(i) {
					x.by[key] = append(had, int32(i))
				}
			}
		}
	}
	return x
}

// keys are a word, and if it is long the same with each letter left out: two
// words with one letter between them have a key in common.
func keys(w string) []string {
	all := []string{w}
	if len(w) >= minFuzzy {
		for i := range len(w) {
			all = append(all, w[:i]+w[i+1:])
		}
	}
	return all
}

// Like gives the names on the list that are like one of these, the names of one
// payee; of each person on the list the first.
func (x *Index) Like(names ...string) []Name {
	var found []Name
	seen := map[string]bool{}
	for _, name := range names {
		mine := words(x.latin(name))
		met := map[int32]bool{}
		for _, w := range mine {
			for _, key := range keys(w) {
				for _, i := range x.by[key] {
					met[i] = true
				}
			}
		}
		for _, i := range slices.Sorted(maps.Keys(met)) { // in the order of the list, so that the same names give the same answer
			if seen[x.names[i].Reference] || !like(mine, x.words[i]) {
				continue
			}
			seen[x.names[i].Reference] = true
			found = append(found, x.names[i])
		}
	}
	return found
}

// like tells whether every word of the shorter name is in the longer one.
func like(a, b []string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 || len(a) == 1 && len(b) != 1 {
		return false
	}
	used := make([]bool, len(b))
next:
	for _, w := range a {
		for i, v := range b {
			if !used[i] && same(w, v) {
				used[i] = true
				continue next
			}
		}
		return false
	}
	return true
}

// same tells whether two words differ by one letter at most, if they are long.
func same(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < minFuzzy || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return a[i+1:] == b[i+1:]
	}
	return a[i:] == b[i+1:]
}
