package wellfile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dlis"
	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// column is a scalar channel that a frame is asked for, and what it is for.
type column struct {
	channel int // position in the frame
	factor  float64
	values  []float64 // by row
}

// read reads the image with its depth, and the curves of orientation and hole size: those of its own frame, then of the other
// frames of the logical file.
func (c *candidate) read(nulls []float64, storage imagelog.Storage) (*imagelog.Log, error) {
	wanted, columns := []int{}, c.columns()
	if c.family != nil {
		for number := c.family.first; number <= c.family.last; number++ {
			if channel, ok := c.family.members[number]; ok {
				wanted = append(wanted, channel)
			}
		}
	} else {
		wanted = append(wanted, c.channel)
	}
	images := len(wanted)
	var warnings []string
	own := findColumns(c.frame, c.axis, nil, &warnings)
	for _, o := range own {
		if o != nil {
			wanted = append(wanted, o.channel)
			o.values = make([]float64, 0, c.frame.MaxRows())
		}
	}
	depth := len(wanted)
	if c.axis.channel >= 0 {
		wanted = append(wanted, c.axis.channel)
	}
	rows, err := c.frame.Rows(wanted...)
	if err != nil {
		return nil, err
	}
	// Room for all rows at once: the frame's data bounds it, so that an absurd file cannot ask for more than it holds.
	depthM := make([]float64, 0, c.frame.MaxRows())
	image := imagelog.NewBuilder(columns, storage)
	defer image.Close()
	if err := image.Grow(c.frame.MaxRows()); err != nil {
		return nil, err
	}
	var pixels []float32 // of a row
	for rows.Next() {
		depthM = append(depthM, c.axis.at(rows, depth))
		if pixels = pixels[:0]; c.family == nil {
			pixels = rows.Float32s(pixels, 0)
		} else {
			k := 0
			for number := c.family.first; number <= c.family.last; number++ {
				v := math.NaN()
				if _, ok := c.family.members[number]; ok {
					v = rows.Float64(k)
					k++
				}
				pixels = append(pixels, float32(v))
			}
		}
		if err := image.Append(pixels); err != nil {
			return nil, err
		}
		k := images
		for _, o := range own {
			if o != nil {
				o.values = append(o.values, scaleUnlessNull(rows.Float64(k), o.factor, nulls))
				k++
			}
		}
	}
	if rows.Err() != nil {
		return nil, rows.Err()
	}
	var curveErr error
	log, err := image.Log(depthM, func(l *imagelog.Log) {
		curveErr = c.curves(l, own, nulls, &warnings)
	})
	if curveErr != nil {
		return nil, curveErr
	}
	if err != nil {
		return nil, err
	}
	if err := dropNulls(log, nulls); err != nil {
		return nil, err
	}
	if c.axis.warning != "" {
		log.Warn("%s", c.axis.warning)
	}
	if missing := columns - images; c.family != nil && missing > 0 {
		log.Warn("%d of %d azimuth columns have no channel: read as not seen", missing, columns)
	}
	log.Warnings = append(log.Warnings, warnings...)
	log.Well = wellName(c.file)
	return log, nil
}

// findColumns finds the curves of a log in a frame, by their place in orientations; nil for those that are not there, or that have
// tells of.
func findColumns(f *dlis.Frame, axis depthAxis, have []bool, warnings *[]string) []*column {
	names := make([]string, len(f.Channels))
	for i, c := range f.Channels {
		if i != axis.channel && c.Elements() == 1 && c.Code.Numeric() {
			names[i] = c.Name.ID
		}
	}
	table := orientations(&imagelog.Log{})
	out := make([]*column, len(table))
	for i, o := range table {
		k := find(names, o.mnemonics)
		if k < 0 || have != nil && have[i] {
			continue
		}
		factor, warn := factorOrWarn(o.quantity, names[k], f.Channels[k].Units)
		*warnings = append(*warnings, warn...)
		out[i] = &column{channel: k, factor: factor}
	}
	return out
}

// curves sets the curves of a log that has its depths, in file order: its own columns, and those that only another frame has.
func (c *candidate) curves(l *imagelog.Log, own []*column, nulls []float64, warnings *[]string) error {
	table := orientations(l)
	have := make([]bool, len(table))
	for i, o := range own {
		if o != nil {
			*table[i].values, have[i] = o.values, true
		}
	}
	frames, err := c.file.Frames()
	if err != nil {
		return err
	}
	for _, frame := range frames {
		axis, ok := findDepth(frame)
		if frame == c.frame || !ok || frame.Records == 0 {
			continue
		}
		columns := findColumns(frame, axis, have, warnings)
		if !slices.ContainsFunc(columns, func(c *column) bool { return c != nil }) {
			continue
		}
		depthM, err := readColumns(frame, axis, columns, nulls)
		if err != nil {
			*warnings = append(*warnings, fmt.Sprintf("frame %s could not be read: %v", frame.Name.ID, err))
			continue
		}
		var taken []string
		for i, o := range columns {
			if o != nil {
				*table[i].values, have[i] = interpolate(depthM, o.values, l.DepthM, table[i]), true
				taken = append(taken, frame.Channels[o.channel].Name.ID)
			}
		}
		*warnings = append(*warnings, fmt.Sprintf("%s interpolated from frame %s", strings.Join(taken, ", "), frame.Name.ID))
	}
	if l.BSIn == nil {
		if bs := constantBitSize(c.file); bs == bs {
			l.BSIn = slices.Repeat([]float64{bs}, len(l.DepthM))
		}
	}
	return nil
}

// readColumns reads depth and columns of a frame.
func readColumns(f *dlis.Frame, axis depthAxis, columns []*column, nulls []float64) (depthM []float64, err error) {
	var wanted []int
	for _, c := range columns {
		if c != nil {
			wanted = append(wanted, c.channel)
		}
	}
	if axis.channel >= 0 {
		wanted = append(wanted, axis.channel)
	}
	rows, err := f.Rows(wanted...)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		depthM = append(depthM, axis.at(rows, len(wanted)-1))
		k := 0
		for _, c := range columns {
			if c != nil {
				c.values = append(c.values, scaleUnlessNull(rows.Float64(k), c.factor, nulls))
				k++
			}
		}
	}
	return depthM, rows.Err()
}

func scaleUnlessNull(v, factor float64, nulls []float64) float64 {
	for _, null := range nulls {
		if v == null || float32(v) == float32(null) {
			return math.NaN()
		}
	}
	return v * factor
}

// dropNulls makes gaps of the null values of a log. It closes a log of which nothing is left.
func dropNulls(log *imagelog.Log, nulls []float64) error {
	log.MaskValues(nulls)
	if err := log.Validate(); err != nil {
		return errors.Join(err, log.Close())
	}
	return nil
}

// interpolate gives a curve at new depths, in any order: linearly between the readings above and below, the nearest one within
// reach where there is no other, else NaN.
func interpolate(depthM, values, at []float64, o orientation) []float64 {
	type reading struct{ depthM, value float64 }
	var readings []reading
	for i, d := range depthM {
		if v := values[i]; d-d == 0 && v-v == 0 {
			readings = append(readings, reading{d, v})
		}
	}
	sort.SliceStable(readings, func(i, j int) bool { return readings[i].depthM < readings[j].depthM })
	out := make([]float64, len(at))
	for i, d := range at {
		below := sort.Search(len(readings), func(k int) bool { return readings[k].depthM >= d })
		above := below - 1
		hasBelow := below < len(readings) && readings[below].depthM-d <= o.reachM
		hasAbove := above >= 0 && d-readings[above].depthM <= o.reachM
		switch {
		case hasAbove && hasBelow:
			a, b := readings[above], readings[below]
			turn := b.value - a.value
			if o.circular {
				turn = math.Remainder(turn, 360)
			}
			out[i] = a.value + turn*(d-a.depthM)/(b.depthM-a.depthM)
			if o.circular {
				out[i] = math.Mod(out[i]+360, 360)
			}
		case hasAbove:
			out[i] = readings[above].value
		case hasBelow:
			out[i] = readings[below].value
		default:
			out[i] = math.NaN()
		}
	}
	return out
}
