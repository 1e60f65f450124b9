// Package memtest measures how much memory something takes at once. It is for tests only.
package memtest

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

// Allocated returns the bytes that work allocates in all, garbage included: an upper bound of what it ever holds. What other goroutines
// allocate meanwhile is counted too.
func Allocated(work func()) int64 {
	before := read(allocs)
	work()
	return read(allocs) - before
}

// Peak returns the most bytes of heap that are in use at once while work runs, beyond those in use before. Garbage counts until it is
// collected, which is done all the time: after every 2 % that the heap grows.
func Peak(work func()) int64 {
	defer debug.SetGCPercent(debug.SetGCPercent(2))
	runtime.GC()
	start := read(objects)
	peak := start
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(100 * time.Microsecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				peak = max(peak, read(objects))
			}
		}
	}()
	work()
	last := read(objects)
	close(done)
	<-stopped
	return max(peak, last) - start
}

// tries is how often Check looks: the collector may be late where other programs keep the processors busy.
const tries = 5

// Check reports an error if work takes more than so many bytes at once. work runs again, a few times, if it allocates more in all.
func Check(t testing.TB, most int64, work func()) {
	t.Helper()
	all := Allocated(work)
	if all <= most {
		return
	}
	least := all
	for range tries {
		if least = min(least, Peak(work)); least <= most {
			return
		}
	}
	t.Errorf("takes %d bytes of memory at once and %d in all, not at most %d", least, all, most)
}

const (
	allocs  = "/gc/heap/allocs:bytes"
	objects = "/memory/classes/heap/objects:bytes" // live ones, and dead ones that have not been swept
)

func read(metric string) int64 {
	sample := []metrics.Sample{{Name: metric}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}
