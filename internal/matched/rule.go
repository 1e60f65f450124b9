package matched

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// ruleJSON is the rule that TestTune fitted.
//
//go:embed rule.json
var ruleJSON []byte

// rule judges candidates.
type rule struct {
	Features []string `json:"features"` // featureNames when it was fitted
	Wells    string   `json:"wells"`    // what it was fitted on
	First    look     `json:"first"`    // is there a trace, by its own features
	Second   look     `json:"second"`   // is there a trace, by all features
	Fracture look     `json:"fracture"` // is the trace a fracture, by all features
}

// look is a logistic regression on standardised features and the products of every two of them.
type look struct {
	Mean    []float64 `json:"mean"`
	Scale   []float64 `json:"scale"`
	Bias    float64   `json:"bias"`
	Weights []float64 `json:"weights"` // of the features, then of the products 0*0, 0*1, ..., 1*1, 1*2, ...
}

// clipAt bounds standardised features, so that no product runs away on an image unlike those that the rule was fitted on.
const clipAt = 4

// terms are the standardised features and their products.
func (l *look) terms(x []float64) []float64 {
	n := len(x)
	z := make([]float64, n, n+n*(n+1)/2)
	for i, v := range x {
		z[i] = max(-clipAt, min(clipAt, (v-l.Mean[i])/l.Scale[i]))
	}
	for i := range n {
		for j := i; j < n; j++ {
			z = append(z, z[i]*z[j])
		}
	}
	return z
}

func (l *look) probability(x []float64) float64 {
	s := l.Bias
	for i, t := range l.terms(x) {
		s += l.Weights[i] * t
	}
	return 1 / (1 + math.Exp(-s))
}

// fits tells whether the look is one of n features.
func (l *look) fits(n int) bool {
	return len(l.Mean) == n && len(l.Scale) == n && len(l.Weights) == n+n*(n+1)/2 && !slices.ContainsFunc(l.Scale, func(v float64) bool { return !(v > 0) })
}

// builtinRule reads the rule in the binary.
func builtinRule() (*rule, error) {
	var r rule
	if err := json.Unmarshal(ruleJSON, &r); err != nil {
		return nil, fmt.Errorf("matched filter: rule.json: %w", err)
	}
	if !slices.Equal(r.Features, featureNames) || !r.First.fits(ownCount) || !r.Second.fits(len(featureNames)) || !r.Fracture.fits(len(featureNames)) {
		return nil, fmt.Errorf("matched filter: rule.json is of other features: fit it again (make matched-filter)")
	}
	return &r, nil
}

// Hash is the SHA-256 of the rule in the binary, which together with the program's version decides what is picked.
func Hash() string {
	sum := sha256.Sum256(ruleJSON)
	return hex.EncodeToString(sum[:])
}

// judge gives the candidates of one piece of log, ordered by depth, their probabilities and classes.
func (r *rule) judge(cs []Candidate, rowM float64) {
	for i := range cs {
		cs[i].first = r.First.probability(cs[i].ownFeatures())
	}
	addSurroundings(cs, rowM)
	for i := range cs {
		c := &cs[i]
		x := c.features()
		c.Trace, c.Fracture = r.Second.probability(x), r.Fracture.probability(x)
		c.Class, c.Score = dip.Bedding, c.Trace*(1-c.Fracture)
		if c.Fracture > 0.5 {
			c.Class, c.Score = dip.Fracture, c.Trace*c.Fracture
		}
	}
}
