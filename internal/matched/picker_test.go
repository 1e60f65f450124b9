package matched

import (
	"context"
	"errors"
	"math"
	"testing"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/metrics"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/synth"
)

func newTestPicker(t *testing.T) *Picker {
	t.Helper()
	pool := kernel.NewPool(2)
	t.Cleanup(pool.Close)
	p, err := NewPicker(Options{MaxAmplitudeM: 0.8}, infer.Options{Threshold: 0.5, DiameterIn: 8.5}, pool)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// testWell is a short well of a seed that the rule was not fitted on.
func testWell(t *testing.T, preset string, lengthM float64) (*imagelog.Log, []picks.Pick) {
	t.Helper()
	p, err := synth.PresetByName(preset)
	if err != nil {
		t.Fatal(err)
	}
	p.LengthM, p.RowM, p.Columns = lengthM, 0.005, 96
	p.Params.Counts = &synth.Counts{Beds: int(2 * lengthM), Fractures: int(lengthM)}
	log, truth, err := p.Well(4242)
	if err != nil {
		t.Fatal(err)
	}
	return log, truth
}

func TestPicksAWell(t *testing.T) {
	log, truth := testWell(t, "vertical", 6)
	p := newTestPicker(t)
	res, err := p.Pick(t.Context(), log, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := metrics.ScoreWell(metrics.Well{Truth: truth, Picks: res.Picks, TopM: log.DepthM[0], BaseM: log.DepthM[log.Rows()-1]}, metrics.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for class, least := range map[string]float64{"bedding": 0.7, "fracture": 0.7, metrics.Any: 0.75} {
		if f1 := r.Class(class).Headline().F1; !(float64(f1) >= least) {
			t.Errorf("%s: curve@5cm F1 %.2f, want %.2f", class, f1, least)
		}
	}

	// In pieces of a few metres it finds the same.
	p.pieceM = 2.5
	calls := 0
	pieces, err := p.Pick(t.Context(), log, func(done, total int) {
		if calls++; done != calls || total != 3 {
			t.Errorf("progress %d of %d at call %d", done, total, calls)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	same := 0
	for _, a := range res.Picks {
		for _, b := range pieces.Picks {
			if a.Class == b.Class && math.Abs(a.DepthM-b.DepthM) < 0.01 && math.Abs(a.DipDeg-b.DipDeg) < 1 {
				same++
				break
			}
		}
	}
	if len(res.Picks)-same > len(res.Picks)/10 || len(pieces.Picks) > len(res.Picks)+2 {
		t.Errorf("%d picks, %d in pieces, %d of them the same", len(res.Picks), len(pieces.Picks), same)
	}
}

func TestRefusesAndStops(t *testing.T) {
	p := newTestPicker(t)
	log, _ := testWell(t, "vertical", 2)
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stop)
	if _, err := p.Pick(ctx, log, nil); !errors.Is(err, stop) {
		t.Errorf("cancelled: %v", err)
	}
	blank := &imagelog.Log{Well: "blank", DepthM: []float64{1, 1.005, 1.01}, Mask: make([]bool, 24),
		Image: tensor.New(tensor.WithShape(3, 8), tensor.WithBacking(make([]float32, 24)))}
	if _, err := p.Pick(t.Context(), blank, nil); !errors.Is(err, imagelog.ErrNoData) {
		t.Errorf("a log without a pixel: %v", err)
	}
	if _, err := NewPicker(Options{MaxAmplitudeM: -1}, infer.Options{}, nil); err == nil {
		t.Error("a negative amplitude is accepted")
	}
}

// A log of a few rows is shorter than every filter and window.
func TestTinyLog(t *testing.T) {
	log := &imagelog.Log{Well: "tiny", DepthM: []float64{1, 1.005, 1.01}, Mask: make([]bool, 24),
		Image: tensor.New(tensor.WithShape(3, 8), tensor.WithBacking(make([]float32, 24)))}
	for i := range log.Mask {
		log.Mask[i] = true
		log.Pixels()[i] = float32(i % 5)
	}
	res, err := newTestPicker(t).Pick(t.Context(), log, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Picks) != 0 {
		t.Errorf("%d picks in 1 cm", len(res.Picks))
	}
}
