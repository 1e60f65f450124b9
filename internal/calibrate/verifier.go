package calibrate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/optim"
)

// VerifierOptions of TrainVerifier.
type VerifierOptions struct {
	Samples int64 // strips that the verifier sees in total
	Batch   int
	LR      float64
	Seed    int64
	First   int     // strips that are cut before training begins
	Report  int64   // samples between two reports
	Keep    float64 // share of the weights that the verifier had before in those of the result, [0, 1); 0 for a new one
	State   string  // file to save to every stateEvery samples and to go on from, if it is of the same training; "" for none
}

// VerifierProgress of TrainVerifier, since the last one.
type VerifierProgress struct {
	Samples int64
	Wells   int
	Strips  int     // in store
	Class   float64 // cross-entropy
	Move    float64 // mean absolute error of D, A and B of right curves, rows
	Before  float64 // what Move would be without the verifier
	Right   float64 // share of strips whose class is told right

	seen, moved int // strips, and those of them with a move
}

// Constants of the training of a verifier.
const (
	storedStrips = 20_000 // of the last wells; a strip of the default model is 48 KiB
	looks        = 3      // how often a strip is seen, in the mean
	stateEvery   = 25_600 // samples
	rightM       = 0.05   // a curve this near to a truth is on it
	wrongM       = 0.08   // a curve this far from every truth is on none; what lies between teaches nothing
	jittered     = 2      // strips beside each truth, for every 1 the detector may have
	jitterRows   = 5      // standard deviation of the flat ones
	moveWeight   = 0.25   // of a row of error against the class
	finalLR      = 0.01
	warmupSteps  = 100
)

// strip is a training sample.
type strip struct {
	x     []float32
	class int
	move  [3]float32 // D, A, B, rows; for class < Empty
}

// verifierSource draws wells and cuts strips out of them.
type verifierSource struct {
	bundle *model.Bundle
	picker *infer.Picker
	draw   func(i int) (Well, error)
	rng    *rand.Rand
	strips []strip
	oldest int
	wells  int
}

// TrainVerifier trains the second look of a bundle's network, the one that it has or a new one, on the wells that draw gives, which are
// as many as it takes.
func TrainVerifier(ctx context.Context, b *model.Bundle, pick infer.Options, opt VerifierOptions, pool *kernel.Pool, draw func(i int) (Well, error), progress func(VerifierProgress)) (*model.Verifier, error) {
	v, before := b.Verifier, map[string]*tensor.Dense{}
	if v != nil {
		v.Params.Save(before)
	} else {
		var err error
		if v, err = model.NewVerifier(b.Tile.Columns, opt.Seed); err != nil {
			return nil, err
		}
	}
	scout := *b // proposes what the verifier, as it is by then, would get to look at
	scout.Calibration, scout.Verifier = nil, v
	pick.Refine = true
	pick.Threshold, pick.ThresholdFracture = pick.Candidate, pick.Candidate
	picker, err := infer.NewPicker(&scout, pick, pool)
	if err != nil {
		return nil, err
	}
	src := &verifierSource{bundle: b, picker: picker, draw: draw, rng: rand.New(rand.NewPCG(uint64(opt.Seed), 0x7374_7269))}
	g := v.Build(pool, opt.Batch, true)
	g.Training = true
	adam := optim.NewAdamW(v.Params, 0.9, 0.999, 1e-4, pool)
	state := verifierState{path: opt.State, key: fmt.Sprintf("%s %d %d %g %d", b.Hash, opt.Samples, opt.Batch, opt.LR, opt.Seed)}
	p := VerifierProgress{}
	if p.Samples, src.wells, err = state.load(v, adam); err != nil {
		return nil, err
	}
	schedule := optim.Schedule{Peak: opt.LR, Final: finalLR, Warmup: warmupSteps, Total: (opt.Samples + int64(opt.Batch) - 1) / int64(opt.Batch)}
	batch := make([]strip, opt.Batch)
	for i := range batch {
		batch[i].x = make([]float32, v.Strip.Size())
	}
	fresh := 0
	for p.Samples < opt.Samples {
		if ctx.Err() != nil {
			return nil, errors.Join(context.Cause(ctx), state.save(v, adam, p.Samples, src.wells))
		}
		for fresh < opt.Batch || len(src.strips) < opt.First {
			n, err := src.add(ctx, v.Strip)
			if ctx.Err() != nil {
				return nil, errors.Join(context.Cause(ctx), state.save(v, adam, p.Samples, src.wells))
			} else if err != nil {
				return nil, err
			}
			fresh += n * looks
		}
		fresh -= opt.Batch
		src.sample(batch, v.Strip, pool)
		for i := range batch {
			g.SetInput(i, batch[i].x)
		}
		g.Forward()
		g.ZeroGrad()
		p.add(g, batch)
		g.Backward()
		adam.Clip(1)
		adam.Step(schedule.At(p.Samples / int64(opt.Batch)))
		p.Samples += int64(opt.Batch)
		if progress != nil && crossed(p.Samples, opt.Batch, opt.Report) {
			progress(p.mean(src))
			p = VerifierProgress{Samples: p.Samples}
		}
		if crossed(p.Samples, opt.Batch, stateEvery) {
			if err := state.save(v, adam, p.Samples, src.wells); err != nil {
				return nil, err
			}
		}
	}
	if opt.Keep > 0 {
		if err := blend(v, before, opt.Keep); err != nil {
			return nil, err
		}
	}
	return v, state.remove()
}

// blend makes the weights of a verifier the mean of its own and of others, of share others. Between the weights that a training went on from and those
// that it came to lie some that are better than either on data of both kinds (Wortsman et al. 2022, Robust fine-tuning of zero-shot models).
func blend(v *model.Verifier, others map[string]*tensor.Dense, share float64) error {
	mixed := map[string]*tensor.Dense{}
	v.Params.Save(mixed)
	for name, t := range mixed {
		own, other := t.Data().([]float32), others[name].Data().([]float32)
		for i := range own {
			own[i] += float32(share) * (other[i] - own[i])
		}
	}
	return v.LoadParams(mixed)
}

// crossed tells whether a multiple of every lies in the last batch.
func crossed(samples int64, batch int, every int64) bool {
	return every > 0 && samples/every != (samples-int64(batch))/every
}

// mean turns the sums into means.
func (p VerifierProgress) mean(s *verifierSource) VerifierProgress {
	n, moves := float64(max(1, p.seen)), float64(max(1, p.moved))
	return VerifierProgress{Samples: p.Samples, Wells: s.wells, Strips: len(s.strips), Class: p.Class / n, Move: p.Move / moves, Before: p.Before / moves, Right: p.Right / n}
}

// add writes the gradients of a batch and adds to the sums of the progress.
func (p *VerifierProgress) add(g *model.VerifierGraph, batch []strip) {
	n := float32(len(batch))
	for i := range batch {
		s := &batch[i]
		q := g.Probabilities(i)
		p.seen++
		d := g.Logits.GradRow(i)
		best := 0
		for k := range q {
			d[k] = float32(q[k]) / n
			if q[k] > q[best] {
				best = k
			}
		}
		d[s.class] -= 1 / n
		p.Class -= math.Log(max(1e-12, q[s.class]))
		if best == s.class {
			p.Right++
		}
		if s.class == model.Empty {
			continue
		}
		p.moved++
		out, grad := g.Move.Row(i), g.Move.GradRow(i)
		for k, want := range s.move {
			e := out[k] - want
			p.Move += math.Abs(float64(e)) / 3
			p.Before += math.Abs(float64(want)) / 3
			grad[k] = moveWeight / n
			if e < 0 {
				grad[k] = -grad[k]
			}
		}
	}
}

// add draws one well and cuts its candidates, and curves beside its truths. It returns how many strips there were.
func (s *verifierSource) add(ctx context.Context, geo model.StripGeometry) (int, error) {
	w, err := s.draw(s.wells)
	if err != nil {
		return 0, err
	}
	s.wells++
	found, res, err := s.picker.Proposals(ctx, w.Log)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", w.Log.Well, err)
	}
	defer res.Grid.Close() // what is wrong with a temporary file has shown when it was read
	rowM := res.Grid.Options().RowM
	var truths []truth
	for i := range w.Truth {
		t := truth{class: int(w.Truth[i].Class), trace: w.Truth[i].Trace()}
		t.d, t.a, t.b = t.trace.Rows(res.Grid.TopM(), rowM)
		truths = append(truths, t)
	}
	curves := make([]infer.Curve, 0, len(found)+jittered*len(truths))
	for i := range found {
		curves = append(curves, found[i].Curve)
	}
	for _, t := range truths {
		for range jittered {
			reach := jitterRows * s.rng.Float64()
			tall := reach * math.Sqrt2 * (1 + math.Hypot(t.a, t.b)/100)
			curves = append(curves, infer.Curve{D: t.d + reach*s.rng.NormFloat64(), A: t.a + tall*s.rng.NormFloat64(), B: t.b + tall*s.rng.NormFloat64()})
		}
	}
	cutter := infer.NewStraightener(infer.GridRaster(res.Grid), geo)
	n := 0
	for _, c := range curves {
		smp := strip{class: model.Empty}
		nearest := math.Inf(1)
		at := dip.CurveFromRows(c.D, c.A, c.B, res.Grid.TopM(), rowM)
		for _, t := range truths {
			if d := dip.CurveDistanceM(at, t.trace); d < nearest {
				nearest = d
				smp.class = t.class
				smp.move = [3]float32{float32(t.d - c.D), float32(t.a - c.A), float32(t.b - c.B)}
			}
		}
		switch {
		case nearest > wrongM:
			smp.class = model.Empty
		case nearest > rightM:
			continue
		}
		smp.x = make([]float32, geo.Size())
		cutter.Cut(smp.x, c)
		if len(s.strips) < storedStrips {
			s.strips = append(s.strips, smp)
		} else {
			s.strips[s.oldest] = smp
			s.oldest = (s.oldest + 1) % storedStrips
		}
		n++
	}
	return n, nil
}

// truth is a sinusoid in rows of the grid.
type truth struct {
	class   int
	trace   dip.Curve
	d, a, b float64
}

// sample fills a batch with stored strips, each turned by the symmetries of the hole: rolled in azimuth, mirrored, upside down.
func (s *verifierSource) sample(batch []strip, geo model.StripGeometry, pool *kernel.Pool) {
	from, turns := make([]*strip, len(batch)), make([]infer.Turn, len(batch))
	for i := range batch {
		from[i] = &s.strips[s.rng.IntN(len(s.strips))]
		turns[i] = infer.Turn{Roll: s.rng.IntN(geo.Columns), Mirror: s.rng.IntN(2) == 0, Flip: s.rng.IntN(2) == 0}
	}
	pool.Run(len(batch), func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			to, m := &batch[i], from[i].move
			to.class = from[i].class
			turns[i].Strip(to.x, from[i].x, geo)
			d, a, b := turns[i].Move(float64(m[0]), float64(m[1]), float64(m[2]), geo.Columns)
			to.move = [3]float32{float32(d), float32(a), float32(b)}
		}
	})
}
