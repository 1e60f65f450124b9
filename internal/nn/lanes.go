package nn

import "github.com/geobfdt/geobfdt/internal/kernel"

// laneImages is the number of images that a lane takes through the network at a time: few, so that what one operation writes is
// still in the cache when the next reads it, and more than one, so that the weights of the last stages are read less often.
const laneImages = 2

// lanes are how a graph without gradients runs over a batch: each worker takes images of its own through all operations, in memory
// of its own, without waiting for the others. A lane's values share one arena: memory is reused once the last reader of a value has
// run, so that the memory of a batch does not grow with its size.
type lanes struct {
	pool    *kernel.Pool
	lane    []*lane
	in      *Image // of the whole batch
	out     []*Mat // of the whole batch
	perLane int    // images that every lane takes alone; the rest is shared row by row
	work    func(worker, i0, i1 int)
}

// lane is one copy of the network.
type lane struct {
	graph *Graph
	in    *Image
	out   []*Mat
}

// Build makes a graph for training, or one for picking as NewInference does. build adds the operations and is called in the same way.
func Build(pool *kernel.Pool, params *Params, batch int, grad bool, build func(g *Graph) (in *Image, out []*Mat)) (g *Graph, in *Image, out []*Mat) {
	if !grad {
		return NewInference(pool, params, batch, build)
	}
	g = NewGraph(pool, params, batch, true)
	in, out = build(g)
	return g, in, out
}

// NewInference makes a graph for picking: without gradients, with batch normalisation folded into the convolutions, and with memory
// for few images only. build adds the operations to a graph, for a few images of the batch, and returns its input and outputs; it
// is called once for each worker. Returned are the input and the outputs of the whole batch. What follows from the parameters alone
// is computed by the first Forward; call Refresh after changing them.
func NewInference(pool *kernel.Pool, params *Params, batch int, build func(g *Graph) (in *Image, out []*Mat)) (g *Graph, in *Image, out []*Mat) {
	l := &lanes{pool: pool}
	folds := map[string]*fold{}
	for i := range max(1, min(pool.Threads(), batch)) {
		p := pool // the first lane can also share its rows between all workers
		if i > 0 {
			p = kernel.NewPool(1)
		}
		g := NewGraph(p, params, min(laneImages, batch), false)
		g.reuse, g.folds = true, folds
		ln := &lane{graph: g}
		ln.in, ln.out = build(g)
		for _, m := range ln.out {
			m.v.last = len(g.ops)
		}
		l.lane = append(l.lane, ln)
	}
	first := l.lane[0]
	l.in = newImage(batch, first.in.H, first.in.W, first.in.C, first.in.Pad, first.in.Wrap, false)
	for _, m := range first.out {
		l.out = append(l.out, newMat(batch, m.Rows, m.Cols, false))
	}
	if len(l.lane) == pool.Threads() {
		l.perLane = batch / pool.Threads()
	}
	l.work = func(worker, _, _ int) {
		ln := l.lane[worker]
		ln.graph.alone = true
		l.run(ln, worker*l.perLane, (worker+1)*l.perLane)
		ln.graph.alone = false
	}
	return &Graph{pool: pool, params: params, batch: batch, lanes: l}, l.in, l.out
}

func (l *lanes) refresh() {
	for _, ln := range l.lane {
		ln.graph.Refresh()
	}
}

func (l *lanes) forward() {
	if l.perLane > 0 {
		l.pool.Run(l.pool.Threads(), l.work)
	}
	l.run(l.lane[0], l.perLane*len(l.lane), l.in.B)
}

// run takes images i0..i1 of the batch through a lane.
func (l *lanes) run(ln *lane, i0, i1 int) {
	for i0 < i1 {
		n := min(ln.graph.batch, i1-i0)
		ln.graph.live = n
		copyImages(ln.in.Data, 0, l.in.Data, i0, n, len(l.in.Data)/l.in.B)
		ln.graph.Forward()
		for k, m := range l.out {
			copyImages(m.Data, i0, ln.out[k].Data, 0, n, m.Rows*m.Stride)
		}
		i0 += n
	}
}

func copyImages(dst []float32, to int, src []float32, from, n, size int) {
	copy(dst[to*size:(to+n)*size], src[from*size:])
}
