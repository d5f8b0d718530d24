package ui

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ErrColour means that a theme colour is not written as # and six hexadecimal digits.
var ErrColour = errors.New("a theme colour is written like #14505c")

// colour is red, green and blue, each from 0 to 255.
type colour [3]float64

// readable is the contrast that text needs against its ground (WCAG 2.2, 1.4.3), with a margin.
const readable = 5.0

var (
	white     = colour{255, 255, 255}
	black     = colour{0, 0, 0}
	lightTint = colour{0xe6, 0xe8, 0xe0} // the darkest ground that links stand on in the light theme
	darkTint  = colour{0x22, 0x32, 0x3a} // the lightest ground in the dark theme
)

// ThemeCSS returns the style sheet that gives the pages a foundation's colour.
// The colour is made darker or lighter until text in it can be read in both themes.
func ThemeCSS(hex string) (string, error) {
	own, err := parseColour(hex)
	if err != nil {
		return "", err
	}
	day := towards(own, black, lightTint)
	night := towards(own, white, darkTint)
	return ":root{" + shades(day, black) + "}\n" +
		"@media (prefers-color-scheme:dark){:root{" + shades(night, white) + "}}\n", nil
}

// shades writes the colour, a stronger one, and what can be read on top of it.
func shades(c, stronger colour) string {
	on := white
	if contrast(c, white) < contrast(c, black) {
		on = colour{0x0c, 0x16, 0x1a}
	}
	return fmt.Sprintf("--brand:%s;--brand-strong:%s;--on-brand:%s", c, mix(c, stronger, 0.28), on)
}

// towards mixes in a goal, step by step, until the colour can be read on the ground.
func towards(c, goal, ground colour) colour {
	for share := 0.0; share < 1; share += 0.02 {
		if mixed := mix(c, goal, share); contrast(mixed, ground) >= readable {
			return mixed
		}
	}
	return goal
}

func mix(a, b colour, share float64) colour {
	var out colour
	for i := range out {
		out[i] = math.Round(a[i]*(1-share) + b[i]*share)
	}
	return out
}

// contrast is the ratio of WCAG 2.2 between two colours, from 1 to 21.
func contrast(a, b colour) float64 {
	light, dark := luminance(a), luminance(b)
	if light < dark {
		light, dark = dark, light
	}
	return (light + 0.05) / (dark + 0.05)
}

func luminance(c colour) float64 {
	var linear [3]float64
	for i, v := range c {
		v /= 255
		if v <= 0.04045 {
			linear[i] = v / 12.92
		} else {
			linear[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*linear[0] + 0.7152*linear[1] + 0.0722*linear[2]
}

// String writes the colour as style sheets do.
func (c colour) String() string {
	return fmt.Sprintf("#%02x%02x%02x", int(c[0]), int(c[1]), int(c[2]))
}

func parseColour(hex string) (colour, error) {
	digits, ok := strings.CutPrefix(strings.TrimSpace(hex), "#")
	if !ok || len(digits) != 6 {
		return colour{}, fmt.Errorf("%q: %w", hex, ErrColour)
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil {
		return colour{}, fmt.Errorf("%q: %w", hex, ErrColour)
	}
	return colour{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)}, nil
}
