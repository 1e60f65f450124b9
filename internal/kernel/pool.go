package kernel

import (
	"runtime"
	"sync"
)

// Pool is a fixed set of workers. A range is always split the same way, so that work reduced per worker and then in
// worker order gives the same bits every time.
type Pool struct {
	threads int
	jobs    []chan job // one channel for each worker but the first, which is the caller
	mu      sync.Mutex // one Run at a time
	done    sync.WaitGroup
	closed  bool
}

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
	p := &Pool{threads: threads, jobs: make([]chan job, threads-1)}
	for i := range p.jobs {
		p.jobs[i] = make(chan job, 1)
		go p.work(p.jobs[i])
	}
	return p
}

func (p *Pool) work(jobs <-chan job) {
	for j := range jobs {
		j.f(j.worker, j.i0, j.i1)
		p.done.Done()
	}
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
			p.done.Add(1)
			p.jobs[w-1] <- job{f, w, i0, i1}
		}
	}
	if i0, i1 := p.span(n, 0); i0 < i1 {
		f(0, i0, i1)
	}
	p.done.Wait()
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
	for _, c := range p.jobs {
		close(c)
	}
}
