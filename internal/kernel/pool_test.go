package kernel

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestPoolCoversEveryItemOnce(t *testing.T) {
	for _, threads := range []int{1, 2, 3, 8} {
		p := NewPool(threads)
		defer p.Close()
		if p.Threads() != threads {
			t.Fatalf("Threads() = %d, want %d", p.Threads(), threads)
		}
		for _, n := range []int{0, 1, 2, 7, 8, 100} {
			var mu sync.Mutex
			seen := make([]int, n)
			next := make(map[int]int)
			p.Run(n, func(worker, i0, i1 int) {
				mu.Lock()
				defer mu.Unlock()
				if worker < 0 || worker >= threads {
					t.Errorf("worker %d of %d", worker, threads)
				}
				if i0 >= i1 {
					t.Errorf("empty range [%d, %d)", i0, i1)
				}
				next[worker]++
				for i := i0; i < i1; i++ {
					seen[i] = worker + 1
				}
			})
			for i := range seen {
				if seen[i] == 0 || i > 0 && seen[i] < seen[i-1] {
					t.Fatalf("%d threads, %d items: item %d done by worker %d", threads, n, i, seen[i]-1)
				}
			}
			for worker, calls := range next {
				if calls != 1 {
					t.Errorf("worker %d called %d times", worker, calls)
				}
			}
		}
	}
}

// TestPoolEach: every item is done once, in pieces of at most the grain, by workers that are there.
func TestPoolEach(t *testing.T) {
	for _, threads := range []int{1, 2, 5} {
		p := NewPool(threads)
		defer p.Close()
		for _, n := range []int{0, 1, 3, 4, 9, 100} {
			seen := make([]atomic.Int32, n)
			p.Each(n, 4, func(worker, i0, i1 int) {
				if worker < 0 || worker >= threads || i0 >= i1 || i1-i0 > 4 || i1 > n {
					t.Errorf("%d threads, %d items: worker %d got [%d, %d)", threads, n, worker, i0, i1)
				}
				for i := i0; i < i1; i++ {
					seen[i].Add(1)
				}
			})
			for i := range seen {
				if times := seen[i].Load(); times != 1 {
					t.Errorf("%d threads, %d items: item %d done %d times", threads, n, i, times)
				}
			}
		}
	}
}

func TestPoolSplitIsEvenAndFixed(t *testing.T) {
	p := NewPool(3)
	defer p.Close()
	want := [3][2]int{{0, 4}, {4, 7}, {7, 10}}
	for range 20 {
		var got [3][2]int
		p.Run(10, func(worker, i0, i1 int) { got[worker] = [2]int{i0, i1} })
		if got != want {
			t.Fatalf("split %v, want %v", got, want)
		}
	}
}

func TestPoolManyCallers(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				sums := make([]int, p.Threads())
				p.Run(10, func(worker, i0, i1 int) {
					for i := i0; i < i1; i++ {
						sums[worker] += i
					}
				})
				if sums[0]+sums[1] != 45 {
					t.Errorf("sum %d, want 45", sums[0]+sums[1])
				}
			}
		})
	}
	wg.Wait()
}

func TestPoolAfterClose(t *testing.T) {
	p := NewPool(3)
	p.Close()
	p.Close()
	total := 0
	p.Run(10, func(_, i0, i1 int) { total += i1 - i0 })
	if total != 10 {
		t.Errorf("did %d items of 10", total)
	}
}

func TestPoolDoesNotAllocate(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	work := make([]float32, 2)
	f := func(worker, _, _ int) { work[worker]++ }
	if n := testing.AllocsPerRun(50, func() { p.Run(2, f) }); n > 0 {
		t.Errorf("%g allocations a call", n)
	}
}

func TestNewPoolDefault(t *testing.T) {
	p := NewPool(0)
	defer p.Close()
	if p.Threads() < 1 {
		t.Errorf("%d threads", p.Threads())
	}
}
