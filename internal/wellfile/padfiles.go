package wellfile

import (
	"slices"

	"github.com/geobfdt/geobfdt/internal/dlis"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/lis"
	"github.com/geobfdt/geobfdt/internal/pads"
)

// dlisPads finds the raw pads of a DLIS file, those of the first logical file that has some; nil for none. rest is the candidates
// that are not pads.
func dlisPads(path string, file *dlis.File, all []*candidate, tools []*pads.Tool) (raw *rawPads, rest []*candidate) {
	for _, l := range file.LogicalFiles {
		found := findPads(path, formatDLIS, dlisSources(l), tools)
		if raw == nil {
			raw = found
		}
		if found == nil || found.err != nil {
			continue
		}
		found.well, found.bitIn, found.stated = wellName(l), constantBitSize(l), dlisReference(l)
		found.issues = func() []string { return issueTexts(file.Issues()) }
		frame := found.source.(dlisSource).frame
		taken := found.match.Channels(len(frame.Channels))
		all = slices.DeleteFunc(slices.Clone(all), func(c *candidate) bool {
			return c.frame == frame && (c.family == nil && taken[c.channel] || c.family != nil && c.family.within(taken))
		})
	}
	return raw, all
}

// within tells whether all curves of a family are taken.
func (f *family) within(taken []bool) bool {
	for _, i := range f.members {
		if !taken[i] {
			return false
		}
	}
	return true
}

// lasPads is dlisPads for LAS.
func lasPads(path string, file *las.File, depthM []float64, all []*family, tools []*pads.Tool) (raw *rawPads, rest []*family) {
	raw = findPads(path, formatLAS, []padSource{lasSource{file, depthM}}, tools)
	if raw == nil || raw.err != nil {
		return raw, all
	}
	raw.stated = lasReference(file)
	raw.issues = func() []string { return file.Warnings }
	if well, ok := file.Item(las.Well, "WELL"); ok {
		raw.well = well.Value
	}
	if bs := bitSize(file); bs != nil {
		raw.bitIn = bs[0]
	}
	taken := raw.match.Channels(len(file.Curves))
	return raw, slices.DeleteFunc(slices.Clone(all), func(f *family) bool { return f.within(taken) })
}

// lisPads is dlisPads for LIS79.
func lisPads(path string, file *lis.File, all []*lisImage, tools []*pads.Tool) (raw *rawPads, rest []*lisImage) {
	for _, l := range file.LogicalFiles {
		var sources []padSource
		for _, format := range l.Formats {
			if depth, ok := findLISDepth(format); ok && format.Frames > 0 {
				sources = append(sources, lisSource{format, depth})
			}
		}
		found := findPads(path, formatLIS, sources, tools)
		if raw == nil {
			raw = found
		}
		if found == nil || found.err != nil {
			continue
		}
		format := found.source.(lisSource).format
		one := lisImage{file: l, format: format}
		found.bitIn = one.bitSizeIn()
		found.issues = func() []string { return issueTexts(file.Issues) }
		if well, ok := lis.Constant(l.Tables(), "WN"); ok {
			found.well = well.String()
		}
		taken := found.match.Channels(len(format.Channels))
		all = slices.DeleteFunc(slices.Clone(all), func(c *lisImage) bool {
			return c.format == format && (c.family == nil && taken[c.channel] || c.family != nil && c.family.within(taken))
		})
	}
	return raw, all
}
