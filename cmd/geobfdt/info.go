package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/imagelog"
)

func newInfoCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "info FILE...",
		Short: "Say what is in an image log",
		Long: `info opens image logs as every other command does and prints size, depths, azimuth reference, share of the wall seen,
curves, and what had to be assumed. Formats are told by content: LAS, NPZ, NPY, CSV matrix, PNG, TIFF.

With several files, those that can be read are printed and the others named on stderr (exit status 3).`,
		Example: `  geobfdt info well.npz
  geobfdt info picture.png --image-top 1200 --image-base 1210 --reference north
  geobfdt info --json *.las | jq .coverage`,
		Args: cobra.MinimumNArgs(1),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line for each file")
	input := newInputFlags(cmd.Flags())
	cmd.RunE = a.run(func(cmd *cobra.Command, paths []string) error {
		var failed []error
		for i, path := range paths {
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			log, err := input.read(a, path)
			if err != nil {
				failed = append(failed, err)
				continue
			}
			info := describe(path, log)
			if asJSON {
				err = json.NewEncoder(a.stdout).Encode(info)
			} else {
				err = info.writeText(a.stdout, i > 0)
			}
			if err != nil {
				return err
			}
		}
		if len(failed) > 0 && len(failed) < len(paths) {
			return &cliio.PartialError{Done: len(paths) - len(failed), Failed: len(failed), Err: errors.Join(failed...)}
		}
		return errors.Join(failed...)
	})
	return cmd
}

// logInfo is what info prints of an image log.
type logInfo struct {
	File           string      `json:"file"`
	Well           string      `json:"well"`
	Rows           int         `json:"rows"`
	Columns        int         `json:"columns"`
	TopM           float64     `json:"top_m"`
	BaseM          float64     `json:"base_m"`
	StepM          float64     `json:"step_m"` // median; 0 for a single row
	Reference      string      `json:"azimuth_reference"`
	DeclinationDeg float64     `json:"declination_deg,omitempty"`
	Coverage       float64     `json:"coverage"` // share of pixels where the wall was seen
	Curves         []curveInfo `json:"curves"`
	Warnings       []string    `json:"warnings"`
}

// curveInfo is a curve that has values: where they lie and for which share of the rows they exist.
type curveInfo struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	Share float64 `json:"share"`
}

func describe(path string, log *imagelog.Log) logInfo {
	seen := 0
	for _, ok := range log.Mask {
		if ok {
			seen++
		}
	}
	info := logInfo{
		File: path, Well: log.Well, Rows: log.Rows(), Columns: log.Columns(),
		TopM: log.DepthM[0], BaseM: log.DepthM[log.Rows()-1], StepM: log.StepM(),
		Reference: string(log.Reference), DeclinationDeg: log.DeclinationDeg,
		Coverage: float64(seen) / float64(len(log.Mask)),
		Curves:   []curveInfo{}, Warnings: append([]string{}, log.Warnings...),
	}
	if math.IsNaN(info.StepM) {
		info.StepM = 0
	}
	for _, c := range []struct {
		name, unit string
		values     []float64
	}{
		{"deviation", "deg", log.DeviDeg}, {"hole azimuth", "deg", log.HaziDeg},
		{"pad 1 azimuth", "deg", log.P1NODeg}, {"relative bearing", "deg", log.RBDeg},
		{"caliper 1", "in", log.C1In}, {"caliper 2", "in", log.C2In}, {"bit size", "in", log.BSIn},
	} {
		if curve, ok := describeCurve(c.name, c.unit, c.values); ok {
			info.Curves = append(info.Curves, curve)
		}
	}
	return info
}

func describeCurve(name, unit string, values []float64) (curveInfo, bool) {
	c := curveInfo{Name: name, Unit: unit, Min: math.Inf(1), Max: math.Inf(-1)}
	finite := 0
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			c.Min, c.Max = min(c.Min, v), max(c.Max, v)
			finite++
		}
	}
	if finite == 0 {
		return c, false
	}
	c.Share = float64(finite) / float64(len(values))
	return c, true
}

// writeText writes the description for people; apart puts an empty line before it.
func (i *logInfo) writeText(w io.Writer, apart bool) error {
	var b strings.Builder
	if apart {
		b.WriteByte('\n')
	}
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) { fmt.Fprintf(table, name+"\t"+format+"\n", args...) }
	line("file", "%s", i.File)
	line("well", "%s", i.Well)
	line("image", "%d rows x %d columns, %.0f %% of the wall seen", i.Rows, i.Columns, 100*i.Coverage)
	line("depth", "%.3f to %.3f m, step %.4g mm", i.TopM, i.BaseM, 1000*i.StepM)
	reference := i.Reference
	if i.DeclinationDeg != 0 {
		reference = fmt.Sprintf("%s, declination %g deg", reference, i.DeclinationDeg)
	}
	line("azimuth from", "%s", reference)
	for _, c := range i.Curves {
		line(c.Name, "%.4g to %.4g %s (%.0f %% of rows)", c.Min, c.Max, c.Unit, 100*c.Share)
	}
	for _, warning := range i.Warnings {
		line("assumed", "%s", warning)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}
