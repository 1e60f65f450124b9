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

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/metrics"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/train"
)

// picksName is the folder of picks in a cell's folder.
const picksName = "picks"

// sweepFrom is the least confidence of the picks that thresholds are swept over.
const sweepFrom = 0.05

// above keeps the picks that reach the thresholds. Picks are taken once, with a low threshold: duplicates always give way to the
// more confident one, so what is left here is what picking with the arm's thresholds would give.
func above(all []picks.Pick, o infer.Options) (kept []picks.Pick) {
	for _, p := range all {
		if p.Confidence >= o.ThresholdOf(p.Class) {
			kept = append(kept, p)
		}
	}
	return kept
}

// score picks the test wells with the best model of a cell, and scores the picks.
func (r *runner) score(ctx context.Context, c Cell, result *Result) error {
	path := filepath.Join(r.cellDir(c), train.BestName)
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	bundle, err := model.Decode(data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	result.ModelHash = bundle.Hash
	opt := c.Setup.Pick
	opt.Threshold = min(sweepFrom, opt.Threshold, opt.ThresholdOf(dip.Fracture))
	opt.ThresholdFracture = 0
	picker, err := infer.NewPicker(bundle, opt, r.Pool)
	if err != nil {
		return err
	}
	var atThreshold, swept []metrics.Well
	wells := ofSplit(r.wells, SplitTest)
	for i, w := range wells {
		log, truth, err := w.load()
		if err != nil {
			return err
		}
		// Progress counts wells in thousandths: wells differ in length.
		found, err := picker.Pick(ctx, log, func(done, total int) {
			r.progress(StagePick, int64(1000*i+1000*done/max(1, total)), int64(1000*len(wells)), w.name)
		})
		if err != nil {
			return &WellError{w.name, err}
		}
		if err := found.Grid.CheckLabels(truth); err != nil {
			return &WellError{w.name, err}
		}
		for _, text := range slices.Concat(log.Warnings, found.Warnings) {
			result.Warnings = append(result.Warnings, w.name+": "+text)
		}
		header := picks.Header{Well: log.Well, Reference: string(log.Reference), DeclinationDeg: log.DeclinationDeg, Command: r.Command}
		if err := r.writeTruth(w, &picks.Table{Header: header, Picks: truth}); err != nil {
			return err
		}
		kept := above(found.Picks, c.Setup.Pick)
		header.ModelName, header.ModelHash = c.Name(), bundle.Hash
		err = writeFile(filepath.Join(r.cellDir(c), picksName, w.name+".csv"), func(out io.Writer) error {
			return picks.WriteCSV(out, &picks.Table{Header: header, Picks: kept}, picks.Metres)
		})
		if err != nil {
			return err
		}
		one := metrics.Well{Name: w.name, Truth: truth, Picks: kept, TopM: found.Grid.TopM(), BaseM: found.Grid.BaseM()}
		atThreshold = append(atThreshold, one)
		one.Picks = found.Picks
		swept = append(swept, one)
	}
	if result.Scores, err = metrics.ScoreWells(atThreshold, metrics.DefaultOptions()); err != nil {
		return err
	}
	result.Sweep, err = sweep(swept)
	return err
}

// sweep scores the wells over thresholds, from sweepFrom up.
func sweep(wells []metrics.Well) ([]Sweep, error) {
	all, err := metrics.ScoreWells(wells, metrics.Options{})
	if err != nil {
		return nil, err
	}
	var out []Sweep
	for _, class := range all.Pooled.Classes {
		s := Sweep{Class: class.Class}
		for _, p := range class.Sweep {
			if p.Threshold < sweepFrom {
				continue
			}
			if len(s.Points) == 0 || p.F1 > s.Best.F1 {
				s.Best = p
			}
			s.Points = append(s.Points, p)
		}
		out = append(out, s)
	}
	return out, nil
}

// trained reads from the metrics of a run how many samples it has seen, and in how many seconds.
func trained(path string) (samples int64, seconds float64, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0, 0, err
	}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() {
		var line struct {
			Samples int64   `json:"samples"`
			Seconds float64 `json:"seconds"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return 0, 0, fmt.Errorf("%s: %w", path, err)
		}
		samples, seconds = max(samples, line.Samples), max(seconds, line.Seconds)
	}
	return samples, seconds, lines.Err()
}
