package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/metrics"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/synth"
)

// suiteOptions are those of eval --suite: fixed synthetic wells of every kind, picked and scored.
type suiteOptions struct {
	models, methods []string
	synthWells
}

// suitePresets are the kinds of well that are scored when none is named: all but the training worlds.
func suitePresets() (names []string) {
	for _, p := range synth.Presets() {
		if !p.World() {
			names = append(names, p.Name)
		}
	}
	return names
}

// suiteRow is the score of one picker on the wells of one kind.
type suiteRow struct {
	Picker  string          `json:"picker"`
	Hash    string          `json:"hash"`
	Preset  string          `json:"preset"`
	Wells   int             `json:"wells"`
	Seed    uint64          `json:"first_seed"`
	Summary metrics.Summary `json:"summary"`
}

func (a *app) evalSuite(ctx context.Context, opt suiteOptions, out string, asJSON bool) error {
	if len(opt.presets) == 0 {
		opt.presets = suitePresets()
	}
	methods, err := contestants(opt.models, opt.methods)
	if err != nil {
		return err
	}
	pool := a.newPool()
	defer pool.Close()
	pickers := make([]wellPicker, len(methods))
	for i, m := range methods {
		if pickers[i], err = m.picker(a, pool); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	wells := make([][]metrics.Well, len(opt.presets)*len(methods)) // of preset 0 by every method, of preset 1, ...
	err = opt.each(a, "suite", func(preset int, log *imagelog.Log, truth []picks.Pick) error {
		for i, picker := range pickers {
			res, err := picker.Pick(ctx, log, nil)
			if err != nil {
				return fmt.Errorf("%s: %w", log.Well, err)
			}
			k := preset*len(methods) + i
			wells[k] = append(wells[k], metrics.Well{Name: log.Well, Truth: truth, Picks: res.Picks, TopM: log.DepthM[0], BaseM: log.DepthM[log.Rows()-1]})
		}
		return nil
	})
	if err != nil {
		return err
	}
	rows := make([]suiteRow, len(wells))
	for k := range wells {
		m, preset := methods[k%len(methods)], opt.presets[k/len(methods)]
		s, err := metrics.ScoreWells(wells[k], metrics.DefaultOptions())
		if err != nil {
			return fmt.Errorf("%s: %w", preset, err)
		}
		rows[k] = suiteRow{Picker: m.name, Hash: m.hash, Preset: preset, Wells: opt.wells, Seed: opt.seed, Summary: s}
	}
	return cliio.WriteFile(out, a.stdout, func(w io.Writer) error {
		switch {
		case asJSON:
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(rows)
		case len(methods) == 1:
			return writeSuite(w, rows)
		}
		return writeContest(w, methods, rows)
	})
}

// writeSuite writes a Markdown table: curve@5cm F1 with its interval between wells, and chance in brackets.
func writeSuite(w io.Writer, rows []suiteRow) error {
	var b strings.Builder
	fmt.Fprintf(&b, "curve@5cm F1, in brackets the 95 %% interval between wells; then chance. %s %.12s.\n\n", rows[0].Picker, rows[0].Hash)
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

// writeContest writes a Markdown table with a column for each picker and four lines for each kind of well. rows are ordered by preset,
// then by method.
func writeContest(w io.Writer, methods []method, rows []suiteRow) error {
	var b strings.Builder
	fmt.Fprintf(&b, "curve@5cm F1, in brackets the 95 %% interval between wells; then the chance level of these picks. Wells: %d of every kind from seed %d.\n\n", rows[0].Wells, rows[0].Seed)
	fmt.Fprint(&b, "| wells | |")
	for _, m := range methods {
		fmt.Fprintf(&b, " %s %.12s |", m.name, m.hash)
	}
	fmt.Fprintf(&b, "\n|---|---|%s\n", strings.Repeat("---|", len(methods)))
	for ; len(rows) > 0; rows = rows[len(methods):] {
		name := rows[0].Preset
		for _, class := range []string{"bedding", "fracture", metrics.Any} {
			title := class
			if class == metrics.Any {
				title = "classes ignored"
			}
			fmt.Fprintf(&b, "| %s | %s |", name, title)
			for i := range methods {
				h := rows[i].Summary.Pooled.Class(class).Headline()
				fmt.Fprintf(&b, " %s%s; %s |", cell(h.F1), interval(h.F1Interval), cell(h.ChanceF1))
			}
			fmt.Fprintln(&b)
		}
		fmt.Fprintf(&b, "| %s | false in 10 m |", name)
		for i := range methods {
			fmt.Fprintf(&b, " %s |", cell(rows[i].Summary.Pooled.Class(metrics.Any).FalsePer10M))
		}
		fmt.Fprintln(&b)
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
