package infer

import (
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/kernel"
)

// Constants of a profile, rows of the grid.
const (
	profileReach = 60  // up and down from a curve: what other curves of its shape would find there tells what chance gives
	guardSigmas  = 3.0 // nearer than so many sigmas a filter still sees the curve itself
	profileSeen  = 0.5 // share of the columns of the curve itself that must be seen on a row of its surroundings
	leastOver    = 0.3 // answers less than this over those around, and heights less than that over the deviation of the image, are nothing
	leastHeight  = 0.01
)

// profileSigmas are the filters that look at a profile, rows: the derivative of a Gaussian for steps, a centre against its flanks for lines.
var profileSigmas = [...]float64{1.5, 3, 6, 12}

// heightLevel is the filter by which the height of a step or a line is measured.
const heightLevel = 1

// profiler measures the mean of the image along curves and along copies of them shifted up and down: a profile across them. It is not for
// concurrent use.
type profiler struct {
	raster   Raster
	cos, sin []float64
	levels   []level

	pad                        int       // rows that the filters reach
	column, sum, count, smooth []float64 // [2*(reach+pad)+1]
	profile, seen              []float32 // sum, and 1 where there is one, with pad zeros above and below
	filtered, weight           []float32 // scratch: profile and seen behind a filter
}

// newProfiler prepares profiles across curves on a raster, whose filters answer up to reach rows up and down.
func newProfiler(raster Raster, reach int) *profiler {
	p := &profiler{raster: raster}
	p.cos, p.sin = dip.ColumnAzimuths(raster.Columns)
	p.levels, p.pad = profileLevels()
	n := 2*(reach+p.pad) + 1
	p.profile, p.seen = make([]float32, n+2*p.pad), make([]float32, n+2*p.pad)
	p.filtered, p.weight = make([]float32, n), make([]float32, n)
	p.column, p.sum, p.count, p.smooth = make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	return p
}

// profileLevels are the filters of a profiler, and how many rows they reach.
func profileLevels() (levels []level, room int) {
	for _, s := range profileSigmas {
		l := newLevel(s)
		levels, room = append(levels, l), max(room, l.room())
	}
	return levels, room
}

// profileRoom is how many rows beyond a curve a profiler looks.
func profileRoom() int {
	_, room := profileLevels()
	return profileReach + room + 2
}

// evidenceNames are those of profiler.evidence, in their order.
var evidenceNames = []string{
	"log_edge_fine", "log_line_fine", "log_edge_mid", "log_line_mid", "log_edge_coarse", "log_line_coarse", "log_edge_broad", "log_line_broad",
	"log_height", "log_spread",
}

// evidence is what the profile across a curve says of it: by filter the logarithm of its answer as a step, and as a line, over the median of the
// answers up and down; the logarithm of the height of step or line, and that of the spread of the profile, over deviation, that of the image
// nearby.
//
// The answers are those of the filters, by filter as a step and as a line, in units of the image.
func (p *profiler) evidence(c Curve, deviation float64) (evidence, answers []float64) {
	p.stack(c)
	height := 0.0
	for i, l := range p.levels {
		p.smoothen(l)
		edge, line := p.nearby(l)
		e, f := p.answer(l)
		evidence, answers = append(evidence, over(e, edge), over(f, line)), append(answers, e, f)
		if i == heightLevel {
			// A step of height h behind a Gaussian has a central difference of h sqrt(2/pi)/sigma; a thin line loses a third to its flanks.
			height = math.Hypot(e*l.sigma*math.Sqrt(math.Pi/2), f*1.5)
		}
	}
	var n, mean, square float64
	for k, w := range p.count {
		if w > 0 {
			n, mean, square = n+1, mean+p.sum[k], square+p.sum[k]*p.sum[k]
		}
	}
	spread := math.Sqrt(max(0, square/max(1, n)-mean*mean/max(1, n*n)))
	deviation = max(deviation, 1e-12)
	return append(evidence, math.Log(max(leastHeight, height/deviation)), math.Log(max(leastHeight, spread/deviation))), answers
}

// stack fills sum with the mean of the columns straightened along the curve, each less its own mean, and count with how many there were.
func (p *profiler) stack(c Curve) {
	clear(p.sum)
	clear(p.count)
	half := len(p.sum) / 2
	cols := p.raster.Columns
	for j := range cols {
		u := c.D + c.A*p.cos[j] + c.B*p.sin[j] - 0.5 - float64(half+p.raster.First)
		top := math.Floor(u)
		if !(top > -1e9 && top < 1e9) {
			continue
		}
		f, first := u-top, int(top)
		lo, hi := max(0, -first), min(len(p.sum), p.raster.Rows-1-first)
		mean, n := 0.0, 0.0
		for k := lo; k < hi; k++ {
			at := (first+k)*cols + j
			if p.raster.Mask[at] && p.raster.Mask[at+cols] {
				v := (1-f)*float64(p.raster.Image[at]) + f*float64(p.raster.Image[at+cols])
				p.column[k] = v
				mean, n = mean+v, n+1
			} else {
				p.column[k] = math.NaN()
			}
		}
		if n == 0 {
			continue
		}
		mean /= n
		for k := lo; k < hi; k++ {
			if v := p.column[k]; v == v {
				p.sum[k] += v - mean
				p.count[k]++
			}
		}
	}
	for k, n := range p.count {
		p.seen[p.pad+k] = 0
		if n > 0 {
			p.sum[k] /= n
			p.seen[p.pad+k] = 1
		}
		p.profile[p.pad+k] = float32(p.sum[k])
	}
}

// smoothen fills smooth with the profile behind the Gaussian of a filter.
func (p *profiler) smoothen(l level) {
	first, n := p.pad-len(l.taps)/2, len(p.smooth)+len(l.taps)-1
	kernel.Filter(p.filtered, p.profile[first:first+n], l.taps)
	kernel.Filter(p.weight, p.seen[first:first+n], l.taps)
	for k, v := range p.filtered {
		p.smooth[k] = float64(v / max(p.weight[k], 1e-9))
	}
}

// at is how a filter, once the profile is smoothened for it, answers at row k of the profile: as a step and as a line.
func (p *profiler) at(l level, k int) (edge, line float64) {
	return math.Abs(p.smooth[k+1] - p.smooth[k-1]), math.Abs(p.smooth[k] - 0.5*(p.smooth[k-l.side]+p.smooth[k+l.side]))
}

// answer is the greatest of the three rows nearest to the curve.
func (p *profiler) answer(l level) (edge, line float64) {
	for k := -1; k <= 1; k++ {
		e, f := p.at(l, len(p.sum)/2+k)
		edge, line = max(edge, e), max(line, f)
	}
	return edge, line
}

// nearby is how the filter answers up and down, where it does not see the curve itself.
func (p *profiler) nearby(l level) (edges, lines []float64) {
	half := len(p.sum) / 2
	guard := int(math.Ceil(guardSigmas * l.sigma))
	for k := -profileReach; k <= profileReach; k++ {
		if (k > guard || k < -guard) && p.count[half+k] >= profileSeen*p.count[half] {
			e, f := p.at(l, half+k)
			edges, lines = append(edges, e), append(lines, f)
		}
	}
	return edges, lines
}

// over is the logarithm of an answer over the median of others, which are reordered; 0 where there are none.
func over(answer float64, others []float64) float64 {
	if len(others) == 0 {
		return 0
	}
	slices.Sort(others)
	return math.Log(max(leastOver, answer/max(others[len(others)/2], 1e-12)))
}
