package infer

import (
	"context"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// place is a tile, flat or dewarped along an attitude, and the part of the grid that it answers for.
type place struct {
	start  int
	lo, hi float64
	attitude
	blank bool // hardly any wall seen once dewarped: what the network says of it means nothing
}

// territorySlack lets neighbouring tiles both report a curve on their border, rows: it is merged later, and would be lost if each
// saw it on the other's side.
const territorySlack = 2

// occupied lists the tiles that hold any wall seen. Each answers for the rows that are nearer to its middle than to its neighbours'.
func (p *Picker) occupied(grid *tile.Grid) []place {
	h := p.bundle.Tile.Rows
	starts := grid.Starts(p.opt.Overlap)
	// Without overlap a store leaves out the remainder at the bottom; a pick must not.
	if last := grid.Rows() - h; last > starts[len(starts)-1] {
		starts = append(starts, last)
	}
	var out []place
	for i, s := range starts {
		t := place{start: s, lo: float64(s) - territorySlack, hi: float64(s+h) + territorySlack}
		if i > 0 {
			t.lo = float64(starts[i-1]+s+h)/2 - territorySlack
		}
		if i+1 < len(starts) {
			t.hi = float64(starts[i+1]+s+h)/2 + territorySlack
		}
		if grid.Seen(s, s+h) {
			out = append(out, t)
		}
	}
	return out
}

// curves runs the network over the grid's tiles and returns what it sees in the middle of each, in grid rows. It goes through the grid
// part by part, and hands tiles on in full batches, whatever part they are from.
func (p *Picker) curves(ctx context.Context, grid *tile.Grid, progress func(done, total int), res *Result) ([]Curve, error) {
	places := p.occupied(grid)
	var scan *scanner
	if p.opt.Dewarp {
		scan = newScanner(grid.Options(), p.pool)
	}
	b := newBatch(p)
	for first := 0; first < len(places); first += partTiles {
		last := min(first+partTiles, len(places))
		part, tiles, starts, err := p.part(grid, scan, places, first, last)
		if err != nil {
			return nil, err
		}
		res.Tiles += len(tiles)
		for i, t := range tiles {
			if t.attitude != (attitude{}) && tiles[i-1].attitude == (attitude{}) { // the first of its tile: that of the neighbourhood
				res.steep = append(res.steep, alongTile(t))
			}
		}
		for len(tiles) > 0 {
			n := b.add(part, tiles, starts)
			tiles, starts = tiles[n:], starts[n:]
			if len(b.places) < p.opt.Batch && last < len(places) {
				break // the next part fills it
			}
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			b.forward()
			if progress != nil {
				progress(b.done, res.Tiles+len(places)-last)
			}
		}
	}
	return b.found, nil
}

// Size of the parts of the grid that are looked at together. What lies around a part's tiles or curves is read again for the next; 64
// tiles of the default model are 41 m, 16384 of its rows 82 m. The scan for attitudes brings the tiles of a part to one contrast: other
// parts would give slightly other picks.
const (
	partTiles       = 64
	defaultPartRows = 1 << 14
)

// part returns the rows of the grid that tiles [first, last) need, with the tiles that the network is to see, dewarped ones behind
// their flat one, and the rows of the part where they start. scan is nil where none are dewarped.
func (p *Picker) part(grid *tile.Grid, scan *scanner, places []place, first, last int) (part *tile.Section, tiles []place, starts []int, err error) {
	from, to, reach := first, last, 0
	if scan != nil {
		from, to, reach = max(0, first-scanMargin), min(len(places), last+scanMargin), scanReach
	}
	spans, all := cover(places[from:to], p.bundle.Tile.Rows, reach, grid.Rows())
	if part, err = grid.Section(spans...); err != nil {
		return nil, nil, nil, err
	}
	own := all[first-from : last-from]
	if scan == nil {
		return part, places[first:last], own, nil
	}
	for i, steep := range scan.attitudes(part, all, first-from, last-from) {
		t := places[first+i]
		tiles, starts = append(tiles, t), append(starts, own[i])
		for _, t.attitude = range steep {
			tiles, starts = append(tiles, t), append(starts, own[i])
		}
	}
	return part, tiles, starts, nil
}

// emptyBlock is the unit in which cover leaves out empty rows: sums over a part, in vectors, have the same bits with and without them.
const emptyBlock = 1024

// cover returns the rows of a grid of so many rows that tiles need, with reach rows above and below each, and where each tile
// starts in them. Tiles may lie far apart where the log has a hole: of the empty rows between them, whole blocks are left out.
func cover(tiles []place, height, reach, rows int) (spans []tile.Span, starts []int) {
	lo := max(0, tiles[0].start-reach)
	left := lo // rows of the grid left out so far
	for i, t := range tiles {
		starts = append(starts, t.start-left)
		base := t.start + height + reach
		if i+1 == len(tiles) {
			spans = append(spans, tile.Span{Lo: lo, Hi: min(base, rows)})
		} else if empty := (tiles[i+1].start - reach - base) / emptyBlock * emptyBlock; empty > 0 {
			spans = append(spans, tile.Span{Lo: lo, Hi: base})
			lo = base + empty
			left += empty
		}
	}
	return spans, starts
}

// batch collects tiles for one pass of the network.
type batch struct {
	picker *Picker
	places []place
	x      [][]float32 // [batch] tiles before they are copied into the network
	done   int         // tiles looked at
	found  []Curve     // in them, in grid rows
}

func newBatch(p *Picker) *batch {
	b := &batch{picker: p}
	for range p.opt.Batch {
		b.x = append(b.x, make([]float32, p.bundle.Tile.Size()))
	}
	return b
}

// add takes as many tiles, which start at rows starts of a part of the grid, as there is room for, and returns how many.
func (b *batch) add(part *tile.Section, tiles []place, starts []int) int {
	p, used := b.picker, len(b.places)
	n := min(len(tiles), p.opt.Batch-used)
	b.places = append(b.places, tiles[:n]...)
	p.pool.Run(n, func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			t, x := &b.places[used+i], b.x[used+i]
			if t.attitude == (attitude{}) {
				part.Fill(x, starts[i])
			} else {
				t.blank = part.FillSheared(x, starts[i], part.Options().Shift(t.a, t.b)) < leastSheared
			}
			p.graph.SetInput(used+i, x)
		}
	})
	return n
}

// forward runs the network over the batch and empties it.
func (b *batch) forward() {
	p := b.picker
	p.graph.Forward()
	for i, t := range b.places {
		if !t.blank {
			b.found = p.read(b.found, i, t, p.bundle.Tile.Rows)
		}
	}
	b.done += len(b.places)
	b.places = b.places[:0]
}

// read appends the detections of place i of the batch.
func (p *Picker) read(out []Curve, i int, t place, rows int) []Curve {
	p.found = p.bundle.Net.Detections(p.found[:0], p.graph, i, min(p.candidateScore(dip.Bedding), p.candidateScore(dip.Fracture)))
	for _, d := range p.found {
		if d.Score < p.candidateScore(dip.Class(d.Class)) || d.D < 0 || d.D >= float64(rows) {
			continue
		}
		u := float64(t.start) + d.D
		if u >= t.lo && u < t.hi {
			out = append(out, Curve{Class: dip.Class(d.Class), D: u, A: d.A + t.a, B: d.B + t.b, Score: d.Score})
		}
	}
	return out
}

// rasters is an image in rows that is read part by part.
type rasters interface {
	Rows() int
	raster(s tile.Span) (Raster, error)
}

// eachPart calls visit for curves [first, end) of n with a part of the image that holds them and reach rows around them, as far as the
// image goes. The curves should ascend in depth, roughly. A part has no more than partRows rows, unless a single curve needs more.
func eachPart(ctx context.Context, image rasters, n int, curve func(i int) Curve, reach, partRows int, visit func(part Raster, first, end int)) error {
	for first, end := 0, 0; first < n; first = end {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		span := extent(curve(first), reach, image.Rows())
		for end = first + 1; end < n; end++ {
			next := extent(curve(end), reach, image.Rows())
			both := tile.Span{Lo: min(span.Lo, next.Lo), Hi: max(span.Hi, next.Hi)}
			if both.Hi-both.Lo > partRows {
				break
			}
			span = both
		}
		part, err := image.raster(span)
		if err != nil {
			return err
		}
		visit(part, first, end)
	}
	return nil
}
