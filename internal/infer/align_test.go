package infer

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/tile"
)

const (
	alignRowM     = 0.0025
	testRows      = 2400
	alignColumns  = 192
	alignGridRowM = 0.005
)

// paddedLog is 6 m of log from a tool of as many pads as shiftM has, each of which shows the rock shiftM deeper than it is; it turns once in
// 5 m. The rock has a bed every 20 cm or so;
// their planes are returned, metres and degrees. Every second one is gradual; all depart from their planes by waveM, twice round the hole.
func paddedLog(t *testing.T, shiftM []float64, noise, waveM float64) (*imagelog.Log, []dip.Curve) {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	var planes []dip.Curve
	var steps []float64
	for z := 0.2; z < testRows*alignRowM-0.15; z += 0.15 + 0.1*rng.Float64() {
		planes = append(planes, dip.NewCurve(z, 0.03*rng.Float64(), 360*rng.Float64()))
		steps = append(steps, math.Copysign(0.7+0.6*rng.Float64(), rng.Float64()-0.5))
	}
	depthM, padOne := make([]float64, testRows), make([]float64, testRows)
	pixels := make([]float32, testRows*alignColumns)
	for i := range depthM {
		depthM[i] = (float64(i) + 0.5) * alignRowM
		padOne[i] = dip.WrapAzimuth(40 + 72*depthM[i])
		for j := range alignColumns {
			azimuth := (float64(j) + 0.5) * 360 / alignColumns
			pad := dip.WrapAzimuth(azimuth-padOne[i]) / 360 * float64(len(shiftM))
			if pad-math.Floor(pad) > 0.8 {
				pixels[i*alignColumns+j] = float32(math.NaN())
				continue
			}
			v := noise * rng.NormFloat64()
			for k, p := range planes {
				width := 0.003 + 0.006*float64(k%2)
				v += steps[k] / (1 + math.Exp(-(depthM[i]-p.DepthAt(azimuth)-waveM*math.Cos(4*math.Pi*azimuth/360)-shiftM[int(pad)])/width))
			}
			pixels[i*alignColumns+j] = float32(v)
		}
	}
	log, err := imagelog.New(depthM, pixels, alignColumns)
	if err != nil {
		t.Fatal(err)
	}
	log.Reference, log.P1NODeg = imagelog.RefNorth, padOne
	return log, planes
}

// picksOf are the planes as a picker that is some way off finds them.
func picksOf(grid *tile.Grid, planes []dip.Curve, offRows float64) []Refined {
	rng := rand.New(rand.NewPCG(5, 6))
	var out []Refined
	for _, p := range planes {
		d, a, b := p.Rows(grid.TopM(), alignGridRowM)
		out = append(out, Refined{Curve: Curve{Class: dip.Bedding, D: d, A: a + offRows*rng.NormFloat64(), B: b + offRows*rng.NormFloat64(), Score: 0.9}})
	}
	return out
}

// attitudeErrors are how far the picks' attitudes are off, millimetres of half height, ascending.
func attitudeErrors(grid *tile.Grid, rs []Refined, planes []dip.Curve) (mm []float64) {
	for i, p := range planes {
		_, a, b := p.Rows(grid.TopM(), alignGridRowM)
		mm = append(mm, 1000*alignGridRowM*math.Hypot(rs[i].A-a, rs[i].B-b))
	}
	slices.Sort(mm)
	return mm
}

func alignAll(t *testing.T, log *imagelog.Log, planes []dip.Curve, offRows float64) (before, after []float64, shiftM float64) {
	t.Helper()
	grid, err := tile.NewGrid(log, tile.Options{RowM: alignGridRowM, Columns: 96, Rows: 128, Image: tile.ImageStatic})
	if err != nil {
		t.Fatal(err)
	}
	p := &Picker{pool: kernel.NewPool(2), partRows: 300}
	defer p.pool.Close()
	rs := picksOf(grid, planes, offRows)
	before = attitudeErrors(grid, rs, planes)
	if shiftM, err = p.align(context.Background(), log, grid, rs); err != nil {
		t.Fatal(err)
	}
	return before, attitudeErrors(grid, rs, planes), shiftM
}

// TestAlignPads: pads that are millimetres off in depth are found to be, and no longer tilt the planes.
func TestAlignPads(t *testing.T) {
	for name, shiftM := range map[string][]float64{
		"eight pads": {0.004, -0.003, 0.002, 0.005, -0.004, 0, -0.003, 0.003},
		"four pads":  {0.006, -0.002, -0.004, 0},
		"in order":   {0, 0, 0, 0, 0, 0, 0, 0},
	} {
		log, planes := paddedLog(t, shiftM, 0.1, 0)
		before, after, found := alignAll(t, log, planes, 0.4)
		mean, want := 0.0, 0.0
		for _, s := range shiftM {
			mean += s / float64(len(shiftM))
		}
		for _, s := range shiftM {
			want = max(want, math.Abs(s-mean))
		}
		if math.Abs(found-want) > 0.0006 {
			t.Errorf("%s: the farthest pad is %.2f mm off, want %.2f", name, 1000*found, 1000*want)
		}
		n := len(after)
		if after[n/2] > 0.6 || after[9*n/10] > 0.9 || before[n/2] < 1.5 {
			t.Errorf("%s: attitudes off by %.2f mm, nine in ten less than %.2f mm; they came with %.2f mm", name, after[n/2], after[9*n/10], before[n/2])
		}
	}
}

// TestAlignWithoutPads: where the log does not say how the tool turned, attitudes are put right as far as one may without.
func TestAlignWithoutPads(t *testing.T) {
	log, planes := paddedLog(t, make([]float64, 6), 0.1, 0)
	log.P1NODeg = nil
	before, after, found := alignAll(t, log, planes, 0.4)
	if n := len(after); found != 0 || after[n/2] > 0.3 || before[n/2] < 1.5 {
		t.Errorf("attitudes off by %.2f mm, %.2f mm before; pads %g m", after[n/2], before[n/2], found)
	}
}

// TestAlignNoise: on a wall that shows nothing, curves stay near where they were.
func TestAlignNoise(t *testing.T) {
	log, planes := paddedLog(t, make([]float64, 8), 0.1, 0)
	rng := rand.New(rand.NewPCG(7, 8))
	for i, ok := range log.Mask {
		if ok {
			log.Pixels()[i] = float32(rng.NormFloat64())
		}
	}
	_, after, _ := alignAll(t, log, planes, 0)
	if worst := after[len(after)-1]; worst > 1000*alignMoveM {
		t.Errorf("an attitude moved by %.2f mm on noise", worst)
	}
}

// TestAlignWavy: traces that are no planes stay as they were found: what is seen across them in one sector is not what is seen in another.
func TestAlignWavy(t *testing.T) {
	log, planes := paddedLog(t, make([]float64, 8), 0.1, 0.05)
	before, after, _ := alignAll(t, log, planes, 0.2)
	worse := 0
	for i := range after {
		if after[i] > before[i]+0.5 {
			worse++
		}
	}
	if worse > len(after)/4 {
		t.Errorf("%d of %d attitudes of wavy beds are more than 0.5 mm worse", worse, len(after))
	}
}

// TestPadFrame: pads are told apart by where nothing was seen, at their true places in the tool's frame.
func TestPadFrame(t *testing.T) {
	log, planes := paddedLog(t, make([]float64, 6), 0, 0)
	grid, err := tile.NewGrid(log, tile.Options{RowM: alignGridRowM, Columns: alignColumns, Rows: 128, Image: tile.ImageStatic})
	if err != nil {
		t.Fatal(err)
	}
	raster := GridRaster(grid)
	var curves []Curve
	var seen [][]bool
	for _, r := range picksOf(grid, planes, 0) {
		s := make([]bool, alignColumns)
		for j := range s {
			phi := 2 * math.Pi * (float64(j) + 0.5) / alignColumns
			s[j] = raster.Mask[int(r.D+r.A*math.Cos(phi)+r.B*math.Sin(phi))*alignColumns+j]
		}
		curves, seen = append(curves, r.Curve), append(seen, s)
	}
	f := newPadFrame(log, grid, curves, seen)
	if f == nil || f.pads != 6 {
		t.Fatalf("frame %+v, want 6 pads", f)
	}
	for k, pad := range f.cells {
		at := float64(k) / frameCells * 6 // in pads, of which the tool's frame holds six
		if middle := math.Mod(at, 1); middle > 0.05 && middle < 0.75 && pad == noPad || middle > 0.85 && middle < 0.95 && pad != noPad {
			t.Fatalf("cell %d, %.2f pads round: pad %d", k, at, pad)
		}
		if pad != noPad && f.cells[(k+frameCells/6)%frameCells] == pad {
			t.Fatalf("cells %d and a pad further are both of pad %d", k, pad)
		}
	}
	log.P1NODeg = nil
	if newPadFrame(log, grid, curves, seen) != nil {
		t.Error("pads told apart without knowing how the tool turned")
	}
}
