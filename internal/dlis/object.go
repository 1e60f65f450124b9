package dlis

import (
	"errors"
	"fmt"
	"slices"

	"github.com/geobfdt/geobfdt/internal/damage"
)

// Types returns the types of the sets, in file order, with repetitions.
func (l *LogicalFile) Types() []string {
	types := make([]string, len(l.sets))
	for i, s := range l.sets {
		types[i] = s.typ
	}
	return types
}

// Objects returns the objects of a type in file order, all of them for "". With an error, a *damage.Error, the objects that could be
// read come too.
func (l *LogicalFile) Objects(typ string) ([]*Object, error) {
	var out []*Object
	var all []error
	for _, s := range l.sets {
		if typ != "" && s.typ != typ {
			continue
		}
		if err := s.parse(); err != nil {
			all = append(all, err)
		}
		out = append(out, s.objects...)
	}
	return out, errors.Join(all...)
}

// Header returns what the FILE-HEADER says; empty where there is none.
func (l *LogicalFile) Header() (id, sequence string) {
	objects, _ := l.Objects("FILE-HEADER") // a header that cannot be read has no id
	if len(objects) == 0 {
		return "", ""
	}
	return objects[0].text("ID"), objects[0].text("SEQUENCE-NUMBER")
}

// Origin is the first ORIGIN object, which is that of the logical file: where it comes from.
type Origin struct {
	FileID, FileSet, FileType  string
	Product, Version, Producer string
	Company, Well, Field, Run  string
	Created                    DateTime // zero where it is not said
}

// Origin returns the origin, zero where there is none. With an error, a *damage.Error, it is what could be read.
func (l *LogicalFile) Origin() (Origin, error) {
	objects, err := l.Objects("ORIGIN")
	if len(objects) == 0 {
		return Origin{}, err
	}
	o := objects[0]
	origin := Origin{
		FileID: o.text("FILE-ID"), FileSet: o.text("FILE-SET-NAME"), FileType: o.text("FILE-TYPE"),
		Product: o.text("PRODUCT"), Version: o.text("VERSION"), Producer: o.text("PRODUCER-NAME"),
		Company: o.text("COMPANY"), Well: o.text("WELL-NAME"), Field: o.text("FIELD-NAME"), Run: o.text("RUN-NUMBER"),
	}
	if a, ok := o.Attribute("CREATION-TIME"); ok && a.Code == DTIME {
		if values, err := a.Values(); err == nil && len(values) > 0 {
			origin.Created = values[0].(DateTime)
		}
	}
	return origin, err
}

// Parameter returns the attribute VALUES of the first PARAMETER or, where there is none, COMPUTATION of a name.
func (l *LogicalFile) Parameter(name string) (Attribute, bool) {
	for _, typ := range []string{"PARAMETER", "COMPUTATION"} {
		objects, _ := l.Objects(typ) // those that cannot be read have no values
		for _, o := range objects {
			if o.Name.ID != name {
				continue
			}
			if a, ok := o.Attribute("VALUES"); ok && a.Count > 0 {
				return a, true
			}
		}
	}
	return Attribute{}, false
}

// Channel is a CHANNEL object: one column of a frame.
type Channel struct {
	Name       ObName
	LongName   string // where it is a text; a reference to a LONG-NAME object is its name
	Units      string
	Properties []string
	Code       Code
	Dimension  []int // of one sample, slowest first; [1] for a scalar. Files hold it the other way round
	Missing    bool  // the frame names a channel that is not described

	bad string // why the samples have no known size; "" is good
}

// Elements returns the number of values of one sample.
func (c *Channel) Elements() int {
	n := 1
	for _, d := range c.Dimension {
		n *= d
	}
	return n
}

// maxElements bounds the values of one sample: a logical record could hold more, but no log does.
const maxElements = 1 << 24

// Channels returns the CHANNEL objects, parsed once. With an error, a *damage.Error, those that could be read come too.
func (l *LogicalFile) Channels() ([]*Channel, error) {
	if l.channelsDone {
		return l.channels, l.channelsErr
	}
	l.channelsDone = true
	objects, err := l.Objects("CHANNEL")
	l.channelsErr = err
	for _, o := range objects {
		if !l.file.charge(channelBytes) {
			l.channelsErr = errors.Join(l.channelsErr, o.set.issue(damage.Major, "the others were skipped", "the file has far more channels than content"))
			break
		}
		c, err := o.channel()
		if err != nil {
			l.channelsErr = errors.Join(l.channelsErr, err)
			break
		}
		l.channels = append(l.channels, c)
	}
	return l.channels, l.channelsErr
}

// channel reads the attributes of a CHANNEL; the error is that of an issue that the policy does not let pass.
func (o *Object) channel() (*Channel, error) {
	c := &Channel{Name: o.Name, LongName: o.text("LONG-NAME"), Units: o.text("UNITS")}
	if a, ok := o.Attribute("LONG-NAME"); ok && a.Code == OBNAME {
		for name := range a.Names() {
			c.LongName = name.ID
			break
		}
	}
	if a, ok := o.Attribute("PROPERTIES"); ok {
		values, _ := a.Values()
		for _, v := range values {
			if text, ok := v.(string); ok {
				c.Properties = append(c.Properties, text)
			}
		}
	}
	if a, ok := o.Attribute("REPRESENTATION-CODE"); ok {
		if codes := a.Integers(); len(codes) > 0 && codes[0] > 0 && codes[0] < 256 {
			c.Code = Code(codes[0])
		}
	}
	if !c.Code.Valid() {
		c.bad = "it has no valid representation code"
	}
	a, _ := o.Attribute("DIMENSION")
	c.Dimension = a.Integers()
	slices.Reverse(c.Dimension)
	if len(c.Dimension) == 0 {
		c.Dimension = []int{1}
		err := o.set.issue(damage.Major, "it was taken as 1", "channel %s has no dimension", o.Name)
		if err != nil {
			return nil, err
		}
	}
	n := 1
	for _, d := range c.Dimension {
		if d < 1 || n > maxElements/d {
			c.bad = fmt.Sprintf("its dimension %v makes no sense", c.Dimension)
			c.Dimension = []int{1}
			break
		}
		n *= d
	}
	return c, nil
}

// text returns the text of an attribute, "" where there is none, without the blanks around it.
func (o *Object) text(label string) string {
	a, _ := o.Attribute(label)
	return trimBlanks(a.Text())
}

// Frame is a FRAME object: rows of samples of its channels.
type Frame struct {
	Name        ObName
	Description string
	IndexType   string // BOREHOLE-DEPTH, VERTICAL-DEPTH, ...; "" where rows have but a number
	Direction   string // INCREASING or DECREASING, "" where it is not said
	Spacing     float64
	SpacingUnit string // of Spacing; both zero where it is not constant
	IndexMin    float64
	IndexMax    float64
	HasRange    bool   // IndexMin and IndexMax are said
	RangeUnit   string // of IndexMin and IndexMax, which need not be that of the index
	Encrypted   bool
	Channels    []*Channel
	Records     int // logical records with samples; each holds one row or more

	file *LogicalFile
	data *samples // nil where there is none
}

// Index returns the channel that is the index: the first one, where the frame says what its index is. nil stands for the number
// of the row.
func (f *Frame) Index() *Channel {
	if f.IndexType == "" || len(f.Channels) == 0 {
		return nil
	}
	return f.Channels[0]
}

// Frames returns the FRAME objects with their channels, parsed once. With an error, a *damage.Error, those that could be read come
// too.
func (l *LogicalFile) Frames() ([]*Frame, error) {
	if !l.framesDone {
		l.framesDone = true
		l.framesErr = l.readFrames()
	}
	return l.frames, l.framesErr
}

func (l *LogicalFile) readFrames() error {
	channels, channelErr := l.Channels()
	objects, frameErr := l.Objects("FRAME")
	byName := make(map[ObName]*Channel, len(channels))
	for _, c := range channels {
		if first := byName[c.Name]; first != nil {
			if !first.same(c) {
				if err := l.file.log.Add(damage.Major, -1, l.where(), fmt.Sprintf("channel %s is described in two ways", c.Name), "the first one was taken"); err != nil {
					return err
				}
			}
			continue
		}
		byName[c.Name] = c
	}
	seen := map[ObName]bool{}
	for _, o := range objects {
		if seen[o.Name] {
			if err := o.set.issue(damage.Minor, "the first one was taken", "frame %s is described twice", o.Name); err != nil {
				return err
			}
			continue
		}
		seen[o.Name] = true
		if !l.file.charge(frameBytes) {
			return o.set.issue(damage.Major, "the others were skipped", "the file has far more frames than content")
		}
		frame, err := o.frame(l, byName)
		if err != nil {
			return err
		}
		l.frames = append(l.frames, frame)
	}
	return errors.Join(channelErr, frameErr)
}

func (c *Channel) same(d *Channel) bool {
	return c.Code == d.Code && c.Units == d.Units && c.LongName == d.LongName && slices.Equal(c.Dimension, d.Dimension)
}

func (o *Object) frame(l *LogicalFile, channels map[ObName]*Channel) (*Frame, error) {
	f := &Frame{
		Name: o.Name, Description: o.text("DESCRIPTION"), IndexType: o.text("INDEX-TYPE"), Direction: o.text("DIRECTION"),
		file: l, data: l.data[o.Name],
	}
	if f.data != nil {
		f.Records = f.data.records
	}
	if a, ok := o.Attribute("SPACING"); ok {
		f.Spacing, ok = a.Number()
		if ok {
			f.SpacingUnit = a.Units
		}
	}
	_, f.Encrypted = o.Attribute("ENCRYPTED") // being there is what counts, whatever it says
	low, _ := o.Attribute("INDEX-MIN")
	high, _ := o.Attribute("INDEX-MAX")
	var hasLow, hasHigh bool
	f.IndexMin, hasLow = low.Number()
	f.IndexMax, hasHigh = high.Number()
	f.HasRange, f.RangeUnit = hasLow && hasHigh, low.Units
	a, _ := o.Attribute("CHANNELS")
	has := map[ObName]bool{}
	i := 0
	for name := range a.Names() {
		i++
		if !l.file.charge(channelBytes) {
			f.Channels = append(f.Channels, &Channel{Name: name, Missing: true, Dimension: []int{1}, bad: "there are too many"})
			return f, o.set.issue(damage.Major, "the frame cannot be read", "frame %s has far more channels than content", o.Name)
		}
		c := channels[name]
		if c == nil {
			c = &Channel{Name: name, Missing: true, Dimension: []int{1}, bad: "it is not described"}
			if err := o.set.issue(damage.Major, "the frame cannot be read", "channel %s of frame %s is not described", name, o.Name); err != nil {
				return nil, err
			}
		}
		if has[name] {
			if err := o.set.issue(damage.Major, "both are kept", "frame %s has channel %s twice (position %d)", o.Name, name, i); err != nil {
				return nil, err
			}
		}
		has[name] = true
		f.Channels = append(f.Channels, c)
	}
	return f, nil
}

// NoFormat returns the bytes of the NO-FORMAT records of a name, at most limit of them.
func (l *LogicalFile) NoFormat(name ObName, limit int) ([]byte, error) {
	data := l.noFormat[name]
	if data == nil {
		return nil, nil
	}
	var out []byte
	s := l.scan(data.first)
	for {
		rec, ok, err := s.next(func(byte, byte) int { return min(limit+maxObname, 1<<30) })
		if err != nil || !ok || rec.at >= l.end {
			return out, err
		}
		if rec.explicit || rec.encrypted || rec.kind != kindNoFormat {
			continue
		}
		rest, ok := skipObname(rec.body)
		if !ok {
			continue
		}
		if found, _ := l.file.texts.obname(rec.body); found == name {
			out = append(out, rest[:min(len(rest), limit-len(out))]...)
		}
	}
}

// scan starts a scanner in a part of the file that index has read, and has reported what is wrong with.
func (l *LogicalFile) scan(from cursor) *scanner {
	return &scanner{src: &l.file.src, cur: from, log: &damage.Log{}}
}
