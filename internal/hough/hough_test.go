package hough

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/kernel"
)

const (
	testRows    = 600
	testColumns = 48
	testRowM    = 0.005
)

// noise is an image of white noise; with gaps, every other six columns were not seen.
func noise(seed uint64, gaps bool) Image {
	rng := rand.New(rand.NewPCG(seed, 1))
	img := Image{Rows: testRows, Columns: testColumns, RowM: testRowM,
		Pixels: make([]float32, testRows*testColumns), Mask: make([]bool, testRows*testColumns)}
	for i := range img.Pixels {
		img.Pixels[i] = float32(rng.NormFloat64())
		img.Mask[i] = !gaps || i%testColumns/6%2 == 0
	}
	return img
}

// draw adds f of the depth below the sinusoid, rows.
func (m *Image) draw(d, a, b float64, f func(rows float64) float64) {
	cos, sin := dip.ColumnAzimuths(m.Columns)
	for i := range m.Rows {
		for j := range m.Columns {
			m.Pixels[i*m.Columns+j] += float32(f(float64(i) + 0.5 - d - a*cos[j] - b*sin[j]))
		}
	}
}

func step(height float64) func(float64) float64 {
	return func(rows float64) float64 { return height / (1 + math.Exp(-rows)) }
}

func darkLine(depth float64) func(float64) float64 {
	return func(rows float64) float64 { return -depth * math.Exp(-rows*rows/2) }
}

func proposals(t *testing.T, img Image, opt Options, threads int) []Proposal {
	t.Helper()
	pool := kernel.NewPool(threads)
	defer pool.Close()
	ps, err := Proposals(t.Context(), img, opt, pool)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func strongest(ps []Proposal) (best Proposal) {
	for _, p := range ps {
		if p.Z > best.Z {
			best = p
		}
	}
	return best
}

func TestFindsSinusoids(t *testing.T) {
	for _, c := range []struct {
		name    string
		d, a, b float64
		f       func(float64) float64
		gaps    bool
		edge    float64 // sign of the step; 0: a line
		within  float64 // rows, RMS round the hole
	}{
		{"flat step", 203.4, 0, 0, step(2), false, 1, 1},
		{"step down in gaps", 300.2, 12, -9, step(-2), true, -1, 1},
		{"dark line", 251.7, -20, 25, darkLine(3), true, 0, 1},
		// A column is 48th of the turn: at 150 rows of half height the trace falls 20 rows within one.
		{"tall line", 300, 110, -100, func(rows float64) float64 { return darkLine(3)(rows / 4) }, false, 0, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			img := noise(3, c.gaps)
			img.draw(c.d, c.a, c.b, c.f)
			got := strongest(proposals(t, img, Options{MaxAmplitudeM: 0.9, LeastZ: 6}, 2))
			if off := math.Hypot(got.D-c.d, math.Hypot(got.A-c.a, got.B-c.b)/math.Sqrt2); off > c.within {
				t.Errorf("the strongest is %+v, %.1f rows off", got, off)
			}
			switch {
			case c.edge != 0 && (got.EdgeZ*c.edge < 0 || math.Abs(got.EdgeZ) < 2*math.Abs(got.LineZ)):
				t.Errorf("a step of sign %g answers with edge %.1f and line %.1f", c.edge, got.EdgeZ, got.LineZ)
			case c.edge == 0 && (got.LineZ > 0 || math.Abs(got.LineZ) < 2*math.Abs(got.EdgeZ)):
				t.Errorf("a dark line answers with edge %.1f and line %.1f", got.EdgeZ, got.LineZ)
			}
		})
	}
}

// In noise that is independent between columns z has variance 1, whatever share of the wall was seen.
func TestVotesOfNoiseHaveUnitVariance(t *testing.T) {
	for _, gaps := range []bool{false, true} {
		img := noise(7, gaps)
		l := newLevel(1, 30)
		margin := 40
		var v votes
		l.vote(&v, newResponses(&img, 1, 0, testRows), l.plan(testColumns, testRows), margin, testRows-2*margin)
		n := float64(len(v.edge.All))
		edge, line := kernel.SumSquares(v.edge.All)/n, kernel.SumSquares(v.line.All)/n
		if math.Abs(edge-1) > 0.05 {
			t.Errorf("gaps %v: variance of edges %.3f", gaps, edge)
		}
		if math.Abs(line-1) > 0.05 {
			t.Errorf("gaps %v: variance of lines %.3f", gaps, line)
		}
	}
}

// The sums against the definition, one curve at a time, of an even and an odd number of columns.
func TestVoteIsTheSumAlongTheCurve(t *testing.T) {
	var v votes // whose memory the second takes over
	for _, columns := range []int{testColumns, testColumns - 1} {
		img := noise(11, true)
		img.Columns, img.Pixels, img.Mask = columns, img.Pixels[:testRows*columns], img.Mask[:testRows*columns]
		l := newLevel(1, 20)
		r := newResponses(&img, 1, 0, testRows)
		const first, rows = 100, 50
		l.vote(&v, r, l.plan(columns, testRows), first, rows)
		cos, sin := dip.ColumnAzimuths(columns)
		for _, n := range []int{0, len(l.nodes) / 3, len(l.nodes) - 1} {
			for _, i := range []int{0, 17, rows - 1} {
				var sum, seen float64
				for j := range columns {
					at := first + i + int(math.Round(float64(l.nodes[n].i)*spacing*cos[j]+float64(l.nodes[n].j)*spacing*sin[j]))
					sum += float64(r.edge.Column(j)[at])
					seen += float64(r.mask.Column(j)[at])
				}
				if want := sum / math.Sqrt(seen); math.Abs(float64(v.edge.Column(n)[i])-want) > 1e-4 {
					t.Errorf("%d columns, node %d row %d: %g, want %g", columns, n, i, v.edge.Column(n)[i], want)
				}
			}
		}
	}
}

// One level alone finds what the same level finds among others, as far as its own reach goes.
func TestOnlyRows(t *testing.T) {
	img := noise(5, true)
	img.draw(300, 50, -20, darkLine(3))
	opt := Options{MaxAmplitudeM: 80 * testRowM, LeastZ: 7, OnlyRows: 2}
	ps := proposals(t, img, opt, 2)
	best := strongest(ps)
	if off := math.Hypot(best.D-300, math.Hypot(best.A-50, best.B+20)/math.Sqrt2); off > 4 {
		t.Errorf("the strongest is %+v, %.1f rows off", best, off)
	}
	for _, p := range ps {
		if p.Rows != 2 {
			t.Errorf("a proposal of another level: %+v", p)
		}
	}
	opt.OnlyRows = -1
	if _, err := Proposals(t.Context(), img, opt, nil); err == nil {
		t.Error("a negative number of rows is accepted")
	}
}

func TestGreyRangeDoesNotMatter(t *testing.T) {
	img := noise(5, true)
	img.draw(150, 10, 5, step(1.5))
	scaled := img
	scaled.Pixels = make([]float32, len(img.Pixels))
	for i, v := range img.Pixels {
		scaled.Pixels[i] = 16*v + 256
	}
	opt := Options{MaxAmplitudeM: 0.3, LeastZ: 7}
	a, b := proposals(t, img, opt, 1), proposals(t, scaled, opt, 1)
	if len(a) == 0 || len(a) != len(b) {
		t.Fatalf("%d proposals, %d once scaled", len(a), len(b))
	}
	for i := range a {
		if math.Abs(a[i].Z-b[i].Z) > 1e-2 || math.Abs(a[i].D-b[i].D) > 0.05 {
			t.Errorf("%+v became %+v", a[i], b[i])
		}
	}
}

// Upside down, a sinusoid keeps its strength, and its amplitude changes sign.
func TestFlip(t *testing.T) {
	img := noise(9, true)
	img.draw(220, 14, 30, darkLine(3))
	flipped := img
	flipped.Pixels, flipped.Mask = make([]float32, len(img.Pixels)), make([]bool, len(img.Mask))
	for i := range img.Rows {
		k := (img.Rows - 1 - i) * img.Columns
		copy(flipped.Pixels[k:k+img.Columns], img.Pixels[i*img.Columns:])
		copy(flipped.Mask[k:k+img.Columns], img.Mask[i*img.Columns:])
	}
	opt := Options{MaxAmplitudeM: 0.3, LeastZ: 8}
	a, b := strongest(proposals(t, img, opt, 1)), strongest(proposals(t, flipped, opt, 1))
	if math.Abs(a.Z-b.Z) > 0.5 || math.Hypot(a.A+b.A, a.B+b.B) > 1 || math.Abs(a.D+b.D-testRows) > 1 {
		t.Errorf("%+v became %+v", a, b)
	}
}

func TestSameForAnyNumberOfThreads(t *testing.T) {
	img := noise(13, true)
	img.draw(320, 40, 0, step(2))
	opt := Options{MaxAmplitudeM: 0.5, LeastZ: 5}
	one, three := proposals(t, img, opt, 1), proposals(t, img, opt, 3)
	if len(one) == 0 || !reflect.DeepEqual(one, three) {
		t.Errorf("%d proposals on one thread, %d on three, or others", len(one), len(three))
	}
}

func TestNothingSeenNothingProposed(t *testing.T) {
	img := noise(1, false)
	clear(img.Mask)
	if ps := proposals(t, img, Options{MaxAmplitudeM: 0.5, LeastZ: 1}, 1); len(ps) != 0 {
		t.Errorf("%d proposals", len(ps))
	}
	constant := noise(1, false)
	clear(constant.Pixels)
	if ps := proposals(t, constant, Options{MaxAmplitudeM: 0.5, LeastZ: 1}, 1); len(ps) != 0 {
		t.Errorf("%d proposals of a constant image", len(ps))
	}
}

func TestRefuses(t *testing.T) {
	pool := kernel.NewPool(1)
	defer pool.Close()
	good := Options{MaxAmplitudeM: 0.2, LeastZ: 6}
	for _, c := range []struct {
		name string
		img  Image
		opt  Options
	}{
		{"mask of another size", Image{Pixels: make([]float32, 4), Mask: make([]bool, 3), Rows: 2, Columns: 2, RowM: 1}, good},
		{"no rows", Image{RowM: 1, Columns: 2}, good},
		{"rows without height", Image{Pixels: make([]float32, 4), Mask: make([]bool, 4), Rows: 2, Columns: 2}, good},
		{"amplitude that is no number", noise(1, false), Options{MaxAmplitudeM: math.NaN(), LeastZ: 6}},
		{"amplitude without bound", noise(1, false), Options{MaxAmplitudeM: 100, LeastZ: 6}},
		{"no least z", noise(1, false), Options{MaxAmplitudeM: 1}},
	} {
		if _, err := Proposals(t.Context(), c.img, c.opt, pool); err == nil {
			t.Errorf("%s: accepted", c.name)
		}
	}
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stop)
	if _, err := Proposals(ctx, noise(1, false), good, pool); !errors.Is(err, stop) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestLevelsReachTheAmplitude(t *testing.T) {
	for _, rows := range []float64{0, 10, 100, 300, 2000} {
		ls := levels(rows)
		last := ls[len(ls)-1]
		if len(ls) < 2 || float64(last.half)*2*sigma*float64(last.factor) < rows-2*sigma*float64(last.factor) {
			t.Errorf("%g rows: %d levels, the last with %d nodes each way of %d rows", rows, len(ls), last.half, last.factor)
		}
		for _, l := range ls {
			if len(l.nodes) > 2300 {
				t.Errorf("%g rows: a level of %d nodes", rows, len(l.nodes))
			}
		}
	}
}

// One level of 8.5 m of 5 mm rows: what a level costs is the same on every level.
func BenchmarkSearch(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	img := Image{Rows: 2000, Columns: 96, RowM: 0.005, Pixels: make([]float32, 2000*96), Mask: make([]bool, 2000*96)}
	for i := range img.Pixels {
		img.Pixels[i], img.Mask[i] = rng.Float32(), i%12 < 9
	}
	l := newLevel(2, reach)
	p := l.plan(img.Columns, coreRows+2*l.margin())
	var v votes
	for b.Loop() {
		l.search(&v, &img, p, 200, coreRows, 7)
	}
}
