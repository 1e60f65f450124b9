package ablate

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/geobfdt/geobfdt/internal/atomicfile"
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/metrics"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/train"
)

// sweepFrom is the least confidence of the picks that thresholds are swept over.
const sweepFrom = 0.05

// score picks with the cell's model and scores the picks of every variant.
func (a *attempt) score(ctx context.Context, result *Result) error {
	path := filepath.Join(a.cellDir(a.cell), train.BestName)
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	bundle, err := model.Decode(data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	result.ModelHash = bundle.Hash
	if result.Matched, err = a.matched(ctx, bundle); err != nil {
		return err
	}
	var held [][]interval
	if a.cell.byPatch() {
		store, err := a.trainStore(ctx)
		if err != nil {
			return err
		}
		held = heldOut(store.Manifest())
	}
	found := map[string]*found{} // by how picks are made
	for _, v := range a.cell.Variants {
		key := fmt.Sprintf("%+v", unthresholded(v.Setup.Pick))
		if found[key] == nil {
			if found[key], err = a.pickWells(ctx, bundle, unthresholded(v.Setup.Pick), lowest(a.cell.Variants), held); err != nil {
				return err
			}
			result.Warnings = append(result.Warnings, found[key].warnings...)
		}
		one, err := a.scoreVariant(v, bundle.Hash, found[key])
		if err != nil {
			return err
		}
		result.Variants = append(result.Variants, *one)
	}
	return nil
}

// unthresholded are the options that decide which picks there are, before those of too little confidence are dropped.
func unthresholded(o infer.Options) infer.Options {
	o.Threshold, o.ThresholdFracture = 0, 0
	return o
}

// lowest is the threshold that serves all variants and the sweep.
func lowest(variants []Variant) float64 {
	least := sweepFrom
	for _, v := range variants {
		least = min(least, v.Setup.Pick.Threshold, v.Setup.Pick.ThresholdOf(dip.Fracture))
	}
	return least
}

// above keeps the picks that reach the thresholds. Picks are taken once, with a low threshold: duplicates always give way to the
// more confident one, so what is left here is what picking with these thresholds would give.
func above(all []picks.Pick, o infer.Options) (kept []picks.Pick) {
	for _, p := range all {
		if p.Confidence >= o.ThresholdOf(p.Class) {
			kept = append(kept, p)
		}
	}
	return kept
}

// scoreVariant scores the picks above a variant's thresholds and writes those of the test wells.
func (a *attempt) scoreVariant(v Variant, modelHash string, f *found) (*VariantResult, error) {
	began := time.Now()
	dir := filepath.Join(a.cellDir(a.cell), picksName, v.Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	opt := v.Setup.Pick
	for i, w := range f.blind {
		header := f.headers[i]
		header.ModelName, header.ModelHash = a.cell.Name, modelHash
		err := atomicfile.Write(filepath.Join(dir, w.Name+".csv"), func(out io.Writer) error {
			return picks.WriteCSV(out, &picks.Table{Header: header, Picks: above(w.Picks, opt)}, picks.Metres)
		})
		if err != nil {
			return nil, err
		}
	}
	r := &VariantResult{Name: v.Name, Levels: v.Levels, Threshold: opt.Threshold, ThresholdFracture: opt.ThresholdOf(dip.Fracture)}
	blind, err := scoreWells(f.blind, opt)
	if err != nil {
		return nil, err
	}
	r.Blind = *blind
	if len(f.held) > 0 {
		if r.Held, err = scoreWells(f.held, opt); err != nil {
			return nil, err
		}
	}
	a.event(Event{Stage: StageScore, Seconds: time.Since(began).Seconds()})
	return r, nil
}

// scoreWells scores what reaches the thresholds, and all of it over thresholds.
func scoreWells(wells []metrics.Well, opt infer.Options) (*Scored, error) {
	kept := slices.Clone(wells)
	for i := range kept {
		kept[i].Picks = above(kept[i].Picks, opt)
	}
	scores, err := metrics.ScoreWells(kept, metrics.DefaultOptions())
	if err != nil {
		return nil, err
	}
	for i := range scores.Wells {
		for k := range scores.Wells[i].Classes { // large, and said better by the sweep
			c := &scores.Wells[i].Classes[k]
			c.Sweep, c.Calibration.Bins = nil, nil
		}
	}
	s := &Scored{Scores: scores}
	s.Sweep, err = sweep(wells)
	return s, err
}

// sweep scores the wells over thresholds, from sweepFrom up.
func sweep(wells []metrics.Well) ([]Sweep, error) {
	all, err := metrics.ScoreWells(wells, metrics.Options{})
	if err != nil {
		return nil, err
	}
	var out []Sweep
	for k, class := range all.Pooled.Classes {
		s := Sweep{Class: class.Class, Wells: make([]WellSweep, len(wells))}
		for i := range wells {
			s.Wells[i].Truths = all.Wells[i].Classes[k].Truths
		}
		for j, p := range class.Sweep {
			if p.Threshold < sweepFrom {
				continue
			}
			if len(s.Points) == 0 || p.F1 > s.Best.F1 {
				s.Best = p
			}
			s.Points = append(s.Points, p)
			for i := range wells {
				one := all.Wells[i].Classes[k].Sweep[j]
				s.Wells[i].Picks, s.Wells[i].Hits = append(s.Wells[i].Picks, one.Picks), append(s.Wells[i].Hits, one.Hits)
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// writeTruth writes the truth of a test well, so that picks can be scored by other means too.
func (e *Experiment) writeTruth(w well, table *picks.Table) error {
	dir := filepath.Join(e.Dir, "truth")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, w.name+".csv"), func(out io.Writer) error {
		return picks.WriteCSV(out, table, picks.Metres)
	})
}

// readMetrics reads from the metrics of a run how many samples it has seen, in how many seconds, its loss, and how its masks did.
func (r *Result) readMetrics(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() {
		var line struct {
			Samples int64    `json:"samples"`
			Seconds float64  `json:"seconds"`
			Loss    *float64 `json:"loss"`
			Class   float64  `json:"class"`
			Param   float64  `json:"param"`
			Eval    struct {
				IoU *float64 `json:"mask_iou"` // only a Segmentation has masks
				F1  float64  `json:"mask_f1"`
			} `json:"eval"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		r.Samples, r.TrainSeconds = max(r.Samples, line.Samples), max(r.TrainSeconds, line.Seconds)
		if line.Loss != nil {
			r.Loss = append(r.Loss, LossPoint{line.Samples, *line.Loss, line.Class, line.Param})
		}
		if line.Eval.IoU != nil {
			r.HeldMasks = append(r.HeldMasks, MaskPoint{line.Samples, *line.Eval.IoU, line.Eval.F1})
		}
	}
	if r.TrainSeconds > 0 {
		r.SamplesPerSecond = float64(r.Samples) / r.TrainSeconds
	}
	r.Loss = thin(r.Loss)
	return lines.Err()
}

// maxLossPoints is as many as a curve of the report can show.
const maxLossPoints = 300

// thin averages neighbours until few enough points are left.
func thin(ps []LossPoint) []LossPoint {
	k := (len(ps) + maxLossPoints - 1) / maxLossPoints
	if k <= 1 {
		return ps
	}
	var out []LossPoint
	for group := range slices.Chunk(ps, k) {
		var m LossPoint
		n := float64(len(group))
		for _, p := range group {
			m.Total, m.Class, m.Param = m.Total+p.Total/n, m.Class+p.Class/n, m.Param+p.Param/n
		}
		m.Samples = group[len(group)-1].Samples
		out = append(out, m)
	}
	return out
}
