package wellfile

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/pads"
)

// lasImage is the image of a data section, which goes to its place as it is read.
type lasImage struct {
	family *family
	image  *imagelog.Builder
}

// lasReader reads an image log from a LAS file.
type lasReader struct {
	path   string
	opt    Options
	tools  []*pads.Tool
	images map[int]*lasImage // by data section
}

// fromLAS builds an image log of the curves of a LAS file.
func fromLAS(path string, src io.Reader, nulls []float64, opt Options) (*imagelog.Log, error) {
	tools, err := padTools(opt.Tool)
	if err != nil {
		return nil, err
	}
	r := &lasReader{path: path, opt: opt, tools: tools, images: map[int]*lasImage{}}
	defer r.close()
	file, err := las.Read(src, las.Options{NullValues: nulls, Divert: r.divert})
	if err != nil {
		return nil, err
	}
	return r.log(file, nulls)
}

// close drops the images that have become no log.
func (r *lasReader) close() {
	for _, i := range r.images {
		_ = i.image.Close() // what went wrong before matters more
	}
}

// divert takes the values of the image out of a data section. Those of raw pads stay, and so do all where there is no image.
func (r *lasReader) divert(set int, curves []las.Curve) (places []int, row func([]float64) error) {
	f, _, _, err := r.choose(&las.File{Curves: curves}, nil)
	if err != nil || f == nil {
		return nil, nil
	}
	one := &lasImage{family: f, image: imagelog.NewBuilder(f.columns(), r.opt.Storage)}
	r.images[set] = one
	pixels := make([]float32, f.columns())
	var columns []int // of the image, by place
	for j := range pixels {
		pixels[j] = float32(math.NaN())
		if curve, ok := f.members[f.first+j]; ok {
			places, columns = append(places, curve), append(columns, j)
		}
	}
	return places, func(values []float64) error {
		for k, v := range values {
			pixels[columns[k]] = float32(v)
		}
		return one.image.Append(pixels)
	}
}

// choose returns the family that is the image, or nil and the raw pads that are to become it.
func (r *lasReader) choose(file *las.File, depthM []float64) (f *family, all []*family, raw *rawPads, err error) {
	names := lasNames(file)
	names[0] = "" // the index
	raw, all = lasPads(r.path, file, depthM, families(names), r.tools)
	known := func(f *family) bool { return imageMnemonic.MatchString(f.pattern()) }
	want, err := wantPads(r.path, formatLAS, raw, slices.ContainsFunc(all, known), r.opt)
	if err != nil || want {
		return nil, all, raw, err
	}
	f, err = chooseFamily(r.path, all, r.opt.ImageChannel)
	return f, all, nil, err
}

// log builds the log of a file that has been read.
func (r *lasReader) log(file *las.File, nulls []float64) (*imagelog.Log, error) {
	if file.Rows() == 0 {
		return nil, fmt.Errorf("%w: no data section", imagelog.ErrNoData)
	}
	depthM, err := file.DepthM()
	if err != nil {
		return nil, err
	}
	f, all, raw, err := r.choose(file, depthM)
	if err != nil {
		return nil, err
	}
	if raw != nil {
		return raw.assemble(nulls, r.opt)
	}
	var warnings []string
	log, err := r.images[file.Main].image.Log(depthM, func(l *imagelog.Log) {
		warnings = lasCurves(l, file)
	})
	if err != nil {
		return nil, err
	}
	lasReference(file).set(log)
	log.Warnings = slices.Concat(file.Warnings, warnings, log.Warnings)
	if len(all) > 1 {
		log.Warn("image taken from the curves %s of %d sets of numbered curves", f, len(all))
	} else {
		log.Warn("image taken from the curves %s", f)
	}
	if missing := f.columns() - len(f.members); missing > 0 {
		log.Warn("%d of %d azimuth columns have no curve: read as not seen", missing, f.columns())
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
