package infer

import (
	"fmt"
	"math"
	"sync"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// Constants of the refinement. The search is a pattern search (Hooke & Jeeves 1961) on the mean response along the curve, from
// coarse to fine smoothing.
const (
	DefaultMoveM  = 0.03 // how far refinement may move a flat curve, metres
	coarseM       = 0.02 // coarsest smoothing, standard deviation in metres; halved down to about a row
	finestRows    = 0.9
	moveByHeight  = 3.0    // a, b may move by 1 + 3 amplitude/m times as much: the error of a dip grows with the amplitude
	moveGrowthMax = 4.0    // but not more than this
	slopePerSigma = 3.0    // a curve that crosses more than this many sigmas of rows in one column cannot use that sigma
	lineOfBed     = 0.8    // worth of a line response on a bed, relative to an edge
	gain          = 1.0005 // least improvement that counts
	solidShare    = 0.35   // share of the columns from which on a response counts in full
	leastShare    = 0.125  // share of the columns below which the mean is damped
)

// Significance compares the sectors of the hole; see search.significance.
const (
	sectors         = 12
	leastSectors    = 4
	significanceMax = 99
)

// Refiner moves curves onto the traces in an image. It may be used by several goroutines.
type Refiner struct {
	raster      Raster
	mean, scale float32 // of the valid pixels
	rowM        float64
	moveRows    float64 // how far a flat curve may move,
	bedRows     float64 // and how far a bed, no farther
	cos, sin    []float64
	levels      []level    // coarse to fine
	strips      *sync.Pool // of *strip
}

// Refined is a curve after refinement, with what the image says of it.
type Refined struct {
	Curve
	Coverage     float64 // share of the columns with wall seen under the curve
	Line         bool    // the trace is a line, not a step between two layers
	Response     float64 // mean response along the curve in standard deviations of the image (Grid.DeviationAt where there is a grid); a dark line is negative
	Significance float64 // |Response| over its standard error between sectors of the hole; noise gives 2 to 3
	// Verdicts are the log odds of each class at the second look; nil without a verifier.
	Verdicts []float64
	Free     float64   // share of the columns that no curve surer by its verdicts explains; 0 without a verifier
	Apart    float64   // root mean square distance to the nearest of those, rows, claimCell at most; 0 without a verifier
	Evidence []float64 // of the profile across the curve, see profiler.evidence; nil without a verifier
	Outlying []float64 // how it compares with the answers all over the log, see addBackground; nil without a verifier

	answers []float64 // of the filters to the profile across the curve, see profiler.evidence
}

// NewRefiner prepares refinement on a raster with rows of rowM metres. moveM limits how far a curve may move, metres
// (DefaultMoveM; more for steep curves). The raster is kept, not copied.
func NewRefiner(raster Raster, rowM, moveM float64) (*Refiner, error) {
	n := raster.Rows * raster.Columns
	if raster.Rows < 1 || raster.Columns < 1 || len(raster.Image) != n || len(raster.Mask) != n {
		return nil, fmt.Errorf("refine: raster of %d rows x %d columns has %d pixels and %d of mask",
			raster.Rows, raster.Columns, len(raster.Image), len(raster.Mask))
	}
	mean, deviation := imagelog.Moments(raster.Image, raster.Mask)
	r, err := refinerFor(raster.Columns, mean, deviation, rowM, moveM)
	if err != nil {
		return nil, err
	}
	return r.on(raster), nil
}

// refinerFor prepares refinement on parts of an image whose valid pixels have the given mean and deviation; see on.
func refinerFor(columns int, mean, deviation, rowM, moveM float64) (*Refiner, error) {
	if !(rowM > 0) || !(moveM >= 0) || moveM/rowM > 1000 {
		return nil, fmt.Errorf("refine: rows of %g m, moves of %g m: want positive values, and at most 1000 rows", rowM, moveM)
	}
	if math.IsNaN(deviation) || math.IsInf(deviation, 0) {
		return nil, fmt.Errorf("refine: a pixel under the mask is not finite")
	}
	r := &Refiner{rowM: rowM, moveRows: moveM / rowM, bedRows: moveM / rowM, mean: float32(mean)}
	r.cos, r.sin = dip.ColumnAzimuths(columns)
	if deviation > 0 {
		r.scale = float32(1 / deviation)
	}
	r.levels = []level{newLevel(max(1, min(64, coarseM/rowM)))}
	for sigma := r.levels[0].sigma / 2; sigma >= finestRows; sigma /= 2 {
		r.levels = append(r.levels, newLevel(sigma))
	}
	r.strips = &sync.Pool{New: func() any { return new(strip) }}
	return r, nil
}

// on is the refiner for a part of the image that holds the surroundings of the curves to come; see reach. The raster is kept, not copied.
func (r *Refiner) on(part Raster) *Refiner {
	out := *r
	out.raster = part
	return &out
}

// reach is how many rows above and below a curve its refinement may look at, at the most.
func (r *Refiner) reach() int {
	room := 0
	for _, l := range r.levels {
		room = max(room, l.room())
	}
	return int(math.Ceil(r.moveRows*(1+moveGrowthMax))) + room + 4
}

// Refine moves the curve to where the mean response along it is greatest within reach: line responses for fractures, edges or
// lines for beds. A move that lowers the response is never taken. A curve with no data under it comes back as it was.
func (r *Refiner) Refine(c Curve) Refined {
	out := Refined{Curve: c, Coverage: r.raster.Coverage(c)}
	if out.Coverage == 0 {
		return out
	}
	s := r.strips.Get().(*strip)
	defer r.strips.Put(s)
	search := r.newSearch(s, c)
	candidates := []kind{line}
	if c.Class == dip.Bedding {
		candidates = []kind{edge, line}
	}
	best := -1.0
	for _, k := range candidates {
		move, score, response := search.run(k)
		if k == line && len(candidates) > 1 {
			score *= lineOfBed
		}
		if score > best {
			best = score
			out.D, out.A, out.B = c.D+move.d, c.A+move.a, c.B+move.b
			out.Line, out.Response = k == line, response
			out.Significance = search.significance(k, move)
		}
	}
	out.Coverage = r.raster.Coverage(out.Curve)
	return out
}

// move is a change of a curve's parameters, rows.
type move struct{ d, a, b float64 }

// search is the refinement of one curve.
type search struct {
	strip    *strip
	levels   []level // those that the curve's slope allows
	judge    int     // level that candidates are compared on
	limitD   float64 // bounds of the move, rows
	limitAB  float64
	columns  float64 // of the raster
	response []response
}

func (r *Refiner) newSearch(s *strip, c Curve) *search {
	slope := c.Amplitude() * 2 * math.Pi / float64(r.raster.Columns)
	q := &search{strip: s, columns: float64(r.raster.Columns), limitD: r.moveRows}
	if c.Class == dip.Bedding {
		q.limitD = r.bedRows
	}
	for i, l := range r.levels {
		if i == 0 || slope <= slopePerSigma*l.sigma {
			q.levels = append(q.levels, l)
		}
	}
	q.judge = min(1, len(q.levels)-1)
	q.limitAB = q.limitD * min(moveGrowthMax, 1+moveByHeight*c.Amplitude()*r.rowM)
	reach := int(math.Ceil(q.limitD+q.limitAB)) + 1
	room := 0
	for _, l := range q.levels {
		room = max(room, reach+l.room())
	}
	s.cut(r, c, room)
	for len(s.responses) < len(q.levels) {
		s.responses = append(s.responses, response{})
	}
	q.response = s.responses[:len(q.levels)]
	for i, l := range q.levels {
		s.respond(&q.response[i], l, reach)
	}
	return q
}

// score is the mean response of the curve moved by m, damped where few columns are seen.
func (q *search) score(level int, k kind, m move) float64 {
	mean, n := q.strip.mean(&q.response[level], k, m.d, m.a, m.b)
	least := leastShare * q.columns
	if n < least {
		mean *= n / least
	}
	return mean * math.Sqrt(min(1, n/(solidShare*q.columns)))
}

// run searches with one kind of response and returns the best move, its score, and the signed mean response there.
func (q *search) run(k kind) (best move, score, response float64) {
	sign := 0.0 // unknown: either polarity will do until the coarsest level has decided
	for i, l := range q.levels {
		best = q.climb(i, k, best, sign, 0.8*l.sigma, 0.12*l.sigma)
		if sign == 0 {
			sign = math.Copysign(1, q.score(i, k, best))
		}
	}
	score = math.Abs(q.score(q.judge, k, best))
	if start := math.Abs(q.score(q.judge, k, move{})); start >= score {
		best, score = move{}, start
	}
	response, _ = q.strip.mean(&q.response[q.judge], k, best.d, best.a, best.b)
	return best, score, response
}

// steps are the directions of the pattern search: along d, a and b first, which most often do, then between them.
var steps = makeSteps()

const axisSteps = 6

func makeSteps() []move {
	out := []move{{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}}
	for d := -1.0; d <= 1; d++ {
		for a := -1.0; a <= 1; a++ {
			for b := -1.0; b <= 1; b++ {
				if d*d+a*a+b*b > 1 {
					out = append(out, move{d, a, b})
				}
			}
		}
	}
	return out
}

// climb is a pattern search on one level from step length h down to least. A step in a or b is sqrt 2 longer than one in d, so
// that all move the curve equally far in the mean square, whatever its amplitude.
func (q *search) climb(level int, k kind, at move, sign, h, least float64) move {
	value := func(m move) float64 {
		if sign == 0 {
			return math.Abs(q.score(level, k, m))
		}
		return sign * q.score(level, k, m)
	}
	current := value(at)
	for h >= least {
		next, found := at, current
		enough := max(current*gain, current)
		for i, s := range steps {
			if i == axisSteps && found > enough {
				break
			}
			m := q.bound(move{at.d + s.d*h, at.a + s.a*h*math.Sqrt2, at.b + s.b*h*math.Sqrt2})
			if v := value(m); v > found {
				next, found = m, v
			}
		}
		if found > enough {
			at, current = next, found
		} else {
			h /= 2
		}
	}
	return at
}

// bound keeps a move within the limits.
func (q *search) bound(m move) move {
	m.d = max(-q.limitD, min(q.limitD, m.d))
	if r := math.Hypot(m.a, m.b); r > q.limitAB {
		m.a, m.b = m.a*q.limitAB/r, m.b*q.limitAB/r
	}
	return m
}

// sectorOf is the sector of the hole that a column of so many lies in.
func sectorOf(column, columns int) int { return column * sectors / columns }

// significance is Student's t of the mean response: over its standard error between sectors of the hole. A true trace answers alike
// all round, noise or a curve across the grain does not. It is 0 where fewer than leastSectors sectors see the curve.
func (q *search) significance(k kind, m move) float64 {
	var sum, weight [sectors]float64
	r := &q.response[q.judge]
	to := r.moved(m.d, m.a, m.b)
	for j := range q.strip.spots {
		c := &q.strip.spots[j]
		i := sectorOf(c.column, int(q.columns))
		sum[i] += float64(to.at(r.values[k], c))
		weight[i] += float64(to.at(r.mask, c))
	}
	var total, mean, seen float64
	for i, w := range weight {
		if w > 0 {
			total, mean, seen = total+w, mean+sum[i], seen+1
		}
	}
	if seen < leastSectors {
		return 0
	}
	mean /= total
	spread := 0.0
	for i, w := range weight {
		if w > 0 {
			d := sum[i]/w - mean
			spread += w * d * d
		}
	}
	if mean == 0 {
		return 0
	}
	return min(significanceMax, math.Abs(mean)/math.Sqrt(spread/total/(seen-1)))
}
