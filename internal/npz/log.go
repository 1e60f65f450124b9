package npz

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	faster "github.com/klauspost/compress/flate"

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
// imagelog.ErrNoData. storage says where the image is kept; it goes there as it is read.
func ReadLog(r io.ReaderAt, size int64, depths *Depths, storage imagelog.Storage) (*imagelog.Log, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	archive.RegisterDecompressor(zip.Deflate, faster.NewReader) // half the time of reading a long log goes into it
	file := npzFile{size: size, members: map[string]*zip.File{}}
	for _, f := range archive.File {
		if name, ok := strings.CutSuffix(f.Name, ".npy"); ok {
			file.members[name] = f
			file.names = append(file.names, name)
		}
	}
	if len(file.names) == 0 {
		return nil, fmt.Errorf("%w: a zip file without NumPy arrays", ErrFormat)
	}
	image, rows, err := file.image(storage)
	if err != nil {
		return nil, err
	}
	defer image.Close()
	file.rows = rows
	depthM, err := file.depth(rows, depths)
	if err != nil {
		return nil, err
	}
	curves, err := file.curves(rows)
	if err != nil {
		return nil, err
	}
	l, err := image.Log(depthM, func(l *imagelog.Log) {
		for _, c := range logCurves(l) {
			*c.values = curves[c.key]
		}
	})
	if err != nil {
		return nil, err
	}
	if err := file.describe(l); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// ReadArrayLog makes an image log of a single array [rows, columns] or [rows, columns, 3 or 4], as an .npy file of the given size holds it.
func ReadArrayLog(r io.Reader, size int64, depths *Depths, storage imagelog.Storage) (*imagelog.Log, error) {
	image, rows, err := readImage(r, storage, size)
	if err != nil {
		return nil, fmt.Errorf("array: %w", err)
	}
	defer image.Close()
	if depths == nil {
		return nil, fmt.Errorf("%w: a single array needs a depth range", ErrNoDepth)
	}
	return image.Log(depths.rows(rows), nil)
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

// maxPacking is how many pixels a byte of an archive is trusted to hold before they have come; an image of one colour packs a thousand.
const maxPacking = 2

// npzFile is an opened archive.
type npzFile struct {
	size    int64
	members map[string]*zip.File
	names   []string
	rows    int // of the image, once it has been read: the curves have as many
}

// open returns the array of a key to be read, or nil when there is none.
func (f npzFile) open(key string) (io.ReadCloser, error) {
	member, ok := f.members[key]
	if !ok {
		return nil, nil
	}
	r, err := member.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrFormat, key, err)
	}
	return packed{r}, nil
}

// packed is a member of an archive. What cannot be unpacked is damage of the file, not of the medium that it is read from.
type packed struct{ io.ReadCloser }

func (p packed) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	var corrupt flate.CorruptInputError
	if errors.As(err, &corrupt) || errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) {
		err = fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return n, err
}

// read returns the array of a key, or nil when there is none.
func (f npzFile) read(key string) (*Array, error) {
	r, err := f.open(key)
	if err != nil || r == nil {
		return nil, err
	}
	defer r.Close()
	a, err := readArray(r, max(f.rows, chunkElements))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return a, nil
}

// image reads the image and counts its rows.
func (f npzFile) image(storage imagelog.Storage) (image *imagelog.Builder, rows int, err error) {
	for _, key := range []string{"image", "rgb"} {
		r, err := f.open(key)
		if err != nil {
			return nil, 0, err
		}
		if r == nil {
			continue
		}
		r = readAhead(r)
		defer r.Close()
		if image, rows, err = readImage(r, storage, maxPacking*f.size); err != nil {
			return nil, 0, fmt.Errorf("%s: %w", key, err)
		}
		return image, rows, nil
	}
	return nil, 0, fmt.Errorf("%w: no key image, only %q", ErrNoImage, f.names)
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
