package infer

import (
	"math"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/model"
)

// TestStraightenedStep cuts along a known step: above its middle everything is dark, below everything is bright, in both scales.
func TestStraightenedStep(t *testing.T) {
	const rows, cols = 400, 96
	c := Curve{D: 201.3, A: 31.7, B: -12.2}
	r := Raster{Image: make([]float32, rows*cols), Mask: make([]bool, rows*cols), Rows: rows, Columns: cols}
	cos, sin := dip.ColumnAzimuths(cols)
	for y := range rows {
		for j := range cols {
			r.Mask[y*cols+j] = j != 7 // a gap
			if float64(y)+0.5 > c.D+c.A*cos[j]+c.B*sin[j] {
				r.Image[y*cols+j] = 5
			}
			if j == 7 {
				r.Image[y*cols+j] = float32(math.NaN())
			}
		}
	}
	geo := model.StripGeometry{Rows: 32, Columns: cols, Coarse: 4}
	x := make([]float32, geo.Size())
	NewStraightener(r, geo).Cut(x, c)
	for y := range geo.Rows {
		for j := range cols {
			for scale := range 2 {
				v, mask := x[(y*cols+j)*4+2*scale], x[(y*cols+j)*4+2*scale+1]
				if j == 7 {
					if v != 0 || mask != 0 {
						t.Fatalf("scale %d row %d: %g seen in the gap, mask %g", scale, y, v, mask)
					}
					continue
				}
				if mask != 1 {
					t.Fatalf("scale %d row %d column %d: mask %g, want 1", scale, y, j, mask)
				}
				// The two rows next to the step are mixed by interpolation.
				if y < geo.Rows/2-1 && !(v < -0.9) || y > geo.Rows/2 && !(v > 0.9) {
					t.Errorf("scale %d row %d column %d: %g on the wrong side of the step", scale, y, j, v)
				}
			}
		}
	}
}

// TestStraightenedOutside cuts where there is no image: nothing is seen, nothing breaks.
func TestStraightenedOutside(t *testing.T) {
	r := Raster{Image: make([]float32, 10*16), Mask: make([]bool, 10*16), Rows: 10, Columns: 16}
	for i := range r.Mask {
		r.Mask[i] = true
	}
	geo := model.StripGeometry{Rows: 32, Columns: 16, Coarse: 4}
	s := NewStraightener(r, geo)
	x := make([]float32, geo.Size())
	for _, c := range []Curve{{D: -1e6}, {D: 1e18}, {D: 5, A: 1e12}, {D: math.NaN()}, {D: 5, B: math.Inf(1)}} {
		for i := range x {
			x[i] = 1
		}
		s.Cut(x, c)
		for i, v := range x {
			if c.A == 0 && v != 0 || math.IsNaN(float64(v)) {
				t.Fatalf("%+v: value %d is %g", c, i, v)
			}
		}
	}
}
