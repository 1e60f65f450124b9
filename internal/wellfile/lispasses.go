package wellfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/lis"
)

// fromOtherPasses sets the curves of orientation and hole size that a log still lacks, which has its depths in file order: interpolated
// by depth from the other passes of the image's logical file, then from the other logical files of the same well. A pass that cannot
// be read, or none of whose readings is near, gives nothing.
func (c *lisImage) fromOtherPasses(l *imagelog.Log, nulls []float64, warnings *[]string) {
	for _, file := range c.sameWell() {
		for i, format := range file.Formats {
			depth, ok := findLISDepth(format)
			if format == c.format || !ok || format.Frames == 0 {
				continue
			}
			other := &lisImage{file: file, format: format, depth: depth, channel: -1, family: &family{}}
			if taken := other.lend(l, nulls, warnings); len(taken) > 0 {
				*warnings = append(*warnings, fmt.Sprintf("%s interpolated from pass %d of logical file %d", strings.Join(taken, ", "), i+1, c.numberOf(file)))
			}
		}
	}
}

// sameWell lists the logical files that may hold the image's orientation, its own first: those that do not name another well.
func (c *lisImage) sameWell() []*lis.LogicalFile {
	out := []*lis.LogicalFile{c.file}
	own, _ := lis.Constant(c.file.Tables(), "WN")
	for _, file := range c.tape.LogicalFiles {
		well, _ := lis.Constant(file.Tables(), "WN")
		if file != c.file && (own.String() == "" || well.String() == "" || strings.EqualFold(own.String(), well.String())) {
			out = append(out, file)
		}
	}
	return out
}

func (c *lisImage) numberOf(file *lis.LogicalFile) int {
	return slices.Index(c.tape.LogicalFiles, file) + 1
}

// lend gives a log the curves of a pass that it lacks, and returns the mnemonics of those with a reading near its rows.
func (c *lisImage) lend(l *imagelog.Log, nulls []float64, warnings *[]string) (taken []string) {
	var unitWarnings []string
	columns := c.orientation(&unitWarnings)
	table := orientations(l)
	for i, o := range columns {
		if o != nil && *table[i].values != nil {
			columns[i] = nil
		}
	}
	if !slices.ContainsFunc(columns, func(o *column) bool { return o != nil }) {
		return nil
	}
	frames, err := c.format.NewReader()
	if err != nil {
		*warnings = append(*warnings, fmt.Sprintf("another pass could not be read: %v", err))
		return nil
	}
	var depthM []float64
	for frames.Next() {
		depthM = append(depthM, c.depthAt(frames, 0))
		for _, o := range columns {
			if o != nil {
				o.values = append(o.values, scaleUnlessNull(frames.Values(o.channel)[0], o.factor, nulls))
			}
		}
	}
	if err := frames.Err(); err != nil {
		*warnings = append(*warnings, fmt.Sprintf("another pass was read up to its damage: %v", err))
	}
	for i, o := range columns {
		if o == nil {
			continue
		}
		values := interpolate(depthM, o.values, l.DepthM, table[i])
		if slices.ContainsFunc(values, finite) {
			*table[i].values = values
			taken = append(taken, c.format.Channels[o.channel].Mnemonic)
		}
	}
	if len(taken) > 0 {
		*warnings = append(*warnings, unitWarnings...)
	}
	return taken
}
