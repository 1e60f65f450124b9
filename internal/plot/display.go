package plot

import (
	"image"
	"image/color"
	"math"
	"slices"
	"sort"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

const (
	// displayWindowM is the sliding window of the dynamic image.
	displayWindowM = 2.0
	// dynamicShare of the displayed value is the dynamic image, the rest the static one: local detail in any grey range, and
	// still a conductive interval looks darker than a resistive one.
	dynamicShare = 0.7
	// staticRange is how many standard deviations of the static image span half the colours.
	staticRange = 2.5
)

// display turns a log into brightness, 0 to 1, part by part: a log may be longer than memory.
type display struct {
	log      *imagelog.Log
	whole    *imagelog.Normaliser // of the interval shown
	contrast Contrast

	partPixels int // about how many pixels of the log are made bright together
}

func newDisplay(log *imagelog.Log, contrast Contrast) (display, error) {
	whole, err := log.Normaliser(0)
	return display{log, whole, contrast, 4 << 20}, err
}

// part is rows of a log with their brightness, [rows*columns].
type part struct {
	*imagelog.Log
	brightness []float32
}

// part returns the rows from topM to baseM, and a window's half more at either end, which the dynamic image needs.
func (d display) part(topM, baseM float64) (part, error) {
	first, _ := slices.BinarySearch(d.log.DepthM, topM-displayWindowM/2)
	end, _ := slices.BinarySearch(d.log.DepthM, baseM+displayWindowM/2)
	section, err := d.log.Section(first, end, nil)
	if err != nil {
		return part{}, err
	}
	return part{section, d.brightness(section)}, nil
}

func (d display) brightness(section *imagelog.Log) []float32 {
	dynamicPart := float32(dynamicShare)
	switch d.contrast {
	case Dynamic:
		dynamicPart = 1
	case Static:
		dynamicPart = 0
	}
	const staticScale = 1 / (2 * staticRange)
	static := d.whole.Static(section)
	out := make([]float32, len(static))
	if dynamicPart > 0 {
		out = equalise(section, static, displayWindowM)
	}
	for i, v := range static {
		still := min(max(0.5+staticScale*v, 0), 1)
		out[i] = dynamicPart*out[i] + (1-dynamicPart)*still
	}
	return out
}

// trackImage returns the image track of [topM, baseM], width x height pixels. Where rows are finer than pixels they are
// averaged; where they are coarser, each is shown as it is. A pixel further than one row from any row is a gap.
func (d display) trackImage(topM, baseM float64, width, height int, colours Palette) (*image.RGBA, error) {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	reachM := d.log.StepM()
	if math.IsNaN(reachM) {
		reachM = baseM - topM
	}
	pxM := (baseM - topM) / float64(height)
	partPx := height
	if rows := (baseM - topM) / reachM; rows*float64(d.log.Columns()) > float64(d.partPixels) {
		partPx = max(int(float64(d.partPixels)/float64(d.log.Columns())*reachM/pxM), 1)
	}
	for y := 0; y < height; y += partPx {
		end := min(y+partPx, height)
		p, err := d.part(topM+float64(y)*pxM, topM+float64(end)*pxM)
		if err != nil {
			return nil, err
		}
		for row := y; row < end; row++ {
			p.drawRow(img, row, topM+float64(row)*pxM, topM+float64(row+1)*pxM, reachM, colours)
		}
	}
	return img, nil
}

// drawRow fills row y of a track with what lies between two depths.
func (p part) drawRow(img *image.RGBA, y int, topM, baseM, reachM float64, colours Palette) {
	columns, width := p.Columns(), img.Rect.Dx()
	sum, seen := make([]float32, columns), make([]int, columns)
	first, end := 0, 0
	if p.Rows() > 0 {
		first, end = rowsOf(p.DepthM, topM, baseM, reachM)
	}
	for row := first; row < end; row++ {
		for j := range columns {
			if k := row*columns + j; p.Mask[k] {
				sum[j] += p.brightness[k]
				seen[j]++
			}
		}
	}
	for x := range width {
		j := x * columns / width
		c := color.RGBA(colours.Gap)
		if 2*seen[j] > end-first {
			c = colours.image(sum[j] / float32(seen[j]))
		}
		img.SetRGBA(x, y, c)
	}
}

// rowsOf returns the rows [first, end) that a pixel from fromM to toM shows: those centred within it, or else the nearest if
// it is within reachM.
func rowsOf(depthM []float64, fromM, toM, reachM float64) (first, end int) {
	first = sort.SearchFloat64s(depthM, fromM)
	end = sort.SearchFloat64s(depthM, toM)
	if first < end {
		return first, end
	}
	middleM := (fromM + toM) / 2
	nearest := first
	if first == len(depthM) || first > 0 && middleM-depthM[first-1] < depthM[first]-middleM {
		nearest = first - 1
	}
	if math.Abs(depthM[nearest]-middleM) > reachM {
		return 0, 0
	}
	return nearest, nearest + 1
}
