package main

import (
	"fmt"
	"io"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/plot"
	"github.com/geobfdt/geobfdt/internal/report"
)

// writeReport writes the web page of a picked well. bundle is nil where no network picked it.
func (a *app) writeReport(w io.Writer, log *imagelog.Log, table *picks.Table, bundle *model.Bundle, qc []report.QCLine) error {
	return report.Write(w, report.Input{
		Log: log, Table: table, QC: qc,
		Model: modelFields(table.ModelName, bundle),
		Run: []plot.Field{
			{Name: "program", Value: versionLine()},
			{Name: "instruction set", Value: kernel.ISA()},
			{Name: "file", Value: log.Source},
		},
		Config: string(a.cfg.YAML()),
	}, report.Options{})
}

// modelFields is a model's card in short: what its file says of itself.
func modelFields(name string, b *model.Bundle) []plot.Field {
	fields := []plot.Field{{Name: "name", Value: name}}
	if b == nil {
		return fields
	}
	tile := fmt.Sprintf("%d rows x %d columns, %g m", b.Tile.Rows, b.Tile.Columns, float64(b.Tile.Rows)*b.Tile.RowM)
	confidence := "the network's score"
	if b.Calibration != nil {
		confidence = "calibrated"
	}
	for _, f := range []plot.Field{
		{Name: "SHA-256", Value: b.Hash},
		{Name: "tile", Value: tile},
		{Name: "confidence", Value: confidence},
		{Name: "trained on", Value: b.Record.Data},
		{Name: "seed", Value: fmt.Sprint(b.Record.Seed)},
		{Name: "configuration", Value: shortHash(b.Record.ConfigHash)},
		{Name: "trained with", Value: b.Record.Version},
		{Name: "started from", Value: shortHash(b.Record.Init)},
	} {
		if f.Value != "" {
			fields = append(fields, f)
		}
	}
	return fields
}
