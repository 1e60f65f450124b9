package review

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

const (
	tileRows    = 512
	maxColumns  = 720
	levelFactor = 4 // a level is so many times coarser than the one before
	windowM     = 2.0
	// sectionPixels is how many pixels of the log are looked at together.
	sectionPixels = 1 << 20
	// rowsPerPixel of the log are averaged at most: a coarse level of a long log must not read all of it for each look.
	rowsPerPixel = 16
)

// contrast is which normalisation of the log is shown, as in the report: the share of the dynamic image, the rest being the static one.
type contrast float32

var contrasts = map[string]contrast{"blend": 0.7, "dynamic": 1, "static": 0}

// level is the whole log at one resolution.
type level struct {
	PxPerM float64 `json:"px_per_m"`
	Rows   int     `json:"rows"`
}

// picture draws tiles of a log at several resolutions. It is safe for concurrent use.
type picture struct {
	log     *imagelog.Log
	norm    *imagelog.Normaliser
	topM    float64 // upper edge of the first row
	lengthM float64
	stepM   float64
	columns int
	levels  []level // from fine to coarse
}

func newPicture(log *imagelog.Log) (*picture, error) {
	norm, err := log.Normaliser(windowM)
	if err != nil {
		return nil, err
	}
	p := &picture{log: log, norm: norm, stepM: log.StepM(), columns: min(log.Columns(), maxColumns)}
	if math.IsNaN(p.stepM) {
		p.stepM = 1
	}
	p.topM = log.DepthM[0] - p.stepM/2
	p.lengthM = log.DepthM[log.Rows()-1] + p.stepM/2 - p.topM
	for pxPerM := 1 / p.stepM; ; pxPerM /= levelFactor {
		l := level{pxPerM, max(1, int(math.Ceil(p.lengthM*pxPerM-1e-6)))}
		p.levels = append(p.levels, l)
		if l.Rows <= tileRows {
			return p, nil
		}
	}
}

// has tells whether a tile exists.
func (p *picture) has(levelNumber, number int) bool {
	return levelNumber >= 0 && levelNumber < len(p.levels) && number >= 0 && number*tileRows < p.levels[levelNumber].Rows
}

// tile draws one that exists, [tileRows or less x columns], in the colours of a palette of 256: the last is that of a gap.
func (p *picture) tile(levelNumber, number int, c contrast, colours color.Palette) (*image.Paletted, error) {
	l := p.levels[levelNumber]
	rows := min(tileRows, l.Rows-number*tileRows)
	topM := p.topM + float64(number*tileRows)/l.PxPerM
	sum, seen, inRow := make([]float32, rows*p.columns), make([]int32, rows*p.columns), make([]int32, rows)
	err := p.each(topM, rows, l.PxPerM, c, func(depthM float64, brightness []float32, mask []bool) {
		y := min(max(int(math.Floor((depthM-topM)*l.PxPerM)), 0), rows-1)
		inRow[y]++
		for j, v := range brightness {
			if mask[j] {
				k := y*p.columns + j*p.columns/len(brightness)
				sum[k] += v
				seen[k]++
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("draw the image from %.2f m on: %w", topM, err)
	}
	img := image.NewPaletted(image.Rect(0, 0, p.columns, rows), colours)
	gap := uint8(len(colours) - 1)
	for y := range rows {
		row := img.Pix[y*img.Stride:][:p.columns]
		if inRow[y] == 0 && y > 0 && p.near(topM+(float64(y)+0.5)/l.PxPerM) {
			// A row that rounding left empty shows what is above it.
			copy(row, img.Pix[(y-1)*img.Stride:])
			continue
		}
		for x := range row {
			row[x] = gap
			if k := y*p.columns + x; seen[k] > 0 {
				row[x] = uint8(sum[k] / float32(seen[k]) * float32(gap-1))
			}
		}
	}
	return img, nil
}

// near tells whether the log has a row about here.
func (p *picture) near(depthM float64) bool {
	i, _ := slices.BinarySearch(p.log.DepthM, depthM-1.5*p.stepM)
	return i < p.log.Rows() && p.log.DepthM[i] <= depthM+1.5*p.stepM
}

// each visits the rows of the log below topM that make so many rows of pixels, with their brightness, 0 to 1: all of them, or
// rowsPerPixel of each pixel's.
func (p *picture) each(topM float64, pixelRows int, pxPerM float64, c contrast, visit func(depthM float64, brightness []float32, mask []bool)) error {
	columns := p.log.Columns()
	run := func(fromM, toM float64, most int) error {
		first, _ := slices.BinarySearch(p.log.DepthM, fromM)
		end, _ := slices.BinarySearch(p.log.DepthM, toM)
		end = min(end, first+most)
		step := max(1, sectionPixels/columns)
		for lo := first; lo < end; lo += step {
			section, err := p.log.Section(lo, min(lo+step, end), nil)
			if err != nil {
				return err
			}
			brightness := p.brightness(section, lo, c)
			for i, depthM := range section.DepthM {
				visit(depthM, brightness[i*columns:(i+1)*columns], section.Mask[i*columns:(i+1)*columns])
			}
		}
		return nil
	}
	if 1/pxPerM <= rowsPerPixel*p.stepM {
		return run(topM, topM+float64(pixelRows)/pxPerM, p.log.Rows())
	}
	for y := range pixelRows {
		if err := run(topM+float64(y)/pxPerM, topM+float64(y+1)/pxPerM, rowsPerPixel); err != nil {
			return err
		}
	}
	return nil
}

// brightness of a section that starts at row first, 0 to 1.
func (p *picture) brightness(section *imagelog.Log, first int, c contrast) []float32 {
	out := p.norm.Static(section)
	for i, z := range out {
		out[i] = (1 - float32(c)) * min(max(0.5+z/5, 0), 1) // 2.5 standard deviations to either side
	}
	if c == 0 {
		return out
	}
	for i, z := range p.norm.Dynamic(section, first) {
		// The logistic is within 0.01 of the share of a normal distribution below z, which spreads the image evenly over the colours.
		out[i] += float32(c) / (1 + float32(math.Exp(-1.702*float64(z))))
	}
	return out
}

// newColours is a palette for tiles: evenly from the first to the last of the stops, then the gap.
func newColours(stops []color.NRGBA, gap color.NRGBA) color.Palette {
	const n = 255
	out := make(color.Palette, 0, n+1)
	for i := range n {
		x := float64(i) / (n - 1) * float64(len(stops)-1)
		k := min(int(x), len(stops)-2)
		f := x - float64(k)
		mix := func(a, b uint8) uint8 { return uint8(float64(a) + f*(float64(b)-float64(a)) + 0.5) }
		a, b := stops[k], stops[k+1]
		out = append(out, color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255})
	}
	return append(out, gap)
}
