package imagelog

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gorgonia.org/tensor"
)

// ErrNoData is wrapped by every error that says that no pixel of an image, or of the interval asked for, holds a value.
var ErrNoData = errors.New("image log holds no data")

// New builds a log without curves and with an unknown azimuth reference. depthM is [rows], strictly ascending, metres;
// pixels is [rows*columns] row-major, with NaN or infinity where the tool saw no wall. New keeps both slices: non-finite
// pixels are set to 0 and masked. It fails as Validate does.
func New(depthM []float64, pixels []float32, columns int) (*Log, error) {
	rows := len(depthM)
	if rows == 0 {
		return nil, fmt.Errorf("%w: no rows", ErrNoData)
	}
	if columns < 1 || len(pixels)/columns != rows || len(pixels)%columns != 0 {
		return nil, fmt.Errorf("image of %d pixels is not %d rows of %d columns", len(pixels), rows, columns)
	}
	l := &Log{
		DepthM:    depthM,
		Image:     dense(rows, columns, pixels),
		Mask:      maskGaps(pixels),
		Reference: RefUnknown,
	}
	if err := l.Validate(); err != nil {
		return nil, err
	}
	return l, nil
}

// maskGaps returns which pixels are finite, and sets the others to 0.
func maskGaps(pixels []float32) []bool {
	mask := make([]bool, len(pixels))
	fillMask(mask, pixels)
	return mask
}

// fillMask is maskGaps into a mask that exists.
func fillMask(mask []bool, pixels []float32) {
	for i, v := range pixels {
		mask[i] = v-v == 0 // false for NaN and both infinities
		if !mask[i] {
			pixels[i] = 0
		}
	}
}

// Validate reports the first thing that makes a log unusable: lengths that disagree, a depth axis that is not finite and
// strictly ascending, a valid pixel that is not finite, or (ErrNoData) no valid pixel at all.
func (l *Log) Validate() error {
	if l.InMemory() && l.Image == nil || len(l.DepthM) == 0 {
		return fmt.Errorf("%w: no image", ErrNoData)
	}
	if err := l.validateRows(); err != nil {
		return err
	}
	return l.validateImage()
}

// validateRows is Validate for all but the pixels.
func (l *Log) validateRows() error {
	if !l.InMemory() {
		if len(l.rows.order) != l.Rows() {
			return fmt.Errorf("image of %d rows and depth [%d] disagree", len(l.rows.order), len(l.DepthM))
		}
	} else if l.Image.Dtype() != tensor.Float32 || l.Image.Dims() != 2 || !l.Image.DataOrder().IsRowMajor() || l.Image.RequiresIterator() {
		return fmt.Errorf("image must be a contiguous row-major float32 matrix, not %v %v", l.Image.Dtype(), l.Image.Shape())
	} else if l.Rows() != l.Image.Shape()[0] || len(l.Mask) != l.Rows()*l.Columns() {
		return fmt.Errorf("image %v, depth [%d] and mask [%d] disagree", l.Image.Shape(), len(l.DepthM), len(l.Mask))
	}
	for _, c := range l.curves() {
		if len(*c.values) != 0 && len(*c.values) != l.Rows() {
			return fmt.Errorf("curve %s has %d values for %d rows", c.name, len(*c.values), l.Rows())
		}
	}
	for i, d := range l.DepthM {
		if math.IsNaN(d) || math.IsInf(d, 0) {
			return fmt.Errorf("depth of row %d is %v", i, d)
		}
		if i > 0 && d <= l.DepthM[i-1] {
			return fmt.Errorf("depth does not increase at row %d: %.4f m after %.4f m; order the rows by depth", i, d, l.DepthM[i-1])
		}
	}
	return nil
}

// validateImage is Validate for the pixels. What comes from a temporary file is finite where it is valid.
func (l *Log) validateImage() error {
	if l.InMemory() {
		for i, v := range l.Pixels() {
			if v-v != 0 && l.Mask[i] {
				return fmt.Errorf("pixel at row %d, column %d is %v but marked valid", i/l.Columns(), i%l.Columns(), v)
			}
		}
	}
	seen, err := l.anyValid()
	if err == nil && !seen {
		err = fmt.Errorf("%w: none of the %d x %d pixels is valid", ErrNoData, l.Rows(), l.Columns())
	}
	return err
}

// errSeen ends the search of anyValid.
var errSeen = errors.New("a valid pixel")

// anyValid tells whether any pixel is valid.
func (l *Log) anyValid() (bool, error) {
	err := l.Sections(func(s *Log, _ int) error {
		if slices.Contains(s.Mask, true) {
			return errSeen
		}
		return nil
	})
	if errors.Is(err, errSeen) {
		return true, nil
	}
	return false, err
}

// Pixels returns the image as [rows*columns], row-major. It is the log's own memory; nil where the log is not in memory.
func (l *Log) Pixels() []float32 {
	if l.Image == nil {
		return nil
	}
	return l.Image.Float32s()
}

// Rows returns the number of depth samples.
func (l *Log) Rows() int { return len(l.DepthM) }

// Columns returns the number of azimuth columns. Column j is centred at (j + 0.5) * 360/columns degrees.
func (l *Log) Columns() int {
	if !l.InMemory() {
		return l.rows.spool.columns
	}
	return l.Image.Shape()[1]
}

// StepM returns the median distance between rows in metres, which holes in the log do not move. It is NaN for one row.
func (l *Log) StepM() float64 {
	n := len(l.DepthM) - 1
	if n < 1 {
		return math.NaN()
	}
	steps := make([]float64, n)
	for i := range steps {
		steps[i] = l.DepthM[i+1] - l.DepthM[i]
	}
	slices.Sort(steps)
	return (steps[(n-1)/2] + steps[n/2]) / 2
}

// Warn adds a warning: something doubtful that was assumed, or repaired, while reading.
func (l *Log) Warn(format string, args ...any) {
	l.Warnings = append(l.Warnings, fmt.Sprintf(format, args...))
}

// Slice returns the rows with topM <= depth <= baseM. The result shares the memory of l. It wraps ErrNoData when the interval
// misses the log or holds no valid pixel.
func (l *Log) Slice(topM, baseM float64) (*Log, error) {
	lo, _ := slices.BinarySearch(l.DepthM, topM)
	hi, found := slices.BinarySearch(l.DepthM, baseM)
	if found {
		hi++
	}
	if lo >= hi {
		return nil, fmt.Errorf("%w between %.2f and %.2f m: the log covers %.2f to %.2f m",
			ErrNoData, topM, baseM, l.DepthM[0], l.DepthM[l.Rows()-1])
	}
	out := l.header()
	l.cutCurves(out, lo, hi)
	if l.InMemory() {
		columns := l.Columns()
		out.Image = dense(hi-lo, columns, l.Pixels()[lo*columns:hi*columns:hi*columns])
		out.Mask = l.Mask[lo*columns : hi*columns : hi*columns]
	} else {
		out.rows = &spooledRows{spool: l.rows.spool, order: l.rows.order[lo:hi:hi], nulls: l.rows.nulls}
	}
	seen, err := out.anyValid()
	if err != nil {
		return nil, err
	}
	if !seen {
		return nil, fmt.Errorf("%w between %.2f and %.2f m", ErrNoData, topM, baseM)
	}
	return out, nil
}

// cutCurves gives out the depths and curves of rows [lo, hi).
func (l *Log) cutCurves(out *Log, lo, hi int) {
	out.DepthM = l.DepthM[lo:hi:hi]
	from, to := l.curves(), out.curves()
	for i := range from {
		if v := *from[i].values; len(v) != 0 {
			*to[i].values = v[lo:hi:hi]
		}
	}
}

// header returns a log with the scalar fields of l and no rows.
func (l *Log) header() *Log {
	return &Log{
		Well: l.Well, Source: l.Source,
		Reference: l.Reference, DeclinationDeg: l.DeclinationDeg,
		Warnings: slices.Clone(l.Warnings), storage: l.storage,
	}
}

// curve describes one optional curve, so that whatever moves rows treats all of them alike.
type curve struct {
	name   string
	values *[]float64
	mix    func(a, b, t float64) float64 // value at share t of the way from a to b
	reachM float64                       // a value says nothing about the hole farther than this from its own depth
}

// Reaches of the curves, metres. Deviation and bit size change slowly and may come from a survey with stations 30 m apart;
// a caliper reading is local.
const (
	surveyReachM  = 50
	caliperReachM = 1
)

func (l *Log) curves() []curve {
	return []curve{
		{"devi_deg", &l.DeviDeg, lerp, surveyReachM},
		{"hazi_deg", &l.HaziDeg, lerpDeg, surveyReachM},
		{"p1no_deg", &l.P1NODeg, lerpDeg, caliperReachM},
		{"rb_deg", &l.RBDeg, lerpDeg, caliperReachM},
		{"c1_in", &l.C1In, lerp, caliperReachM},
		{"c2_in", &l.C2In, lerp, caliperReachM},
		{"c3_in", &l.C3In, lerp, caliperReachM},
		{"bs_in", &l.BSIn, nearest, surveyReachM},
	}
}

func dense(rows, columns int, pixels []float32) *tensor.Dense {
	return tensor.New(tensor.WithShape(rows, columns), tensor.WithBacking(pixels))
}
