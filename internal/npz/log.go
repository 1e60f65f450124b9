package npz

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// Errors that callers branch on, besides ErrFormat and imagelog.ErrNoData.
var (
	ErrNoDepth = errors.New("image has no depth") // and none was given
	ErrNoImage = errors.New("no image")           // among the arrays of an .npz file
)

// Depths place an image that comes without depths: the depths of the top edge of its first row and the base edge of its last,
// metres.
type Depths struct{ TopM, BaseM float64 }

// ReadLog reads an image log from an .npz file of the given size. depths may be nil; it is used only when the file has none.
// A missing image or a missing depth is an error that names the keys found. Errors wrap ErrFormat, ErrNoDepth, ErrNoImage or
// imagelog.ErrNoData.
func ReadLog(r io.ReaderAt, size int64, depths *Depths) (*imagelog.Log, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	file := npzFile{members: map[string]*zip.File{}}
	for _, f := range archive.File {
		if name, ok := strings.CutSuffix(f.Name, ".npy"); ok {
			file.members[name] = f
			file.names = append(file.names, name)
		}
	}
	if len(file.names) == 0 {
		return nil, fmt.Errorf("%w: a zip file without NumPy arrays", ErrFormat)
	}
	pixels, rows, columns, err := file.image()
	if err != nil {
		return nil, err
	}
	depthM, err := file.depth(rows, depths)
	if err != nil {
		return nil, err
	}
	curves, err := file.curves(rows)
	if err != nil {
		return nil, err
	}
	l, err := imagelog.FromRaw(depthM, pixels, columns, func(l *imagelog.Log) {
		for _, c := range logCurves(l) {
			*c.values = curves[c.key]
		}
	})
	if err != nil {
		return nil, err
	}
	return l, file.describe(l)
}

// LogFromArray makes an image log of a single array [rows, columns] or [rows, columns, 3 or 4], as an .npy file holds it.
func LogFromArray(a *Array, depths *Depths) (*imagelog.Log, error) {
	pixels, rows, columns, err := grey(a)
	if err != nil {
		return nil, fmt.Errorf("array: %w", err)
	}
	if depths == nil {
		return nil, fmt.Errorf("%w: a single array needs a depth range", ErrNoDepth)
	}
	return imagelog.FromRaw(depths.rows(rows), pixels, columns, nil)
}

// logCurve ties a key to the curve it holds.
type logCurve struct {
	key    string
	values *[]float64
}

func logCurves(l *imagelog.Log) []logCurve {
	return []logCurve{
		{"devi_deg", &l.DeviDeg}, {"hazi_deg", &l.HaziDeg}, {"p1no_deg", &l.P1NODeg}, {"rb_deg", &l.RBDeg},
		{"c1_in", &l.C1In}, {"c2_in", &l.C2In}, {"bs_in", &l.BSIn},
	}
}

// npzFile is an opened archive.
type npzFile struct {
	members map[string]*zip.File
	names   []string
}

// read returns the array of a key, or nil when there is none.
func (f npzFile) read(key string) (*Array, error) {
	member, ok := f.members[key]
	if !ok {
		return nil, nil
	}
	r, err := member.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrFormat, key, err)
	}
	defer r.Close()
	a, err := ReadArray(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return a, nil
}

func (f npzFile) image() (pixels []float32, rows, columns int, err error) {
	for _, key := range []string{"image", "rgb"} {
		a, err := f.read(key)
		if err != nil {
			return nil, 0, 0, err
		}
		if a == nil {
			continue
		}
		pixels, rows, columns, err = grey(a)
		if err != nil {
			return nil, 0, 0, fmt.Errorf("%s: %w", key, err)
		}
		return pixels, rows, columns, nil
	}
	return nil, 0, 0, fmt.Errorf("%w: no key image, only %q", ErrNoImage, f.names)
}

// grey returns a matrix as it is, and a colour image as luminance (ITU-R BT.601).
func grey(a *Array) (pixels []float32, rows, columns int, err error) {
	values, ok := a.Float32()
	if !ok || len(a.Shape) < 2 || len(a.Shape) > 3 {
		return nil, 0, 0, fmt.Errorf("%w: shape %v is not an image of [rows, columns] numbers", ErrFormat, a.Shape)
	}
	rows, columns = a.Shape[0], a.Shape[1]
	if len(values) == 0 {
		return nil, 0, 0, fmt.Errorf("%w: shape %v", imagelog.ErrNoData, a.Shape)
	}
	if len(a.Shape) == 2 {
		return values, rows, columns, nil
	}
	channels := a.Shape[2]
	switch channels {
	case 1:
		return values, rows, columns, nil
	case 3, 4: // a fourth channel is opacity
		pixels = make([]float32, rows*columns)
		for i := range pixels {
			c := values[i*channels:]
			pixels[i] = 0.299*c[0] + 0.587*c[1] + 0.114*c[2]
		}
		return pixels, rows, columns, nil
	}
	return nil, 0, 0, fmt.Errorf("%w: shape %v: an image has 1, 3 or 4 channels", ErrFormat, a.Shape)
}

func (f npzFile) depth(rows int, given *Depths) ([]float64, error) {
	a, err := f.read("depth_m")
	if err != nil {
		return nil, err
	}
	if a != nil {
		depthM, ok := a.Float64()
		if !ok || len(depthM) != rows {
			return nil, fmt.Errorf("%w: depth_m has shape %v for %d rows", ErrFormat, a.Shape, rows)
		}
		return depthM, nil
	}
	base, err := f.scalar("ref_depth_m")
	if err != nil {
		return nil, err
	}
	step, err := f.scalar("step_m")
	if err != nil {
		return nil, err
	}
	switch {
	case given != nil:
		return given.rows(rows), nil
	case step > 0 && !math.IsNaN(base):
		return Depths{base - step*(float64(rows)-0.5), base + step/2}.rows(rows), nil
	}
	return nil, fmt.Errorf("%w: no key depth_m, only %q", ErrNoDepth, f.names)
}

// rows returns the depths of the centres of n rows.
func (d Depths) rows(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = d.TopM + (d.BaseM-d.TopM)*(float64(i)+0.5)/float64(n)
	}
	return out
}

// scalar returns the value of a one-element key, or NaN when there is none.
func (f npzFile) scalar(key string) (float64, error) {
	a, err := f.read(key)
	if a == nil || err != nil {
		return math.NaN(), err
	}
	v, ok := a.Float64()
	if !ok || len(v) != 1 {
		return math.NaN(), fmt.Errorf("%w: %s has shape %v, want one number", ErrFormat, key, a.Shape)
	}
	return v[0], nil
}

func (f npzFile) curves(rows int) (map[string][]float64, error) {
	curves := map[string][]float64{}
	for _, c := range logCurves(&imagelog.Log{}) {
		a, err := f.read(c.key)
		if err != nil {
			return nil, err
		}
		if a == nil {
			continue
		}
		v, ok := a.Float64()
		if ok && len(v) == 1 && rows != 1 { // a bit size or a deviation that holds for the whole log
			constant := v[0]
			v = make([]float64, rows)
			for i := range v {
				v[i] = constant
			}
		}
		if !ok || len(v) != rows {
			return nil, fmt.Errorf("%w: %s has shape %v for %d rows", ErrFormat, c.key, a.Shape, rows)
		}
		curves[c.key] = v
	}
	return curves, nil
}

// describe sets what the file says of the well and its azimuths.
func (f npzFile) describe(l *imagelog.Log) error {
	for key, set := range map[string]func(string){
		"well": func(s string) { l.Well = s },
		"azimuth_reference": func(s string) {
			switch r := imagelog.Reference(strings.ToLower(s)); r {
			case imagelog.RefNorth, imagelog.RefMagnetic, imagelog.RefHighSide, imagelog.RefUnknown:
				l.Reference = r
			default:
				l.Warn("azimuth_reference %q is not one of north, magnetic, highside: taken as unknown", s)
			}
		},
	} {
		a, err := f.read(key)
		if err != nil {
			return err
		}
		if a != nil && len(a.Strings) == 1 {
			set(strings.TrimSpace(a.Strings[0]))
		}
	}
	declination, err := f.scalar("declination_deg")
	if err != nil {
		return err
	}
	if !math.IsNaN(declination) {
		l.DeclinationDeg = declination
	}
	return nil
}
