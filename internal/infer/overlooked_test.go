package infer

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// rasterRows is a raster in memory that is read part by part.
type rasterRows struct{ Raster }

func (r rasterRows) Rows() int { return r.Raster.Rows }

func (r rasterRows) raster(s tile.Span) (Raster, error) {
	lo, hi := s.Lo*r.Columns, s.Hi*r.Columns
	return Raster{Image: r.Image[lo:hi], Mask: r.Mask[lo:hi], Rows: s.Hi - s.Lo, Columns: r.Columns, First: s.Lo}, nil
}

// faint is an image of noise between pads with dark lines along curves, not all of them strong enough for the eye.
func faint(rows int, curves []Curve, contrast float64) Raster {
	const columns = 96
	rng := rand.New(rand.NewPCG(3, 4))
	r := Raster{Image: make([]float32, rows*columns), Mask: make([]bool, rows*columns), Rows: rows, Columns: columns}
	cos, sin := dip.ColumnAzimuths(columns)
	for i := range r.Image {
		r.Image[i], r.Mask[i] = float32(rng.NormFloat64()), i%columns%12 < 9
	}
	for _, c := range curves {
		for j := range columns {
			at := c.D + c.A*cos[j] + c.B*sin[j]
			for i := max(0, int(at)-6); i < min(rows, int(at)+7); i++ {
				x := (float64(i) + 0.5 - at) / 1.5
				r.Image[i*columns+j] -= float32(contrast * math.Exp(-x*x/2))
			}
		}
	}
	return r
}

func known(c Curve, class dip.Class) Refined {
	v := []float64{-4, -4}
	v[class] = 3
	return Refined{Curve: c, Verdicts: v}
}

// TestOverlookedFractures: of what a faint image shows, only the fracture is proposed that crosses the beds and is not known yet, where it
// is, and the same whatever the number of threads; the one deep down lies across the border of two parts.
func TestOverlookedFractures(t *testing.T) {
	const rows = overlookedPart + 1000
	border := float64(overlookedPart - 2*overlookedMargin)
	beds := []Curve{{D: 300, A: 4, B: -3}, {D: 420, A: 5, B: -3}, {D: border, A: 4}}
	fractures := []Curve{{D: 350, A: -40, B: 70}, {D: 700, A: 60, B: 20}, {D: border + 3, A: 90, B: -40}}
	unknownBed := Curve{D: 600, A: 5, B: -3}
	image := rasterRows{faint(rows, append(append([]Curve{unknownBed}, beds...), fractures...), 1.2)}
	var rs []Refined
	for _, c := range beds {
		rs = append(rs, known(c, dip.Bedding))
	}
	rs = append(rs, known(fractures[1], dip.Fracture))
	var first []Curve
	for threads := 1; threads <= 2; threads++ {
		pool := kernel.NewPool(threads)
		defer pool.Close()
		got, err := overlookedFractures(t.Context(), image, rs, pool)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 {
			t.Fatalf("%d proposals, want 2: %+v", len(got), got)
		}
		for i, want := range []Curve{fractures[0], fractures[2]} {
			if c := got[i]; math.Abs(c.D-want.D) > 2 || math.Hypot(c.A-want.A, c.B-want.B) > 4 {
				t.Errorf("proposed %+v, want %+v", c, want)
			}
		}
		if threads == 1 {
			first = got
		} else if !reflect.DeepEqual(got, first) {
			t.Errorf("%d threads: %+v, one: %+v", threads, got, first)
		}
	}
}

func TestOverlookedFracturesStops(t *testing.T) {
	pool := kernel.NewPool(1)
	defer pool.Close()
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if _, err := overlookedFractures(ctx, rasterRows{faint(400, nil, 0)}, nil, pool); !errors.Is(err, why) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestUnexplained: what a believed curve runs over is not seen any more, steep stretches over more rows, and nothing else.
func TestUnexplained(t *testing.T) {
	r := faint(400, nil, 0)
	sure, doubtful := known(Curve{D: 150, A: 80}, dip.Fracture), known(Curve{D: 300}, dip.Bedding)
	doubtful.Verdicts[dip.Bedding] = -3
	mask := r.unexplained([]Refined{sure, doubtful, known(Curve{D: -200, A: 5}, dip.Bedding), known(Curve{D: 395}, dip.Bedding)})
	cos, sin := dip.ColumnAzimuths(r.Columns)
	for j := range r.Columns {
		for i := range r.Rows {
			k := i*r.Columns + j
			u := math.Abs(float64(i) + 0.5 - 150 - 80*cos[j])
			width := explainedRows + 80*math.Abs(sin[j])*math.Pi/float64(r.Columns)
			hidden := u < width || math.Abs(float64(i)+0.5-395) < explainedRows
			if edge := math.Abs(u-width) < 1; !edge && mask[k] != (r.Mask[k] && !hidden) {
				t.Fatalf("row %d column %d: seen %v", i, j, mask[k])
			}
		}
	}
}

func TestCrossedBy(t *testing.T) {
	beds := believedBeds([]Refined{known(Curve{D: 200, A: 50}, dip.Bedding), known(Curve{D: 100}, dip.Bedding), known(Curve{D: 150, A: -50}, dip.Fracture)})
	for _, c := range []struct {
		curve Curve
		want  bool
	}{
		{Curve{D: 50, A: 3}, false},
		{Curve{D: 50, A: 30}, true},
		{Curve{D: 150, A: 5}, false},
		{Curve{D: 150, A: 45}, false},
		{Curve{D: 150, A: 25}, true},
		{Curve{D: 250, A: 45, B: 5}, false},
		{Curve{D: 250}, true},
	} {
		if got := beds.crossedBy(c.curve); got != c.want {
			t.Errorf("%+v: %v", c.curve, got)
		}
	}
	if none := believedBeds(nil); !none.crossedBy(Curve{A: 10}) || !none.crossedBy(Curve{A: 25}) {
		t.Error("without beds there is nothing that a curve could run along")
	}
}
