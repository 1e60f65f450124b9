package plot

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
)

// svgCanvas writes SVG 1.1. The image track is an embedded PNG; everything else is vectors and text.
type svgCanvas struct {
	out bytes.Buffer
	err error // first failure
}

// newSVGCanvas begins a document of width x height pixels; with toScale it carries its size on paper.
func newSVGCanvas(width, height int, toScale bool) *svgCanvas {
	c := &svgCanvas{}
	size := fmt.Sprintf(`width="%d" height="%d"`, width, height)
	if toScale {
		size = fmt.Sprintf(`width="%.2fmm" height="%.2fmm"`, float64(width)*1000/pagePxPerM, float64(height)*1000/pagePxPerM)
	}
	fmt.Fprintf(&c.out, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" `+
		`%s viewBox="0 0 %d %d" font-family="Go,Helvetica,Arial,sans-serif">`+"\n", size, width, height)
	c.box(point{}, point{float64(width), float64(height)}, white)
	return c
}

// writeTo closes the document and writes it.
func (c *svgCanvas) writeTo(w io.Writer) error {
	if c.err != nil {
		return c.err
	}
	c.out.WriteString("</svg>\n")
	_, err := w.Write(c.out.Bytes())
	return err
}

// paint returns a colour as the attribute of the given name, with its opacity.
func paint(name string, c color.NRGBA) string {
	s := fmt.Sprintf(`%s="#%02x%02x%02x"`, name, c.R, c.G, c.B)
	if c.A != 255 {
		s += fmt.Sprintf(` %s-opacity="%.2f"`, name, float64(c.A)/255)
	}
	return s
}

func (c *svgCanvas) box(a, b point, col color.NRGBA) {
	fmt.Fprintf(&c.out, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" %s/>`+"\n", a.x, a.y, b.x-a.x, b.y-a.y, paint("fill", col))
}

func (c *svgCanvas) line(points []point, width float64, col color.NRGBA) {
	c.out.WriteString(`<polyline points="`)
	for i, p := range points {
		if i > 0 {
			c.out.WriteByte(' ')
		}
		fmt.Fprintf(&c.out, "%.1f,%.1f", p.x, p.y)
	}
	fmt.Fprintf(&c.out, `" fill="none" stroke-linejoin="round" stroke-width="%.1f" %s/>`+"\n", width, paint("stroke", col))
}

func (c *svgCanvas) disc(centre point, radius float64, col color.NRGBA) {
	fmt.Fprintf(&c.out, `<circle cx="%.1f" cy="%.1f" r="%.1f" %s/>`+"\n", centre.x, centre.y, radius, paint("fill", col))
}

func (c *svgCanvas) picture(topLeft image.Point, img *image.RGBA) {
	var data bytes.Buffer
	if err := png.Encode(&data, img); err != nil {
		if c.err == nil {
			c.err = err
		}
		return
	}
	fmt.Fprintf(&c.out, `<image x="%d" y="%d" width="%d" height="%d" xlink:href="data:image/png;base64,%s"/>`+"\n",
		topLeft.X, topLeft.Y, img.Bounds().Dx(), img.Bounds().Dy(), base64.StdEncoding.EncodeToString(data.Bytes()))
}

func (c *svgCanvas) text(at point, a align, f typeface, col color.NRGBA, s string) {
	weight := ""
	if f == headline {
		weight = ` font-weight="bold"`
	}
	anchor := [...]string{left: "start", centre: "middle", right: "end"}[a]
	fmt.Fprintf(&c.out, `<text x="%.1f" y="%.1f" text-anchor="%s" font-size="%.0f"%s %s>`, at.x, at.y, anchor, sizes[f], weight, paint("fill", col))
	if err := xml.EscapeText(&c.out, []byte(s)); err != nil && c.err == nil {
		c.err = err
	}
	c.out.WriteString("</text>\n")
}
