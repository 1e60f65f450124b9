package tile

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// sectorLog is beds of random grey, 40 rows each, that lie along a sinusoid, with noise and what the tool adds in a column.
func sectorLog(t *testing.T, rows, columns int, tool func(i, j int) float64) *imagelog.Log {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	beds := make([]float64, rows/40+20)
	for i := range beds {
		beds[i] = r.NormFloat64()
	}
	return testLog(t, "sectors", 900, 0.005, rows, columns, func(i, j int) float64 {
		u := float64(i) + 150*(1+math.Cos(2*math.Pi*float64(j)/float64(columns)))
		return 2000 + beds[int(u/40)] + 0.1*r.NormFloat64() + tool(i, j)
	})
}

// gridOf is the grid of a log of the same columns and rows.
func gridOf(t *testing.T, log *imagelog.Log) *Grid {
	t.Helper()
	opt := testOptions()
	opt.Columns = log.Columns()
	g, err := NewGrid(log, opt)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// distance is the root mean square difference of two images.
func distance(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i] - b[i])
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(a)))
}

// TestEqualise: what sectors add of their own goes, what rock shows stays.
func TestEqualise(t *testing.T) {
	const rows, columns = 6000, 48
	r := rand.New(rand.NewPCG(7, 8))
	offset := make([]float64, columns)
	for j := range offset {
		offset[j] = r.NormFloat64()
	}
	none := func(int, int) float64 { return 0 }
	sectors := func(_, j int) float64 { return offset[j] }
	drifting := func(i, j int) float64 { return offset[j] * (1 + math.Sin(float64(i)/3000)) }

	rock := sectorLog(t, rows, columns, none)
	for name, tc := range map[string]struct {
		tool func(i, j int) float64
		most float64 // of the distance from the rock, whose deviation is 1
	}{"no fault": {none, 0.1}, "sectors": {sectors, 0.2}, "drifting sectors": {drifting, 0.3}} {
		log := sectorLog(t, rows, columns, tc.tool)
		before, after := distance(log.Pixels(), rock.Pixels()), distance(gridOf(t, log).Image(), rock.Pixels())
		if after > tc.most {
			t.Errorf("%s: %.3f off the rock, before %.3f", name, after, before)
		}
		if name != "no fault" && before < 0.8 {
			t.Errorf("%s: only %.3f off the rock before", name, before)
		}
	}
}

// TestEqualiseNoPads: the columns of pads are no sectors, whatever their means.
func TestEqualiseNoPads(t *testing.T) {
	log := sectorLog(t, 3000, 48, func(i, j int) float64 {
		if (j+i/100)%12 < 3 {
			return math.NaN()
		}
		return float64(j % 3)
	})
	if gridOf(t, log).equal != nil {
		t.Error("an image with gaps is equalised")
	}
}

// TestEqualiseLongLogs: parts of a long log are equalised as the whole, columns that see nothing do no harm, and the moments are those
// of what comes out.
func TestEqualiseLongLogs(t *testing.T) {
	const rows, columns = 2500, 48
	short := sectorLog(t, rows, columns, func(i, j int) float64 {
		if j == 5 || i > 700 && i < 1300 {
			return math.NaN()
		}
		return float64(j % 3)
	})
	whole := gridOf(t, short)
	if whole.equal == nil {
		t.Fatal("nothing to equalise")
	}
	long, err := NewLongGrid(spooled(t, short), whole.Options())
	if err != nil {
		t.Fatal(err)
	}
	defer long.Close()
	part, err := long.Section(Span{100, 900}, Span{1200, 2500})
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Concat(whole.Image()[100*columns:900*columns], whole.Image()[1200*columns:])
	if !slices.Equal(part.Image(), want) {
		t.Error("parts of the long log differ")
	}
	mean, std := imagelog.Moments(whole.Image(), whole.Mask())
	for _, g := range []*Grid{whole, long} {
		if m, s := g.Moments(); math.Abs(m-mean) > 1e-6*mean || math.Abs(s-std) > 1e-6*std {
			t.Errorf("mean %v and deviation %v, want %v and %v", m, s, mean, std)
		}
	}
}
