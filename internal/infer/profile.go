package infer

import (
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
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
var profileSigmas = [...]float64{1.5, 3, 6}

// profiler measures the mean of the image along curves and along copies of them shifted up and down: a profile across them. It is not for
// concurrent use.
type profiler struct {
	raster    Raster
	deviation float64 // of the image
	cos, sin  []float64
	levels    []level
	pad       int // rows that the filters reach beyond profileReach

	column, sum, count, smooth []float64 // [2*(profileReach+pad)+1]
}

func newProfiler(raster Raster, deviation float64) *profiler {
	p := &profiler{raster: raster, deviation: max(deviation, 1e-12)}
	p.cos, p.sin = dip.ColumnAzimuths(raster.Columns)
	p.levels, p.pad = profileLevels()
	n := 2*(profileReach+p.pad) + 1
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
	"log_edge_fine", "log_line_fine", "log_edge_mid", "log_line_mid", "log_edge_coarse", "log_line_coarse", "log_height", "log_spread",
}

// evidence is what the profile across a curve says of it: by filter the logarithm of its answer as a step, and as a line, over the median of the
// answers up and down; the logarithm of the height of step or line, and that of the spread of the profile, over the deviation of the image.
func (p *profiler) evidence(c Curve) []float64 {
	p.stack(c)
	out := make([]float64, 0, 2*len(p.levels)+2)
	height := 0.0
	for i, l := range p.levels {
		edge, line, step := p.answers(l)
		out = append(out, edge, line)
		if i == len(p.levels)/2 {
			height = step
		}
	}
	var n, mean, square float64
	for k, w := range p.count {
		if w > 0 {
			n, mean, square = n+1, mean+p.sum[k], square+p.sum[k]*p.sum[k]
		}
	}
	spread := math.Sqrt(max(0, square/max(1, n)-mean*mean/max(1, n*n)))
	return append(out, math.Log(max(leastHeight, height/p.deviation)), math.Log(max(leastHeight, spread/p.deviation)))
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
		if n > 0 {
			p.sum[k] /= n
		}
	}
}

// answers of a filter; see evidence. height is that of a step or a line that would answer so.
func (p *profiler) answers(l level) (edge, line, height float64) {
	half := len(p.sum) / 2
	reach := len(l.taps) - 1
	for k := range p.smooth {
		sum, weight := 0.0, 0.0
		for d := -reach; d <= reach; d++ {
			if i := k + d; i >= 0 && i < len(p.sum) && p.count[i] > 0 {
				g := float64(l.taps[max(d, -d)])
				sum, weight = sum+g*p.sum[i], weight+g
			}
		}
		p.smooth[k] = sum / max(weight, 1e-9)
	}
	at := func(k int) (e, l2 float64) {
		return p.smooth[k+1] - p.smooth[k-1], p.smooth[k] - 0.5*(p.smooth[k-l.side]+p.smooth[k+l.side])
	}
	guard := int(math.Ceil(guardSigmas * l.sigma))
	var edges, lines []float64
	for k := -profileReach; k <= profileReach; k++ {
		if (k > guard || k < -guard) && p.count[half+k] >= profileSeen*p.count[half] {
			e, f := at(half + k)
			edges, lines = append(edges, math.Abs(e)), append(lines, math.Abs(f))
		}
	}
	e, f := 0.0, 0.0
	for k := -1; k <= 1; k++ {
		a, b := at(half + k)
		e, f = max(e, math.Abs(a)), max(f, math.Abs(b))
	}
	if len(edges) > 0 {
		edge, line = over(e, edges), over(f, lines)
	}
	// A step of height h behind a Gaussian has a central difference of h sqrt(2/pi)/sigma; a thin line loses a third to its flanks.
	return edge, line, math.Hypot(e*l.sigma*math.Sqrt(math.Pi/2), f*1.5)
}

// over is the logarithm of an answer over the median of others, which are reordered.
func over(answer float64, others []float64) float64 {
	slices.Sort(others)
	return math.Log(max(leastOver, answer/max(others[len(others)/2], 1e-12)))
}
