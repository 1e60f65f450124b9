package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/qc"
	"github.com/geobfdt/geobfdt/internal/wellfile"
)

func newInfoCmd(a *app) *cobra.Command {
	var asJSON, quality bool
	cmd := &cobra.Command{
		Use:   "info FILE...",
		Short: "Say what is in an image log",
		Long: `info opens image logs as every other command does and prints size, depths, azimuth reference, share of the wall seen,
curves, and what had to be assumed. Formats are told by content: DLIS, LIS79, LAS, NPZ, NPY, CSV matrix, PNG, TIFF.

Of a DLIS file it also prints the logical files with their frames and channels, what could be the image, and what is wrong with
the file: even where there is no image, or where one has to be chosen with --image-channel (the exit status says so).

With several files, those that can be read are printed and the others named on stderr (exit status 3).`,
		Example: `  geobfdt info well.npz
  geobfdt info picture.png --image-top 1200 --image-base 1210 --reference north
  geobfdt info --qc fmi.dlis --survey survey.csv
  geobfdt info --json *.las | jq .coverage`,
		Args: cobra.MinimumNArgs(1),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line for each file")
	cmd.Flags().BoolVar(&quality, "qc", false, "say what quality control finds of the log, as pick does")
	input := newInputFlags(cmd.Flags())
	input.storage = imagelog.Storage{MemoryBytes: imagelog.DefaultMemoryBytes}
	cmd.RunE = a.run(func(cmd *cobra.Command, paths []string) error {
		var failed []error
		for i, path := range paths {
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			var contents *wellfile.Contents
			input.onContents = func(c wellfile.Contents) { contents = &c }
			log, err := input.read(a, path)
			if err != nil {
				failed = append(failed, err)
				if contents == nil {
					continue
				}
			}
			info := logInfo{File: path, Curves: []curveInfo{}, Warnings: []string{}}
			if log != nil {
				if info, err = describe(path, log, quality); err != nil {
					return err
				}
			}
			info.Contents = contents
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

// logInfo is what info prints of an image log; without an image, Rows is 0 and Contents is all there is.
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
	QC             qc.Report   `json:"qc,omitempty"`

	Contents *wellfile.Contents `json:"contents,omitempty"` // of files that hold more than an image
}

// curveInfo is a curve that has values: where they lie and for which share of the rows they exist.
type curveInfo struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	Share float64 `json:"share"`
}

// describe looks at a log, with quality also what quality control finds of it, and closes it.
func describe(path string, log *imagelog.Log, quality bool) (info logInfo, err error) {
	defer log.Close() // what is wrong with a temporary file has shown when it was read
	seen, err := log.Seen()
	if err != nil {
		return info, err
	}
	info = logInfo{
		File: path, Well: log.Well, Rows: log.Rows(), Columns: log.Columns(),
		TopM: log.DepthM[0], BaseM: log.DepthM[log.Rows()-1], StepM: log.StepM(),
		Reference: string(log.Reference), DeclinationDeg: log.DeclinationDeg,
		Coverage: seen,
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
	if quality {
		info.QC, err = qc.Check(log)
	}
	return info, err
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
	line := func(name, format string, args ...any) {
		fmt.Fprintf(table, "%s\t%s\n", printable(name), printable(fmt.Sprintf(format, args...)))
	}
	line("file", "%s", i.File)
	if i.Rows > 0 {
		i.describeImage(line)
	}
	if i.Contents != nil {
		describeContents(i.Contents, line)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// describeImage writes what is said of the image and its curves; line writes a name and what it has.
func (i *logInfo) describeImage(line func(name, format string, args ...any)) {
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
	for _, f := range i.QC {
		line("quality "+string(f.Severity), "%s: %s", f.Check, f.Text)
	}
}

// describeContents writes the logical files, frames and channels of a file.
func describeContents(c *wellfile.Contents, line func(name, format string, args ...any)) {
	for _, l := range c.LogicalFiles {
		text := fmt.Sprintf("%q", l.ID)
		if l.Well != "" {
			text += ", well " + l.Well
		}
		if l.EncryptedRecords > 0 {
			text += fmt.Sprintf(", %d encrypted records", l.EncryptedRecords)
		}
		line(fmt.Sprintf("logical file %d", l.Number), "%s", text)
		for _, f := range l.Frames {
			index := "by number"
			if f.Index != "" {
				index = fmt.Sprintf("by %s in %s", f.Index, f.Unit)
			}
			parts := []string{index}
			for _, part := range []string{f.IndexType, f.Direction} {
				if part != "" {
					parts = append(parts, part)
				}
			}
			if f.Range != nil {
				parts = append(parts, fmt.Sprintf("%.10g to %.10g (%s)", f.Range[0], f.Range[1], f.RangeUnit))
			}
			if f.Spacing != 0 {
				parts = append(parts, fmt.Sprintf("spacing %g (%s)", f.Spacing, f.SpacingUnit))
			}
			line("frame "+f.Name, "%s, %d records", strings.Join(parts, ", "), f.Records)
			for _, ch := range f.Channels {
				size := ""
				if !slices.Equal(ch.Dimension, []int{1}) {
					size = fmt.Sprintf(" x %v", ch.Dimension)
				}
				line("  "+ch.Name, "%s%s %s  %s", ch.Code, size, ch.Unit, ch.LongName)
			}
		}
	}
	if c.Images != "" {
		line("can be the image", "%s", c.Images)
	}
	for _, issue := range c.Issues {
		line("found", "%s", issue)
	}
}

// printable replaces what would move the cursor, or worse: names come from files.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}
