package wellfile

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/geobfdt/geobfdt/internal/damage"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/lis"
)

// lisImage is what could be the image of a LIS79 file: a channel with an array of values, or a family of scalar channels.
type lisImage struct {
	tape         *lis.File
	file         *lis.LogicalFile
	format       *lis.Format
	number, pass int // of the logical file, and of the format within it, from 1
	depth        lisDepth
	channel      int // position in the format; -1 for a family
	family       *family
}

// lisDepth says how the depth of a frame is found.
type lisDepth struct {
	channel int // position in the format; -1 for the index
	metres  float64
}

func (c *lisImage) columns() int {
	if c.family != nil {
		return c.family.columns()
	}
	return c.format.Channels[c.channel].Entries
}

// samples returns how many image rows a frame holds.
func (c *lisImage) samples() int {
	if c.family != nil {
		return 1
	}
	return c.format.Channels[c.channel].Samples
}

func (c *lisImage) name() string {
	if c.family != nil {
		return c.family.pattern()
	}
	return c.format.Channels[c.channel].Mnemonic
}

// named tells whether a user means this image: NAME, NUMBER/NAME with the number of the logical file, or NUMBER/PASS/NAME with that
// of the format within it.
func (c *lisImage) named(channel string) bool {
	file := strconv.Itoa(c.number) + "/"
	for _, prefix := range []string{"", file, file + strconv.Itoa(c.pass) + "/"} {
		rest, ok := strings.CutPrefix(channel, prefix)
		if ok && (strings.EqualFold(rest, c.name()) || c.family != nil && c.family.named(rest)) {
			return true
		}
	}
	return false
}

// listLIS names images for a user to choose from, in full where there are several.
func listLIS(all []*lisImage) string {
	names := make([]string, len(all))
	for i, c := range all {
		name := c.name()
		if len(all) > 1 {
			name = fmt.Sprintf("%d/%d/%s", c.number, c.pass, name)
		}
		names[i] = fmt.Sprintf("%s (%d columns)", name, c.columns())
	}
	return strings.Join(names, ", ")
}

// fromLIS builds an image log of a channel, or of numbered channels, of a LIS79 file.
func fromLIS(path string, src io.ReaderAt, size int64, nulls []float64, opt Options) (*imagelog.Log, error) {
	var lisOpt lis.Options
	if opt.ReadDamaged {
		lisOpt.Actions = damage.Lenient()
	}
	file, err := lis.Open(src, size, lisOpt)
	switch {
	case errors.Is(err, lis.ErrDamaged):
		return nil, &Error{Path: path, Where: formatLIS.name(), What: err.Error(), Remedy: "read what is left of it with --on-damage warn", Err: errors.Join(ErrDamaged, err)}
	case errors.Is(err, lis.ErrFormat):
		return nil, &Error{Path: path, Where: formatLIS.name(), What: err.Error(), Remedy: "check that the file is complete", Err: errors.Join(ErrDamaged, err)}
	case err != nil:
		return nil, err
	}
	all := lisImages(file)
	tools, err := padTools(opt.Tool)
	if err != nil {
		return nil, err
	}
	raw, all := lisPads(path, file, all, tools)
	if opt.OnContents != nil {
		contents := lisContents(file, all)
		contents.Images = raw.list(contents.Images)
		opt.OnContents(contents)
	}
	known := func(c *lisImage) bool { return imageMnemonic.MatchString(c.name()) }
	if want, err := wantPads(path, formatLIS, raw, slices.ContainsFunc(all, known), opt); err != nil {
		return nil, err
	} else if want {
		return raw.assemble(nulls, opt)
	}
	c, err := chooseLIS(path, all, opt.ImageChannel)
	if err != nil {
		return nil, err
	}
	log, err := c.read(nulls, opt.Storage)
	if err != nil {
		return nil, err
	}
	log.Warnings = append(log.Warnings, issueTexts(file.Issues)...)
	if len(all) > 1 {
		log.Warn("image taken from %s of %d that it could be: %s", c.name(), len(all), listLIS(all))
	} else {
		log.Warn("image taken from %s", listLIS(all))
	}
	return log, nil
}

// lisImages lists what could be the image, in file order.
func lisImages(file *lis.File) []*lisImage {
	var all []*lisImage
	for i, l := range file.LogicalFiles {
		for j, format := range l.Formats {
			depth, ok := findLISDepth(format)
			if !ok || format.Frames == 0 {
				continue
			}
			one := lisImage{tape: file, file: l, format: format, number: i + 1, pass: j + 1, depth: depth, channel: -1}
			scalars := make([]string, len(format.Channels))
			for k, c := range format.Channels {
				switch {
				case c.Err != nil || c.Code == lis.Text || c.Code == lis.Mask || isLISIndex(format, k) || k == depth.channel:
				case c.Values() == 1:
					scalars[k] = c.Mnemonic
				case c.Entries >= minColumns:
					array := one
					array.channel = k
					all = append(all, &array)
				}
			}
			for _, f := range families(scalars) {
				numbered := one
				numbered.family = f
				all = append(all, &numbered)
			}
		}
	}
	return all
}

// isLISIndex tells the channel that is the index.
func isLISIndex(f *lis.Format, channel int) bool { return !f.IndexInRecord && channel == 0 }

// findLISDepth takes the index where it is a length, else a channel that is named depth.
func findLISDepth(f *lis.Format) (lisDepth, bool) {
	if metres, ok := f.MetresPer(); ok {
		return lisDepth{-1, metres}, f.Err == nil
	}
	for i, c := range f.Channels {
		if metres, ok := las.MetresPer(c.Unit); ok && c.Err == nil && c.Values() == 1 && depthName.MatchString(c.Mnemonic) {
			return lisDepth{i, metres}, f.Err == nil
		}
	}
	return lisDepth{}, false
}

// chooseLIS returns the image that is named; else the only array; else the only array whose name is known to be an image's; else
// the family with most columns.
func chooseLIS(path string, all []*lisImage, channel string) (*lisImage, error) {
	fail := func(sentinel error, remedy, format string, args ...any) error {
		return &Error{Path: path, Where: formatLIS.name(), What: fmt.Sprintf(format, args...), Remedy: remedy, Err: sentinel}
	}
	if len(all) == 0 {
		return nil, fail(ErrNoImage, "look at its contents with geobfdt info",
			"no image: no pass with depth has a channel with %d or more azimuths, or as many numbered channels", minColumns)
	}
	if channel != "" {
		matching := slices.DeleteFunc(slices.Clone(all), func(c *lisImage) bool { return !c.named(channel) })
		switch len(matching) {
		case 0:
			return nil, fail(ErrNoImage, "there are "+listLIS(all), "no image channel is called %q", channel)
		case 1:
			return matching[0], nil
		}
		return nil, fail(ErrAmbiguous, "give --image-channel NUMBER/PASS/NAME", "several channels are called %q: %s", channel, listLIS(matching))
	}
	best := slices.DeleteFunc(slices.Clone(all), func(c *lisImage) bool { return c.family != nil })
	known := slices.DeleteFunc(slices.Clone(best), func(c *lisImage) bool { return !imageMnemonic.MatchString(c.name()) })
	switch {
	case len(known) > 0:
		best = known
	case len(best) == 0:
		widest := slices.MaxFunc(all, func(a, b *lisImage) int { return a.columns() - b.columns() })
		best = slices.DeleteFunc(slices.Clone(all), func(c *lisImage) bool { return c.columns() != widest.columns() })
	}
	if len(best) > 1 {
		return nil, fail(ErrAmbiguous, "choose one with --image-channel", "several channels could be the image: %s", listLIS(best))
	}
	return best[0], nil
}

// read reads the image with its depth, and the curves of orientation and hole size of the same frames.
func (c *lisImage) read(nulls []float64, storage imagelog.Storage) (*imagelog.Log, error) {
	columns, samples := c.columns(), c.samples()
	var warnings []string
	own := c.orientation(&warnings)
	frames, err := c.format.NewReader()
	if err != nil {
		return nil, err
	}
	// Room for all rows at once: frames are counted in the file, so that an absurd file cannot ask for more than it holds.
	rows := int(c.format.Frames) * samples
	depthM := make([]float64, 0, rows)
	for _, o := range own {
		if o != nil {
			o.values = make([]float64, 0, rows)
		}
	}
	image := imagelog.NewBuilder(columns, storage)
	defer image.Close()
	if err := image.Grow(rows); err != nil {
		return nil, err
	}
	var pixels []float32 // of a row
	for frames.Next() {
		for k := range samples {
			depthM = append(depthM, c.depthAt(frames, k))
			pixels = c.appendRow(pixels[:0], frames, k)
			if err := image.Append(pixels); err != nil {
				return nil, err
			}
			for _, o := range own {
				if o != nil {
					o.values = append(o.values, scaleUnlessNull(frames.Values(o.channel)[0], o.factor, nulls))
				}
			}
		}
	}
	if frames.Err() != nil {
		return nil, frames.Err()
	}
	log, err := image.Log(depthM, func(l *imagelog.Log) {
		for i, o := range orientations(l) {
			if own[i] != nil {
				*o.values = own[i].values
			}
		}
		c.fromOtherPasses(l, nulls, &warnings)
		if bs := c.bitSizeIn(); l.BSIn == nil && bs == bs {
			l.BSIn = slices.Repeat([]float64{bs}, len(depthM))
		}
	})
	if err != nil {
		return nil, err
	}
	if err := dropNulls(log, nulls); err != nil {
		return nil, err
	}
	if c.depth.channel >= 0 {
		log.Warn("the index is no depth: depth taken from %s", c.format.Channels[c.depth.channel].Mnemonic)
	}
	if c.family != nil && len(c.family.members) < columns {
		log.Warn("%d of %d azimuth columns have no channel: read as not seen", columns-len(c.family.members), columns)
	}
	log.Warnings = append(log.Warnings, warnings...)
	if well, ok := lis.Constant(c.file.Tables(), "WN"); ok {
		log.Well = well.String()
	}
	return log, nil
}

// depthAt returns the depth of sample k of a frame, metres.
func (c *lisImage) depthAt(frames *lis.FrameReader, k int) float64 {
	if c.depth.channel >= 0 {
		return frames.Values(c.depth.channel)[0] * c.depth.metres
	}
	if c.family != nil {
		return frames.Index() * c.depth.metres
	}
	return frames.SampleIndex(c.channel, k) * c.depth.metres
}

// appendRow appends sample k of a frame to an image.
func (c *lisImage) appendRow(pixels []float32, frames *lis.FrameReader, k int) []float32 {
	if c.family == nil {
		n := c.columns()
		for _, v := range frames.Values(c.channel)[k*n : (k+1)*n] {
			pixels = append(pixels, float32(v))
		}
		return pixels
	}
	for number := c.family.first; number <= c.family.last; number++ {
		v := math.NaN()
		if channel, ok := c.family.members[number]; ok {
			v = frames.Values(channel)[0]
		}
		pixels = append(pixels, float32(v))
	}
	return pixels
}

// orientation finds the curves of a log among the format's channels, by their place in orientations; nil for those not there. Of a
// fast channel the first sample is taken.
func (c *lisImage) orientation(warnings *[]string) []*column {
	names := make([]string, len(c.format.Channels))
	for i, channel := range c.format.Channels {
		if channel.Err == nil && channel.Entries == 1 && channel.Samples >= 1 && channel.Code != lis.Text && channel.Code != lis.Mask && !isLISIndex(c.format, i) {
			names[i] = channel.Mnemonic
		}
	}
	table := orientations(&imagelog.Log{})
	out := make([]*column, len(table))
	for i, o := range table {
		if k := find(names, o.mnemonics); k >= 0 {
			factor, warn := factorOrWarn(o.quantity, names[k], c.format.Channels[k].Unit)
			*warnings = append(*warnings, warn...)
			out[i] = &column{channel: k, factor: factor}
		}
	}
	return out
}

// bitSizeIn returns the bit size of the file's constants in inches, NaN where it is not said.
func (c *lisImage) bitSizeIn() float64 {
	bs, ok := lis.Constant(c.file.Tables(), "BS")
	factor, known := unitFactor(length, bs.Unit)
	if !ok || !known || !(bs.Number > 0) {
		return math.NaN()
	}
	return bs.Number * factor
}

// lisContents describes a LIS79 file.
func lisContents(file *lis.File, images []*lisImage) Contents {
	out := Contents{Format: formatLIS.name(), Images: listLIS(images), LogicalFiles: []LogicalFile{}, Issues: []string{}}
	for i, l := range file.LogicalFiles {
		tables := l.Tables()
		well, _ := lis.Constant(tables, "WN")
		company, _ := lis.Constant(tables, "CN")
		one := LogicalFile{Number: i + 1, Well: well.Text, Company: company.Text, Frames: []Frame{}}
		if l.Header != nil {
			one.ID = l.Header.Name
		}
		for _, r := range l.Records {
			if r.Type == lis.EncryptedTable {
				one.EncryptedRecords++
			}
		}
		for j, f := range l.Formats {
			one.Frames = append(one.Frames, lisFrame(j+1, f))
		}
		out.LogicalFiles = append(out.LogicalFiles, one)
	}
	for _, issue := range file.Issues {
		out.Issues = append(out.Issues, issue.Severity.String()+": "+issue.String())
	}
	return out
}

func lisFrame(pass int, f *lis.Format) Frame {
	frame := Frame{
		Name: strconv.Itoa(pass), Unit: f.IndexUnit, Direction: f.Direction.String(), Records: int(f.Records), Channels: []Channel{},
	}
	if f.Err != nil {
		frame.Description = f.Err.Error()
	}
	if !f.IndexInRecord && len(f.Channels) > 0 {
		frame.Index = f.Channels[0].Mnemonic
	}
	if f.Spacing == f.Spacing {
		frame.Spacing, frame.SpacingUnit = f.Spacing, f.IndexUnit
	}
	for _, c := range f.Channels {
		frame.Channels = append(frame.Channels, Channel{
			Name: c.Mnemonic, LongName: c.ServiceID, Unit: c.Unit, Code: strconv.Itoa(int(c.Code)), Dimension: []int{c.Samples, c.Entries},
		})
	}
	return frame
}
