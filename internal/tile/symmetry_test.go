package tile

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSymmetriesKeepLabelAndImageTogether draws a line, changes image and label, and looks for the line where the label says.
func TestSymmetriesKeepLabelAndImageTogether(t *testing.T) {
	opt := testOptions()
	rows, cols, ch := opt.Rows, opt.Columns, opt.Channels()
	rng := rand.New(rand.NewPCG(1, 2))
	for name, change := range map[string]func(x []float32, l []Label){
		"roll":   func(x []float32, l []Label) { Roll(x, l, rows, cols, ch, rng.IntN(3*cols)-cols) },
		"mirror": func(x []float32, l []Label) { Mirror(x, l, rows, cols, ch) },
		"flip":   func(x []float32, l []Label) { Flip(x, l, rows, cols, ch) },
		"all": func(x []float32, l []Label) {
			Flip(x, l, rows, cols, ch)
			Roll(x, l, rows, cols, ch, 7)
			Mirror(x, l, rows, cols, ch)
			Roll(x, l, rows, cols, ch, -20)
		},
	} {
		for range 20 {
			l := []Label{randomLabel(rng, opt)}
			x := make([]float32, opt.Size())
			drawLine(x, opt, l[0])
			if d := darkest(x, opt, l[0]); d > 0.6 {
				t.Fatalf("the drawing itself is %.2f rows off", d)
			}
			change(x, l)
			if d := darkest(x, opt, l[0]); d > 0.6 {
				t.Errorf("%s: the line is %.2f rows from its label", name, d)
			}
		}
	}
}

func TestSymmetriesUndoThemselves(t *testing.T) {
	opt := testOptions()
	rows, cols, ch := opt.Rows, opt.Columns, opt.Channels()
	rng := rand.New(rand.NewPCG(3, 4))
	x := make([]float32, opt.Size())
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	for name, twice := range map[string]func(x []float32, l []Label){
		"mirror": func(x []float32, l []Label) { Mirror(x, l, rows, cols, ch); Mirror(x, l, rows, cols, ch) },
		"flip":   func(x []float32, l []Label) { Flip(x, l, rows, cols, ch); Flip(x, l, rows, cols, ch) },
		"roll":   func(x []float32, l []Label) { Roll(x, l, rows, cols, ch, 11); Roll(x, l, rows, cols, ch, -11) },
		"turn":   func(x []float32, l []Label) { Roll(x, l, rows, cols, ch, cols) },
	} {
		was := randomLabel(rng, opt)
		l, y := []Label{was}, slices.Clone(x)
		twice(y, l)
		if !slices.Equal(x, y) {
			t.Errorf("%s: image is not what it was", name)
		}
		if d := math.Abs(l[0].D-was.D) + math.Abs(l[0].A-was.A) + math.Abs(l[0].B-was.B); d > 1e-12*float64(rows) {
			t.Errorf("%s: label %+v, was %+v", name, l[0], was)
		}
	}
}

func TestFlipKeepsTopEdgeInside(t *testing.T) {
	opt := testOptions()
	l := []Label{{D: 0}}
	Flip(make([]float32, opt.Size()), l, opt.Rows, opt.Columns, opt.Channels())
	if !(l[0].D < float64(opt.Rows)) || l[0].D < float64(opt.Rows)-1e-6 {
		t.Errorf("midline on the top edge moved to %v of %d rows", l[0].D, opt.Rows)
	}
}
