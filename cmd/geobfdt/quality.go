package main

import (
	"encoding/json"
	"fmt"

	"github.com/rs/zerolog"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/qc"
	"github.com/geobfdt/geobfdt/internal/report"
)

// qualityCheck is quality control of a log, done beside other work.
type qualityCheck struct {
	done     chan struct{}
	found    qc.Report
	err      error
	panicked any
}

// startQuality begins to look for what is wrong with a log, and logs what it finds; with one thread it is done when startQuality returns.
// The log must stay open until wait has returned.
func (a *app) startQuality(log *imagelog.Log, threads int) *qualityCheck {
	q := &qualityCheck{done: make(chan struct{})}
	check := func() {
		defer close(q.done)
		defer func() { q.panicked = recover() }()
		q.found, q.err = qc.Check(log)
		for _, f := range q.found {
			level := zerolog.InfoLevel
			if f.Severity == qc.Warn {
				level = zerolog.WarnLevel
			}
			a.console.Log.WithLevel(level).Str("stage", "qc").Str("well", log.Well).Str("check", f.Check).Msg(f.Text)
		}
	}
	if threads == 1 {
		check()
	} else {
		go check()
	}
	return q
}

// wait returns what was found, once all is. A panic of the check goes on here, where it can be caught.
func (q *qualityCheck) wait() (qc.Report, error) {
	<-q.done
	if q.panicked != nil {
		panic(q.panicked)
	}
	return q.found, q.err
}

// reportLines are the findings as the web page shows them.
func reportLines(found qc.Report) []report.QCLine {
	out := make([]report.QCLine, len(found))
	for i, f := range found {
		level := report.LevelInfo
		if f.Severity == qc.Warn {
			level = report.LevelWarn
		}
		out[i] = report.QCLine{Level: level, Text: f.Text}
	}
	return out
}

// writeQuality writes the findings as JSON.
func writeQuality(out *cliio.Output, well string, found qc.Report) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	err := enc.Encode(struct {
		Well     string    `json:"well"`
		Warnings int       `json:"warnings"`
		QC       qc.Report `json:"qc"`
	}{well, found.Warnings(), found})
	if err != nil {
		return fmt.Errorf("quality control: %w", err)
	}
	return out.Commit()
}
