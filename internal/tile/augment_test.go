package tile

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
)

func TestAugmentKeepsLabelAndImageTogether(t *testing.T) {
	for _, mask := range []bool{true, false} {
		opt := testOptions()
		opt.MaskChannel = mask
		aug := NewAugmenter(opt, Augment{Enabled: true, Roll: true, Flip: 0.5, Mirror: 0.5, Gain: 0.5, Noise: 0, PadDropout: 0.5})
		rng := rand.New(rand.NewPCG(1, 2))
		for range 60 {
			was := []Label{randomLabel(rng, opt)}
			x := make([]float32, opt.Size())
			drawLine(x, opt, was...)
			kept := slices.Clone(was)
			got := aug.Apply(rng, x, was, nil)
			if len(got) != 1 || got[0].Class != was[0].Class {
				t.Fatalf("labels %+v, were %+v", got, was)
			}
			if !slices.Equal(was, kept) {
				t.Fatal("the caller's labels changed")
			}
			if d := darkest(x, opt, got[0]); d > 0.6 {
				t.Errorf("mask channel %v: the line is %.2f rows from its label", mask, d)
			}
		}
	}
}

func TestAugmentDisabledAndSeeded(t *testing.T) {
	opt := testOptions()
	x := make([]float32, opt.Size())
	l := []Label{randomLabel(rand.New(rand.NewPCG(1, 1)), opt)}
	drawLine(x, opt, l...)
	all := Augment{Enabled: true, Roll: true, Flip: 0.5, Mirror: 0.5, Gain: 1, Noise: 1, PadDropout: 1}
	off := all
	off.Enabled = false
	y := slices.Clone(x)
	if got := NewAugmenter(opt, off).Apply(rand.New(rand.NewPCG(5, 6)), y, l, nil); !slices.Equal(x, y) || !slices.Equal(got, l) {
		t.Error("augmentation changed a tile though it is off")
	}
	one, two := slices.Clone(x), slices.Clone(x)
	a := NewAugmenter(opt, all).Apply(rand.New(rand.NewPCG(5, 6)), one, l, nil)
	b := NewAugmenter(opt, all).Apply(rand.New(rand.NewPCG(5, 6)), two, l, nil)
	if !slices.Equal(one, two) || !slices.Equal(a, b) {
		t.Error("the same seed gave different tiles")
	}
	if slices.Equal(one, x) {
		t.Error("augmentation changed nothing")
	}
}

// TestAugmentKeepsGaps: gain and noise stay inside the wall seen and inside the clip; dropout blanks image and mask alike.
func TestAugmentKeepsGaps(t *testing.T) {
	opt := testOptions()
	rng := rand.New(rand.NewPCG(7, 8))
	aug := NewAugmenter(opt, Augment{Enabled: true, Gain: 1, Noise: 1, PadDropout: 1})
	x := make([]float32, opt.Size())
	drawLine(x, opt)
	for p := 0; p < opt.Rows*opt.Columns; p += 3 {
		x[2*p], x[2*p+1] = 0, 0
	}
	before := 0
	for p := range opt.Rows * opt.Columns {
		before += int(x[2*p+1])
	}
	aug.Apply(rng, x, nil, nil)
	after := 0
	for p := range opt.Rows * opt.Columns {
		if x[2*p+1] == 0 && x[2*p] != 0 {
			t.Fatal("a gap has a value")
		}
		if math.Abs(float64(x[2*p])) > clip {
			t.Fatalf("value %g beyond the clip", x[2*p])
		}
		after += int(x[2*p+1])
	}
	if lost := 1 - float64(after)/float64(before); lost < 0.03 || lost > 0.2 {
		t.Errorf("dropout blanked %.0f %% of the wall, want 4 to 17", 100*lost)
	}
}

// TestDropoutKeepsLabelsVisible: a sinusoid that is seen in one narrow sector only is not dropped with it.
func TestDropoutKeepsLabelsVisible(t *testing.T) {
	opt := testOptions()
	aug := NewAugmenter(opt, Augment{Enabled: true, PadDropout: 1})
	rng := rand.New(rand.NewPCG(9, 10))
	for range 200 {
		x := make([]float32, opt.Size())
		drawLine(x, opt)
		for p := range opt.Rows * opt.Columns {
			if p%opt.Columns >= 6 {
				x[2*p], x[2*p+1] = 0, 0
			}
		}
		l := Label{D: 30}
		aug.Apply(rng, x, []Label{l}, nil)
		seen := 0
		for j := range opt.Columns {
			if p, ok := aug.pixelAt(l, j); ok && aug.valid(x, p) {
				seen++
			}
		}
		if seen < 3 {
			t.Fatalf("%d of 6 columns left of the only sector with data", seen)
		}
	}
}

func TestPaste(t *testing.T) {
	opt := testOptions()
	rng := rand.New(rand.NewPCG(11, 12))
	pasted := 0
	for range 60 {
		from := randomLabel(rng, opt)
		from.A, from.B = from.A/3, from.B/3
		src := make([]float32, opt.Size())
		drawLine(src, opt, from)
		donor := &Sample{X: dense(src, opt), Labels: []Label{from}}
		x := make([]float32, opt.Size())
		drawLine(x, opt)
		own := Label{Class: dip.Fracture, D: 5}
		aug := NewAugmenter(opt, Augment{Enabled: true, Paste: 1})
		got := aug.Apply(rng, x, []Label{own}, func() *Sample { return donor })
		if len(got) == 1 {
			continue
		}
		pasted++
		if got[0] != own || got[1].Class != from.Class {
			t.Fatalf("labels %+v after pasting %+v", got, from)
		}
		if d := math.Abs(math.Hypot(got[1].A, got[1].B) - math.Hypot(from.A, from.B)); d > 1e-9 {
			t.Errorf("amplitude changed by %g rows", d)
		}
		if got[1].D < 0 || got[1].D >= float64(opt.Rows) {
			t.Errorf("midline pasted at %g of %d rows", got[1].D, opt.Rows)
		}
		if d := darkest(x, opt, got[1]); d > 0.6 {
			t.Errorf("the pasted line is %.2f rows from its label", d)
		}
	}
	if pasted < 40 {
		t.Errorf("pasted %d times of 60 into a nearly empty tile", pasted)
	}
}

func TestPasteRefuses(t *testing.T) {
	opt := testOptions()
	rng := rand.New(rand.NewPCG(13, 14))
	aug := NewAugmenter(opt, Augment{Enabled: true, Paste: 1})
	src := make([]float32, opt.Size())
	from := Label{D: 30}
	drawLine(src, opt, from)
	var crowd []Label
	for d := 4.0; d < 64; d += 8 {
		crowd = append(crowd, Label{D: d})
	}
	blind := slices.Clone(src)
	clear(blind)
	other := opt
	other.Rows = 32
	for name, tc := range map[string]struct {
		labels []Label
		donor  *Sample
	}{
		"no room":          {crowd, &Sample{X: dense(src, opt), Labels: []Label{from}}},
		"nothing to copy":  {nil, &Sample{X: dense(src, opt)}},
		"donor is a gap":   {nil, &Sample{X: dense(blind, opt), Labels: []Label{from}}},
		"donor is missing": {nil, nil},
		"other size":       {nil, &Sample{X: dense(make([]float32, other.Size()), other), Labels: []Label{{D: 3}}}},
	} {
		x := make([]float32, opt.Size())
		drawLine(x, opt, tc.labels...)
		was := slices.Clone(x)
		got := aug.Apply(rng, x, tc.labels, func() *Sample { return tc.donor })
		if len(got) != len(tc.labels) || !slices.Equal(x, was) {
			t.Errorf("%s: pasted", name)
		}
	}
}

func BenchmarkAugment(b *testing.B) {
	opt := testOptions()
	opt.Rows, opt.Columns = 256, 96
	aug := NewAugmenter(opt, Augment{Enabled: true, Roll: true, Flip: 0.5, Mirror: 0.5, Gain: 0.5, Noise: 0.3, PadDropout: 0.2})
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, opt.Size())
	labels := []Label{{D: 100, A: 10}}
	drawLine(x, opt, labels...)
	for b.Loop() {
		aug.Apply(rng, x, labels, nil)
	}
}
