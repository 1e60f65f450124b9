package metrics

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/match"
)

// sweepSteps is the number of steps from threshold 0 to 1 in the sweep.
const sweepSteps = 20

// tally is what a class scored in some wells. Everything in it adds up, so that wells can be pooled.
type tally struct {
	truths, picks int
	lengthM       float64
	depth, curve  [len(tolerancesCM)]hitTally
	errors        [len(tolerancesCM)][]pairError // of depth hits
	judged        []judgement
	sweep         [sweepSteps + 1]sweepTally
	confusion     [dip.NumClasses][dip.NumClasses]int // [truth][pick], depth hits at the headline tolerance
}

type hitTally struct {
	hits   int
	chance float64 // mean hits of random picks; NaN if not computed
}

type sweepTally struct{ picks, hits int }

// pairError is how far a hit is off.
type pairError struct {
	depthM, dipDeg float64
	azimuthDeg     float64 // NaN where the truth is too flat to judge
}

// judgement is a pick's confidence and whether it was a hit.
type judgement struct {
	confidence float64
	hit        bool
}

// newTally scores one class, or all as one, in one well.
func newTally(truth, found []item, topM, baseM float64, opt Options) (*tally, error) {
	s, err := newScene(truth, found)
	if err != nil {
		return nil, err
	}
	t := &tally{truths: len(truth), picks: len(found), lengthM: baseM - topM}
	for k, toleranceCM := range tolerancesCM {
		truthToPick, hits, err := s.match(depthWithin(toleranceCM))
		if err != nil {
			return nil, err
		}
		t.depth[k].hits = hits
		t.errors[k] = s.pairErrors(truthToPick)
		if k == headline {
			for i, p := range truthToPick {
				if p != match.Unmatched {
					t.confusion[truth[i].pick.Class][found[p].pick.Class]++
				}
			}
		}
		truthToPick, t.curve[k].hits, err = s.match(curveWithin(toleranceCM))
		if err != nil {
			return nil, err
		}
		if k == headline {
			t.judged = s.judge(truthToPick)
		}
	}
	if err := t.fillSweep(s); err != nil {
		return nil, err
	}
	return t, t.fillChance(s, topM, baseM, opt)
}

func (s *scene) pairErrors(truthToPick []int) []pairError {
	var out []pairError
	for i, p := range truthToPick {
		if p == match.Unmatched {
			continue
		}
		want, got := s.truth[i].pick, s.found[p].pick
		e := pairError{math.Abs(got.DepthM - want.DepthM), math.Abs(got.DipDeg - want.DipDeg), math.NaN()}
		if want.DipDeg > minAzimuthDipDeg {
			e.azimuthDeg = dip.AzimuthDifference(got.AzimuthDeg, want.AzimuthDeg)
		}
		out = append(out, e)
	}
	return out
}

func (s *scene) judge(truthToPick []int) []judgement {
	out := make([]judgement, len(s.found))
	for p := range s.found {
		out[p].confidence = s.found[p].pick.Confidence
	}
	for _, p := range truthToPick {
		if p != match.Unmatched {
			out[p].hit = true
		}
	}
	return out
}

// fillSweep scores curve@headline again with the picks of at least each confidence.
func (t *tally) fillSweep(s *scene) error {
	within := curveWithin(HeadlineCM)
	for k := range t.sweep {
		threshold := float64(k) / sweepSteps
		for p := range s.found {
			if s.found[p].pick.Confidence >= threshold {
				t.sweep[k].picks++
			}
		}
		_, hits, err := s.match(func(n *neighbour) (float64, bool) {
			v, allowed := within(n)
			return v, allowed && s.found[n.pick].pick.Confidence >= threshold
		})
		if err != nil {
			return err
		}
		t.sweep[k].hits = hits
	}
	return nil
}

// fillChance averages the hits of picks thrown at random into the interval.
func (t *tally) fillChance(s *scene, topM, baseM float64, opt Options) error {
	if opt.ChanceDraws == 0 {
		for k := range tolerancesCM {
			t.depth[k].chance, t.curve[k].chance = math.NaN(), math.NaN()
		}
		return nil
	}
	rng := rand.New(rand.NewPCG(opt.Seed, 0))
	thrown := slices.Clone(s.found)
	for range opt.ChanceDraws {
		for i := range thrown {
			thrown[i].curve.DepthM = topM + (baseM-topM)*rng.Float64()
		}
		sortByDepth(thrown)
		random, err := newScene(s.truth, thrown)
		if err != nil {
			return err
		}
		for k, toleranceCM := range tolerancesCM {
			_, hits, err := random.match(depthWithin(toleranceCM))
			if err != nil {
				return err
			}
			t.depth[k].chance += float64(hits) / float64(opt.ChanceDraws)
			if _, hits, err = random.match(curveWithin(toleranceCM)); err != nil {
				return err
			}
			t.curve[k].chance += float64(hits) / float64(opt.ChanceDraws)
		}
	}
	return nil
}

// add pools another well into t.
func (t *tally) add(o *tally) {
	t.truths += o.truths
	t.picks += o.picks
	t.lengthM += o.lengthM
	for k := range tolerancesCM {
		t.depth[k].hits += o.depth[k].hits
		t.depth[k].chance += o.depth[k].chance
		t.curve[k].hits += o.curve[k].hits
		t.curve[k].chance += o.curve[k].chance
		t.errors[k] = append(t.errors[k], o.errors[k]...)
	}
	t.judged = append(t.judged, o.judged...)
	for k := range t.sweep {
		t.sweep[k].picks += o.sweep[k].picks
		t.sweep[k].hits += o.sweep[k].hits
	}
	for i := range t.confusion {
		for j := range t.confusion[i] {
			t.confusion[i][j] += o.confusion[i][j]
		}
	}
}
