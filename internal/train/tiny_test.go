package train

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/loss"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// tinyTile, tinyModel and tinyJob are the smallest system that has every part of the real one.
func tinyTile() tile.Options {
	return tile.Options{Rows: 64, Columns: 48, RowM: 0.005, Image: tile.ImageTile, MaskChannel: true, Split: tile.SplitWell, TestFraction: 0.5, Seed: 1}
}

func tinyModel() model.Options {
	return model.Options{Backbone: "resnet10", Widths: []int{32, 32, 32, 32}, Strides: [][]int{{1, 1}, {2, 2}, {1, 2}, {1, 1}}, WrapAzimuth: true,
		Dim: 32, Heads: 4, FeedForward: 32, Encoders: 1, Decoders: 1, Queries: 8, Decoder: "refine", EmptyBias: 2, OffsetDim: 32}
}

func tinyLoss() loss.Options {
	return loss.Options{Class: "focal", Gamma: 2, Alpha: 0.75, Param: "l1", Form: "tolerance", ClassWeight: 5, ParamWeight: 1, DepthTolM: 0.15,
		DipTolDeg: 15, Auxiliary: true, MatchClass: 5, Match: "curve", MatchScaleM: 0.025}
}

func allAugment() tile.Augment {
	return tile.Augment{Enabled: true, Roll: true, Flip: 0.5, Mirror: 0.5, Gain: 0.5, Noise: 0.5, PadDropout: 0.3, Paste: 0.3}
}

// tinyJob trains on synthetic tiles for 8 steps of 2, with lines, evaluations and checkpoints that fall on different steps.
func tinyJob(t *testing.T, dir string) Job {
	t.Helper()
	pool := kernel.NewPool(2)
	t.Cleanup(pool.Close)
	source := func(eval bool) Source {
		s, err := NewSynthSource([]string{"train"}, 0, tinyTile(), allAugment(), 3, eval)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	return Job{
		Dir: dir, Model: tinyModel(), Tile: tinyTile(), Loss: tinyLoss(), Threshold: 0.3, Pool: pool, Train: source(false), Eval: source(true),
		Options: Options{Samples: 16, Batch: 2, LR: 1e-3, FinalLR: 0.02, WarmupSteps: 3, WeightDecay: 1e-4, Beta1: 0.9, Beta2: 0.999, Clip: 1,
			Seed: 3, EvalEvery: 6, EvalSamples: 3, SaveEvery: 4, LogEvery: 6},
		Record: model.Record{ConfigHash: "tiny", Version: "test"},
	}
}

// cancelAfter makes a job stop itself when it has seen so many samples.
func cancelAfter(j *Job, samples int64) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	j.Progress = func(p Progress) {
		if p.Samples >= samples {
			cancel()
		}
	}
	return ctx
}

func mustRun(t *testing.T, j Job) Scores {
	t.Helper()
	s, err := Run(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sameTensors compares two checkpoints bit by bit.
func sameTensors(t *testing.T, got, want string) {
	t.Helper()
	a, b := readCheckpoint(t, got), readCheckpoint(t, want)
	names := slices.Sorted(maps.Keys(b.Tensors))
	if !slices.Equal(slices.Sorted(maps.Keys(a.Tensors)), names) {
		t.Fatalf("%s holds other tensors than %s", got, want)
	}
	for _, name := range names {
		x, y := a.Tensors[name].Data().([]float32), b.Tensors[name].Data().([]float32)
		if !slices.EqualFunc(x, y, func(p, q float32) bool { return math.Float32bits(p) == math.Float32bits(q) }) {
			t.Errorf("%s: tensor %s differs from that of %s", got, name, want)
		}
	}
}

func readCheckpoint(t *testing.T, path string) *checkpoint.File {
	t.Helper()
	f, err := checkpoint.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// metricLines reads metrics.jsonl without what depends on the clock.
func metricLines(t *testing.T, dir string) (lines []line) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, MetricsName))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for d := json.NewDecoder(f); d.More(); {
		var l line
		if err := d.Decode(&l); err != nil {
			t.Fatal(err)
		}
		l.Seconds, l.PerSecond = 0, 0
		lines = append(lines, l)
	}
	return lines
}

// writeStore cuts wells of four full tiles each; every tile holds a fracture and a bed of its own.
func writeStore(t *testing.T, wells ...string) *tile.Reader {
	t.Helper()
	dir, opt := filepath.Join(t.TempDir(), "tiles"), tinyTile()
	w, err := tile.NewWriter(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	for k, well := range wells {
		log, truth := striped(t, 4*opt.Rows, k)
		log.Well = well
		if _, err := w.AddLog(context.Background(), log, truth, "", ""); err != nil {
			t.Fatal(err)
		}
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

// striped draws a dark line and a step into every 64 rows, moved by k.
func striped(t *testing.T, rows, k int) (*imagelog.Log, []picks.Pick) {
	t.Helper()
	opt := tinyTile()
	depth, pixels := make([]float64, rows), make([]float32, rows*opt.Columns)
	var truth []picks.Pick
	add := func(class dip.Class, d, dipDeg, azimuthDeg float64) {
		p := picks.New(class, dip.Sinusoid{DepthM: d * opt.RowM, DipDeg: dipDeg, AzimuthDeg: azimuthDeg})
		p.HoleDiameterM = 2 * model.RadiusM
		p.AmplitudeM = dip.AmplitudeM(dipDeg, p.HoleDiameterM)
		truth = append(truth, p)
	}
	for n := range rows / opt.Rows {
		top := float64(n * opt.Rows)
		add(dip.Bedding, top+14+float64((5*n+3*k)%12), 5, float64(40*n+90*k))
		add(dip.Fracture, top+40+float64((7*n+4*k)%12), 35, float64(70*n+30*k)+5)
	}
	for i := range rows {
		depth[i] = (float64(i) + 0.5) * opt.RowM
		for j := range opt.Columns {
			v := 0.2 * math.Sin(float64(7*i+13*j+k))
			for _, p := range truth {
				x := (depth[i] - p.Trace().DepthAt((float64(j)+0.5)*360/float64(opt.Columns))) / opt.RowM
				if p.Class == dip.Bedding {
					v += math.Copysign(0.5, x)
				} else {
					v -= 2 * math.Exp(-0.5*x*x)
				}
			}
			pixels[i*opt.Columns+j] = float32(v)
		}
	}
	log, err := imagelog.New(depth, pixels, opt.Columns)
	if err != nil {
		t.Fatal(err)
	}
	log.Reference = imagelog.RefNorth
	picks.Sort(truth)
	return log, truth
}
