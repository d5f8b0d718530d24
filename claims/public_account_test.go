package claims

import (
	"testing"

	"pgregory.net/rapid"
)

// A small group can be neither read nor reckoned out of the rest, and nobody is lost.
func TestNoSmallGroupIsToldApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var groups []Group
		var all int64
		for i := range rapid.IntRange(0, 8).Draw(t, "groups") {
			n := rapid.OneOf(rapid.Int64Range(0, 12), rapid.Int64Range(0, 1_000_000)).Draw(t, "people")
			groups, all = append(groups, Group{string(rune('a' + i)), n}), all+n
		}
		var told int64
		for _, g := range apart(groups) {
			if g.Count < fewest {
				t.Fatalf("%v tells a group of %d apart: %v", groups, g.Count, apart(groups))
			}
			told += g.Count
		}
		if all >= fewest && told != all || all < fewest && told != 0 {
			t.Fatalf("%v: %d people are told of %d", groups, told, all)
		}
	})
}
