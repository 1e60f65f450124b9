package segment

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/train"
)

// easyLog is a log of 32 columns in rows of 1 cm on which every sinusoid is a bright line of 3 rows in faint noise, a pad of 4 columns unseen.
func easyLog(t *testing.T, rows int, seed uint64) (*imagelog.Log, []picks.Pick) {
	t.Helper()
	const cols, rowM, topM = 32, 0.01, 100.0
	rng := rand.New(rand.NewPCG(seed, 0))
	var truth []picks.Pick
	var labels []tile.Label
	for d := 12.0; d < float64(rows)-12; d += 14 + 6*rng.Float64() {
		c := dip.NewCurve(topM+d*rowM, rowM*5*rng.Float64(), 360*rng.Float64())
		p := picks.New(dip.Bedding, c.Sinusoid(dip.DefaultDiameterM))
		truth = append(truth, p)
		u, a, b := p.Trace().Rows(topM, rowM)
		labels = append(labels, tile.Label{D: u, A: a, B: b})
	}
	mask := make([]float32, rows*cols*Classes)
	Draw(mask, labels, rows, cols, 1.5)
	depths, pixels := make([]float64, rows), make([]float32, rows*cols)
	for i := range rows {
		depths[i] = topM + (float64(i)+0.5)*rowM
		for j := range cols {
			pixels[i*cols+j] = 5*mask[(i*cols+j)*Classes] + float32(0.5*rng.NormFloat64())
			if j < 4 {
				pixels[i*cols+j] = float32(math.NaN())
			}
		}
	}
	log, err := imagelog.New(depths, pixels, cols)
	if err != nil {
		t.Fatal(err)
	}
	log.Well = "easy"
	return log, truth
}

func cut(t *testing.T, opt tile.Options, log *imagelog.Log, truth []picks.Pick) *tile.Reader {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tiles")
	w, err := tile.NewWriter(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if _, err := w.AddLog(context.Background(), log, truth, "", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := tile.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func source(t *testing.T, store *tile.Reader, aug tile.Augment, still bool) *Source {
	t.Helper()
	s, err := NewSource(store, tinyOptions(), aug, 3, still)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func symmetries() tile.Augment {
	return tile.Augment{Enabled: true, Roll: true, Flip: 0.5, Mirror: 0.5}
}

// A sinusoid whose midline lies in one tile is in the masks of all tiles that it runs through, and only there.
func TestTracesCrossTiles(t *testing.T) {
	opt := tinyTile()
	opt.Overlap = 0
	log, _ := easyLog(t, 128, 1)
	tall := picks.New(dip.Fracture, dip.NewCurve(100.40, 0.25, 90).Sinusoid(dip.DefaultDiameterM)) // row 40, in the second tile, from 15 to 65
	s := source(t, cut(t, opt, log, []picks.Pick{tall}), tile.Augment{}, true)
	if s.Len() != 4 {
		t.Fatalf("%d tiles, want 4", s.Len())
	}
	whole := make([]float32, 128*32*Classes)
	d, a, b := tall.Trace().Rows(100, 0.01)
	Draw(whole, []tile.Label{{Class: dip.Fracture, D: d, A: a, B: b}}, 128, 32, s.halfRows)
	n := 32 * 32 * Classes
	x, mask, seen := make([]float32, opt.Size()), make([]float32, n), make([]bool, n/Classes)
	for k, wantAny := range []bool{true, true, true, false} {
		if err := s.Draw(int64(k), x, mask, seen); err != nil {
			t.Fatal(err)
		}
		marked := false
		for i, v := range mask {
			if v != whole[k*n+i] {
				t.Fatalf("tile %d: its mask is not that part of the well's", k)
			}
			marked = marked || v > 0
		}
		if marked != wantAny || seen[0] || !seen[4] {
			t.Errorf("tile %d: marked %v, want %v; seen %v", k, marked, wantAny, seen[:5])
		}
	}
}

// Symmetries move image and mask alike: where the image is the mask, it stays so. Every sample is drawn the same way again.
func TestSymmetriesMoveMasks(t *testing.T) {
	opt := tinyTile()
	log, truth := easyLog(t, 200, 2)
	s := source(t, cut(t, opt, log, truth), symmetries(), false)
	n := opt.Rows * opt.Columns
	x, mask := make([]float32, opt.Size()), make([]float32, n*Classes)
	again, seen := make([]float32, opt.Size()), make([]bool, n)
	different := map[float32]bool{}
	for i := range int64(12) {
		if err := s.Draw(i, x, mask, seen); err != nil {
			t.Fatal(err)
		}
		dim, bright := 0, 0
		for p := range n {
			if !seen[p] {
				continue
			}
			if v := x[p*2]; mask[p*Classes] > 0 && v < 0.5 {
				dim++
			} else if mask[p*Classes] == 0 && v > 0.8 {
				bright++
			}
		}
		if dim+bright > n/50 {
			t.Errorf("sample %d: %d dim pixels under the mask, %d bright ones beside it", i, dim, bright)
		}
		if err := s.Draw(i, again, mask, seen); err != nil {
			t.Fatal(err)
		}
		for p := range x {
			if x[p] != again[p] {
				t.Fatalf("sample %d is not the same when drawn again", i)
			}
		}
		different[x[2*n/3]] = true
	}
	if len(different) < 6 {
		t.Errorf("12 samples look like %d", len(different))
	}
	paste := symmetries()
	paste.Paste = 0.5
	if _, err := NewSource(s.store, tinyOptions(), paste, 1, false); err == nil || !strings.Contains(err.Error(), "augment.paste") {
		t.Errorf("error %v, want one about augment.paste", err)
	}
}

// tinyJob trains 20 steps of 4.
func tinyJob(t *testing.T, dir string, loss string) Job {
	t.Helper()
	log, truth := easyLog(t, 400, 3)
	held, heldTruth := easyLog(t, 100, 4)
	o := tinyOptions()
	o.Loss = loss
	return Job{
		Dir: dir, Segment: o, Tile: tinyTile(), Pool: newPool(t, 2),
		Train: source(t, cut(t, tinyTile(), log, truth), symmetries(), false), Held: source(t, cut(t, tinyTile(), held, heldTruth), tile.Augment{}, true),
		Options: train.Options{Samples: 80, Batch: 4, LR: 3e-3, FinalLR: 0.1, WarmupSteps: 3, WeightDecay: 1e-4, Beta1: 0.9, Beta2: 0.999, Clip: 1,
			Seed: 3, EvalEvery: 40, EvalSamples: 5, SaveEvery: 1000, LogEvery: 20},
		Record: model.Record{ConfigHash: "tiny", Version: "test"},
	}
}

// readLines reads metrics.jsonl.
func readLines(t *testing.T, dir string) (out []line) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, train.MetricsName))
	if err != nil {
		t.Fatal(err)
	}
	for sc := bufio.NewScanner(bytes.NewReader(raw)); sc.Scan(); {
		var l line
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

// Twenty steps under every loss teach what is easy: a bright line is a trace.
func TestEveryLossLearns(t *testing.T) {
	for _, loss := range Losses() {
		dir := t.TempDir()
		if err := Run(context.Background(), tinyJob(t, dir, loss)); err != nil {
			t.Fatalf("%s: %v", loss, err)
		}
		var losses []float64
		var evals []Evaluation
		for _, l := range readLines(t, dir) {
			if l.Loss != nil {
				losses = append(losses, *l.Loss)
			}
			if l.Eval != nil {
				evals = append(evals, *l.Eval)
			}
		}
		if len(losses) != 4 || len(evals) != 2 || !(losses[3] < 0.9*losses[0]) {
			t.Fatalf("%s: losses %v, evaluations %v", loss, losses, evals)
		}
		if e := evals[1]; loss != Focal && !(e.F1 > 0.6) || math.Abs(e.F1-2*e.IoU/(1+e.IoU)) > 1e-9 {
			t.Errorf("%s: held-out masks %+v", loss, e)
		}
	}
}

// A stopped run goes on and ends in the same bits; another configuration does not go on in its folder. What it has learned finds the
// sinusoids of a log that it has not seen.
func TestRunGoesOn(t *testing.T) {
	whole, parts := t.TempDir(), t.TempDir()
	if err := Run(context.Background(), tinyJob(t, whole, Dice)); err != nil {
		t.Fatal(err)
	}
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(context.Background())
	j := tinyJob(t, parts, Dice)
	j.Progress = func(p train.Progress) {
		if p.Samples == 52 {
			cancel(stopped)
		}
	}
	if err := Run(ctx, j); !errors.Is(err, stopped) {
		t.Fatalf("error %v, want %v", err, stopped)
	}
	other := tinyJob(t, parts, Dice)
	other.Record.ConfigHash = "other"
	if err := Run(context.Background(), other); !errors.Is(err, train.ErrOtherRun) {
		t.Errorf("error %v, want %v", err, train.ErrOtherRun)
	}
	if err := Run(context.Background(), tinyJob(t, parts, Dice)); err != nil {
		t.Fatal(err)
	}
	a, err := os.ReadFile(filepath.Join(whole, train.BestName))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(parts, train.BestName))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) || len(readLines(t, whole)) != len(readLines(t, parts)) {
		t.Errorf("a run in two sittings ends elsewhere than one in one")
	}

	n, err := Load(filepath.Join(parts, train.BestName))
	if err != nil {
		t.Fatal(err)
	}
	pool := newPool(t, 2)
	p, err := NewPicker(n, infer.Options{Overlap: 0.5, Batch: 3, RefinedMergeM: 0.02, DiameterIn: 8.5}, pool)
	if err != nil {
		t.Fatal(err)
	}
	log, truth := easyLog(t, 150, 9)
	grid, err := p.Grid(log)
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Map(context.Background(), grid)
	if err != nil {
		t.Fatal(err)
	}
	if c := p.Masks(grid, m, truth, 0.5).Any; !(c.F1() > 0.6) {
		t.Errorf("masks %+v: F1 %.2f", c, c.F1())
	}
	found, _, err := p.Picks(context.Background(), log, grid, m, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	hits := 0
	for _, want := range truth {
		for _, got := range found {
			if got.Class == dip.Bedding && dip.CurveDistanceM(want.Trace(), got.Trace()) < 0.015 {
				hits++
				break
			}
		}
	}
	if hits < len(truth)-1 || len(found) > len(truth)+1 {
		t.Errorf("%d of %d sinusoids found in %d picks", hits, len(truth), len(found))
	}
}

// Where tiles overlap, the answer is the mean of theirs, weighted with the distance from the nearer end of the tile.
func TestMapBlends(t *testing.T) {
	m := &Map{Rows: 4, Columns: 1, P: make([]float32, 4*Classes)}
	weights := make([]float32, 4)
	one := func(v float32) []float32 { return []float32{v, v, v, v, v, v} } // 3 rows
	m.add(one(1), weights, 0, 3)
	m.add(one(0), weights, 1, 3)
	if want := []float32{1, 3, 3, 1}; weights[0] != want[0] || weights[1] != want[1] || weights[2] != want[2] || weights[3] != want[3] {
		t.Errorf("weights %v, want %v", weights, want)
	}
	if m.P[0] != 1 || m.P[1*Classes] != 2 || m.P[2*Classes] != 1 || m.P[3*Classes] != 0 {
		t.Errorf("sums %v", m.P)
	}
}
