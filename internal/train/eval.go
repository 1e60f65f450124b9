package train

import (
	"fmt"
	"math"

	"github.com/geobfdt/geobfdt/internal/match"
	"github.com/geobfdt/geobfdt/internal/model"
)

// evalToleranceM is the tolerance of the curve distance (see package metrics) at which a run is judged while it trains.
const evalToleranceM = 0.05

// ClassScore is curve@5cm of one class over the held-out tiles.
type ClassScore struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Hits      int     `json:"hits"`
	Picks     int     `json:"picks"`
	Truths    int     `json:"truths"`
}

func (c *ClassScore) finish() {
	c.Precision = float64(c.Hits) / float64(max(1, c.Picks))
	c.Recall = float64(c.Hits) / float64(max(1, c.Truths))
	c.F1 = 2 * float64(c.Hits) / float64(max(1, c.Picks+c.Truths))
}

// Scores of the network alone on held-out tiles: raw queries above the threshold, in the virtual geometry, without merging and
// refinement. They steer training; wells are scored by package metrics.
type Scores struct {
	Loss       float64    `json:"loss"`
	Bedding    ClassScore `json:"bedding"`
	Fracture   ClassScore `json:"fracture"`
	ClassError float64    `json:"class_error"` // share of matched queries whose likelier class is wrong: the published measure
	Tiles      int        `json:"tiles"`
}

// Score is the mean F1 of the classes that occur.
func (s Scores) Score() float64 {
	sum, n := 0.0, 0
	for _, c := range []ClassScore{s.Bedding, s.Fracture} {
		if c.Truths > 0 {
			sum, n = sum+c.F1, n+1
		}
	}
	return sum / float64(max(1, n))
}

// evaluator scores a run's network on its first Options.EvalSamples held-out samples, with the run's own graph.
type evaluator struct{ run *run }

func (e *evaluator) scores() (Scores, error) {
	r := e.run
	var s Scores
	wrong, truths, batches := 0, 0, 0
	r.graph.Training = false
	n := max(1, r.Options.EvalSamples)
	var found []model.Detection
	for first := 0; first < n; first += r.Options.Batch {
		count := min(r.Options.Batch, n-first)
		r.Pool.Run(count, func(_, i0, i1 int) {
			for i := i0; i < i1; i++ {
				r.labels[i], r.errs[i] = r.Eval.Draw(int64(first+i), r.x[i])
				r.truths[i] = Truths(r.truths[i][:0], r.labels[i], r.net.Geometry)
				r.graph.SetInput(i, r.x[i])
			}
		})
		for i, err := range r.errs[:count] {
			if err != nil {
				return s, fmt.Errorf("held-out sample %d: %w", first+i, err)
			}
		}
		r.graph.Forward()
		res, err := r.crit.Compute(r.graph.Outputs(), r.truths[:count])
		if err != nil {
			return s, err
		}
		s.Loss += res.Total
		wrong, truths, batches = wrong+res.WrongClass, truths+res.Truths, batches+1
		for i := range count {
			found = r.net.Detections(found[:0], r.graph, i, r.Threshold)
			if err := e.count(&s, found, i); err != nil {
				return s, err
			}
		}
		s.Tiles += count
	}
	s.Loss /= float64(batches)
	s.ClassError = float64(wrong) / float64(max(1, truths))
	s.Bedding.finish()
	s.Fracture.finish()
	return s, nil
}

// count adds the hits of one tile.
func (e *evaluator) count(s *Scores, found []model.Detection, i int) error {
	rowM := e.run.net.Geometry.RowM
	for class, c := range []*ClassScore{&s.Bedding, &s.Fracture} {
		var pairs []match.Pair
		picks, truths := 0, 0
		for _, d := range found {
			if d.Class != class {
				continue
			}
			truths = 0
			for _, l := range e.run.labels[i] {
				if int(l.Class) != class {
					continue
				}
				// RMS distance round the hole, sqrt(dz^2 + |dA|^2/2).
				dist := rowM * math.Sqrt((d.D-l.D)*(d.D-l.D)+((d.A-l.A)*(d.A-l.A)+(d.B-l.B)*(d.B-l.B))/2)
				if dist <= evalToleranceM {
					pairs = append(pairs, match.Pair{Row: picks, Col: truths, Cost: dist})
				}
				truths++
			}
			picks++
		}
		truths = 0
		for _, l := range e.run.labels[i] {
			if int(l.Class) == class {
				truths++
			}
		}
		assigned, err := match.AssignSparse(picks, truths, pairs)
		if err != nil {
			return err
		}
		for _, t := range assigned {
			if t >= 0 {
				c.Hits++
			}
		}
		c.Picks += picks
		c.Truths += truths
	}
	return nil
}
