package calibrate

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/config"
	"github.com/geobfdt/geobfdt/internal/defaultmodel"
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/synth"
)

// TestTurnedStrips turns a strip by every symmetry and compares it with a strip cut out of the turned raster along the turned curve.
func TestTurnedStrips(t *testing.T) {
	const rows, cols = 300, 16
	geo := model.StripGeometry{Rows: 32, Columns: cols, Coarse: 4}
	rng := rand.New(rand.NewPCG(1, 2))
	raster := infer.Raster{Image: make([]float32, rows*cols), Mask: make([]bool, rows*cols), Rows: rows, Columns: cols}
	for i := range raster.Image {
		raster.Image[i], raster.Mask[i] = rng.Float32(), rng.IntN(4) > 0
	}
	// Half a row, so that coarse rows, which begin at whole ones, are the same ones upside down.
	curve := infer.Curve{D: 150, A: 20, B: -7}
	truth := infer.Curve{D: 151.5, A: 18, B: -4}
	from := strip{x: make([]float32, geo.Size()), class: 1, move: [3]float32{1.5, -2, 3}}
	infer.NewStraightener(raster, geo).Cut(from.x, curve)
	src := &verifierSource{strips: []strip{from}, rng: rng}
	pool := kernel.NewPool(1)
	defer pool.Close()
	batch := []strip{{x: make([]float32, geo.Size())}}
	seen := map[[2]bool]int{}
	for range 40 {
		src.sample(batch, geo, pool)
		got := batch[0]
		// Which turn it was shows in the move; all of them are tried.
		matched := false
		for roll := range cols {
			for _, mirror := range []bool{false, true} {
				for _, flip := range []bool{false, true} {
					to := turnCurve(curve, rows, cols, roll, mirror, flip)
					want := turnCurve(truth, rows, cols, roll, mirror, flip)
					move := [3]float64{want.D - to.D, want.A - to.A, want.B - to.B}
					if math.Abs(move[0]-float64(got.move[0]))+math.Abs(move[1]-float64(got.move[1]))+math.Abs(move[2]-float64(got.move[2])) > 1e-4 {
						continue
					}
					x := make([]float32, geo.Size())
					infer.NewStraightener(turnRaster(raster, roll, mirror, flip), geo).Cut(x, to)
					worst := 0.0
					for i := 0; i < len(x); i += 4 { // fine: the coarse rows of unequal columns round differently upside down
						worst = max(worst, math.Abs(float64(x[i+1]-got.x[i+1])))
					}
					if worst < 1e-3 {
						matched = true
						seen[[2]bool{mirror, flip}]++
					}
				}
			}
		}
		if !matched {
			t.Fatalf("no symmetry gives the strip with the move %v", got.move)
		}
	}
	if len(seen) != 4 {
		t.Errorf("turns seen (mirror, flip): %v, want all four", seen)
	}
}

func turnRaster(r infer.Raster, roll int, mirror, flip bool) infer.Raster {
	out := infer.Raster{Image: make([]float32, len(r.Image)), Mask: make([]bool, len(r.Mask)), Rows: r.Rows, Columns: r.Columns}
	for y := range r.Rows {
		for j := range r.Columns {
			fy, fj := y, (j+roll)%r.Columns
			if flip {
				fy = r.Rows - 1 - y
			}
			if mirror {
				fj = r.Columns - 1 - fj
			}
			out.Image[y*r.Columns+j], out.Mask[y*r.Columns+j] = r.Image[fy*r.Columns+fj], r.Mask[fy*r.Columns+fj]
		}
	}
	return out
}

// turnCurve finds the turned curve from its values at the columns, not by the formula under test.
func turnCurve(c infer.Curve, rows, cols, roll int, mirror, flip bool) infer.Curve {
	cos, sin := dip.ColumnAzimuths(cols)
	out := infer.Curve{}
	for j := range cols {
		fj := (j + roll) % cols
		if mirror {
			fj = cols - 1 - fj
		}
		u := c.D + c.A*cos[fj] + c.B*sin[fj]
		if flip {
			u = float64(rows) - u
		}
		out.D += u / float64(cols)
		out.A += 2 * u * cos[j] / float64(cols)
		out.B += 2 * u * sin[j] / float64(cols)
	}
	return out
}

// TestBlend: the weights are the mean by their shares, running means of normalisation among them.
func TestBlend(t *testing.T) {
	a, err := model.NewVerifier(96, 1)
	if err != nil {
		t.Fatal(err)
	}
	b, err := model.NewVerifier(96, 2)
	if err != nil {
		t.Fatal(err)
	}
	of := func(v *model.Verifier) map[string]*tensor.Dense {
		out := map[string]*tensor.Dense{}
		v.Params.Save(out)
		return out
	}
	own, other := of(a), of(b)
	if err := blend(a, other, 0.25); err != nil {
		t.Fatal(err)
	}
	differ := 0
	for name, got := range of(a) {
		x, y := own[name].Data().([]float32), other[name].Data().([]float32)
		for i, v := range got.Data().([]float32) {
			if x[i] != y[i] {
				differ++
			}
			if want := 0.75*x[i] + 0.25*y[i]; math.Abs(float64(v-want)) > 1e-6 {
				t.Fatalf("%s: weight %d is %v, of %v and %v", name, i, v, x[i], y[i])
			}
		}
	}
	if differ < 100_000 {
		t.Errorf("only %d weights differ", differ)
	}
}

// TestTrainVerifier trains a little: the verifier tells right from wrong better than at the start, and the model with it survives its file.
func TestTrainVerifier(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	b, err := defaultmodel.Load()
	if err != nil {
		t.Fatal(err)
	}
	preset, err := synth.PresetByName("vertical")
	if err != nil {
		t.Fatal(err)
	}
	preset.LengthM = 5
	draw := func(i int) (Well, error) {
		log, truth, err := preset.Well(uint64(1000 + i))
		return Well{Log: log, Truth: truth}, err
	}
	pool := kernel.NewPool(2)
	defer pool.Close()
	var shown []VerifierProgress
	opt := VerifierOptions{Samples: 1600, Batch: 16, LR: 1e-3, Seed: 1, First: 400, Report: 400}
	v, err := TrainVerifier(context.Background(), b, config.Defaults().Pick, opt, pool, draw, func(p VerifierProgress) { shown = append(shown, p) })
	if err != nil {
		t.Fatal(err)
	}
	if len(shown) != 4 || !(shown[3].Class < 0.9*shown[0].Class) || !(shown[3].Class < 1) {
		t.Errorf("progress %+v: want a falling loss, below that of three equal classes (1.10)", shown)
	}
	b.Verifier, b.Calibration = v, nil
	f, err := b.File()
	if err != nil {
		t.Fatal(err)
	}
	if f.Metadata[model.MetaVerifier] == "" {
		t.Error("the file does not say that it has a verifier")
	}
}
