package wellfile

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/las"
)

// family is a set of LAS curves that differ in one number only, such as ABDC1M to ABDC16M: a candidate for an image.
type family struct {
	prefix, suffix string
	members        map[int]*las.Curve // by number
	first, last    int
}

// columns returns how many azimuth columns the family spans, missing ones included.
func (f *family) columns() int { return f.last - f.first + 1 }

func (f *family) String() string {
	return fmt.Sprintf("%s (%d curves)", f.pattern(), len(f.members))
}

// pattern names the family: ABDC*M, IMG[*].
func (f *family) pattern() string { return f.prefix + "*" + f.suffix }

// named tells whether a user means this family: ABDC, ABDC*M, IMG, IMG[] or IMG[*].
func (f *family) named(channel string) bool {
	for _, name := range []string{f.prefix, f.pattern(), f.prefix + f.suffix, strings.TrimRight(f.prefix, "[_-. ")} {
		if name != "" && strings.EqualFold(name, strings.TrimSpace(channel)) {
			return true
		}
	}
	return false
}

// The last number of a mnemonic, and what is around it.
var numbered = regexp.MustCompile(`^(.*?)(\d{1,4})(\D*)$`)

// families groups the numbered curves of a file, in file order. A family holds at least minColumns curves, of which at most one
// in four numbers is missing.
func families(file *las.File) []*family {
	var found []*family
	byPattern := map[string]*family{}
	for i := range file.Curves {
		curve := &file.Curves[i]
		m := numbered.FindStringSubmatch(curve.Mnemonic)
		if i == 0 || m == nil {
			continue
		}
		number, err := strconv.Atoi(m[2])
		if err != nil {
			continue
		}
		key := strings.ToUpper(m[1] + "*" + m[3])
		f := byPattern[key]
		if f == nil {
			f = &family{prefix: m[1], suffix: m[3], members: map[int]*las.Curve{}, first: number, last: number}
			byPattern[key] = f
			found = append(found, f)
		}
		if f.members[number] == nil {
			f.members[number] = curve
			f.first, f.last = min(f.first, number), max(f.last, number)
		}
	}
	return slices.DeleteFunc(found, func(f *family) bool {
		return len(f.members) < minColumns || 4*len(f.members) < 3*f.columns()
	})
}

// chooseFamily returns the family that is the image: the one named, else the one with most columns.
func chooseFamily(path string, all []*family, channel string) (*family, error) {
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = f.String()
	}
	choices := strings.Join(names, ", ")
	if channel != "" {
		for _, f := range all {
			if f.named(channel) {
				return f, nil
			}
		}
		e := &Error{Path: path, Where: "LAS", What: fmt.Sprintf("no set of numbered curves is called %q", channel), Err: ErrNoImage}
		if choices != "" {
			e.Remedy = "there are " + choices
		}
		return nil, e
	}
	if len(all) == 0 {
		return nil, &Error{Path: path, Where: "LAS", What: fmt.Sprintf("no image: no %d or more curves are numbered alike", minColumns),
			Remedy: "export the image as one curve per azimuth (IMG1, IMG2, ...)", Err: ErrNoImage}
	}
	widest := slices.MaxFunc(all, func(a, b *family) int { return a.columns() - b.columns() })
	for _, f := range all {
		if f != widest && f.columns() == widest.columns() {
			return nil, &Error{Path: path, Where: "LAS", What: "several sets of curves could be the image: " + choices,
				Remedy: "choose one with --image-channel", Err: ErrAmbiguous}
		}
	}
	return widest, nil
}

// fromLAS builds an image log of the curves of a LAS file.
func fromLAS(path string, file *las.File, channel string) (*imagelog.Log, error) {
	if file.Rows() == 0 {
		return nil, fmt.Errorf("%w: no data section", imagelog.ErrNoData)
	}
	all := families(file)
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
		curve := f.members[f.first+j]
		if curve == nil {
			missing++
		}
		for i := range rows {
			v := float32(math.NaN())
			if curve != nil {
				v = float32(curve.Values[i])
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

// kind of a quantity, for its units.
type quantity int

const (
	angle quantity = iota
	length
)

// lasCurves sets the orientation, caliper and bit size curves of a log from the mnemonics in common use. It returns warnings.
func lasCurves(l *imagelog.Log, file *las.File) (warnings []string) {
	for _, c := range []struct {
		values    *[]float64
		quantity  quantity
		mnemonics []string
	}{
		{&l.DeviDeg, angle, []string{"DEVI", "DEVIM", "SDEV", "DEV", "INCL", "INC", "INNM", "DEVIATION"}},
		{&l.HaziDeg, angle, []string{"HAZI", "HAZIM", "HAZ", "AZIM", "AZI", "DAZI"}},
		{&l.P1NODeg, angle, []string{"P1NO", "P1AZ", "P1NO_FBST"}},
		{&l.RBDeg, angle, []string{"RB", "RELB"}},
		{&l.C1In, length, []string{"C1", "C13", "CALX", "CALI", "CAL", "HCAL", "CALIPER"}},
		{&l.C2In, length, []string{"C2", "C24", "CALY"}},
		{&l.BSIn, length, []string{"BS", "BIT", "BITSIZE"}},
	} {
		curve := file.Curve(c.mnemonics...)
		if curve == nil {
			continue
		}
		factor, known := unitFactor(c.quantity, curve.Unit)
		if !known {
			warnings = append(warnings, fmt.Sprintf("curve %s is in %q: taken as %s", curve.Mnemonic, curve.Unit, [...]string{"degrees", "inches"}[c.quantity]))
		}
		*c.values = scaled(curve.Values, factor)
	}
	if l.BSIn == nil {
		l.BSIn = bitSize(file)
	}
	return warnings
}

// unitFactor returns what takes a unit to degrees or inches, and whether the unit is known.
func unitFactor(q quantity, unit string) (factor float64, known bool) {
	if q == length {
		metres, ok := las.MetresPer(unit)
		if !ok {
			return 1, false
		}
		return metres / 0.0254, true
	}
	switch strings.ToLower(strings.Trim(unit, "[]() ")) {
	case "deg", "dega", "degree", "degrees", "°", "dd":
		return 1, true
	case "rad", "radian", "radians":
		return 180 / math.Pi, true
	}
	return 1, false
}

func scaled(values []float64, factor float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = v * factor
	}
	return out
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
