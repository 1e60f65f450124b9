package matched

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/infer"
)

const testColumns = 48

// picture is a raster of f at the rows below a sinusoid, with noise.
func picture(c infer.Curve, noise float64, f func(rows float64) float64) infer.Raster {
	rng := rand.New(rand.NewPCG(1, 2))
	r := infer.Raster{Rows: 400, Columns: testColumns, Image: make([]float32, 400*testColumns), Mask: make([]bool, 400*testColumns)}
	cos, sin := dip.ColumnAzimuths(testColumns)
	for i := range r.Rows {
		for j := range r.Columns {
			k := i*r.Columns + j
			r.Image[k] = float32(f(float64(i)+0.5-c.D-c.A*cos[j]-c.B*sin[j]) + noise*rng.NormFloat64())
			r.Mask[k] = true
		}
	}
	return r
}

func TestProbeMeasuresStepsAndLines(t *testing.T) {
	c := infer.Curve{D: 200.3, A: 8, B: -5}
	step := newProber(picture(c, 0.05, func(rows float64) float64 { return 7 / (1 + math.Exp(-4*rows)) })).probe(c)
	if math.Abs(step.level-7) > 0.7 {
		t.Errorf("a step of 7 measures %.2f", step.level)
	}
	if step.edgeZ < 0 || step.lineZ*step.lineZ > 0.1*step.z*step.z {
		t.Errorf("a step down the hole answers with edge %.1f, line %.1f", step.edgeZ, step.lineZ)
	}
	dark := newProber(picture(c, 0.05, func(rows float64) float64 { return -math.Exp(-rows * rows / 4) })).probe(c)
	if dark.lineZ > 0 || dark.edgeZ*dark.edgeZ > 0.1*dark.z*dark.z {
		t.Errorf("a dark line answers with edge %.1f, line %.1f", dark.edgeZ, dark.lineZ)
	}
	if got := coherence(dark.answers); got < 0.99 {
		t.Errorf("coherence of a clear line %.2f", got)
	}
}

// A lamina among laminae is as strong as a bed in noise, but not above what is around it.
func TestContrastTellsBedsFromLaminae(t *testing.T) {
	c := infer.Curve{D: 200, A: 8, B: -5}
	bed := newProber(picture(c, 0.3, func(rows float64) float64 { return 2 / (1 + math.Exp(-2*rows)) })).probe(c)
	lamina := newProber(picture(c, 0.3, func(rows float64) float64 { return math.Sin(rows / 2) })).probe(c)
	if bed.contrast < 5 || lamina.contrast > 2 || lamina.z < 5 {
		t.Errorf("contrast of a bed %.1f, of a lamina %.1f (strength %.1f)", bed.contrast, lamina.contrast, lamina.z)
	}
}

func TestProbeOfNothing(t *testing.T) {
	r := picture(infer.Curve{D: 200}, 1, func(float64) float64 { return 0 })
	for name, c := range map[string]infer.Curve{
		"beyond the image": {D: 9000, A: 3}, "no number": {D: math.NaN()}, "infinite": {D: 100, A: math.Inf(1)},
	} {
		if got := newProber(r).probe(c); got.z != 0 {
			t.Errorf("%s: strength %g", name, got.z)
		}
	}
	clear(r.Mask)
	if got := newProber(r).probe(infer.Curve{D: 100}); got.z != 0 || coherence(got.answers) != 0 {
		t.Errorf("strength %g where no wall was seen", got.z)
	}
}

func TestOwnShare(t *testing.T) {
	own, left := ownShare([]float32{2, -1, 0, 3}, []bool{true, true, true, false})
	if math.Abs(own-0.25) > 1e-9 || math.Abs(left-2.0/3) > 1e-9 { // (2 - 1) / 4; two of the three columns that answer
		t.Errorf("own %g, left %g", own, left)
	}
	if own, left = ownShare([]float32{-1, -1}, []bool{true, true}); own != 0 || left != 0 {
		t.Errorf("of answers that cancel the mean: %g, %g", own, left)
	}
}

func TestTrendIsTheModeNotTheMean(t *testing.T) {
	near := []neighbour{{20, 0, 1}, {21, 1, 1}, {19, -1, 1}, {-60, 40, 1}, {-20, -70, 1}}
	a, b, support := trend(near)
	if math.Abs(a-20) > 1 || math.Abs(b) > 1 {
		t.Errorf("trend (%.1f, %.1f)", a, b)
	}
	if want := 3 / (5 + priorShare); math.Abs(support-want) > 0.1 {
		t.Errorf("support %.2f, want about %.2f", support, want)
	}
	if _, _, support := trend(nil); support != 0 {
		t.Errorf("support of nobody: %g", support)
	}
}

func TestSurroundings(t *testing.T) {
	var cs []Candidate
	for i := range 20 {
		c := Candidate{}
		c.D, c.A, c.level, c.first = float64(100*i), 10, 4, 0.9
		if i%2 == 1 { // laminae between the beds
			c.level, c.first = 1, 0.05
		}
		cs = append(cs, c)
	}
	cs[10].A, cs[10].B, cs[10].linePart = -60, 20, 1 // a fracture
	addSurroundings(cs, 0.005)
	if bed, fracture := cs[8].around, cs[10].around; bed.discord > 0.2 || fracture.discord < 5 {
		t.Errorf("discord of a bed %.2f, of a fracture %.2f", bed.discord, fracture.discord)
	}
	bed, lamina := cs[8].around, cs[9].around
	if math.Abs(bed.overTraces) > 0.2 || lamina.overTraces > -1 || bed.overRest < 1 {
		t.Errorf("logs of the level: bed %.2f over traces, %.2f over the rest; lamina %.2f over traces", bed.overTraces, bed.overRest, lamina.overTraces)
	}
	// One alone has no surroundings, and must not divide by them.
	one := cs[:1]
	addSurroundings(one, 0.005)
	if k := one[0].around; k.discord != noTrend || k.support != 0 || math.IsNaN(k.overTraces+k.overRest+k.share+k.density) {
		t.Errorf("alone: %+v", k)
	}
}
