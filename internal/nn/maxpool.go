package nn

// maxPool is a 3x3 maximum with stride 2 and padding 1. Its input is a ReLU's output, so that a zero border is neutral.
type maxPool struct {
	x, y     *Image
	fwd, bwd func(worker, i0, i1 int)
}

// MaxPool adds a 3x3 max pooling with stride 2 behind a ReLU. A wrapped image must be at least three pixels wide, so that no window
// sees a pixel twice.
func (g *Graph) MaxPool(x *Image) *Image {
	p := &maxPool{x: x, y: g.image((x.H+1)/2, (x.W+1)/2, x.C, 1, x.Wrap)}
	p.fwd, p.bwd = p.forwardRows, p.backwardImages
	g.add(p)
	return p.y
}

func (p *maxPool) forward(g *Graph) { g.pool.Run(p.y.B*p.y.H, p.fwd) }

func (p *maxPool) forwardRows(_, i0, i1 int) {
	x, y := p.x, p.y
	for i := i0; i < i1; i++ {
		b, r := i/y.H, i%y.H
		for c := 0; c < y.W; c++ {
			d := y.Data[y.Offset(b, r, c):][:y.C]
			for dy := -1; dy <= 1; dy++ {
				if yy := 2*r + dy; yy < 0 || yy >= x.H {
					continue
				}
				s := x.Data[x.Offset(b, 2*r+dy, 2*c-1):][:3*x.C]
				s0, s1, s2 := s[:len(d)], s[len(d):][:len(d)], s[2*len(d):][:len(d)]
				if dy == -1 || (dy == 0 && r == 0) {
					for j := range d {
						d[j] = max(s0[j], s1[j], s2[j])
					}
				} else {
					for j := range d {
						d[j] = max(d[j], s0[j], s1[j], s2[j])
					}
				}
			}
		}
		y.wrapRow(y.Data, b, r)
	}
}

func (p *maxPool) backward(g *Graph) { g.pool.Run(p.y.B, p.bwd) }

// backwardImages sends a gradient to every pixel that equals its window's maximum. Equal maxima other than zero, which the
// ReLU before stops, do not occur in practice.
func (p *maxPool) backwardImages(_, b0, b1 int) {
	x, y := p.x, p.y
	for b := b0; b < b1; b++ {
		for r := 0; r < y.H; r++ {
			for c := 0; c < y.W; c++ {
				o := y.Offset(b, r, c)
				v, dv := y.Data[o:][:y.C], y.Grad[o:][:y.C]
				for yy := max(0, 2*r-1); yy <= min(2*r+1, x.H-1); yy++ {
					for xx := 2*c - 1; xx <= 2*c+1; xx++ {
						cc := xx
						if cc < 0 || cc >= x.W {
							if !x.Wrap {
								continue
							}
							cc = (cc + x.W) % x.W
						}
						so := x.Offset(b, yy, cc)
						s, d := x.Data[so:][:len(v)], x.Grad[so:][:len(v)]
						for j, m := range v {
							if s[j] == m {
								d[j] += dv[j]
							}
						}
					}
				}
			}
		}
	}
}

// tokens lays the pixels of an image out as rows of a matrix, depth by depth.
type tokens struct {
	x        *Image
	y        *Mat
	fwd, bwd func(worker, i0, i1 int)
}

// Tokens adds the change of shape from [B, H, W, C] to [B*H*W, C].
func (g *Graph) Tokens(x *Image) *Mat {
	t := &tokens{x: x, y: g.mat(x.B, x.H*x.W, x.C)}
	t.fwd = func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			copy(t.y.Data[i*x.W*x.C:][:x.W*x.C], x.Data[x.Offset(i/x.H, i%x.H, 0):])
		}
	}
	t.bwd = func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			d := x.Grad[x.Offset(i/x.H, i%x.H, 0):][:x.W*x.C]
			for j, v := range t.y.Grad[i*x.W*x.C:][:x.W*x.C] {
				d[j] += v
			}
		}
	}
	g.add(t)
	return t.y
}

func (t *tokens) forward(g *Graph)  { g.pool.Run(t.x.B*t.x.H, t.fwd) }
func (t *tokens) backward(g *Graph) { g.pool.Run(t.x.B*t.x.H, t.bwd) }
