package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Pool is a fixed set of workers. A range is always split the same way, so that work reduced per worker and then in
// worker order gives the same bits every time.
type Pool struct {
	threads int
	workers []*worker  // but the first, which is the caller
	mu      sync.Mutex // one Run at a time
	done    gate       // one post for each job done
	given   uint32     // jobs so far
	closed  bool
}

// worker is a goroutine that does one job after the other.
type worker struct {
	next job
	gate gate // one post for each job given
}

// job is a part of a Run; without f the worker ends.
type job struct {
	f              func(worker, i0, i1 int)
	worker, i0, i1 int
}

// NewPool starts a pool of so many workers; threads <= 0 means one for each processor that Go may use. Close it when it
// is no longer needed.
func NewPool(threads int) *Pool {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	p := &Pool{threads: threads, done: newGate()}
	for range threads - 1 {
		w := &worker{gate: newGate()}
		p.workers = append(p.workers, w)
		go p.work(w)
	}
	return p
}

func (p *Pool) work(w *worker) {
	for n := uint32(1); ; n++ {
		w.gate.await(n)
		j := w.next
		if j.f == nil {
			return
		}
		j.f(j.worker, j.i0, j.i1)
		p.done.post()
	}
}

func (w *worker) give(j job) {
	w.next = j
	w.gate.post()
}

// Threads returns the number of workers: worker indices run from 0 to Threads()-1.
func (p *Pool) Threads() int { return p.threads }

// Run splits [0, n) into Threads() contiguous ranges whose lengths differ by at most one, calls f(worker, i0, i1) once
// for each range that is not empty, and returns when all calls have. Worker 0 runs on the calling goroutine. Calls to
// Run from several goroutines take turns; f must not call Run of the same pool. After Close the calls run one after
// another, with the same ranges.
func (p *Pool) Run(n int, f func(worker, i0, i1 int)) {
	if p.threads == 1 {
		if n > 0 {
			f(0, 0, n)
		}
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for w := 1; w < p.threads; w++ {
		i0, i1 := p.span(n, w)
		switch {
		case i0 >= i1:
		case p.closed:
			f(w, i0, i1)
		default:
			p.given++
			p.workers[w-1].give(job{f, w, i0, i1})
		}
	}
	if i0, i1 := p.span(n, 0); i0 < i1 {
		f(0, i0, i1)
	}
	p.done.await(p.given)
}

// Each calls f for every piece of [0, n) of at most grain items, as workers come free, and returns when all calls have. It is Run for items that
// take unlike times. Which worker does which piece is chance: what f computes must not depend on it.
func (p *Pool) Each(n, grain int, f func(worker, i0, i1 int)) {
	var taken atomic.Int64
	p.Run(min(p.threads, (n+grain-1)/grain), func(worker, _, _ int) {
		for {
			i1 := int(taken.Add(int64(grain)))
			i0 := i1 - grain
			if i0 >= n {
				return
			}
			f(worker, i0, min(i1, n))
		}
	})
}

// span returns the range of a worker. The first n % threads workers get one item more.
func (p *Pool) span(n, worker int) (i0, i1 int) {
	size, more := n/p.threads, n%p.threads
	i0 = worker*size + min(worker, more)
	i1 = i0 + size
	if worker < more {
		i1++
	}
	return i0, i1
}

// Close ends the workers. It waits for a Run in progress and may be called more than once.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.closed = true
	for _, w := range p.workers {
		w.give(job{})
	}
}
