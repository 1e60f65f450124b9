package matched

import (
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
)

// Constants of the prober.
const (
	copyReach     = 60  // rows up and down over which shifted copies of a curve tell what chance gives there
	slopePerSigma = 3.0 // a curve that crosses more than this many sigmas of rows in one column needs a wider filter
	guardSigmas   = 3.0 // copies nearer than this many sigmas still see the trace itself
	leastWeight   = 0.3 // share of the Gaussian's weight that must lie on wall seen
)

// filter is a pair of matched filters along depth: the derivative of a Gaussian for steps, a centre against its flanks for lines.
type filter struct {
	sigma float64   // rows
	taps  []float32 // the Gaussian
	flank int       // distance of the flanks, rows
}

func newFilter(sigma float64) filter {
	return filter{sigma: sigma, taps: infer.GaussianTaps(sigma), flank: max(1, int(math.Round(1.5*sigma)))}
}

// filters are those of a prober, fine to coarse; each has twice the rows of the one before.
func filters() [scales]filter { return [scales]filter{newFilter(1.5), newFilter(3), newFilter(6)} }

// scales counts the filters.
const scales = 3

// overCopies are the answers of one filter over the median of those on copies of the curve shifted up and down.
type overCopies struct{ edge, line float64 }

// trace is what the image says along a curve, by the filter that answers most clearly.
type trace struct {
	edgeZ, lineZ float64   // sum of the answers over their deviation nearby, over the root of the number of columns; a dark line is negative
	z            float64   // sqrt(edgeZ^2 + lineZ^2)
	contrast     float64   // z over its median on shifted copies: constant false-alarm rate by order statistics (Rohling 1983)
	answers      []float32 // of the columns, along the mean phase of step and line; 0 where not seen
	over         overCopies
	level        float64 // height of the step or line, grey units of the image, of the middle filter or the finest that suits the slope

	scales [scales]overCopies // of all filters
}

// prober measures traces on one raster. It is not for concurrent use.
type prober struct {
	raster   infer.Raster
	cos, sin []float64
	filters  [scales]filter

	value, mask, smooth, weight []float32 // scratch: one column around the curve
	edge, line, seen            []float32 // [columns][2*reach+1]: answers on the curve and on its copies up to reach rows away
}

func newProber(raster infer.Raster) *prober {
	p := &prober{raster: raster, filters: filters()}
	p.cos, p.sin = dip.ColumnAzimuths(raster.Columns)
	n := raster.Columns * (2*copyReach + 1)
	p.edge, p.line, p.seen = make([]float32, n), make([]float32, n), make([]float32, n)
	return p
}

// probe measures a curve, and copies of it up and down, with every filter, and returns the clearest answer of those that suit it.
func (p *prober) probe(c infer.Curve) trace {
	var best trace
	var over [scales]overCopies
	level := 0.0
	for i := range p.filters {
		t := p.measure(c, &p.filters[i], copyReach)
		over[i] = t.over
		if i <= scales/2 || !p.suits(i-1, c) {
			level = t.level
		}
		if p.suits(i, c) && (best.answers == nil || t.z > best.z) {
			best = t
		}
	}
	best.scales, best.level = over, level
	return best
}

// glance returns the answers of a curve by the filter that fits a level of so many rows a sample; their scale means nothing.
func (p *prober) glance(c infer.Curve, levelRows int) []float32 {
	k := 0
	for k+1 < scales && (1<<k < levelRows || !p.suits(k, c)) {
		k++
	}
	return p.measure(c, &p.filters[k], 0).answers
}

// suits tells whether the curve is flat enough for filter i; the coarsest suits every curve.
func (p *prober) suits(i int, c infer.Curve) bool {
	slope := c.Amplitude() * 2 * math.Pi / float64(p.raster.Columns)
	return i+1 == scales || slope <= slopePerSigma*p.filters[i].sigma
}

// respond fills the answers of one filter on the curve and on its copies.
func (p *prober) respond(c infer.Curve, f *filter, reach int) {
	width := 2*reach + 1
	tapReach := len(f.taps) / 2
	pad := tapReach + f.flank
	rows := width + 1 + 2*pad // one more, to interpolate
	if len(p.value) < rows {
		p.value, p.mask, p.smooth, p.weight = make([]float32, rows), make([]float32, rows), make([]float32, rows), make([]float32, rows)
	}
	value, mask, smooth, weight := p.value[:rows], p.mask[:rows], p.smooth[:rows], p.weight[:rows]
	n := p.raster.Columns * width
	clear(p.edge[:n])
	clear(p.line[:n])
	clear(p.seen[:n])
	for j := range p.raster.Columns {
		u := c.D + c.A*p.cos[j] + c.B*p.sin[j] - 0.5
		centre := math.Floor(u)
		if !(centre > -float64(rows) && centre < float64(p.raster.Rows+rows)) || !p.cut(value, mask, int(centre)-reach-pad, j) {
			continue
		}
		kernel.Filter(smooth[tapReach:rows-tapReach], value, f.taps)
		kernel.Filter(weight[tapReach:rows-tapReach], mask, f.taps)
		for i := tapReach; i < rows-tapReach; i++ {
			if weight[i] > 0 {
				smooth[i] /= weight[i]
			}
		}
		// Answers at the rows above and below the curve, and between them.
		var e0, l0 float32
		ok0 := false
		for k := range width + 1 {
			i := pad + k
			var e, l float32
			ok := mask[i] == 1 && weight[i-f.flank] >= leastWeight && weight[i+f.flank] >= leastWeight
			if ok {
				e, l = smooth[i+1]-smooth[i-1], smooth[i]-0.5*(smooth[i-f.flank]+smooth[i+f.flank])
			}
			if ok && ok0 {
				at, frac := j*width+k-1, float32(u-centre)
				p.edge[at], p.line[at], p.seen[at] = e0+frac*(e-e0), l0+frac*(l-l0), 1
			}
			e0, l0, ok0 = e, l, ok
		}
	}
}

// cut reads rows from first on of column j; false where none of them was seen.
func (p *prober) cut(value, mask []float32, first, j int) (seen bool) {
	clear(value)
	clear(mask)
	cols := p.raster.Columns
	for r := max(0, first); r < min(p.raster.Rows, first+len(value)); r++ {
		if p.raster.Mask[r*cols+j] {
			value[r-first], mask[r-first] = p.raster.Image[r*cols+j], 1
			seen = true
		}
	}
	return seen
}

// measure reads the trace from the answers of one filter on copies up to reach rows away.
func (p *prober) measure(c infer.Curve, f *filter, reach int) trace {
	p.respond(c, f, reach)
	width := 2*reach + 1
	var squareE, squareL, total float64
	e, l, n := make([]float64, width), make([]float64, width), make([]float64, width)
	for j := range p.raster.Columns {
		for k := range width {
			i := j*width + k
			ev, lv, m := float64(p.edge[i]), float64(p.line[i]), float64(p.seen[i])
			squareE, squareL, total = squareE+ev*ev, squareL+lv*lv, total+m
			e[k], l[k], n[k] = e[k]+ev, l[k]+lv, n[k]+m
		}
	}
	t := trace{answers: make([]float32, p.raster.Columns)}
	seen := n[reach]
	if squareE == 0 || squareL == 0 || seen == 0 {
		return t
	}
	sdE, sdL := math.Sqrt(squareE/total), math.Sqrt(squareL/total)
	t.edgeZ, t.lineZ = e[reach]/sdE/math.Sqrt(seen), l[reach]/sdL/math.Sqrt(seen)
	t.z = math.Hypot(t.edgeZ, t.lineZ)
	// A step of height h behind a Gaussian has a central difference of h sqrt(2/pi)/sigma; a thin line loses a third to its flanks.
	t.level = math.Hypot(e[reach]*f.sigma*math.Sqrt(math.Pi/2), l[reach]*1.5) / seen
	if t.z == 0 {
		return t
	}
	guard := int(math.Ceil(guardSigmas * f.sigma))
	var powers, edges, lines []float64
	for k := range width {
		if d := k - reach; (d > guard || -d > guard) && n[k] >= 0.5*seen {
			ze, zl := e[k]/sdE, l[k]/sdL
			powers = append(powers, (ze*ze+zl*zl)/n[k])
			edges = append(edges, math.Abs(ze)/n[k])
			lines = append(lines, math.Abs(zl)/n[k])
		}
	}
	if len(powers) > 0 {
		t.contrast = t.z / math.Sqrt(median(powers))
		root := math.Sqrt(seen)
		t.over = overCopies{math.Abs(t.edgeZ) / root / median(edges), math.Abs(t.lineZ) / root / median(lines)}
	}
	for j := range t.answers {
		i := j*width + reach
		t.answers[j] = float32((t.edgeZ*float64(p.edge[i])/sdE + t.lineZ*float64(p.line[i])/sdL) / t.z)
	}
	return t
}

// median of values >= 0 without unit, kept from zero; it orders them.
func median(x []float64) float64 {
	slices.Sort(x)
	return max(1e-9, x[len(x)/2])
}
