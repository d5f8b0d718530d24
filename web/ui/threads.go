package ui

import "fmt"

// threads are the lines beside the claim page's heading: many people, one case.
func threads() []string {
	const count, left, right = 23, 500, 250
	lines := make([]string, 0, count)
	for i := range count {
		from := left*i/(count-1) + 10*((i*7)%5) - 20
		to := right + 3*(i-count/2)
		lines = append(lines, fmt.Sprintf("M0 %d C180 %d 220 %d 400 %d S560 %d 640 %d", from, from, to, to, to, right+i-count/2))
	}
	return lines
}
