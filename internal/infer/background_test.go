package infer

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// wall is an image in memory as a source of rasters. It refuses spans beyond it.
type wall struct {
	image     []float32
	mask      []bool
	rows, col int
}

func (w wall) Rows() int { return w.rows }

func (w wall) raster(s tile.Span) (Raster, error) {
	if s.Lo < 0 || s.Hi > w.rows || s.Lo >= s.Hi {
		return Raster{}, errors.New("beyond the image")
	}
	return Raster{Image: w.image[s.Lo*w.col : s.Hi*w.col], Mask: w.mask[s.Lo*w.col : s.Hi*w.col], Rows: s.Hi - s.Lo, Columns: w.col, First: s.Lo}, nil
}

// layeredWall shows laminae 8 rows thick, of grey values with the given deviation, along an attitude, and white noise of 0.3, seen by pads.
func layeredWall(rows int, lie attitude, deviation float64) wall {
	const columns = 48
	rng := rand.New(rand.NewPCG(3, 4))
	w := wall{make([]float32, rows*columns), make([]bool, rows*columns), rows, columns}
	laminae := make([]float64, rows/8+400)
	for i := range laminae {
		laminae[i] = deviation * rng.NormFloat64()
	}
	cos, sin := dip.ColumnAzimuths(columns)
	for i := range rows {
		for j := range columns {
			along := float64(i) + 0.5 - lie.a*cos[j] - lie.b*sin[j]
			w.image[i*columns+j] = float32(laminae[200+int(math.Floor(along/8))] + 0.3*rng.NormFloat64())
			w.mask[i*columns+j] = j%12 < 9
		}
	}
	return w
}

// addStep raises what lies below a curve.
func (w wall) addStep(c Curve, height float64) {
	cos, sin := dip.ColumnAzimuths(w.col)
	for i := range w.image {
		row, j := i/w.col, i%w.col
		if float64(row)+0.5 > c.D+c.A*cos[j]+c.B*sin[j] {
			w.image[i] += float32(height)
		}
	}
}

// outlying is that of a curve, seen as a bed, on an image of the given deviation.
func outlying(t *testing.T, w wall, deviation float64, c Curve) []float64 {
	t.Helper()
	pool := kernel.NewPool(2)
	defer pool.Close()
	r := Refined{Curve: c, Verdicts: []float64{3, -3}}
	part, err := w.raster(tile.Span{Lo: 0, Hi: w.rows})
	if err != nil {
		t.Fatal(err)
	}
	r.Evidence, r.answers = newProfiler(part, profileReach).evidence(c, deviation)
	rs := []Refined{r}
	if err := addBackground(context.Background(), w, deviation, rs, pool); err != nil {
		t.Fatal(err)
	}
	if len(rs[0].Outlying) != len(outlyingNames) {
		t.Fatalf("%d values for %d names", len(rs[0].Outlying), len(outlyingNames))
	}
	return rs[0].Outlying
}

// TestOutlying: a step stands out of a quiet log, and not of one of laminae as strong, though the rows around it are the same; flat and steep.
func TestOutlying(t *testing.T) {
	for _, lie := range []attitude{{}, {40, -60}} {
		c := Curve{D: 2000.3, A: lie.a, B: lie.b}
		of := func(laminae float64) []float64 {
			w := layeredWall(4000, lie, laminae)
			quiet := layeredWall(4000, lie, 0)
			copy(w.image[1850*w.col:2150*w.col], quiet.image[1850*w.col:])
			w.addStep(c, 2)
			return outlying(t, w, 1, c)
		}
		quiet, laminated := of(0), of(2)
		for _, name := range []string{"log_edge_mid_median", "log_edge_mid_tail", "log_edge_coarse_median", "log_edge_coarse_tail"} {
			k := slices.Index(outlyingNames, name)
			if quiet[k] < 1.5 || laminated[k] > 0.9 || quiet[k]-laminated[k] < 1.5 {
				t.Errorf("%s of a bed of amplitude %.0f: %.2f in a quiet log, %.2f among laminae", name, lie.amplitude(), quiet[k], laminated[k])
			}
		}
	}
}

// TestOutlyingInvariant: the scale of greys is the log's own business, and a change of it along the hole's azimuth is not seen.
func TestOutlyingInvariant(t *testing.T) {
	c := Curve{D: 1500.3, A: 20, B: 10}
	w := layeredWall(3000, attitude{20, 10}, 0.5)
	w.addStep(c, 2)
	want := outlying(t, w, 1.3, c)
	for i := range w.image {
		w.image[i] = 5*w.image[i] + float32(i%w.col)
	}
	for k, v := range outlying(t, w, 5*1.3, c) {
		near(t, outlyingNames[k], v, want[k], 0.01)
	}
}

// TestBackgroundParts: where the reading of a long log is cut changes nothing.
func TestBackgroundParts(t *testing.T) {
	const rows, skipped = (backgroundPart + 8) * backgroundBlock, backgroundPart / 2
	w := layeredWall(rows-100, attitude{30, 5}, 1)
	pool := kernel.NewPool(2)
	defer pool.Close()
	blocks := func(w wall) []answerHistogram[uint16] {
		var beds likelyBedding
		for d := 100.0; d < float64(w.rows); d += backgroundBlock {
			beds = append(beds, likelyBed{d: d, a: 30, b: 5, weight: 1})
		}
		out, err := backgroundOf(context.Background(), w, 1, beds, pool)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	all := blocks(w)
	w.image, w.mask, w.rows = w.image[skipped*backgroundBlock*w.col:], w.mask[skipped*backgroundBlock*w.col:], w.rows-skipped*backgroundBlock
	cut := blocks(w)
	last := 0
	for _, n := range all[len(all)-1][0] {
		last += int(n)
	}
	if want := backgroundBlock - 100; last < want/2 || last > want {
		t.Errorf("%d answers in the last block of %d rows", last, want)
	}
	for i := 1; i < len(cut); i++ {
		if all[skipped+i] != cut[i] {
			t.Errorf("block %d depends on where reading began", skipped+i)
		}
	}
}

// TestBackgroundNothing: short logs, curves beyond the image and logs without wall say nothing, and break nothing.
func TestBackgroundNothing(t *testing.T) {
	for _, rows := range []int{1, 10, 300} {
		w := layeredWall(rows, attitude{}, 1)
		for _, c := range []Curve{{D: 0.5}, {D: -400, A: 100}, {D: 1e6, B: 3}} {
			for k, v := range outlying(t, w, 1, c) {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s of %+v on %d rows is %g", outlyingNames[k], c, rows, v)
				}
			}
		}
	}
	w := layeredWall(600, attitude{}, 1)
	clear(w.mask)
	for k, v := range outlying(t, w, 1, Curve{D: 300})[:answerCount*len(backgroundShares)] {
		near(t, outlyingNames[k], v, 0, 0)
	}
}

func TestBackgroundCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("enough")
	cancel(cause)
	pool := kernel.NewPool(1)
	defer pool.Close()
	if err := addBackground(ctx, layeredWall(300, attitude{}, 1), 1, []Refined{{Verdicts: []float64{0, 0}}}, pool); !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
}

// TestAnswerQuantiles compares quantiles from counts with those of the sorted answers, over the blocks that a window reaches.
func TestAnswerQuantiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	blocks := make([]answerHistogram[uint16], 3*backgroundReach)
	const block = 20 // whose window leaves out the first blocks and the last
	var answers []float64
	for i := range blocks {
		for range 200 {
			v := math.Exp(-2 + 0.1*float64(i) + rng.NormFloat64())
			blocks[i].count(1, v)
			if i >= block-backgroundReach && i <= block+backgroundReach {
				answers = append(answers, math.Log(v))
			}
		}
	}
	slices.Sort(answers)
	got := surroundings(blocks)[block]
	for s, share := range backgroundShares {
		near(t, "quantile", got[1][s], answers[int(share*float64(len(answers)))], 0.03)
		near(t, "quantile of no answers", got[2][s], math.NaN(), 0)
	}
}

// TestLikelyBedding: beds are counted by their probabilities, per length of the log that there is, and the nearest tell how a block lies.
func TestLikelyBedding(t *testing.T) {
	verdicts := func(z float64) []float64 {
		out := make([]float64, 2)
		out[dip.Bedding] = z
		return out
	}
	beds := likelyBeds([]Refined{
		{Curve: Curve{D: 900, A: 90}, Verdicts: verdicts(10)},
		{Curve: Curve{D: 50, A: 10, B: 4}, Verdicts: verdicts(0)},
		{Curve: Curve{D: 60, A: 50}, Verdicts: verdicts(-50)},
	})
	near(t, "density nearby", beds.density(60, 100, 1000), math.Log(leastDensity+100*0.5/160), 1e-3)
	near(t, "density in all", beds.density(500, 4000, 1000), math.Log(leastDensity+100*1.5/1000), 1e-3)
	near(t, "density of none", likelyBedding(nil).density(500, 100, 1000), math.Log(leastDensity), 1e-9)
	if got := beds.at(50); math.Abs(got.a-14) > 6 || math.Abs(got.b-4) > 0.5 {
		t.Errorf("attitude %+v beside a bed of 10, 4", got)
	}
	if got := likelyBedding(nil).at(50); got != (attitude{}) {
		t.Errorf("attitude %+v without beds", got)
	}
}
