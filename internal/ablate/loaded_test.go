package ablate

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// countedWell is a synthetic well of 1 m that counts how often it is loaded; it fails the first failures times.
func countedWell(t *testing.T, seed uint64, failures int32) (w well, loads *atomic.Int32) {
	t.Helper()
	w, err := syntheticWell("vertical", seed, 1)
	if err != nil {
		t.Fatal(err)
	}
	loads = new(atomic.Int32)
	load := w.load
	w.load = func() (*imagelog.Log, []picks.Pick, error) {
		if loads.Add(1) <= failures {
			return nil, nil, errors.New("disk gone")
		}
		return load()
	}
	return w, loads
}

func TestWellCache(t *testing.T) {
	first, loads := countedWell(t, 1, 0)
	log, _, err := first.load()
	if err != nil {
		t.Fatal(err)
	}
	size := 5 * int64(log.Rows()) * int64(log.Columns())

	t.Run("cells at once load a well once", func(t *testing.T) {
		loads.Store(0)
		c := newWellCache(size)
		var cells sync.WaitGroup
		for range 8 {
			cells.Go(func() {
				got, truth, err := c.load(first)
				if err != nil || got.Rows() != log.Rows() || len(truth) == 0 {
					t.Errorf("log %v, %d truths (%v)", got, len(truth), err)
				}
			})
		}
		cells.Wait()
		if n := loads.Load(); n != 1 {
			t.Errorf("loaded %d times", n)
		}
	})

	t.Run("what has no room is loaded anew", func(t *testing.T) {
		loads.Store(0)
		second, more := countedWell(t, 2, 0)
		c := newWellCache(size + size/2)
		for range 3 {
			for _, w := range []well{first, second} {
				if _, _, err := c.load(w); err != nil {
					t.Fatal(err)
				}
			}
		}
		if n, m := loads.Load(), more.Load(); n != 1 || m != 3 {
			t.Errorf("the first is loaded %d times, the second %d: want 1 and 3", n, m)
		}
	})

	t.Run("an error is not kept", func(t *testing.T) {
		w, _ := countedWell(t, 3, 1)
		c := newWellCache(size)
		if _, _, err := c.load(w); err == nil {
			t.Fatal("no error")
		}
		if got, _, err := c.load(w); err != nil || got == nil {
			t.Errorf("the second time: %v", err)
		}
	})
}
