package matched

import "math"

// Constants of what surrounds a candidate.
const (
	contextM     = 3.0  // standard deviation of the weight of neighbours, metres of depth
	contextReach = 2.5  // of these, beyond which neighbours have no weight
	priorTraces  = 2.0  // weight of the whole piece of log in the mean level nearby
	priorShare   = 0.3  // weight of no trend at all against that of the beds nearby
	scatterRows  = 4.0  // what attitudes of beds scatter, rows of RMS distance,
	scatterShare = 0.12 // and in addition as a share of the amplitude
	lineVote     = 0.4  // vote of a pure line for the attitude of bedding, against 1 of a pure step
	leastVote    = 0.02 // a neighbour with less is not asked
	noTrend      = 1.5  // discord where there are no beds nearby
)

// neighbour is a candidate near another one.
type neighbour struct{ a, b, vote float64 }

// addSurroundings fills the surroundings of candidates that are ordered by depth and know their first verdict.
func addSurroundings(cs []Candidate, rowM float64) {
	level := make([]float64, len(cs)) // logarithms
	var traces, traceLevel, rest, restLevel float64
	for i := range cs {
		level[i] = math.Log(max(cs[i].level, 1e-30))
		p := cs[i].first
		traces, traceLevel = traces+p, traceLevel+p*level[i]
		rest, restLevel = rest+1-p, restLevel+(1-p)*level[i]
	}
	meanTrace, meanRest := traceLevel/max(traces, 1e-9), restLevel/max(rest, 1e-9)

	window := contextReach * contextM / rowM
	lo, hi := 0, 0
	var near []neighbour
	for i := range cs {
		c := &cs[i]
		for hi < len(cs) && cs[hi].D <= c.D+window {
			hi++
		}
		for cs[lo].D < c.D-window {
			lo++
		}
		near = near[:0]
		traces, traceLevel, rest, restLevel = 0, 0, 0, 0
		for k := lo; k < hi; k++ {
			if k == i {
				continue
			}
			q := &cs[k]
			x := (q.D - c.D) * rowM / contextM
			w := math.Exp(-x * x / 2)
			traces, traceLevel = traces+w*q.first, traceLevel+w*q.first*level[k]
			rest, restLevel = rest+w*(1-q.first), restLevel+w*(1-q.first)*level[k]
			if vote := w * q.first * (1 + (lineVote-1)*q.linePart); vote >= leastVote {
				near = append(near, neighbour{q.A, q.B, vote})
			}
		}
		k := &c.around
		k.overTraces = level[i] - (traceLevel+priorTraces*meanTrace)/(traces+priorTraces)
		k.overRest = level[i] - (restLevel+priorTraces*meanRest)/(rest+priorTraces)
		k.density, k.share = traces, traces/max(traces+rest, 1e-9)
		k.discord, k.support = noTrend, 0
		if a, b, support := trend(near); support > 0 {
			k.support = support
			k.discord = attitudeDistance(c.A-a, c.B-b, math.Hypot(a, b))
		}
	}
}

// attitudeDistance is the RMS distance of two attitudes (a, b) apart, over what beds of an amplitude scatter.
func attitudeDistance(a, b, amplitude float64) float64 {
	return math.Hypot(a, b) / math.Sqrt2 / (scatterRows + scatterShare*amplitude)
}

// trend is the attitude, rows, that most votes are near to, and the share of the votes that are: of the modes found by one step of mean
// shift (Comaniciu & Meer 2002) from each neighbour, the best.
func trend(near []neighbour) (a, b, support float64) {
	var total, best float64
	for _, p := range near {
		total += p.vote
		amplitude := math.Hypot(p.a, p.b)
		var votes, sumA, sumB float64
		for _, q := range near {
			d := attitudeDistance(p.a-q.a, p.b-q.b, amplitude)
			if d > 4 {
				continue
			}
			w := q.vote * math.Exp(-d*d/2)
			votes, sumA, sumB = votes+w, sumA+w*q.a, sumB+w*q.b
		}
		if votes > best {
			best, a, b = votes, sumA/votes, sumB/votes
		}
	}
	return a, b, best / (total + priorShare)
}
