package wellfile

import (
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/damage"
	"github.com/geobfdt/geobfdt/internal/dlis"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/las"
)

// imageMnemonic matches channels that are images of the borehole wall, by the tools that make them.
var imageMnemonic = regexp.MustCompile(`(?i)^(FMI|FMS|FBST?|HMI|CMI|OBMI|OBDT|OMI|STAR|EMI|XRMI|AFR|STI|UBI|CAST|CBIL|BHTV|ABDC|RAB|GVR|IMG|IMAGE)`)

// candidate is what could be the image of a DLIS file: a channel with an array of samples, or a family of scalar channels.
type candidate struct {
	file    *dlis.LogicalFile
	frame   *dlis.Frame
	axis    depthAxis
	channel int // position in the frame; -1 for a family
	family  *family
}

func (c *candidate) columns() int {
	if c.family != nil {
		return c.family.columns()
	}
	return c.frame.Channels[c.channel].Elements()
}

func (c *candidate) name() string {
	if c.family != nil {
		return c.family.pattern()
	}
	return c.frame.Channels[c.channel].Name.ID
}

// named tells whether a user means this candidate: by its name, FRAME/NAME, or NUMBER/FRAME/NAME with the number of the logical file.
func (c *candidate) named(channel string) bool {
	frame := c.frame.Name.ID + "/"
	file := fmt.Sprintf("%d/", c.file.Number)
	for _, prefix := range []string{"", frame, file + frame} {
		if len(channel) < len(prefix) || !strings.EqualFold(channel[:len(prefix)], prefix) {
			continue
		}
		rest := channel[len(prefix):]
		if strings.EqualFold(rest, c.name()) || c.family != nil && c.family.named(rest) {
			return true
		}
	}
	return false
}

// known tells whether the name is that of an image, and not of a waveform or a spectrum.
func (c *candidate) known() bool { return imageMnemonic.MatchString(c.name()) }

// list names candidates for a user to choose from, by the shortest names that tell them apart.
func list(all []*candidate) string {
	names := make([]string, len(all))
	for i, c := range all {
		name := c.name()
		if count(all, name) > 1 {
			name = c.frame.Name.ID + "/" + name
		}
		if count(all, name) > 1 {
			name = fmt.Sprintf("%d/%s", c.file.Number, name)
		}
		names[i] = fmt.Sprintf("%s (%d columns)", name, c.columns())
	}
	return strings.Join(names, ", ")
}

func count(all []*candidate, name string) (n int) {
	for _, c := range all {
		if c.named(name) {
			n++
		}
	}
	return n
}

// fromDLIS builds an image log of a channel, or of numbered channels, of a DLIS file.
func fromDLIS(path string, src io.ReaderAt, size int64, nulls []float64, opt Options) (*imagelog.Log, error) {
	var dlisOpt dlis.Options
	if opt.ReadDamaged {
		dlisOpt.Actions = damage.Lenient()
	}
	file, err := dlis.Open(src, size, dlisOpt)
	if err != nil {
		return nil, err
	}
	tools, err := padTools(opt.Tool)
	if err != nil {
		return nil, err
	}
	all, err := candidates(file)
	raw, all := dlisPads(path, file, all, tools)
	if opt.OnContents != nil {
		contents := dlisContents(file, all)
		contents.Images = raw.list(contents.Images)
		opt.OnContents(contents)
	}
	if err != nil {
		return nil, err
	}
	if want, err := wantPads(path, formatDLIS, raw, slices.ContainsFunc(all, (*candidate).known), opt); err != nil {
		return nil, err
	} else if want {
		return raw.assemble(nulls, opt)
	}
	c, err := choose(path, file, all, opt.ImageChannel)
	if err != nil {
		return nil, err
	}
	log, err := c.read(nulls, opt.Storage)
	if err != nil {
		return nil, err
	}
	dlisReference(c.file).set(log)
	if len(all) > 1 {
		log.Warn("image taken from %s of %d that it could be: %s", c.name(), len(all), list(all))
	} else {
		log.Warn("image taken from %s", list(all))
	}
	log.Warnings = slices.Concat(issueTexts(file.Issues()), log.Warnings)
	return log, nil
}

// maxWarnings bounds how many issues of a file a log repeats.
const maxWarnings = 20

// issueTexts returns what is wrong with a file, from minor on.
func issueTexts(issues []damage.Issue) []string {
	var out []string
	for _, i := range issues {
		if i.Severity > damage.Info {
			out = append(out, i.String())
		}
	}
	if len(out) > maxWarnings {
		out = append(out[:maxWarnings], fmt.Sprintf("and %d more things that are wrong with the file", len(out)-maxWarnings))
	}
	return out
}

// candidates lists what could be the image, in file order.
func candidates(file *dlis.File) ([]*candidate, error) {
	var all []*candidate
	for _, l := range file.LogicalFiles {
		frames, err := l.Frames()
		if err != nil {
			return all, err
		}
		for _, frame := range frames {
			axis, ok := findDepth(frame)
			if !ok || frame.Records == 0 {
				continue
			}
			scalars := make([]string, len(frame.Channels))
			for i, c := range frame.Channels {
				switch {
				case !c.Code.Numeric() || i == axis.channel:
				case c.Elements() == 1:
					scalars[i] = c.Name.ID
				case c.Elements() >= minColumns && slices.Max(c.Dimension) == c.Elements(): // one dimension but for ones: not pads by buttons
					all = append(all, &candidate{l, frame, axis, i, nil})
				}
			}
			for _, f := range families(scalars) {
				all = append(all, &candidate{l, frame, axis, -1, f})
			}
		}
	}
	return all, nil
}

// choose returns the candidate that is named; else the only channel with arrays; else the only one whose name is known to be an
// image's; else the family with most columns.
func choose(path string, file *dlis.File, all []*candidate, channel string) (*candidate, error) {
	fail := func(sentinel error, remedy, format string, args ...any) error {
		return &Error{Path: path, Where: "DLIS", What: fmt.Sprintf(format, args...), Remedy: remedy, Err: sentinel}
	}
	choices := list(all)
	if channel != "" {
		matching := slices.DeleteFunc(slices.Clone(all), func(c *candidate) bool { return !c.named(channel) })
		switch {
		case len(matching) == 1:
			return matching[0], nil
		case len(matching) > 1:
			return nil, fail(ErrAmbiguous, "give --image-channel FRAME/NAME, or NUMBER/FRAME/NAME with the number of the logical file",
				"several channels are called %q: %s", channel, list(matching))
		case len(all) > 0:
			return nil, fail(ErrNoImage, "there are "+choices, "no image channel is called %q", channel)
		}
	}
	arrays := slices.DeleteFunc(slices.Clone(all), func(c *candidate) bool { return c.family != nil })
	if known := slices.DeleteFunc(slices.Clone(arrays), func(c *candidate) bool { return !c.known() }); len(known) > 0 {
		arrays = known
	}
	switch {
	case len(all) == 0 && !hasRows(file):
		return nil, fail(ErrNoImage, "look at its contents with geobfdt info", "no frame has samples")
	case len(all) == 0:
		return nil, fail(ErrNoImage, "look at its contents with geobfdt info",
			"no image: no frame with depth has a channel with %d or more azimuths, or as many numbered channels", minColumns)
	case len(arrays) == 1:
		return arrays[0], nil
	case len(arrays) > 1:
		return nil, fail(ErrAmbiguous, "choose one with --image-channel", "several channels could be the image: %s", choices)
	}
	widest := slices.MaxFunc(all, func(a, b *candidate) int { return a.columns() - b.columns() })
	for _, c := range all {
		if c != widest && c.columns() == widest.columns() {
			return nil, fail(ErrAmbiguous, "choose one with --image-channel", "several sets of channels could be the image: %s", choices)
		}
	}
	return widest, nil
}

func hasRows(file *dlis.File) bool {
	return slices.ContainsFunc(file.LogicalFiles, func(l *dlis.LogicalFile) bool {
		frames, _ := l.Frames() // candidates has looked at the error
		return slices.ContainsFunc(frames, func(f *dlis.Frame) bool { return f.Records > 0 })
	})
}

// depthAxis says how the depth of a row is found.
type depthAxis struct {
	channel int     // position in the frame; -1 where depth is counted from a constant spacing
	metres  float64 // per unit of the channel; without one, from row to row
	fromM   float64 // without a channel, depth of the first row
	warning string  // what had to be assumed
}

// depthName matches the mnemonics of measured depth.
var depthName = regexp.MustCompile(`(?i)^(T?DEPT?H?|MD|DMEA|TDEP|BDEP|DEPTH.*)$`)

// findDepth finds the depth of a frame: its index where that is a length, else a channel that is named depth, else rows at constant
// spacing from the frame's minimum or maximum.
func findDepth(f *dlis.Frame) (depthAxis, bool) {
	index := f.Index()
	if index != nil && index.Elements() == 1 && index.Code.Numeric() {
		if metres, ok := las.MetresPer(index.Units); ok {
			a := depthAxis{metres: metres}
			if f.IndexType == "VERTICAL-DEPTH" {
				a.warning = fmt.Sprintf("the index %s is vertical depth: taken for measured depth", index.Name.ID)
			}
			return a, true
		}
		if strings.TrimSpace(index.Units) == "" && strings.HasSuffix(f.IndexType, "DEPTH") {
			return depthAxis{metres: 1, warning: fmt.Sprintf("the index %s has no unit: taken as metres", index.Name.ID)}, true
		}
	}
	for i, c := range f.Channels {
		metres, ok := las.MetresPer(c.Units)
		if ok && c.Elements() == 1 && c.Code.Numeric() && depthName.MatchString(c.Name.ID) {
			a := depthAxis{channel: i, metres: metres}
			if index != nil {
				a.warning = fmt.Sprintf("the index %s is no depth: depth taken from %s", index.Name.ID, c.Name.ID)
			}
			return a, true
		}
	}
	step, hasStep := las.MetresPer(f.SpacingUnit)
	origin, hasOrigin := las.MetresPer(f.RangeUnit)
	if index == nil && f.HasRange && hasStep && hasOrigin && f.Spacing != 0 {
		from := f.IndexMin * origin
		if f.Spacing < 0 {
			from = f.IndexMax * origin
		}
		return depthAxis{channel: -1, fromM: from, metres: step * f.Spacing, warning: "depth counted from the frame's spacing"}, true
	}
	return depthAxis{}, false
}

// at returns the depth of a row, metres; k is the position of the depth channel among those asked for.
func (a depthAxis) at(rows *dlis.Rows, k int) float64 {
	if a.channel >= 0 {
		return rows.Float64(k) * a.metres
	}
	return a.fromM + float64(rows.Number()-1)*a.metres
}

// wellName returns the well's name of a logical file, "" where it is not said.
func wellName(l *dlis.LogicalFile) string {
	origin, _ := l.Origin() // a name is not worth an error
	if origin.Well != "" {
		return origin.Well
	}
	for _, name := range []string{"WN", "WELL"} {
		if a, ok := l.Parameter(name); ok && a.Text() != "" {
			return strings.TrimSpace(a.Text())
		}
	}
	return ""
}

// constantBitSize returns the bit size of the parameters in inches, NaN where it is not said.
func constantBitSize(l *dlis.LogicalFile) float64 {
	a, ok := l.Parameter("BS")
	if !ok {
		return math.NaN()
	}
	v, ok := a.Number()
	factor, known := unitFactor(length, a.Units)
	if !ok || !known || v <= 0 {
		return math.NaN()
	}
	return v * factor
}
