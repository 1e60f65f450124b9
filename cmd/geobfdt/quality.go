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

// checkQuality looks at a log before it is picked and logs what it finds.
func (a *app) checkQuality(log *imagelog.Log) (qc.Report, error) {
	found, err := qc.Check(log)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		level := zerolog.InfoLevel
		if f.Severity == qc.Warn {
			level = zerolog.WarnLevel
		}
		a.console.Log.WithLevel(level).Str("stage", "qc").Str("well", log.Well).Str("check", f.Check).Msg(f.Text)
	}
	return found, nil
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
