package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/geobfdt/geobfdt/internal/ablate"
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/train"
)

// ablateWatch shows a run of an ablation: one bar over the samples of all cells, log lines at the ends of stages, and, if asked for,
// one line of JSON on stdout for each cell.
type ablateWatch struct {
	a     *app
	bar   *cliio.Progress
	seen  map[string]int64 // samples by cell
	sum   int64
	lines *json.Encoder // nil: none
}

// watchAblation begins the bar; its total is what the cells that are not done have to train.
func (a *app) watchAblation(e *ablate.Experiment, cells []ablate.Cell, lines bool) (*ablateWatch, error) {
	w := &ablateWatch{a: a, seen: map[string]int64{}}
	if lines {
		w.lines = json.NewEncoder(a.stdout)
	}
	var total int64
	done := 0
	for _, c := range cells {
		state, err := e.State(c)
		if err == nil && state == ablate.StateDone {
			done++
			continue
		}
		// A state that cannot be read fails its cell, not the run.
		total += c.Setup().Train.Samples
	}
	a.console.Log.Info().Int("cells", len(cells)).Int("done", done).Int64("samples", total).Int("threads", a.ablationThreads()).Str("isa", kernel.ISA()).Msg("ablate")
	w.bar = a.console.Start("ablate", total)
	return w, nil
}

func (w *ablateWatch) progress(c ablate.Cell, p train.Progress) {
	w.sum += p.Samples - w.seen[c.Name]
	w.seen[c.Name] = p.Samples
	w.bar.Update(w.sum, c.Name+" "+trainNote(p), append([]any{"cell", c.Name, "stage", ablate.StageTrain}, trainFields(p)...)...)
}

func (w *ablateWatch) event(c ablate.Cell, e ablate.Event) {
	line := w.a.console.Log.Info()
	switch e.Stage {
	case ablate.StagePick, ablate.StageScore, ablate.StageMatch, ablate.StageTiles:
		line = w.a.console.Log.Debug()
	case ablate.StageWarning:
		line = w.a.console.Log.Warn()
	case ablate.StageFailed:
		line = w.a.console.Log.Error()
	}
	line = line.Str("cell", c.Name).Int("index", c.Index).Str("stage", e.Stage)
	if e.Well != "" {
		line = line.Str("well", e.Well)
	}
	if e.Stage != ablate.StageBegin {
		line = line.Str("seconds", fmt.Sprintf("%.1f", e.Seconds))
	}
	if e.PerSecond > 0 {
		line = line.Int64("samples", e.Samples).Str("samples_per_second", fmt.Sprintf("%.1f", e.PerSecond))
	}
	if e.Error != "" {
		line = line.Str("error", e.Error)
	}
	line.Msg("cell")
}

// cellLine is the line of a cell on stdout.
type cellLine struct {
	Time      string       `json:"time"`
	Index     int          `json:"index"`
	Cell      string       `json:"cell"`
	Hash      string       `json:"hash"`
	State     ablate.State `json:"state"`  // done | failed
	Before    ablate.State `json:"before"` // done: nothing was to be done
	Seconds   float64      `json:"seconds"`
	PerSecond float64      `json:"samples_per_second,omitempty"`
	Error     string       `json:"error,omitempty"`
}

func (w *ablateWatch) finished(o ablate.Outcome) {
	if o.Before == ablate.StateDone {
		w.a.console.Log.Debug().Str("cell", o.Cell.Name).Msg("done before")
	}
	if w.lines == nil {
		return
	}
	line := cellLine{
		Time: time.Now().UTC().Format(time.RFC3339), Index: o.Cell.Index, Cell: o.Cell.Name, Hash: o.Cell.Hash, State: ablate.StateDone,
		Before: o.Before, Seconds: o.Seconds,
	}
	if o.Err != nil {
		line.State, line.Error = ablate.StateFailed, o.Err.Error()
	} else {
		line.PerSecond = o.Result.SamplesPerSecond
	}
	if err := w.lines.Encode(line); err != nil {
		w.a.console.Log.Warn().Err(err).Msg("status line of a cell")
	}
}
