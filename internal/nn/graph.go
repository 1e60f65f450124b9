package nn

import "github.com/geobfdt/geobfdt/internal/kernel"

// op is one operation of a graph.
type op interface {
	forward(g *Graph)
	backward(g *Graph)
}

// preparer is an op that derives something from its parameters once per step (the transposed weights of a backward pass).
type preparer interface{ prepare() }

// Graph is a list of operations for one batch size.
type Graph struct {
	// Training selects batch statistics in BatchNorm. A graph built without gradients must keep it false.
	Training bool

	pool     *kernel.Pool
	batch    int
	withGrad bool
	ops      []op
	preps    []preparer
	grads    [][]float32 // gradients of values in pieces of like size, cleared before a backward pass
	params   *Params

	scratchLen int         // floats that the operations need to work in
	scratch    [][]float32 // per worker

	// Of graphs without gradients.
	fresh   bool             // what follows from the parameters has been computed
	folds   map[string]*fold // by convolution; shared between the lanes of a graph
	refolds []*fold          // those that this graph refreshes
	lanes   *lanes           // set by NewInference: the graph itself is empty then

	// Of a lane.
	reuse     bool // values share memory
	values    []*value
	constants []op // operations on parameters alone
	live      int  // images to compute, at most batch
	alone     bool // on the calling worker only

	clearGrads, prepareOps, reduceGrads func(worker, i0, i1 int)
}

// NewGraph makes an empty graph for batches of the given size. With grad false it holds no gradients and cannot go backward.
// Parameters live in params and may be shared by several graphs. See NewInference for graphs that only predict.
func NewGraph(pool *kernel.Pool, params *Params, batch int, grad bool) *Graph {
	g := &Graph{pool: pool, params: params, batch: batch, live: batch, withGrad: grad, folds: map[string]*fold{}}
	if grad {
		params.enableGrad(pool.Threads())
	}
	g.clearGrads = func(_, i0, i1 int) {
		for _, v := range g.grads[i0:i1] {
			clear(v)
		}
	}
	g.prepareOps = func(_, i0, i1 int) {
		for _, o := range g.preps[i0:i1] {
			o.prepare()
		}
	}
	g.reduceGrads = func(_, i0, i1 int) {
		for _, p := range g.params.List[i0:i1] {
			for _, part := range p.partial[min(1, len(p.partial)):] {
				kernel.AddTo(p.Grad, part)
			}
		}
	}
	return g
}

// Batch is the number of images of the graph.
func (g *Graph) Batch() int { return g.batch }

// add appends an operation that computes out from the values in.
func (g *Graph) add(o op, out *value, in ...*value) {
	if p, ok := o.(preparer); ok && g.withGrad {
		g.preps = append(g.preps, p)
	}
	out.constant, out.first, out.last = true, len(g.ops), len(g.ops)
	for _, v := range in {
		if !v.constant {
			out.constant = false
			v.last = len(g.ops)
		}
	}
	if out.constant && g.reuse {
		g.constants = append(g.constants, o)
		return
	}
	g.ops = append(g.ops, o)
}

func (g *Graph) image(h, w, c, pad int, wrap bool) *Image {
	if g.reuse {
		im := imageOf(g.batch, h, w, c, pad, wrap)
		g.plan(im.v)
		return im
	}
	im := g.rawImage(h, w, c, pad, wrap)
	g.clearLater(im.Grad)
	return im
}

// clearLater has a gradient cleared before every backward pass, in pieces that the workers share evenly.
func (g *Graph) clearLater(grad []float32) {
	const piece = 1 << 14
	for len(grad) > piece {
		g.grads = append(g.grads, grad[:piece])
		grad = grad[piece:]
	}
	g.grads = append(g.grads, grad)
}

// rawImage is an image whose gradient its only consumer overwrites: it need not be cleared.
func (g *Graph) rawImage(h, w, c, pad int, wrap bool) *Image {
	return newImage(g.batch, h, w, c, pad, wrap, g.withGrad)
}

func (g *Graph) mat(images, rows, cols int) *Mat {
	if g.reuse {
		m := matOf(images, rows, cols)
		g.plan(m.v)
		return m
	}
	m := newMat(images, rows, cols, g.withGrad)
	g.clearLater(m.Grad)
	return m
}

// data makes a value without a gradient.
func (g *Graph) data(images, rows, cols int) *Mat {
	m := matOf(images, rows, cols)
	if g.reuse {
		g.plan(m.v)
	} else {
		m.Data = make([]float32, m.v.size)
	}
	return m
}

// plan leaves the storage of a value to allocate.
func (g *Graph) plan(v *value) {
	v.reuse = true
	g.values = append(g.values, v)
}

// allocate gives the planned values their storage, and the workers theirs.
func (g *Graph) allocate() {
	var sharing []*value
	for _, v := range g.values {
		if v.shared() {
			sharing = append(sharing, v)
		} else {
			*v.data = aligned(v.size)
		}
	}
	arena := aligned(place(sharing))
	for _, v := range sharing {
		*v.data = arena[v.offset:][:v.size:v.size]
	}
	g.values = nil
	for len(g.scratch) < g.pool.Threads() {
		g.scratch = append(g.scratch, aligned(g.scratchLen))
	}
}

// reserve makes sure that every worker has n floats of scratch memory from the first pass on.
func (g *Graph) reserve(n int) { g.scratchLen = max(g.scratchLen, n) }

// each splits n items, which belong to the images of the batch in order, over the workers.
func (g *Graph) each(n int, f func(worker, i0, i1 int)) {
	if g.live < g.batch {
		n = n / g.batch * g.live
	}
	if g.alone {
		f(0, 0, n)
		return
	}
	g.pool.Run(n, f)
}

// Input adds an image that the caller fills; it has no gradient.
func (g *Graph) Input(h, w, c, pad int, wrap bool) *Image {
	im := newImage(g.batch, h, w, c, pad, wrap, false)
	im.v.own = true
	return im
}

// Forward computes every value from the inputs and parameters. A graph without gradients keeps what it has derived from the
// parameters until Refresh.
func (g *Graph) Forward() {
	if !g.withGrad && !g.fresh {
		g.Refresh()
	}
	if g.lanes != nil {
		g.lanes.forward()
		return
	}
	if len(g.scratch) == 0 {
		g.allocate()
	}
	for _, o := range g.ops {
		o.forward(g)
	}
}

// Refresh takes over parameters that have changed since the last Forward. Only a graph without gradients needs it: it folds
// normalisations into weights and computes once what does not depend on its input.
func (g *Graph) Refresh() {
	g.fresh = true
	if g.lanes != nil {
		g.lanes.refresh()
		return
	}
	g.allocate()
	for _, f := range g.refolds {
		f.refresh()
	}
	g.live = g.batch
	for _, o := range g.constants {
		o.forward(g)
	}
}

// ZeroGrad clears the gradients of values and parameters. Call it after Forward and before the criterion writes the gradients of
// the network's outputs.
func (g *Graph) ZeroGrad() {
	g.pool.Run(len(g.grads), g.clearGrads)
	g.params.zeroGrad(g.pool)
}

// Backward propagates the gradients that the criterion has written into the outputs and leaves the sums over the batch in
// Param.Grad.
func (g *Graph) Backward() {
	g.pool.Run(len(g.preps), g.prepareOps)
	for i := len(g.ops) - 1; i >= 0; i-- {
		g.ops[i].backward(g)
	}
	g.pool.Run(len(g.params.List), g.reduceGrads)
}

// Params is an ordered set of named parameters.
type Params struct {
	List   []*Param
	byName map[string]*Param
	zero   func(worker, i0, i1 int)
}

// NewParams makes an empty set.
func NewParams() *Params { return &Params{byName: map[string]*Param{}} }

// Get returns the parameter of that name, or nil.
func (ps *Params) Get(name string) *Param { return ps.byName[name] }

// Count of learned values.
func (ps *Params) Count() int {
	n := 0
	for _, p := range ps.List {
		if !p.Buffer {
			n += p.Len()
		}
	}
	return n
}

// param returns the parameter of that name, made on first use; later graphs on the same set share it.
func (ps *Params) param(name string, l layout, shape ...int) *Param {
	if p := ps.byName[name]; p != nil {
		return p
	}
	p := newParam(name, l, shape...)
	ps.List = append(ps.List, p)
	ps.byName[name] = p
	return p
}

func (ps *Params) buffer(name string, shape ...int) *Param {
	p := ps.param(name, layoutRows, shape...)
	p.Buffer = true
	return p
}

// Linear declares the weight and bias of a linear layer.
func (ps *Params) Linear(name string, in, out int) (w, b *Param) {
	return ps.param(name+".weight", layoutLinear, out, in), ps.param(name+".bias", layoutRows, out)
}

// Conv declares the weight of a square convolution without bias.
func (ps *Params) Conv(name string, in, out, k int) *Param {
	return ps.param(name+".weight", layoutConv, out, in, k, k)
}

// Rows declares a plain array of one or two dimensions.
func (ps *Params) Rows(name string, shape ...int) *Param { return ps.param(name, layoutRows, shape...) }

// enableGrad is called when a graph is built; parameters declared later get their gradients at the first zeroGrad.
func (ps *Params) enableGrad(workers int) {
	ps.zero = func(_, i0, i1 int) {
		for _, p := range ps.List[i0:i1] {
			if p.Buffer {
				continue
			}
			if len(p.partial) != workers {
				p.Grad = make([]float32, len(p.Data))
				p.partial = make([][]float32, workers)
				p.partial[0] = p.Grad
				for i := 1; i < workers; i++ {
					p.partial[i] = make([]float32, len(p.Data))
				}
			}
			for _, part := range p.partial {
				clear(part)
			}
		}
	}
}

func (ps *Params) zeroGrad(pool *kernel.Pool) { pool.Run(len(ps.List), ps.zero) }
