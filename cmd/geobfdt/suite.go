package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/metrics"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/synth"
)

// suiteOptions are those of eval --suite: fixed synthetic wells of every kind, picked and scored.
type suiteOptions struct {
	model string
	synthWells
}

// suitePresets are the kinds of well that are scored when none is named: all but the training worlds.
func suitePresets() (names []string) {
	for _, p := range synth.Presets() {
		if !strings.HasPrefix(p.Name, "train") {
			names = append(names, p.Name)
		}
	}
	return names
}

// suiteRow is the score of the wells of one kind.
type suiteRow struct {
	Preset  string          `json:"preset"`
	Wells   int             `json:"wells"`
	Seed    uint64          `json:"first_seed"`
	Summary metrics.Summary `json:"summary"`
}

func (a *app) evalSuite(ctx context.Context, opt suiteOptions, out string, asJSON bool) error {
	if len(opt.presets) == 0 {
		opt.presets = suitePresets()
	}
	bundle, _, err := loadModel(opt.model)
	if err != nil {
		return err
	}
	pool := a.newPool()
	defer pool.Close()
	picker, err := infer.NewPicker(bundle, a.cfg.Pick, pool)
	if err != nil {
		return &cliio.UsageError{Err: err}
	}
	wells := make([][]metrics.Well, len(opt.presets))
	err = opt.each(a, "suite", func(preset int, log *imagelog.Log, truth []picks.Pick) error {
		res, err := picker.Pick(ctx, log, nil)
		if err != nil {
			return fmt.Errorf("%s: %w", log.Well, err)
		}
		wells[preset] = append(wells[preset], metrics.Well{Name: log.Well, Truth: truth, Picks: res.Picks, TopM: log.DepthM[0], BaseM: log.DepthM[log.Rows()-1]})
		return nil
	})
	if err != nil {
		return err
	}
	var rows []suiteRow
	for i, name := range opt.presets {
		s, err := metrics.ScoreWells(wells[i], metrics.DefaultOptions())
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		rows = append(rows, suiteRow{Preset: name, Wells: opt.wells, Seed: opt.seed, Summary: s})
	}
	return cliio.WriteFile(out, a.stdout, func(w io.Writer) error {
		if asJSON {
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(rows)
		}
		return writeSuite(w, rows, bundle.Hash)
	})
}

// writeSuite writes a Markdown table: curve@5cm F1 with its interval between wells, and chance in brackets.
func writeSuite(w io.Writer, rows []suiteRow, hash string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "curve@5cm F1, in brackets the 95 %% interval between wells; then chance. Model %.12s.\n\n", hash)
	fmt.Fprintln(&b, "| wells | bedding | chance | fracture | chance | classes ignored | chance | false in 10 m | dip within 1 deg | class error |")
	fmt.Fprintln(&b, "|---|---|---|---|---|---|---|---|---|---|")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s, %d from seed %d |", r.Preset, r.Wells, r.Seed)
		for _, class := range []string{"bedding", "fracture", metrics.Any} {
			h := r.Summary.Pooled.Class(class).Headline()
			fmt.Fprintf(&b, " %s%s | %s |", cell(h.F1), interval(h.F1Interval), cell(h.ChanceF1))
		}
		all := r.Summary.Pooled.Class(metrics.Any)
		dip := "-"
		for _, d := range all.Depth {
			if d.ToleranceCM == metrics.HeadlineCM && d.Errors != nil {
				dip = cell(d.Errors.DipWithin1Deg)
			}
		}
		fmt.Fprintf(&b, " %s | %s | %s |\n", cell(all.FalsePer10M), dip, cell(r.Summary.Pooled.ClassError))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func cell(v metrics.Value) string {
	if v != v { // does not exist
		return "-"
	}
	return fmt.Sprintf("%.2f", v)
}

func interval(i *metrics.Interval) string {
	if i == nil || i.Low != i.Low {
		return ""
	}
	return fmt.Sprintf(" (%.2f-%.2f)", i.Low, i.High)
}
