package plot

import (
	"image"
	"image/color"
	"math"
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

// display returns the brightness of each pixel of the log, 0 to 1, [rows*columns]: the histogram-equalised image in a 2 m
// window blended with the static one, so that wells of any grey range look alike.
func display(log *imagelog.Log) []float32 {
	out, static := log.Equalise(displayWindowM), log.Static()
	const dynamicScale = dynamicShare / (2 * 1.7320508) // the equalised image spans +-sqrt(3)
	const staticScale = (1 - dynamicShare) / (2 * staticRange)
	for i, v := range out {
		s := min(max(static[i], -staticRange), staticRange)
		out[i] = min(max(0.5+v*dynamicScale+s*staticScale, 0), 1)
	}
	return out
}

// heatStops are the colours of a microresistivity image, evenly spaced from low to high.
var heatStops = [...]color.NRGBA{
	{0, 0, 0, 255}, {64, 22, 4, 255}, {128, 52, 6, 255}, {190, 92, 14, 255}, {232, 142, 34, 255},
	{252, 196, 76, 255}, {255, 232, 150, 255}, {255, 255, 246, 255},
}

// heat returns the colour of a brightness from 0 to 1.
func heat(v float32) color.RGBA {
	x := min(max(v, 0), 1) * float32(len(heatStops)-1)
	i := min(int(x), len(heatStops)-2)
	f := x - float32(i)
	a, b := heatStops[i], heatStops[i+1]
	mix := func(p, q uint8) uint8 { return uint8(float32(p) + f*(float32(q)-float32(p)) + 0.5) }
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// trackImage returns the image track of [topM, baseM], width x height pixels. Where rows are finer than pixels they are
// averaged; where they are coarser, each is shown as it is. A pixel further than one row from any row is a gap.
func trackImage(log *imagelog.Log, brightness []float32, topM, baseM float64, width, height int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	columns := log.Columns()
	reachM := log.StepM()
	if math.IsNaN(reachM) {
		reachM = baseM - topM
	}
	sum := make([]float32, columns)
	seen := make([]int, columns)
	pxM := (baseM - topM) / float64(height)
	for y := range height {
		clear(sum)
		clear(seen)
		first, end := rowsOf(log.DepthM, topM+float64(y)*pxM, topM+float64(y+1)*pxM, reachM)
		for row := first; row < end; row++ {
			for j := range columns {
				if k := row*columns + j; log.Mask[k] {
					sum[j] += brightness[k]
					seen[j]++
				}
			}
		}
		for x := range width {
			j := x * columns / width
			c := gapColour
			if 2*seen[j] > end-first {
				c = heat(sum[j] / float32(seen[j]))
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
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
