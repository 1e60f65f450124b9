package pads

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// ErrNoOrientation: nothing says how the tool turned, so that no image can be made.
var ErrNoOrientation = errors.New("no orientation of the pads: P1NO, P1AZ, or RB with HAZI is needed")

// ErrNoCaliper: nothing says how large the hole is, so that buttons have no azimuth.
var ErrNoCaliper = errors.New("no hole size: a caliper or the bit size is needed")

// maxStepM is how far a tool may slip from row to row, by its corrected depth, that readings are still interpolated; without a
// correction two usual steps are a hole in the log.
const maxStepM = 0.1

// Options say how to assemble an image.
type Options struct {
	HighSide bool             // the image starts at the high side of the hole, by RB, instead of at north
	Storage  imagelog.Storage // of the image
}

// Assemble makes an image of a recording: rows are at its depths, ascending, and have t.Columns columns. Its reference is
// imagelog.RefHighSide or, where it starts at the north of the curves, imagelog.RefUnknown: whether that is true or magnetic north
// no channel tells. r.Pads is emptied, to make room. What was done, and could not be done, are warnings of the log. Errors wrap
// ErrNoOrientation, ErrNoCaliper and imagelog.ErrNoData.
func Assemble(r *Recording, t *Tool, opt Options) (*imagelog.Log, error) {
	if err := r.check(t); err != nil {
		return nil, fmt.Errorf("assemble pads of %s: %w", t.Name, err)
	}
	padDeg, how, ok := r.padOne(opt.HighSide)
	if !ok {
		return nil, fmt.Errorf("assemble pads of %s: %w", t.Name, ErrNoOrientation)
	}
	var notes []string
	note := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	note("pads placed by %s", how)
	toolM, longestM := r.DepthM, 0.0
	if down, dt, why := r.motion(); why == "" {
		toolM, longestM = correctDepth(r.DepthM, down, dt), maxStepM
		furthest := 0.0
		for i := range toolM {
			if d := math.Abs(toolM[i] - r.DepthM[i]); d > furthest {
				furthest = d
			}
		}
		note("depth corrected for the tool's motion by its accelerometer, by up to %.3f m", furthest)
	} else {
		note("depth not corrected for the tool's motion: %s", why)
	}
	grid, order := ascending(r.DepthM), ascending(toolM)
	if dropped := len(r.DepthM) - len(order); dropped > 0 {
		note("%d of %d rows dropped: their depth is missing, or the tool moved back", dropped, len(r.DepthM))
	}
	if len(grid) == 0 || len(order) == 0 {
		return nil, fmt.Errorf("assemble pads of %s: %w: no row has a depth", t.Name, imagelog.ErrNoData)
	}
	a := &assembly{tool: t, depthM: pick(toolM, order), padDeg: pick(padDeg, order), pads: make([][]float32, t.Pads())}
	a.maxStepM = max(longestM, 2.01*medianStep(a.depthM))
	assumed, missing := false, 0
	for i, values := range r.Pads {
		if values == nil {
			missing++
			continue
		}
		p, _ := t.plate(i)
		a.pads[i], r.Pads[i] = reorder(values, p.Buttons, order, t.Signal == Current), nil
	}
	for arm := range t.Arms {
		radius, fromBit := r.radii(t, arm)
		a.radiusIn = append(a.radiusIn, pick(radius, order))
		assumed = assumed || fromBit
	}
	if !slices.ContainsFunc(a.radiusIn, func(radii []float64) bool {
		return slices.ContainsFunc(radii, func(v float64) bool { return v == v })
	}) {
		return nil, fmt.Errorf("assemble pads of %s: %w", t.Name, ErrNoCaliper)
	}
	if assumed {
		note("where there is no caliper the hole is taken as large as the bit")
	}
	if missing > 0 {
		note("%d of %d pads have no channel: they stay gaps", missing, t.Pads())
	}
	if window := t.equaliseM(); window > 0 {
		if dead := equalise(t, a.pads, a.depthM, window); dead > 0 {
			note("%d dead buttons removed", dead)
		}
	}
	return a.log(r, grid, opt, notes)
}

// reorder copies rows of a pad, and turns the sign of currents so that low is conductive.
func reorder(values []float32, buttons int, order []int, negate bool) []float32 {
	out := make([]float32, 0, len(order)*buttons)
	for _, i := range order {
		out = append(out, values[i*buttons:(i+1)*buttons]...)
	}
	for k, v := range out {
		switch {
		case v-v != 0:
			out[k] = float32(math.NaN())
		case negate:
			out[k] = -v
		}
	}
	return out
}

// assembly is a recording in the order of depth.
type assembly struct {
	tool     *Tool
	depthM   []float64 // [rows] of the tool's measure point
	padDeg   []float64 // [rows]
	radiusIn [][]float64
	pads     [][]float32
	maxStepM float64
}

// moment is when the tool had a row of buttons at a depth: between rows at and at+1, a share t from the first; at is -1 for never.
type moment struct {
	at int
	t  float64
}

// log lays the buttons on the wall at the depths of the rows of grid.
func (a *assembly) log(r *Recording, grid []int, opt Options, notes []string) (*imagelog.Log, error) {
	depthM := pick(r.DepthM, grid)
	columns := a.tool.columns()
	line, weight := make([]float32, columns), make([]float32, columns)
	cursors := map[float64]*cursor{}
	image := imagelog.NewBuilder(columns, opt.Storage)
	defer image.Close()
	if err := image.Grow(len(depthM)); err != nil {
		return nil, err
	}
	for _, z := range depthM {
		clear(line)
		clear(weight)
		for pad := range a.pads {
			if a.pads[pad] != nil {
				a.lay(line, weight, pad, z, cursors)
			}
		}
		for j, w := range weight {
			if w == 0 {
				line[j] = float32(math.NaN())
			} else {
				line[j] /= w
			}
		}
		if err := image.Append(line); err != nil {
			return nil, err
		}
	}
	p1no, _, hasNorth := r.padOne(false)
	l, err := image.Log(depthM, func(l *imagelog.Log) {
		l.DeviDeg, l.HaziDeg, l.RBDeg, l.BSIn = pick(r.DeviDeg, grid), pick(r.HaziDeg, grid), pick(r.RBDeg, grid), pick(r.BSIn, grid)
		if hasNorth {
			l.P1NODeg = pick(p1no, grid)
		}
		l.C1In, l.C2In, l.C3In = r.opening(0, grid), r.opening(1, grid), r.opening(2, grid)
	})
	if err != nil {
		return nil, fmt.Errorf("assemble pads of %s: %w", a.tool.Name, err)
	}
	if opt.HighSide {
		l.Reference = imagelog.RefHighSide
	}
	l.Warnings = append(notes, l.Warnings...)
	return l, nil
}

// opening returns the first, second or third caliper that was recorded, by row of the image; nil for none.
func (r *Recording) opening(which int, grid []int) []float64 {
	for _, c := range r.CaliperIn {
		if c == nil {
			continue
		}
		if which == 0 {
			return pick(c, grid)
		}
		which--
	}
	return nil
}

// cursor finds moments for depths that ascend.
type cursor struct{ row int }

func (a *assembly) moment(c *cursor, depthM float64) moment {
	for c.row < len(a.depthM) && a.depthM[c.row] < depthM {
		c.row++
	}
	below := c.row
	switch {
	case below < len(a.depthM) && a.depthM[below]-depthM < 1e-9:
		return moment{below, 0}
	case below == 0 || below == len(a.depthM) || a.depthM[below]-a.depthM[below-1] > a.maxStepM:
		return moment{-1, 0}
	}
	above := a.depthM[below-1]
	return moment{below - 1, (depthM - above) / (a.depthM[below] - above)}
}

// spot is the reading of a button on the wall.
type spot struct {
	deg   float64 // azimuth, within half a turn of the plate's middle
	value float32
}

// lay adds what a pad saw at a depth to a line of the image.
func (a *assembly) lay(line, weight []float32, pad int, depthM float64, cursors map[float64]*cursor) {
	p, arm := a.tool.plate(pad)
	var buffer [maxButtons]spot
	spots := buffer[:0]
	var reachDeg, middleDeg float64
	for row := range p.RowsIn {
		offsetM := p.offsetM(row)
		c := cursors[offsetM]
		if c == nil {
			c = &cursor{}
			cursors[offsetM] = c
		}
		m := a.moment(c, depthM-offsetM)
		if m.at < 0 {
			continue
		}
		next := m.at
		if m.t > 0 {
			next++
		}
		radiusIn := lerp(a.radiusIn[arm][m.at], a.radiusIn[arm][next], m.t)
		deg := lerpDeg(a.padDeg[m.at], a.padDeg[next], m.t) + 360*float64(arm)/float64(a.tool.Arms) + p.ArcIn/radiusIn*180/math.Pi
		if deg != deg {
			continue
		}
		if len(spots) == 0 {
			middleDeg, reachDeg = deg, p.SpacingIn/radiusIn*180/math.Pi
		}
		shift := math.Remainder(deg-middleDeg, 360)
		for b := row; b < p.Buttons; b += len(p.RowsIn) {
			v := float32(lerp(float64(a.pads[pad][m.at*p.Buttons+b]), float64(a.pads[pad][next*p.Buttons+b]), m.t))
			if v == v {
				spots = append(spots, spot{middleDeg + shift + a.tool.faceDeg(p.arcIn(b), radiusIn), v})
			}
		}
	}
	slices.SortFunc(spots, func(s, t spot) int { return cmp.Compare(s.deg, t.deg) })
	a.tool.fill(line, weight, spots, reachDeg)
}

// faceDeg returns the angle on the wall between a button at an arc from the middle of its plate and that middle. A plate that
// follows the wall covers arc/radius; a rigid one of smaller radius touches the wall in its middle, and its buttons see the wall
// across from them.
func (t *Tool) faceDeg(arcIn, radiusIn float64) float64 {
	if t.PadRadiusIn == 0 || t.PadRadiusIn >= radiusIn {
		return arcIn / radiusIn * 180 / math.Pi
	}
	across := t.PadRadiusIn * math.Sin(arcIn/t.PadRadiusIn)
	return math.Asin(max(-1, min(1, across/radiusIn))) * 180 / math.Pi
}

// fill lays spots, ordered by azimuth, on the columns of a line as the tool says, by their centres: also across one dead button (or,
// of spots nearer to each other than columns are wide, one empty column), but no wider. A spot at an edge covers half a spacing
// beyond, Nearest at least half a column. Where plates overlap their mean is wanted: weight counts what was added.
func (t *Tool) fill(line, weight []float32, spots []spot, spacingDeg float64) {
	n := len(line)
	width := 360 / float64(n)
	if t.Between == Nearest {
		spacingDeg = max(spacingDeg, width)
	}
	set := func(fromDeg, toDeg float64, value func(deg float64) float32) {
		for k := int(math.Ceil(fromDeg/width - 0.5)); (float64(k)+0.5)*width < toDeg; k++ {
			j := ((k % n) + n) % n
			line[j] += value((float64(k) + 0.5) * width)
			weight[j]++
		}
	}
	joined := func(i int) bool { // to the spot before
		return i > 0 && i < len(spots) && spots[i].deg-spots[i-1].deg <= 2.01*spacingDeg
	}
	for i, s := range spots {
		fromDeg, toDeg := s.deg-spacingDeg/2, s.deg+spacingDeg/2
		if joined(i) {
			fromDeg = s.deg
			if t.Between == Nearest {
				fromDeg = (spots[i-1].deg + s.deg) / 2
			}
		}
		if joined(i + 1) {
			next := spots[i+1]
			if t.Between == Nearest {
				toDeg = (s.deg + next.deg) / 2
			} else {
				toDeg = s.deg
				set(s.deg, next.deg, func(deg float64) float32 {
					return s.value + (next.value-s.value)*float32((deg-s.deg)/(next.deg-s.deg))
				})
			}
		}
		set(fromDeg, toDeg, func(float64) float32 { return s.value })
	}
}
