package letter

import (
	"image/color"

	"github.com/boombuler/barcode/qr"
)

// codeSize is how wide a square code is on paper, with the white around it that scanners need.
const codeSize = 88.0

// code draws a square code (QR) of lines, sharp at any size, with what it is in words below.
func (p *paper) code(b Block) {
	drawn, err := qr.Encode(b.Text, qr.M, qr.Unicode)
	if err != nil {
		p.SetErrorf("draw the code: %w", err)
		return
	}
	p.room(codeSize + 8)
	n := drawn.Bounds().Dx()
	unit := codeSize / float64(n+8) // four modules of white on each side
	left, top := p.left+(p.width-codeSize)/2+4*unit, p.y+4*unit
	dark := func(x, y int) bool {
		grey, ok := color.GrayModel.Convert(drawn.At(x, y)).(color.Gray)
		return ok && grey.Y < 128
	}
	p.SetFillColor(0, 0, 0)
	p.parts.decoration(func() {
		for y := range n {
			for x := 0; x < n; x++ {
				from := x
				for x < n && dark(x, y) {
					x++
				}
				if x > from {
					p.Rect(left+float64(from)*unit, top+float64(y)*unit, float64(x-from)*unit, unit, "F")
				}
			}
		}
	})
	p.y += codeSize
	p.pen(sans, "", 8, muted)
	for _, it := range b.Items {
		p.put(p.left, p.y, p.width, 4, it.Text, "C")
	}
	p.y += 4 + gap
}
