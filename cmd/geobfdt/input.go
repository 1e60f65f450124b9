package main

import (
	"errors"

	"github.com/spf13/pflag"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/pads"
	"github.com/geobfdt/geobfdt/internal/wellfile"
)

// inputFlags are the flags of every command that opens image logs: what a file cannot say of itself.
type inputFlags struct {
	set                      *pflag.FlagSet
	topM, baseM, declination float64
	reference, imageChannel  string
	onDamage, tool           string
	nulls                    []float64
	onContents               func(wellfile.Contents) // see wellfile.Options; may be nil
	storage                  imagelog.Storage        // likewise; a log that may not be in memory must be closed
	hole                     *holeFlags
}

func newInputFlags(set *pflag.FlagSet) *inputFlags {
	f := &inputFlags{set: set}
	set.Float64Var(&f.topM, "image-top", 0, "depth of the image's top edge in `metres`, for pictures and arrays without depth")
	set.Float64Var(&f.baseM, "image-base", 0, "depth of its base edge in `metres`, likewise")
	set.StringVar(&f.reference, "reference", "", "what azimuth 0 is: north | magnetic | highside; default: what the file says")
	set.Float64Var(&f.declination, "declination", 0, "of magnetic north against true, `degrees`, east positive")
	set.StringVar(&f.imageChannel, "image-channel", "", "`name` of the image curves or channel, where a file holds several; of DLIS also FRAME/NAME; pads: assemble raw pads")
	set.StringVar(&f.tool, "tool", "", "assemble the image from the raw pads of this tool: a built-in `name` (fmi, emi, ...) or a tool file")
	set.StringVar(&f.onDamage, "on-damage", "fail", "what to do with a damaged DLIS file: fail | warn, which reads what is left of it")
	set.Float64SliceVar(&f.nulls, "null", nil, "further `values` that mean no data")
	f.hole = newHoleFlags(set)
	return f
}

// open reads an image log and logs what had to be assumed.
func (f *inputFlags) open(a *app, path string) (*imagelog.Log, error) {
	log, err := f.read(a, path)
	if err != nil {
		return nil, err
	}
	for _, warning := range log.Warnings {
		a.console.Log.Warn().Str("file", path).Msg(warning)
	}
	return log, nil
}

// read reads an image log; "-" is stdin.
func (f *inputFlags) read(a *app, path string) (*imagelog.Log, error) {
	opt := wellfile.Options{
		Reference: imagelog.Reference(f.reference), NullValues: f.nulls, ImageChannel: f.imageChannel,
		ReadDamaged: f.onDamage == "warn", OnContents: f.onContents, Storage: f.storage,
	}
	if f.onDamage != "fail" && f.onDamage != "warn" {
		return nil, cliio.Usagef("--on-damage is %q, must be fail | warn", f.onDamage)
	}
	if f.tool != "" {
		tool, err := pads.Find(f.tool)
		if err != nil {
			return nil, cliio.Usagef("--tool: %w", err)
		}
		opt.Tool = tool
	}
	if f.set.Changed("declination") {
		opt.DeclinationDeg = &f.declination
	}
	switch top, base := f.set.Changed("image-top"), f.set.Changed("image-base"); {
	case top && base:
		opt.TopM, opt.BaseM = &f.topM, &f.baseM
	case top || base:
		return nil, cliio.Usagef("give --image-top and --image-base together")
	}
	switch opt.Reference {
	case "", imagelog.RefNorth, imagelog.RefMagnetic, imagelog.RefHighSide:
	default:
		return nil, cliio.Usagef("--reference is %q, must be north | magnetic | highside", f.reference)
	}
	if err := f.hole.check(); err != nil {
		return nil, err
	}
	var log *imagelog.Log
	var err error
	if path == "-" {
		log, err = wellfile.Read("stdin", a.stdin, opt)
	} else {
		log, err = wellfile.Open(path, opt)
	}
	if err != nil {
		return nil, err
	}
	if err := f.hole.apply(log); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	return log, nil
}
