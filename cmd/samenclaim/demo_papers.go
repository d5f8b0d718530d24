package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"codeberg.org/go-pdf/fpdf"
)

// screenshot draws something like a screen with a video meeting.
func screenshot(n int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 640, 400))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{32, 40, 52, 255}), image.Point{}, draw.Src)
	for i := range 6 {
		x, y := 20+i%3*205, 20+i/3*185
		shade := color.RGBA{uint8(70 + 25*(i+n)%150), uint8(90 + 15*(n%9)), uint8(120 + 20*i), 255}
		draw.Draw(img, image.Rect(x, y, x+190, y+170), image.NewUniform(shade), image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // into memory
	return b.Bytes()
}

// invoice makes a sheet of paper that shows that somebody used the service.
func invoice(n int) ([]byte, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.AddPage()
	pdf.SetFont("Helvetica", "", 14)
	pdf.MultiCell(0, 8, fmt.Sprintf("Invitation %d (made up for the demo)\n\nYou are invited to a video meeting.\nMeeting number: 000 000 %03d", n, n), "", "", false)
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		return nil, fmt.Errorf("make evidence: %w", err)
	}
	return b.Bytes(), nil
}
