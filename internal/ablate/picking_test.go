package ablate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/loss"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/train"
)

// trainedCell runs the first cell of tinyFile on three test wells, and returns it as an attempt on so many threads, with its model.
func trainedCell(t *testing.T, threads int) (*attempt, *model.Bundle) {
	t.Helper()
	e := plan(t, strings.Replace(tinyFile, "test: 2", "test: 3", 1), t.TempDir())
	outcomes, err := e.Run(context.Background(), e.Cells[:1], Options{Threads: 1})
	if err != nil || len(outcomes) != 1 || outcomes[0].Err != nil {
		t.Fatalf("outcomes %+v (%v)", outcomes, err)
	}
	data, err := os.ReadFile(filepath.Join(e.cellDir(e.Cells[0]), train.BestName))
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := model.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	pool := kernel.NewPool(threads)
	t.Cleanup(pool.Close)
	r := &runner{Experiment: e, stores: storeCache{open: map[string]*openStore{}}, loaded: newWellCache(keptWells)}
	return &attempt{runner: r, cell: e.Cells[0], pool: pool}, bundle
}

func TestPickEach(t *testing.T) {
	a, bundle := trainedCell(t, 3)
	wells := ofSplit(a.wells, SplitTest)
	opt := unthresholded(a.cell.Setup().Pick)
	opt.Threshold = sweepFrom

	t.Run("two at once find what one after the other do", func(t *testing.T) {
		both, err := a.pickEach(context.Background(), bundle, opt, wells)
		if err != nil {
			t.Fatal(err)
		}
		one := &attempt{runner: a.runner, cell: a.cell, pool: kernel.NewPool(1)}
		defer one.pool.Close()
		alone, err := one.pickEach(context.Background(), bundle, opt, wells)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for i := range wells {
			n += len(both[i].Picks)
			if both[i].Name != wells[i].name || fmt.Sprintf("%+v", both[i]) != fmt.Sprintf("%+v", alone[i]) { // as text: a NaN is not equal to itself
				t.Errorf("well %s: %+v, alone %+v", wells[i].name, both[i], alone[i])
			}
		}
		if n == 0 {
			t.Error("no pick at all: the comparison says nothing")
		}
	})

	t.Run("the first error ends it", func(t *testing.T) {
		gone := errors.New("disk gone")
		broken := append([]well{}, wells...)
		broken[1].name, broken[1].load = "broken", func() (*imagelog.Log, []picks.Pick, error) { return nil, nil, gone }
		if _, err := a.pickEach(context.Background(), bundle, opt, broken); !errors.Is(err, gone) {
			t.Errorf("error %v, want %v", err, gone)
		}
	})

	t.Run("stopped", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(context.Background())
		stopped := errors.New("stopped")
		cancel(stopped)
		if _, err := a.pickEach(ctx, bundle, opt, wells); !errors.Is(err, stopped) {
			t.Errorf("error %v, want %v", err, stopped)
		}
	})
}

// The counts are those of all tiles, one by one through the network that is trained, though only tiles with truths are looked at, by the
// network that picks.
func TestMatchedCountsAllTiles(t *testing.T) {
	a, bundle := trainedCell(t, 2)
	got, err := a.matched(context.Background(), bundle)
	if err != nil {
		t.Fatal(err)
	}
	s := a.cell.Setup()
	store, err := a.store(context.Background(), wellSplit(s.Tile), SplitTest, ofSplit(a.wells, SplitTest))
	if err != nil {
		t.Fatal(err)
	}
	geo := train.Geometry(bundle.Tile)
	crit, err := loss.New(s.Loss, loss.HeadSlope, geo.HeightM(), model.RadiusM, s.Model.Queries, a.pool)
	if err != nil {
		t.Fatal(err)
	}
	graph := bundle.Net.Build(a.pool, 1, true)
	graph.Training = false
	x := make([]float32, bundle.Tile.Size())
	want := map[string]Matched{}
	empty := 0
	m := store.Manifest()
	if got, want := len(labelledTiles(m)), m.Counts[tile.Train].Positive; got != want {
		t.Errorf("%d tiles with truths, the manifest counts %d", got, want)
	}
	for i, info := range m.Tiles {
		labels, err := store.Read(i, x)
		if err != nil {
			t.Fatal(err)
		}
		if len(labels) == 0 {
			empty++
		}
		graph.SetInput(0, x)
		graph.Forward()
		res, err := crit.Compute(graph.Outputs(), [][]loss.Truth{train.Truths(nil, labels, geo)})
		if err != nil {
			t.Fatal(err)
		}
		w := want[info.Well]
		want[info.Well] = Matched{info.Well, w.Truths + res.Truths, w.Wrong + res.WrongClass}
	}
	truths, wrong := 0, 0
	for _, one := range got {
		if one != want[one.Well] {
			t.Errorf("%+v, want %+v", one, want[one.Well])
		}
		truths, wrong = truths+one.Truths, wrong+one.Wrong
	}
	if len(got) != len(want) || truths == 0 || wrong == 0 || wrong == truths {
		t.Errorf("%d wells, %d truths, %d wrong, %d empty tiles: the comparison says little", len(got), truths, wrong, empty)
	}
}
