package claims

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// What a picture may be: larger ones fill the memory before anybody sees them.
const (
	maxPixels  = 40_000_000
	maxSide    = 12_000
	maxDecoded = 4 * maxPixels // bytes; a picture of 16 bits a colour takes twice as much for a pixel
	quality    = 90
)

// drawing lets two pictures at a time be opened, so that a crowd does not fill the memory.
var drawing = make(chan struct{}, 2)

// redraw opens a picture and makes it anew: upright, without place, camera,
// words or anything else that came along with it.
func redraw(ctx context.Context, sent []byte) (mediaType string, kept []byte, err error) {
	if err := fitsMemory(sent); err != nil {
		return "", nil, err
	}
	select {
	case drawing <- struct{}{}:
		defer func() { <-drawing }()
	case <-ctx.Done():
		return "", nil, ctx.Err()
	}
	img, format, err := image.Decode(bytes.NewReader(sent))
	if err != nil {
		return "", nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	var out bytes.Buffer
	switch format {
	case "jpeg":
		err = jpeg.Encode(&out, upright(img, orientation(sent)), &jpeg.Options{Quality: quality})
	case "png":
		err = png.Encode(&out, eightBit(img))
	default:
		return "", nil, ErrFileType
	}
	return "image/" + format, out.Bytes(), err
}

// fitsMemory looks at the head of a picture only: a bomb is refused before it goes off.
func fitsMemory(sent []byte) error {
	head, _, err := image.DecodeConfig(bytes.NewReader(sent))
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrPicture, err)
	case head.Width <= 0 || head.Height <= 0 || head.Width > maxSide || head.Height > maxSide:
		return fmt.Errorf("%w: %d by %d", ErrPicture, head.Width, head.Height)
	}
	size := 4
	switch head.ColorModel {
	case color.NRGBA64Model, color.RGBA64Model:
		size = 8
	}
	if head.Width*head.Height > maxPixels || head.Width*head.Height*size > maxDecoded {
		return fmt.Errorf("%w: %d by %d", ErrPicture, head.Width, head.Height)
	}
	return nil
}

// eightBit makes a picture of 16 bits a colour one that opens everywhere.
func eightBit(img image.Image) image.Image {
	switch img.(type) {
	case *image.NRGBA64, *image.RGBA64:
		return modelled{img, color.NRGBAModel}
	case *image.Gray16:
		return modelled{img, color.GrayModel}
	}
	return img
}

// modelled is a picture seen through another colour model.
type modelled struct {
	image.Image
	model color.Model
}

func (m modelled) ColorModel() color.Model { return m.model }
func (m modelled) At(x, y int) color.Color { return m.model.Convert(m.Image.At(x, y)) }

// upright turns a picture as its camera was held: 1 is upright, 2 to 8 are turned or mirrored.
func upright(img image.Image, o int) image.Image {
	if o <= 1 || o > 8 {
		return img
	}
	return turned{img, o}
}

// turned is a picture seen from another side.
type turned struct {
	image.Image
	o int
}

func (t turned) Bounds() image.Rectangle {
	b := t.Image.Bounds()
	if t.o >= 5 { // on its side
		return image.Rect(0, 0, b.Dy(), b.Dx())
	}
	return image.Rect(0, 0, b.Dx(), b.Dy())
}

func (t turned) At(x, y int) color.Color {
	b := t.Image.Bounds()
	right, bottom := b.Dx()-1, b.Dy()-1
	switch t.o {
	case 2:
		x = right - x
	case 3:
		x, y = right-x, bottom-y
	case 4:
		y = bottom - y
	case 5:
		x, y = y, x
	case 6:
		x, y = y, bottom-x
	case 7:
		x, y = right-y, bottom-x
	case 8:
		x, y = right-y, x
	}
	return t.Image.At(b.Min.X+x, b.Min.Y+y)
}
