package wellfile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/pads"
)

// PadsChannel is the image channel that means: assemble the image from raw pads.
const PadsChannel = "pads"

// rawPads are the pads of a tool in a table of a file.
type rawPads struct {
	source padSource
	match  *pads.Match
	others []padSource // further tables that may have the curves
	well   string
	bitIn  float64 // constant bit size, NaN where there is none
	stated statedReference
	issues func() []string // what is wrong with the file, once it has been read
	err    error           // why they cannot be assembled (ErrAmbiguous: they could be those of several tools); nothing else is set
}

// padTools returns the tools whose pads are looked for: the one that is given, or the built-in ones for nil.
func padTools(given *pads.Tool) ([]*pads.Tool, error) {
	if given != nil {
		return []*pads.Tool{given}, nil
	}
	return pads.Builtin()
}

// findPads looks for the raw pads of one of the tools in the tables of a logical file: those with most buttons. It returns nil where
// there are none.
func findPads(path string, f format, sources []padSource, tools []*pads.Tool) *rawPads {
	var best *rawPads
	most := 0
	for i, source := range sources {
		channels, _ := source.channels()
		found := pads.Recognise(tools, channels)
		if len(found) == 0 {
			continue
		}
		if len(found) > 1 {
			names := make([]string, len(found))
			for k, m := range found {
				names[k] = m.Tool.Name
			}
			return &rawPads{err: &Error{Path: path, Where: f.name(), What: "its raw pads could be those of several tools: " + strings.Join(names, ", "),
				Remedy: "choose one with --tool", Err: ErrAmbiguous}}
		}
		if _, buttons := found[0].Seen(); buttons > most {
			most = buttons
			best = &rawPads{source: source, match: found[0], others: slices.Delete(slices.Clone(sources), i, i+1), bitIn: math.NaN()}
		}
	}
	return best
}

// list adds the pads to a list of what could be the image; p may be nil.
func (p *rawPads) list(images string) string {
	if p == nil || p.err != nil {
		return images
	}
	_, buttons := p.match.Seen()
	own := fmt.Sprintf("%s (of %s, %d buttons)", PadsChannel, p.match.Tool.Name, buttons)
	if images == "" {
		return own
	}
	return images + ", " + own
}

// wantPads tells whether the image is to be assembled from pads, which are nil where there are none. known tells whether the file
// has a finished image.
func wantPads(path string, f format, found *rawPads, known bool, opt Options) (bool, error) {
	asked := strings.EqualFold(opt.ImageChannel, PadsChannel) || opt.ImageChannel == "" && opt.Tool != nil
	if asked && found == nil {
		tool := "a tool that geobfdt knows"
		if opt.Tool != nil {
			tool = opt.Tool.Name
		}
		return false, &Error{Path: path, Where: f.name(), What: "it has no raw pads of " + tool,
			Remedy: "look at its channels with geobfdt info, and give a tool file that names them with --tool", Err: ErrNoImage}
	}
	if found == nil || !asked && (known || opt.ImageChannel != "") {
		return false, nil
	}
	return true, found.err
}

// padCurve is a curve of a recording, and what it is called in files.
type padCurve struct {
	orientation
	convert func(unit string) (factor float64, known bool)
	assumed string // unit that is taken where the file's is not known
	fast    bool   // of use only in the table of the buttons, and in a known unit
}

// padCurves lists the curves of a recording. l takes those that every log has.
func padCurves(r *pads.Recording, l *imagelog.Log, tool *pads.Tool) []padCurve {
	own := func(q quantity) func(string) (float64, bool) {
		return func(unit string) (float64, bool) { return unitFactor(q, unit) }
	}
	curve := func(values *[]float64, q quantity, circular bool, mnemonics ...string) padCurve {
		return padCurve{orientation: orientation{values: values, quantity: q, circular: circular, reachM: 1, mnemonics: mnemonics}, convert: own(q),
			assumed: [...]string{"degrees", "inches"}[q]}
	}
	var all []padCurve
	for _, o := range orientations(l) {
		switch o.values {
		case &l.DeviDeg, &l.HaziDeg, &l.RBDeg, &l.BSIn:
			all = append(all, padCurve{orientation: o, convert: own(o.quantity), assumed: [...]string{"degrees", "inches"}[o.quantity]})
		}
	}
	all = append(all, curve(&r.P1NODeg, angle, true, "P1NO"), curve(&r.P1AZDeg, angle, true, "P1AZ"))
	r.CaliperIn = make([][]float64, len(tool.Calipers))
	for i, c := range tool.Calipers {
		one := curve(&r.CaliperIn[i], length, false, c.Mnemonics...)
		if c.Measures == pads.Radius {
			one.convert = func(unit string) (float64, bool) {
				factor, known := unitFactor(length, unit)
				return 2 * factor, known
			}
		}
		all = append(all, one)
	}
	return append(all,
		padCurve{orientation{values: &r.AccelMPerS2, mnemonics: []string{"AZ", "ACCZ", "FCAZ", "ACZ"}}, accelerationFactor, "", true},
		padCurve{orientation{values: &r.TimeS, mnemonics: []string{"TIME", "ETIM"}}, timeFactor, "", true},
		padCurve{orientation{values: &r.SpeedMPerS, mnemonics: []string{"CS", "CVEL"}}, speedFactor, "", true})
}

// plainUnit takes what does not matter off a unit.
func plainUnit(unit string) string {
	return strings.NewReplacer(" ", "", "[", "", "]", "", "**", "", "^", "", "hour", "h", "hr", "h", "sec", "s").Replace(strings.ToLower(unit))
}

func accelerationFactor(unit string) (factor float64, known bool) {
	switch plainUnit(unit) {
	case "m/s2", "m/s/s":
		return 1, true
	case "ft/s2", "f/s2", "ft/s/s":
		return 0.3048, true
	case "g", "gn":
		return 9.80665, true
	case "mg", "mgn":
		return 9.80665e-3, true
	}
	return 1, false
}

func timeFactor(unit string) (factor float64, known bool) {
	switch plainUnit(unit) {
	case "s":
		return 1, true
	case "ms":
		return 1e-3, true
	case "0.5ms":
		return 5e-4, true
	case "min":
		return 60, true
	case "h":
		return 3600, true
	}
	return 1, false
}

func speedFactor(unit string) (factor float64, known bool) {
	length, time, _ := strings.Cut(plainUnit(unit), "/")
	seconds, known := timeFactor(time)
	switch length {
	case "m":
		return 1 / seconds, known
	case "ft", "f":
		return 0.3048 / seconds, known
	}
	return 1, false
}

// assemble reads the pads and makes the image.
func (p *rawPads) assemble(nulls []float64, opt Options) (*imagelog.Log, error) {
	tool := p.match.Tool
	r, l := &pads.Recording{}, &imagelog.Log{}
	curves := padCurves(r, l, tool)
	var warnings []string
	if err := p.read(r, curves, nulls, &warnings); err != nil {
		return nil, err
	}
	for _, source := range p.others {
		if err := borrow(source, r.DepthM, curves, nulls, &warnings); err != nil {
			warnings = append(warnings, fmt.Sprintf("%s could not be read: %v", source.name(), err))
		}
	}
	r.DeviDeg, r.HaziDeg, r.RBDeg, r.BSIn = l.DeviDeg, l.HaziDeg, l.RBDeg, l.BSIn
	if r.BSIn == nil && p.bitIn == p.bitIn {
		r.BSIn = slices.Repeat([]float64{p.bitIn}, len(r.DepthM))
	}
	highSide := opt.Reference == imagelog.RefHighSide || opt.Reference == "" && p.stated.reference == imagelog.RefHighSide
	log, err := pads.Assemble(r, tool, pads.Options{HighSide: highSide, Storage: opt.Storage})
	switch {
	case errors.Is(err, pads.ErrNoOrientation), errors.Is(err, pads.ErrNoCaliper):
		return nil, fmt.Errorf("%w: %w", ErrNoImage, err)
	case err != nil:
		return nil, err
	}
	log.Well = p.well
	log.Warnings = slices.Concat(p.issues(), []string{"image assembled from " + p.match.String()}, log.Warnings, warnings)
	if !highSide && p.stated.reference != imagelog.RefHighSide {
		p.stated.set(log)
	}
	if log.Reference == imagelog.RefUnknown {
		log.Warn("azimuth 0 is the north of the tool's orientation, magnetic or true")
	}
	return log, nil
}

// read reads the buttons, and the curves of their own table.
func (p *rawPads) read(r *pads.Recording, curves []padCurve, nulls []float64, warnings *[]string) error {
	channels, units := p.source.channels()
	taken := p.match.Channels(len(channels))
	var wanted []int
	at := make([]int, len(channels)) // position in wanted
	for i := range channels {
		if taken[i] {
			at[i] = len(wanted)
			wanted = append(wanted, i)
		}
	}
	buttons := len(wanted)
	own, factors := matchCurves(channels, units, taken, curves, true, warnings)
	for _, c := range own {
		if c >= 0 {
			wanted = append(wanted, c)
		}
	}
	r.Pads = make([][]float32, len(p.match.Pads))
	samples := make([][]float32, buttons)
	narrow := make([]float32, len(nulls))
	for i, null := range nulls {
		narrow[i] = float32(null)
	}
	err := p.source.visit(wanted, func(row padRow) {
		r.DepthM = append(r.DepthM, row.depthM())
		for k := range samples {
			samples[k] = row.Float32s(samples[k][:0], k)
			for j, v := range samples[k] {
				if slices.Contains(narrow, v) {
					samples[k][j] = float32(math.NaN())
				}
			}
		}
		for i, places := range p.match.Pads {
			for _, b := range places {
				r.Pads[i] = append(r.Pads[i], samples[at[b.Channel]][b.Element])
			}
		}
		k := buttons
		for i, c := range own {
			if c >= 0 {
				*curves[i].values = append(*curves[i].values, scaleUnlessNull(row.Float64(k), factors[i], nulls))
				k++
			}
		}
	})
	if err == nil && len(r.DepthM) == 0 {
		err = fmt.Errorf("%w: no rows", imagelog.ErrNoData)
	}
	return err
}

// borrow takes the curves that are still missing from another table.
func borrow(source padSource, depthM []float64, curves []padCurve, nulls []float64, warnings *[]string) error {
	channels, units := source.channels()
	found, factors := matchCurves(channels, units, nil, curves, false, warnings)
	var wanted []int
	for _, c := range found {
		if c >= 0 {
			wanted = append(wanted, c)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	var theirM []float64
	values := make([][]float64, len(curves))
	err := source.visit(wanted, func(row padRow) {
		theirM = append(theirM, row.depthM())
		k := 0
		for i, c := range found {
			if c >= 0 {
				values[i] = append(values[i], scaleUnlessNull(row.Float64(k), factors[i], nulls))
				k++
			}
		}
	})
	if err != nil {
		return err
	}
	var names []string
	for i, c := range found {
		if c >= 0 {
			*curves[i].values = interpolate(theirM, values[i], depthM, curves[i].orientation)
			names = append(names, channels[c].Name)
		}
	}
	*warnings = append(*warnings, fmt.Sprintf("%s interpolated from %s", strings.Join(names, ", "), source.name()))
	return nil
}

// matchCurves finds the curves that have no values yet among scalar channels that are not taken; -1 for those not there. fast says
// whether those that must come with the buttons count.
func matchCurves(channels []pads.Channel, units []string, taken []bool, curves []padCurve, fast bool, warnings *[]string) (at []int, factors []float64) {
	names := make([]string, len(channels))
	for i, c := range channels {
		if (taken == nil || !taken[i]) && (len(c.Dimension) == 0 || slices.Max(c.Dimension) == 1) {
			names[i] = c.Name
		}
	}
	at, factors = make([]int, len(curves)), make([]float64, len(curves))
	for i, c := range curves {
		at[i] = -1
		if *c.values != nil || c.fast && !fast {
			continue
		}
		k := find(names, c.mnemonics)
		if k < 0 {
			continue
		}
		factor, known := c.convert(units[k])
		if !known && c.fast { // AZ may be an azimuth as well
			continue
		}
		if !known {
			*warnings = append(*warnings, fmt.Sprintf("curve %s is in %q: taken as %s", names[k], units[k], c.assumed))
		}
		at[i], factors[i] = k, factor
	}
	return at, factors
}
