package wellfile

import (
	"fmt"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/las"
)

// fromLAS builds an image log of the curves of a LAS file.
func fromLAS(path string, file *las.File, channel string) (*imagelog.Log, error) {
	if file.Rows() == 0 {
		return nil, fmt.Errorf("%w: no data section", imagelog.ErrNoData)
	}
	names := lasNames(file)
	names[0] = "" // the index
	all := families(names)
	f, err := chooseFamily(path, all, channel)
	if err != nil {
		return nil, err
	}
	depthM, err := file.DepthM()
	if err != nil {
		return nil, err
	}
	rows, columns := file.Rows(), f.columns()
	pixels := make([]float32, rows*columns)
	missing := 0
	for j := range columns {
		curve, ok := f.members[f.first+j]
		if !ok {
			missing++
		}
		for i := range rows {
			v := float32(math.NaN())
			if ok {
				v = float32(file.Curves[curve].Values[i])
			}
			pixels[i*columns+j] = v
		}
	}
	var warnings []string
	log, err := imagelog.FromRaw(depthM, pixels, columns, func(l *imagelog.Log) {
		warnings = lasCurves(l, file)
	})
	if err != nil {
		return nil, err
	}
	log.Warnings = slices.Concat(file.Warnings, warnings, log.Warnings)
	if len(all) > 1 {
		log.Warn("image taken from the curves %s of %d sets of numbered curves", f, len(all))
	} else {
		log.Warn("image taken from the curves %s", f)
	}
	if missing > 0 {
		log.Warn("%d of %d azimuth columns have no curve: read as not seen", missing, columns)
	}
	if well, ok := file.Item(las.Well, "WELL"); ok {
		log.Well = well.Value
	}
	return log, nil
}

// lasNames returns the mnemonics of a file.
func lasNames(file *las.File) []string {
	names := make([]string, len(file.Curves))
	for i := range names {
		names[i] = file.Curves[i].Mnemonic
	}
	return names
}

// lasCurves sets the orientation, caliper and bit size curves of a log. It returns warnings.
func lasCurves(l *imagelog.Log, file *las.File) (warnings []string) {
	names := lasNames(file)
	for _, o := range orientations(l) {
		i := find(names, o.mnemonics)
		if i < 0 {
			continue
		}
		factor, warn := factorOrWarn(o.quantity, names[i], file.Curves[i].Unit)
		warnings = append(warnings, warn...)
		*o.values = scaled(file.Curves[i].Values, factor)
	}
	if l.BSIn == nil {
		l.BSIn = bitSize(file)
	}
	return warnings
}

// bitSize returns the bit size of the file's header as a curve, or nil.
func bitSize(file *las.File) []float64 {
	for _, section := range []byte{las.Parameter, las.Well} {
		item, ok := file.Item(section, "BS")
		if !ok {
			continue
		}
		v, isNumber := las.ParseFloat([]byte(item.Value))
		factor, known := unitFactor(length, item.Unit)
		if !isNumber || !known || v <= 0 {
			continue
		}
		out := make([]float64, file.Rows())
		for i := range out {
			out[i] = v * factor
		}
		return out
	}
	return nil
}
