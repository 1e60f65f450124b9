package kernel

import (
	"runtime"
	"sync/atomic"
)

// gate lets one goroutine wait for posts of others: awake for a short while, because parallel loops follow each other within
// microseconds and waking a thread takes longer than many of them (a training step on two threads was a fifth slower when it
// slept after 20 microseconds), then asleep.
type gate struct {
	posts  atomic.Uint32 // since the start, modulo 2^32
	asleep atomic.Bool   // the waiter wants a token
	token  chan struct{} // at most one, for each time that asleep went from true to false by a post
}

const (
	awakeTurns = 1 << 16 // some 150 microseconds: longer than the workers of one loop are apart, shorter than a pause between steps
	yieldTurns = 64      // turns between offers of the processor to other goroutines
)

func newGate() gate { return gate{token: make(chan struct{}, 1)} }

func (g *gate) post() {
	g.posts.Add(1)
	if g.asleep.CompareAndSwap(true, false) {
		g.token <- struct{}{}
	}
}

// reached says whether there have been n posts, modulo 2^32.
func (g *gate) reached(n uint32) bool { return int32(g.posts.Load()-n) >= 0 }

// await returns when there have been n posts.
func (g *gate) await(n uint32) {
	for i := range awakeTurns {
		if g.reached(n) {
			return
		}
		if i%yieldTurns == yieldTurns-1 {
			runtime.Gosched()
		}
	}
	for !g.reached(n) {
		g.asleep.Store(true)
		// A post between the two lines above has either seen the flag, and its token comes, or it is seen here.
		if g.reached(n) && g.asleep.CompareAndSwap(true, false) {
			return
		}
		<-g.token
	}
}
