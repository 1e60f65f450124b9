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
	values   [][]float32 // gradients of values, cleared before a backward pass
	params   *Params

	clearGrads, prepareOps, reduceGrads func(worker, i0, i1 int)
}

// NewGraph makes an empty graph for batches of the given size. With grad false it holds no gradients and cannot go backward.
// Parameters live in params and may be shared by several graphs.
func NewGraph(pool *kernel.Pool, params *Params, batch int, grad bool) *Graph {
	g := &Graph{pool: pool, params: params, batch: batch, withGrad: grad}
	if grad {
		params.enableGrad(pool.Threads())
	}
	g.clearGrads = func(_, i0, i1 int) {
		for _, v := range g.values[i0:i1] {
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

func (g *Graph) add(o op) {
	g.ops = append(g.ops, o)
	if p, ok := o.(preparer); ok && g.withGrad {
		g.preps = append(g.preps, p)
	}
}

func (g *Graph) image(h, w, c, pad int, wrap bool) *Image {
	im := newImage(g.batch, h, w, c, pad, wrap, g.withGrad)
	g.values = append(g.values, im.Grad)
	return im
}

func (g *Graph) mat(images, rows, cols int) *Mat {
	m := newMat(images, rows, cols, g.withGrad)
	g.values = append(g.values, m.Grad)
	return m
}

// Input adds an image that the caller fills; it has no gradient.
func (g *Graph) Input(h, w, c, pad int, wrap bool) *Image {
	return newImage(g.batch, h, w, c, pad, wrap, false)
}

// Forward computes every value from the inputs and parameters.
func (g *Graph) Forward() {
	for _, o := range g.ops {
		o.forward(g)
	}
}

// ZeroGrad clears the gradients of values and parameters. Call it after Forward and before the criterion writes the gradients of
// the network's outputs.
func (g *Graph) ZeroGrad() {
	g.pool.Run(len(g.values), g.clearGrads)
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
