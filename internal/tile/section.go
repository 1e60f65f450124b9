package tile

import "sync"

// Section is a part of a grid in memory, or several parts one below the other: what tiles are cut from. Its rows count from its own
// top. It is read-only and may be shared between goroutines.
type Section struct {
	opt  Options
	img  []float32 // [rows*columns], grey range of the log
	mask []bool    // [rows*columns]
	std  float64   // of the whole grid
	// Whole-log normalisations, none where Options.Image does not ask for them. Gaps are 0.
	channels [][]float32
	buffers  sync.Pool // of *sheared
}

// Span is a range of rows of a grid, [Lo, Hi).
type Span struct{ Lo, Hi int }

func (g *Grid) newSection(img []float32, mask []bool) *Section {
	return &Section{opt: g.opt, img: img, mask: mask, std: g.std}
}

// Section returns spans of the grid, ascending, one below the other. A single span of a grid in memory is not copied. The error is that
// of the grid's temporary file.
func (g *Grid) Section(spans ...Span) (*Section, error) {
	if len(spans) == 1 {
		return g.span(spans[0])
	}
	rows := 0
	for _, s := range spans {
		rows += s.Hi - s.Lo
	}
	n := rows * g.opt.Columns
	out := g.newSection(make([]float32, 0, n), make([]bool, 0, n))
	for _, s := range spans {
		part, err := g.span(s)
		if err != nil {
			return nil, err
		}
		out.img, out.mask = append(out.img, part.img...), append(out.mask, part.mask...)
		for c, channel := range part.channels {
			if len(out.channels) == c {
				out.channels = append(out.channels, make([]float32, 0, n))
			}
			out.channels[c] = append(out.channels[c], channel...)
		}
	}
	return out, nil
}

// span returns one span of the grid.
func (g *Grid) span(s Span) (*Section, error) {
	lo, hi := s.Lo*g.opt.Columns, s.Hi*g.opt.Columns
	if w := g.whole; w != nil {
		out := g.newSection(w.img[lo:hi:hi], w.mask[lo:hi:hi])
		for _, channel := range w.channels {
			out.channels = append(out.channels, channel[lo:hi:hi])
		}
		return out, nil
	}
	part, err := g.log.Section(s.Lo, s.Hi, nil)
	if err != nil {
		return nil, err
	}
	out := g.newSection(g.equal.even(part.Pixels(), s.Lo), part.Mask)
	if g.opt.static() {
		out.channels = append(out.channels, g.norm.Static(part))
	}
	if g.opt.dynamic() {
		out.channels = append(out.channels, g.norm.Dynamic(part, s.Lo))
	}
	return out, nil
}

// Rows counts the rows of the section.
func (s *Section) Rows() int { return len(s.mask) / s.opt.Columns }

// Options are those that the grid was built with.
func (s *Section) Options() Options { return s.opt }

// Image is the resampled image, [rows*columns], and Mask tells where it is valid. Both are shared, not copied.
func (s *Section) Image() []float32 { return s.img }
func (s *Section) Mask() []bool     { return s.mask }

// Fill writes the input of the tile that starts at row start to x, [Rows, Columns, Channels] channels last, Options.Size() values.
// Rows outside the section are gaps.
func (s *Section) Fill(x []float32, start int) {
	ch, cols, rows := s.opt.Channels(), s.opt.Columns, s.Rows()
	lo, hi := min(max(start, 0), rows), max(0, min(start+s.opt.Rows, rows))
	if lo >= hi {
		clear(x[:s.opt.Size()])
		return
	}
	a, b := (lo-start)*cols*ch, (hi-start)*cols*ch
	clear(x[:a])
	clear(x[b:s.opt.Size()])
	x = x[a:b]
	mask := s.mask[lo*cols : hi*cols]
	if s.opt.Image == ImageTile {
		zScore(x, ch, s.img[lo*cols:hi*cols], mask, s.std)
	}
	for c, norm := range s.channels {
		for i, v := range norm[lo*cols : hi*cols] {
			if !mask[i] {
				v = 0
			}
			x[i*ch+c] = max(-clip, min(clip, v))
		}
	}
	if s.opt.MaskChannel {
		writeMask(x[ch-1:], ch, mask)
	}
}
