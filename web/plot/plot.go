// Package plot draws line and bar charts as SVG on the server: with a title, a description
// and the same figures as a table beneath, so that nobody has to see a chart to know it.
package plot

import (
	"fmt"
	"strconv"
)

// Chart is what a chart shows and says; the same chart always gives the same bytes.
type Chart struct {
	ID         string // unique in the page
	Title      string
	Desc       string // what one sees, in a sentence
	TableLabel string // the words that open the table
	LabelHead  string // head of the table's first column
	Series     []Series
	Format     func(int64) string // nil prints the bare number
}

// Series is one line, or one kind of bar.
type Series struct {
	Name   string
	Points []Point
}

// Point is one figure with its label.
type Point struct {
	Label string
	Value int64
}

// The drawing's own measure; the style sheet fits it to the page.
const (
	width, height          = 720, 320
	left, right            = 64, 20
	top, bottom            = 44, 40
	plotWidth, plotHeight  = width - left - right, height - top - bottom
	barHeight, barGap      = 26, 14
	barLeft, barRight      = 260, 110
	labelsAtMost, ticksMin = 6, 4
)

// scale maps values to heights; zero is always at the bottom.
type scale struct {
	step, most int64
}

// scaleFor finds round steps that hold the largest value.
func scaleFor(largest int64) scale {
	step := int64(1)
	for _, factor := range []int64{2, 5, 10} {
		if largest <= step*ticksMin {
			break
		}
		step = factor
	}
	for unit := int64(10); largest > step*(ticksMin+1); unit *= 10 {
		for _, factor := range []int64{1, 2, 5} {
			if step = unit * factor; largest <= step*(ticksMin+1) {
				break
			}
		}
	}
	most := max((largest+step-1)/step, 1) * step
	return scale{step: step, most: most}
}

func (s scale) ticks() []int64 {
	var out []int64
	for v := int64(0); v <= s.most; v += s.step {
		out = append(out, v)
	}
	return out
}

// y is the height of a value, in tenths of a unit so that no float is printed.
func (s scale) y(value int64) string {
	return tenths((top+plotHeight)*10 - max(value, 0)*plotHeight*10/s.most)
}

// x is the place of point i out of n.
func x(i, n int) string {
	if n < 2 {
		return tenths(left * 10)
	}
	return tenths(int64(left*10 + i*plotWidth*10/(n-1)))
}

func tenths(n int64) string {
	if n%10 == 0 {
		return strconv.FormatInt(n/10, 10)
	}
	return fmt.Sprintf("%d.%d", n/10, n%10)
}

// path draws a series from point to point, along labels that may go on further than it does.
func (s scale) path(points []Point, labels int) string {
	d := ""
	for i, p := range points {
		command := " L"
		if i == 0 {
			command = "M"
		}
		d += command + x(i, labels) + " " + s.y(p.Value)
	}
	return d
}

// area closes a series' line down to zero.
func (s scale) area(points []Point, labels int) string {
	last := x(len(points)-1, labels)
	return s.path(points, labels) + " L" + last + " " + s.y(0) + " L" + x(0, labels) + " " + s.y(0) + " Z"
}

func (c Chart) largest() int64 {
	var most int64
	for _, s := range c.Series {
		for _, p := range s.Points {
			most = max(most, p.Value)
		}
	}
	return most
}

func (c Chart) format(n int64) string {
	if c.Format == nil {
		return strconv.FormatInt(n, 10)
	}
	return c.Format(n)
}

// labels are the words under the line: the first series gives them.
func (c Chart) labels() []string {
	if len(c.Series) == 0 {
		return nil
	}
	out := make([]string, 0, len(c.Series[0].Points))
	for _, p := range c.Series[0].Points {
		out = append(out, p.Label)
	}
	return out
}

// shown says whether label i out of n is written: all of a few, some of many, the last one always.
func shown(i, n int) bool {
	every := (n-1)/labelsAtMost + 1
	return i == n-1 || (i%every == 0 && n-1-i >= every)
}

// at is the value of a series at row i of the table, "" when it has none.
func (c Chart) at(s Series, i int) string {
	if i >= len(s.Points) {
		return ""
	}
	return c.format(s.Points[i].Value)
}

// anchor keeps the first and the last label inside the drawing.
func anchor(i, n int) string {
	switch i {
	case 0:
		return "start"
	case n - 1:
		return "end"
	}
	return "middle"
}

// barWidth is the length of a bar against the largest.
func barWidth(value, largest int64) string {
	if largest == 0 {
		return "0"
	}
	return tenths(max(value, 0) * (width - barLeft - barRight) * 10 / largest)
}

func barsHeight(n int) int { return 2*barGap + n*(barHeight+barGap) }

func barTop(i int) int { return barGap + barGap/2 + i*(barHeight+barGap) }

func number(n int) string { return strconv.Itoa(n) }
