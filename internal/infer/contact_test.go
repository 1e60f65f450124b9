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

// laminatedLog is 6 m of log without gaps: gradual contacts every 20 cm, whose planes, which are returned, lie around the horizontal by
// scatterM in half height, and laminae that lie as the nearest contact does, or, otherwise, horizontally.
func laminatedLog(t *testing.T, scatterM float64, conformable bool) (*imagelog.Log, []dip.Curve) {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 8))
	var planes []dip.Curve
	for z := 0.2; z < testRows*alignRowM-0.15; z += 0.2 {
		a, b := scatterM*rng.NormFloat64(), scatterM*rng.NormFloat64()
		planes = append(planes, dip.NewCurve(z, math.Hypot(a, b), 180/math.Pi*math.Atan2(b, a)))
	}
	white := make([]float64, 4*testRows)
	for i := range white {
		white[i] = 0.25 * rng.NormFloat64()
	}
	lamina := func(z float64) float64 { // 5 mm thick
		x := z/0.005 + 100
		k, f := math.Floor(x), x-math.Floor(x)
		return (1-f)*white[int(k)] + f*white[int(k)+1]
	}
	depthM, pixels := make([]float64, testRows), make([]float32, testRows*alignColumns)
	for i := range depthM {
		depthM[i] = (float64(i) + 0.5) * alignRowM
		for j := range alignColumns {
			azimuth := (float64(j) + 0.5) * 360 / alignColumns
			v := 0.1 * rng.NormFloat64()
			for k, p := range planes {
				v += (1 - 2*float64(k%2)) / (1 + math.Exp(-(depthM[i]-p.DepthAt(azimuth))/0.006))
			}
			z := depthM[i]
			if conformable {
				p := planes[max(0, min(len(planes)-1, int(math.Round(z/0.2))-1))]
				z -= p.DepthAt(azimuth) - p.DepthM
			}
			pixels[i*alignColumns+j] = float32(v + lamina(z))
		}
	}
	log, err := imagelog.New(depthM, pixels, alignColumns)
	if err != nil {
		t.Fatal(err)
	}
	log.Reference = imagelog.RefNorth
	return log, planes
}

// TestAlignLaminae: attitudes lean on laminae that lie as their contacts do, and not on laminae that lie otherwise.
func TestAlignLaminae(t *testing.T) {
	for name, c := range map[string]struct {
		conformable bool
		mm          float64 // that half of the attitudes may be off
	}{
		"conformable":   {true, 0.2},
		"unconformable": {false, 1.5}, // 2.8 if laminae are believed
	} {
		log, planes := laminatedLog(t, 0.003, c.conformable)
		_, after, _ := alignAll(t, log, planes, 0.2)
		if got := after[len(after)/2]; got > c.mm {
			t.Errorf("%s: attitudes off by %.2f mm, want less than %.2f", name, got, c.mm)
		}
	}
}

// TestScatter: how far laminae lie off their contacts is found from a log, within a factor of two; where they do not it is next to nothing.
func TestScatter(t *testing.T) {
	const scatterM = 0.003
	for _, conformable := range []bool{true, false} {
		log, planes := laminatedLog(t, scatterM, conformable)
		grid, err := tile.NewGrid(log, tile.Options{RowM: alignGridRowM, Columns: 96, Rows: 128, Image: tile.ImageStatic})
		if err != nil {
			t.Fatal(err)
		}
		view, err := log.View(alignRowM, 96, imagelog.Tone{})
		if err != nil {
			t.Fatal(err)
		}
		p := &Picker{pool: kernel.NewPool(2), partRows: 300}
		fit := newPadFit(96, 2, alignGridRowM)
		for _, r := range picksOf(grid, planes, 0.05) {
			k := r.Rescale(0.5)
			fit.curves = append(fit.curves, &aligned{Refined: &r, start: k, now: k, seen: make([]bool, 96)})
		}
		if _, err := p.cutBands(context.Background(), &viewRows{View: view}, fit, nil); err != nil {
			t.Fatal(err)
		}
		p.fitPads(log, grid, fit)
		p.pool.Close()
		got := math.Sqrt(fit.scatter) * alignRowM
		if conformable && got > scatterM/10 || !conformable && (got < scatterM/2 || got > 2*scatterM) {
			t.Errorf("conformable %t: laminae lie %.2f mm off, drawn by %.2f", conformable, 1000*got, 1000*scatterM)
		}
	}
}

// TestContact: a profile comes apart into a contact and laminae, whose slopes are those of what it was made of.
func TestContact(t *testing.T) {
	const reach, scale, sigma = 24.0, 2.0, 4.8
	s := stack{height: stackHeight(reach), weight: stackWeights(nil, reach)}
	shapes := newContactShapes(s.weight, scale)
	h := s.height
	var want, lamina []float64
	for i := range h {
		x := (float64(i-h/2) - 2) / sigma // one row of the grid off the middle
		s.profile = append(s.profile, 3+0.8*math.Erf(x/math.Sqrt2)+0.02*math.Sin(2.5*float64(i)))
		want = append(want, 1.6*math.Exp(-0.5*x*x)/(sigma*math.Sqrt(2*math.Pi)))
		lamina = append(lamina, 0.02*2.5*math.Cos(2.5*float64(i)))
		s.slope = append(s.slope, want[i]+lamina[i])
	}
	contact, laminae := s.contact(shapes)
	off := make([]float64, 0, h)
	for i := range h {
		off = append(off, math.Abs(contact[i]-want[i]))
		if math.Abs(contact[i]+laminae[i]-s.slope[i]) > 1e-12 {
			t.Fatalf("row %d: %g and %g are not %g together", i, contact[i], laminae[i], s.slope[i])
		}
	}
	if most := slices.Max(off); most > 0.02*slices.Max(want) {
		t.Errorf("the slope of the contact is off by up to %.4f of %.4f", most, slices.Max(want))
	}
}
