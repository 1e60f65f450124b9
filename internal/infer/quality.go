package infer

// Polarity says whether a line is darker or brighter than what surrounds it.
type Polarity int

// Polarities. Dark is conductive on a resistivity image.
const (
	NoPolarity Polarity = iota // a step between layers, or nothing to be seen
	Conductive
	Resistive
)

// Polarity of the trace. Steps have none.
func (r Refined) Polarity() Polarity {
	switch {
	case !r.Line || r.Response == 0:
		return NoPolarity
	case r.Response < 0:
		return Conductive
	default:
		return Resistive
	}
}

// Grade bounds. A grade needs all three: the confidence of the network, the share of the curve with data under it, and a response
// that is alike all round the hole. Of curves refined on pure noise about 1 % reach the significance of A, 10 % that of B and half
// that of C (TestSignificanceOfNoise).
var grades = []struct {
	name                               string
	confidence, coverage, significance float64
}{
	{"A", 0.8, 0.5, 6},
	{"B", 0.6, 0.35, 4},
	{"C", 0.4, 0.2, 3},
}

// Quality grades a pick from A, sure and clearly seen, to D, look at it yourself: confidence and coverage in [0, 1], significance as
// in Refined. A value that is not known (NaN) gives D.
func Quality(confidence, coverage, significance float64) string {
	for _, g := range grades {
		if confidence >= g.confidence && coverage >= g.coverage && significance >= g.significance {
			return g.name
		}
	}
	return "D"
}
