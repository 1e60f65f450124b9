package memtest

import (
	"runtime"
	"testing"
)

const megabyte = 1 << 20

func TestAllocated(t *testing.T) {
	var kept []byte
	got := Allocated(func() {
		for range 8 {
			kept = make([]byte, megabyte)
		}
	})
	runtime.KeepAlive(kept)
	if got < 8*megabyte || got > 9*megabyte {
		t.Errorf("8 MiB measured as %d bytes", got)
	}
}

// What is held counts, also if only for a moment; garbage does not add up.
func TestPeak(t *testing.T) {
	var all [][]byte
	held := Peak(func() {
		for range 32 {
			all = append(all, make([]byte, megabyte))
		}
		runtime.Gosched()
	})
	runtime.KeepAlive(all)
	if held < 31*megabyte || held > 36*megabyte {
		t.Errorf("32 MiB measured as %d bytes", held)
	}
	all = nil
	var last []byte
	garbage := Peak(func() {
		for range 256 {
			last = make([]byte, megabyte)
			last[0] = 1
		}
	})
	runtime.KeepAlive(last)
	if garbage < 0 || garbage > 32*megabyte {
		t.Errorf("1 MiB at a time measured as %d bytes", garbage)
	}
}

func TestCheck(t *testing.T) {
	var kept []byte
	work := func() { kept = make([]byte, megabyte) }
	Check(t, 2*megabyte, work)
	caught := &recorder{TB: t}
	Check(caught, megabyte/2, work)
	runtime.KeepAlive(kept)
	if !caught.failed {
		t.Error("1 MiB passed for half of it")
	}
}

type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Helper()               {}
