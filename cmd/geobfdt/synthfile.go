package main

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/npz"
	"github.com/geobfdt/geobfdt/internal/pads"
	"github.com/geobfdt/geobfdt/internal/synth"
	"github.com/geobfdt/geobfdt/internal/wellfile"
)

// wellFormat says how synth writes an image log, besides what its name says.
type wellFormat struct {
	depthUnit string
	up        bool
	rawPads   bool
}

func (f *wellFormat) addFlags(set *pflag.FlagSet) {
	set.StringVar(&f.depthUnit, "depth-unit", "m", "of the depths in LAS and DLIS: m | ft")
	set.BoolVar(&f.up, "logged-up", false, "write the deepest row first, as a log that was run up the hole; DLIS")
	set.BoolVar(&f.rawPads, "raw-pads", false, "write also what the buttons of the tool's pads recorded; DLIS")
}

// writer returns what writes a well of a preset to a file of the given name.
func (f *wellFormat) writer(path string, preset synth.Preset) (func(io.Writer, *imagelog.Log) error, error) {
	opt := wellfile.WriteOptions{Feet: f.depthUnit == "ft", Up: f.up}
	if !opt.Feet && f.depthUnit != "m" {
		return nil, cliio.Usagef("--depth-unit is %q, must be m | ft", f.depthUnit)
	}
	format := strings.ToLower(filepath.Ext(path))
	switch {
	case format != ".dlis" && (f.up || f.rawPads):
		return nil, cliio.Usagef("--logged-up and --raw-pads are for DLIS: give -o well.dlis")
	case format != ".dlis" && format != ".las" && opt.Feet:
		return nil, cliio.Usagef("--depth-unit ft is for LAS and DLIS: give -o well.dlis or -o well.las; NPZ is in metres")
	}
	switch format {
	case ".dlis":
		if f.rawPads {
			tool, err := padTool(preset)
			if err != nil {
				return nil, err
			}
			opt.Pads = tool
		}
		return func(w io.Writer, l *imagelog.Log) error { return wellfile.WriteDLIS(w, l, opt) }, nil
	case ".las":
		return func(w io.Writer, l *imagelog.Log) error { return wellfile.WriteLAS(w, l, opt) }, nil
	}
	return func(w io.Writer, l *imagelog.Log) error { return npz.WriteLog(w, l) }, nil
}

// padTool returns the geometry of the tool that records the wells of a preset.
func padTool(preset synth.Preset) (*pads.Tool, error) {
	tools := preset.Params.Tools
	for _, t := range tools {
		if t != tools[0] {
			return nil, cliio.Usagef("--raw-pads: the wells of preset %s are recorded by several tools: take one with a single tool", preset.Name)
		}
	}
	tool, err := pads.Find(tools[0].String())
	if err != nil {
		return nil, cliio.Usagef("--raw-pads: %s, the tool of preset %s, has no pads", tools[0], preset.Name)
	}
	return tool, nil
}
