package plot

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

func TestCharts(t *testing.T) {
	t.Parallel()
	days := Series{Name: "Aanmeldingen"}
	for i := range 30 {
		days.Points = append(days.Points, Point{fmt.Sprintf("%d nov", i+1), int64(i * i % 97 * 7)})
	}
	week := Chart{
		ID: "week", Title: "Nu & straks", Desc: "Twee lijnen.", TableLabel: "Bekijk als tabel", LabelHead: "Dag",
		Series: []Series{
			{"Aan", []Point{{"ma", 1}, {"di", 12}, {"wo", 3}}},
			{"Af", []Point{{"ma", 0}, {"di", 2}}},
		},
	}
	tests := []struct {
		name  string
		chart templ.Component
	}{
		{"lines_days", Lines(Chart{ID: "d", Title: "Aanmeldingen per dag", Desc: "Van 1 tot 30 november.", TableLabel: "Tabel", LabelHead: "Dag", Series: []Series{days}})},
		{"lines_two", Lines(week)},
		{"lines_one_point", Lines(Chart{ID: "o", Series: []Series{{"Een", []Point{{"vandaag", 5}}}}})},
		{"lines_empty", Lines(Chart{ID: "e"})},
		{"bars", Bars(Chart{
			ID: "b", Title: "Betalingen", Desc: "Drie staven.", TableLabel: "Tabel", LabelHead: "Staat", Series: []Series{{"Aantal", []Point{{"Betaald <b>", 1200}, {"Bezig", 30}, {"Mislukt", 0}}}},
			Format: func(n int64) string { return fmt.Sprintf("%d ×", n) },
		})},
		{"bars_empty", Bars(Chart{ID: "n", Series: []Series{{"Aantal", nil}}})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			if err := tt.chart.Render(t.Context(), &b); err != nil {
				t.Fatal(err)
			}
			got := strings.ReplaceAll(b.String(), "><", ">\n<") + "\n"
			if strings.Contains(got, "style=") {
				t.Error("a style inside the chart: the security policy would make it a black box")
			}
			path := filepath.Join("testdata", tt.name+".svg.golden")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		})
	}
}

func TestScale(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		largest    int64
		step, most int64
	}{
		{"nothing yet still has an axis", 0, 1, 1},
		{"a handful counts by ones", 4, 1, 4},
		{"a dozen", 12, 5, 15},
		{"exactly a round number is not passed", 50, 10, 50},
		{"thousands", 10308, 5000, 15000},
		{"cents of a settlement", 515400000, 200000000, 600000000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := scaleFor(tt.largest)
			if got.step != tt.step || got.most != tt.most {
				t.Errorf("scaleFor(%d) = %d up to %d, want %d up to %d", tt.largest, got.step, got.most, tt.step, tt.most)
			}
			if n := len(got.ticks()); n > 7 {
				t.Errorf("%d lines across the chart, want at most 7", n)
			}
		})
	}
}

func TestEveryLabelOfAFewAndSomeOfMany(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 6, 7, 30, 31, 365} {
		count := 0
		for i := range n {
			if shown(i, n) {
				count++
			}
		}
		if count == 0 || count > labelsAtMost+1 || !shown(n-1, n) {
			t.Errorf("%d labels out of %d, want 1 to %d with the last", count, n, labelsAtMost+1)
		}
	}
}
