package tile

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// testOptions are small tiles: 64 rows of 5 mm x 48 columns.
func testOptions() Options {
	return Options{
		Rows: 64, Columns: 48, RowM: 0.005, Overlap: 0.5, Image: ImageTile, MaskChannel: true, DynamicM: 1.5,
		Split: SplitWell, TestFraction: 0.2, Seed: 1,
	}
}

// drawLine draws a dark line of about two rows along a label into the image channel of a tile, on grey with full mask.
func drawLine(x []float32, opt Options, labels ...Label) {
	cos, sin := dip.ColumnAzimuths(opt.Columns)
	ch := opt.Channels()
	for i := range opt.Rows {
		for j := range opt.Columns {
			v := 0.5
			for _, l := range labels {
				r := float64(i) + 0.5 - (l.D + l.A*cos[j] + l.B*sin[j])
				v -= 2 * math.Exp(-0.5*r*r)
			}
			p := (i*opt.Columns + j) * ch
			x[p] = float32(v)
			if opt.MaskChannel {
				x[p+ch-1] = 1
			}
		}
	}
}

// darkest is the largest distance, in rows, between the label and the darkest pixel of the columns in which the tile holds both.
func darkest(x []float32, opt Options, l Label) float64 {
	cos, sin := dip.ColumnAzimuths(opt.Columns)
	ch, worst := opt.Channels(), 0.0
	for j := range opt.Columns {
		u := l.D + l.A*cos[j] + l.B*sin[j]
		if u < 1 || u > float64(opt.Rows)-1 {
			continue
		}
		row, least := -1, math.Inf(1)
		for i := range opt.Rows {
			p := (i*opt.Columns + j) * ch
			if v := float64(x[p]); v < least && (!opt.MaskChannel || x[p+ch-1] != 0) {
				row, least = i, v
			}
		}
		if row >= 0 && least < 0 {
			worst = max(worst, math.Abs(float64(row)+0.5-u))
		}
	}
	return worst
}

func randomLabel(rng *rand.Rand, opt Options) Label {
	h := float64(opt.Rows)
	a, az := 0.2*h*rng.Float64(), 2*math.Pi*rng.Float64()
	return Label{Class: dip.Class(rng.IntN(2)), D: h * (0.3 + 0.4*rng.Float64()), A: a * math.Cos(az), B: a * math.Sin(az)}
}

func dense(x []float32, opt Options) *tensor.Dense {
	return tensor.New(tensor.WithShape(opt.Rows, opt.Columns, opt.Channels()), tensor.WithBacking(x))
}

// testLog is a log of rows x columns pixels with top edge topM. pixel gives the value, NaN for a gap.
func testLog(t testing.TB, well string, topM, rowM float64, rows, columns int, pixel func(i, j int) float64) *imagelog.Log {
	t.Helper()
	depthM, img := make([]float64, rows), make([]float32, rows*columns)
	for i := range rows {
		depthM[i] = topM + (float64(i)+0.5)*rowM
		for j := range columns {
			img[i*columns+j] = float32(pixel(i, j))
		}
	}
	log, err := imagelog.New(depthM, img, columns)
	if err != nil {
		t.Fatal(err)
	}
	log.Well = well
	return log
}

// ramp is grey that changes with row and column, with every 12th column missing.
func ramp(i, j int) float64 {
	if j%12 == 0 {
		return math.NaN()
	}
	return 50 + 20*math.Sin(float64(i)/9) + 5*math.Cos(float64(j)/7)
}

func pickAt(depthM float64, class dip.Class) picks.Pick {
	p := picks.New(class, dip.Sinusoid{DepthM: depthM, DipDeg: 20, AzimuthDeg: 90})
	p.HoleDiameterM = 0.2159
	return p
}
