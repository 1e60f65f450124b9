package qc

import (
	"fmt"
	"math"
	"slices"
)

// buttons looks for columns that hardly vary, window by window. Where the azimuth of pad 1 is known they are columns of the tool's own
// frame: a dead button stays in its column there, and wanders over the picture.
type buttons struct {
	windowTopM   float64
	lastM        float64 // depth of the last row that was looked at
	started      bool
	origin       float64 // what sums count from: a reading of the window, so that they keep their digits
	hasOrigin    bool
	n            []float64 // readings of each column in the window
	sum, squares []float64 // of their differences to origin
	windows      []int     // in which each column was judged
	dead         []int     // of them, in which it hardly varied
	byTool       bool
}

const (
	// buttonWindowM is the length over which a button's variance is taken: long against beds, short against a log.
	buttonWindowM = 5.0
	// buttonStepM is the least distance between rows that are looked at: closer ones say the same.
	buttonStepM = 0.008
	// A column with less than deadVariance of the median column's variance is dead.
	deadVariance = 0.02
	// leastReadings of a column, for its variance to mean something.
	leastReadings = 30
	// A button is called dead when it is in this share of the windows.
	deadShare = 0.5
)

func newButtons(columns int) buttons {
	return buttons{
		n: make([]float64, columns), sum: make([]float64, columns), squares: make([]float64, columns),
		windows: make([]int, columns), dead: make([]int, columns),
	}
}

func (b *buttons) add(depthM float64, pixels []float32, mask []bool, padOneDeg float64) {
	if !b.started {
		b.windowTopM, b.lastM, b.started = depthM, math.Inf(-1), true
	}
	if depthM-b.lastM < buttonStepM {
		return
	}
	b.lastM = depthM
	if depthM >= b.windowTopM+buttonWindowM {
		b.closeWindow()
		b.windowTopM = depthM
	}
	columns, shift := len(pixels), 0
	if !math.IsNaN(padOneDeg) && math.Abs(padOneDeg) <= 720 {
		b.byTool = true
		shift = int(math.Round(padOneDeg / 360 * float64(columns)))
	}
	shift = ((-shift)%columns + columns) % columns
	for j, v := range pixels {
		if !mask[j] {
			continue
		}
		k := j + shift
		if k >= columns {
			k -= columns
		}
		if !b.hasOrigin {
			b.origin, b.hasOrigin = float64(v), true
		}
		d := float64(v) - b.origin
		b.n[k]++
		b.sum[k] += d
		b.squares[k] += d * d
	}
}

// closeWindow judges the columns of a window and begins the next.
func (b *buttons) closeWindow() {
	var all []float64
	for k, n := range b.n {
		if n >= leastReadings {
			all = append(all, b.variance(k))
		}
	}
	slices.Sort(all)
	if median := quantile(all, 0.5); median > 0 {
		for k, n := range b.n {
			if n < leastReadings {
				continue
			}
			b.windows[k]++
			if b.variance(k) < deadVariance*median {
				b.dead[k]++
			}
		}
	}
	clear(b.n)
	clear(b.sum)
	clear(b.squares)
	b.hasOrigin = false
}

// variance of a column's readings in the window.
func (b *buttons) variance(k int) float64 {
	mean := b.sum[k] / b.n[k]
	return b.squares[k]/b.n[k] - mean*mean
}

func (b *buttons) finding() Finding {
	b.closeWindow()
	var columns []int
	judged, windows, dead := 0, 0, 0
	for k, n := range b.windows {
		windows, dead = windows+n, dead+b.dead[k]
		if n > 0 {
			judged++
			if float64(b.dead[k]) >= deadShare*float64(n) {
				columns = append(columns, k)
			}
		}
	}
	frame := "azimuth columns"
	if b.byTool {
		frame = "columns of the tool"
	}
	f := Finding{Check: CheckButtons, Severity: Info, Values: values("dead_columns", float64(len(columns)), "judged_columns", float64(judged), "dead_share", float64(dead)/float64(windows))}
	switch {
	case judged == 0:
		f.Text = "too few rows to judge the buttons"
	case len(columns) > 0:
		f.Severity = Warn
		f.Text = fmt.Sprintf("%d of %d %s hardly vary (%s): dead buttons; mask or interpolate them when the image is made, or they cut sinusoids", len(columns), judged, frame, listed(columns))
	case float64(dead) > 0.01*float64(windows):
		f.Severity = Warn
		f.Text = fmt.Sprintf("%s hardly vary over %.1f %% of the log: buttons that die and come back, or pads without contact; distrust picks that end there", frame, 100*float64(dead)/float64(windows))
	default:
		f.Text = fmt.Sprintf("all %d %s vary", judged, frame)
	}
	return f
}

// listed names the first few columns, counted from 1.
func listed(columns []int) string {
	const most = 8
	text := ""
	for i, k := range columns {
		if i == most {
			return text + ", ..."
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprint(k + 1)
	}
	return text
}
