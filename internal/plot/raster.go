package plot

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// faces are the typefaces at their sizes.
type faces [typefaces]font.Face

func newFaces() (faces, error) {
	var out faces
	for f := range out {
		ttf := goregular.TTF
		if typeface(f) == headline {
			ttf = gobold.TTF
		}
		parsed, err := opentype.Parse(ttf)
		if err != nil {
			return out, fmt.Errorf("parse font: %w", err)
		}
		// At 72 dots per inch a point is a pixel.
		face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: sizes[f], DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			return out, fmt.Errorf("open font: %w", err)
		}
		out[f] = face
	}
	return out, nil
}

// widthOf returns the width of a text in pixels.
func (fs faces) widthOf(f typeface, s string) float64 {
	return float64(font.MeasureString(fs[f], s)) / 64
}

// rasterCanvas draws on pixels.
type rasterCanvas struct {
	img   *image.RGBA
	faces faces
}

func newRasterCanvas(width, height int, fs faces) *rasterCanvas {
	c := &rasterCanvas{img: image.NewRGBA(image.Rect(0, 0, width, height)), faces: fs}
	draw.Draw(c.img, c.img.Bounds(), image.White, image.Point{}, draw.Src)
	return c
}

// fill fills an outline; it rasterises only the part of the image that the outline covers.
func (c *rasterCanvas) fill(outline []point, col color.NRGBA) {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range outline {
		x0, x1 = min(x0, p.x), max(x1, p.x)
		y0, y1 = min(y0, p.y), max(y1, p.y)
	}
	area := image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1)), int(math.Ceil(y1))).Intersect(c.img.Bounds())
	if area.Empty() {
		return
	}
	z := vector.NewRasterizer(area.Dx(), area.Dy())
	for i, p := range outline {
		x, y := float32(p.x-float64(area.Min.X)), float32(p.y-float64(area.Min.Y))
		if i == 0 {
			z.MoveTo(x, y)
		} else {
			z.LineTo(x, y)
		}
	}
	z.ClosePath()
	z.Draw(c.img, area, image.NewUniform(col), image.Point{})
}

func (c *rasterCanvas) box(a, b point, col color.NRGBA) {
	c.fill([]point{a, {b.x, a.y}, b, {a.x, b.y}}, col)
}

func (c *rasterCanvas) line(points []point, width float64, col color.NRGBA) {
	if len(points) > 1 {
		c.fill(ribbon(points, width), col)
	}
}

func (c *rasterCanvas) disc(centre point, radius float64, col color.NRGBA) {
	c.fill(circle(centre, radius), col)
}

func (c *rasterCanvas) picture(topLeft image.Point, img *image.RGBA) {
	draw.Draw(c.img, img.Bounds().Sub(img.Bounds().Min).Add(topLeft), img, img.Bounds().Min, draw.Src)
}

func (c *rasterCanvas) text(at point, a align, f typeface, col color.NRGBA, s string) {
	switch a {
	case centre:
		at.x -= c.faces.widthOf(f, s) / 2
	case right:
		at.x -= c.faces.widthOf(f, s)
	}
	// Whole pixels keep hinted letters sharp.
	d := font.Drawer{Dst: c.img, Src: image.NewUniform(col), Face: c.faces[f],
		Dot: fixed.P(int(math.Round(at.x)), int(math.Round(at.y)))}
	d.DrawString(s)
}
