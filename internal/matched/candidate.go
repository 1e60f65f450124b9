package matched

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/infer"
)

// Candidate is a trace that may be a pick.
type Candidate struct {
	infer.Refined         // curve in rows of the grid, with its likelier class; Score is the probability that it is right, class and all
	Z             float64 // strength: sum of the answers over their deviation nearby, over the root of the number of columns
	Trace         float64 // probability that there is a sinusoid, of whatever class
	Fracture      float64 // probability that it is a fracture if there is one
	evidence
}

// evidence is what the image says of a candidate.
type evidence struct {
	contrast  float64 // strength over its root of the median square on copies of the curve nearby: a lamina among laminae has little
	own       float64 // share of the strength on wall that no stronger trace explains, may be negative
	free      float64 // share of the columns seen that no stronger trace explains
	apart     float64 // RMS distance to the nearest stronger trace, rows, up to claimCell
	coherence float64 // share of the columns seen that answer with the sign of the mean
	linePart  float64 // share of the strength's square that is a line's; the rest is a step's
	scales    [scales]overCopies
	level     float64 // height of the step or line, grey units of the image

	first  float64 // probability of a trace by its own evidence alone
	around surroundings
}

// surroundings are what the traces nearby say of a candidate.
type surroundings struct {
	overTraces float64 // log of its level over the mean of the traces'
	overRest   float64 // log of its level over the mean of what is no trace
	density    float64 // traces nearby, weighted
	share      float64 // share of the candidates nearby that are traces
	discord    float64 // distance from the attitude that most beds nearby share, over what beds scatter
	support    float64 // share of the traces nearby that share it
}

// tallRows is the half height, rows, of a tall sinusoid.
const tallRows = 60

// ownFeatures are what the first look knows of a candidate: logarithms where a factor matters, saturating where more says no more.
func (c *Candidate) ownFeatures() []float64 {
	x := []float64{
		math.Log(max(1, c.own*c.Z)), c.free, c.coherence, math.Log1p(c.Significance), math.Log(max(0.1, c.contrast)),
		math.Tanh(math.Abs(c.Response)), c.Coverage, c.linePart, math.Tanh(c.Amplitude() / tallRows), math.Log1p(float64(c.Merged)),
		math.Log(max(1, c.apart)),
	}
	for _, s := range c.scales {
		x = append(x, math.Log(max(0.3, s.edge)), math.Log(max(0.3, s.line)))
	}
	return x
}

// features are what the second look knows: its own, the first verdict, and the surroundings.
func (c *Candidate) features() []float64 {
	p := max(1e-6, min(1-1e-6, c.first))
	k := &c.around
	return append(c.ownFeatures(), math.Log(p/(1-p)), k.overTraces, k.overRest, math.Log(0.1+0.15*k.density), k.share,
		math.Log1p(k.discord), math.Exp(-k.discord*k.discord/2)*k.support, k.support)
}

// featureNames are those of features, in their order; the first ownCount are those of ownFeatures.
var featureNames = []string{
	"log_own_z", "free", "coherence", "log_significance", "log_contrast", "response", "coverage", "line_part", "height", "log_merged", "log_apart",
	"log_edge_fine", "log_line_fine", "log_edge_mid", "log_line_mid", "log_edge_coarse", "log_line_coarse",
	"first_logit", "log_over_traces", "log_over_rest", "log_density", "trace_share", "log_discord", "concord", "support",
}

const ownCount = 11 + 2*scales
