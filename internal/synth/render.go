package synth

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// Limits of a rendered image.
const (
	maxPixels  = 1 << 28
	maxColumns = 4096
	minRowM    = 0.0005
	maxRowM    = 0.5
)

// blockRows is the number of rows rendered at a time: the latent image of a block stays in the cache.
const blockRows = 512

// Render records rows x columns of the scene; row i covers topM + [i, i+1) rowM. Outside of the drawn scene the rock goes on
// without contacts. It fails on a size that is no image.
func (s *Scene) Render(topM float64, rows int, rowM float64, columns int) (*imagelog.Log, error) {
	switch {
	case rows < 1 || columns < 4 || columns > maxColumns || rows > maxPixels/columns:
		return nil, fmt.Errorf("render %d rows x %d columns: need at least 1 x 4, at most %d columns and %d pixels", rows, columns, maxColumns, maxPixels)
	case !(rowM >= minRowM && rowM <= maxRowM):
		return nil, fmt.Errorf("render rows of %g m: the height of a row must lie in [%g, %g] m", rowM, minRowM, maxRowM)
	case !(math.Abs(topM) <= 2e5):
		return nil, fmt.Errorf("render from %g m: not a depth", topM)
	}
	r := newRenderer(s, topM, rowM, columns)
	pixels := make([]float32, rows*columns)
	depthM := make([]float64, rows)
	for i := range depthM {
		depthM[i] = r.centreM(i)
	}
	for from := 0; from < rows; from += blockRows {
		to := min(rows, from+blockRows)
		r.latent(from, to)
		r.record(from, to, pixels[from*columns:to*columns])
	}
	log, err := imagelog.New(depthM, pixels, columns)
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	s.curves(log)
	s.response.finish.apply(log)
	return log, nil
}

// curves adds what a logging run records beside the image.
func (s *Scene) curves(log *imagelog.Log) {
	log.Well, log.Source, log.Reference = "synthetic", "synth", s.reference
	n := log.Rows()
	curve := func(at func(zM float64) float64) []float64 {
		c := make([]float64, n)
		for i, z := range log.DepthM {
			c[i] = at(z)
		}
		return c
	}
	constant := func(v float64) []float64 { return curve(func(float64) float64 { return v }) }
	log.DeviDeg, log.HaziDeg = constant(s.hole.deviDeg), constant(s.hole.haziDeg)
	caliper := func(axis float64) []float64 {
		return curve(func(z float64) float64 { return s.hole.caliperM(z, axis) / metresPerInch })
	}
	log.C1In, log.C2In, log.BSIn = caliper(1), caliper(-1), constant(s.hole.diameterM/metresPerInch)
	if s.tool.aroundHole() {
		return
	}
	log.P1NODeg, log.RBDeg = make([]float64, n), make([]float64, n)
	for i, z := range log.DepthM {
		padDeg := 360 * (s.tool.padOneTurn(z) + s.tool.halfPad)
		log.RBDeg[i] = dip.WrapAzimuth(padDeg - s.hole.highSideDeg)
		log.P1NODeg[i] = dip.WrapAzimuth(log.RBDeg[i] + s.hole.haziDeg) // P1NO = HAZI + RB
	}
}

// renderer holds the buffers of one rendering.
type renderer struct {
	s        *Scene
	rowM     float64
	columns  int
	firstRow int64   // absolute index of row 0, the key of its noise
	phaseM   float64 // topM less firstRow rows
	margin   int     // rows above and below a block that blur and displacement reach

	height  int       // rows of the latent block, margins included
	image   []float32 // latent [columns][height]
	blurred []float32
	centre  []float64
	strip   strip
	kernel  []float32 // of the depth blur, half of it, the centre first
	across  []float32 // of the azimuth blur
	source  rand.PCG
	noise   *rand.Rand
}

func newRenderer(s *Scene, topM, rowM float64, columns int) *renderer {
	r := &renderer{s: s, rowM: rowM, columns: columns, firstRow: int64(math.Round(topM / rowM))}
	// Windows whose tops are whole rows apart must compute bit-equal depths: row numbers carry the depth, not topM.
	if r.phaseM = topM - float64(r.firstRow)*rowM; math.Abs(r.phaseM) < 1e-7 {
		r.phaseM = 0
	}
	r.kernel = gaussian(s.depthBlurM / rowM)
	r.across = gaussian(s.response.blurTurns * float64(columns))
	r.margin = len(r.kernel) + 1 + int((s.tool.maxShift+s.motion.maxM)/rowM)
	r.noise = rand.New(&r.source)
	return r
}

// edgeM is the depth of the upper edge of row i, which may lie outside of the image.
func (r *renderer) edgeM(i int) float64 { return r.phaseM + float64(r.firstRow+int64(i))*r.rowM }

// centreM is the depth of the centre of row i.
func (r *renderer) centreM(i int) float64 {
	return r.phaseM + (float64(r.firstRow+int64(i))+0.5)*r.rowM
}

// turn is the centre of a column.
func (r *renderer) turn(j int) float64 { return (float64(j) + 0.5) / float64(r.columns) }

// latent renders the wall itself for rows [from, to) and margins, column by column.
func (r *renderer) latent(from, to int) {
	s := r.s
	r.height = to - from + 2*r.margin
	n := r.height * r.columns
	if cap(r.image) < n {
		r.image, r.blurred, r.centre = make([]float32, n), make([]float32, n), make([]float64, r.height)
	}
	r.image, r.blurred, r.centre = r.image[:n], r.blurred[:n], r.centre[:r.height]
	zTop, zBase := r.edgeM(from-r.margin), r.edgeM(to+r.margin)
	near := s.near(zTop, zBase)
	columnM := 2 * math.Pi * s.hole.radiusM() / float64(r.columns)
	foresets := lattice{seed: s.response.seed, cellM: s.column.inclinedCellM, turns: 1, sd: s.column.inclinedSD}
	foresetReach := s.column.inclinedReachM()
	for j := range r.columns {
		turn := r.turn(j)
		phi := 2 * math.Pi * turn
		sin, cos := math.Sincos(phi)
		dst := r.image[j*r.height : (j+1)*r.height]
		s.column.fill(dst, r.centre, zTop, r.rowM, cos, sin, s.column.waves.at(phi))
		for k := range s.textures {
			if t := &s.textures[k]; t.sd > 0 {
				t.draw(dst, &r.strip, r.centre, cos, sin, turn)
			}
		}
		if len(s.column.inclined) > 0 {
			foresets.column(&r.strip, zTop-foresetReach, zBase+foresetReach, 0)
			s.column.addInclined(dst, r.centre, &r.strip, zTop, r.rowM, cos, sin)
		}
		for _, f := range near.fractures {
			f.draw(dst, zTop, r.rowM, columnM, s.hole.radiusM(), phi)
		}
		for _, x := range near.spots {
			x.draw(dst, zTop, r.rowM, phi)
		}
		for _, x := range near.streaks {
			x.draw(dst, zTop, r.rowM, phi)
		}
		if len(s.response.inverted) > 0 {
			r.invert(dst, zTop)
		}
		r.fadeAndBrighten(dst, zTop, zBase, turn)
		s.response.mark(dst, &r.strip, zTop, zBase, r.rowM, turn)
	}
	if s.response.wallNoiseSD > 0 {
		r.wallNoise(from - r.margin)
	}
	r.blur()
}

// fadeAndBrighten varies contrast and level round the hole.
func (r *renderer) fadeAndBrighten(dst []float32, zTop, zBase, turn float64) {
	q := &r.s.response
	if q.fades {
		q.fade.column(&r.strip, zTop, zBase, turn)
		loss := q.sector(turn)
		for i := range dst {
			dst[i] *= float32(math.Exp(r.strip.at(zTop+(float64(i)+0.5)*r.rowM) - loss))
		}
	}
	level := q.brightnessAt(2 * math.Pi * turn)
	q.brightDrift.column(&r.strip, zTop, zBase, turn)
	for i := range dst {
		dst[i] += float32(level + r.strip.at(zTop+(float64(i)+0.5)*r.rowM))
	}
}

// wallNoise adds white noise below the blur, keyed by absolute row.
func (r *renderer) wallNoise(firstRow int) {
	for i := range r.height {
		r.source.Seed(r.s.response.seed+1, uint64(r.firstRow+int64(firstRow+i)))
		for j := range r.columns {
			r.image[j*r.height+i] += float32(r.s.response.wallNoiseSD * r.noise.NormFloat64())
		}
	}
}

// record turns the latent block into what the tool recorded: rows x columns values, NaN where it saw no wall.
func (r *renderer) record(from, to int, out []float32) {
	s, q := r.s, &r.s.response
	for row := from; row < to; row++ {
		z := r.centreM(row)
		padOne, down, moved, jump := s.tool.padOneTurn(z), s.tool.padsDown(z), s.motion.error(z), q.glitchAt(z)
		r.source.Seed(q.seed, uint64(r.firstRow+int64(row)))
		line := out[(row-from)*r.columns:][:r.columns]
		if q.missing(z) {
			for j := range line {
				line[j] = float32(math.NaN())
			}
			continue
		}
		shiftM := math.NaN() // of the sensor before, whose source row holds as long as the shift does
		source := 0
		level := 0.0
		if q.rowNoiseSD > 0 {
			level = q.rowNoiseSD * r.noise.NormFloat64()
		}
		for j := range line {
			turn := r.turn(j)
			index := s.tool.under(turn, padOne, down)
			if index < 0 {
				line[j] = float32(math.NaN())
				continue
			}
			b := &s.tool.sensors[index]
			if b.shiftM != shiftM {
				shiftM, source = b.shiftM, row-from+r.margin+int(math.Round((moved+b.shiftM)/r.rowM))
			}
			x := float64(r.image[j*r.height+source])
			if b.dead {
				x *= 0.2
			}
			x = x*b.gain + b.offset + q.noiseSD*b.noise*r.noise.NormFloat64() + level
			if jump != nil {
				x += jump.level + jump.tilt*math.Cos(2*math.Pi*turn+jump.phase)
			}
			line[j] = q.grey.value(q.bend(x))
		}
	}
}

// nearby is what can mark a stretch of wall.
type nearby struct {
	fractures []*fracture
	spots     []*spot
	streaks   []*streak
}

// near collects what can mark the wall between two depths.
func (s *Scene) near(zTop, zBase float64) nearby {
	var n nearby
	for i := range s.fractures {
		f := &s.fractures[i]
		reach := f.reachM() + 0.2
		if f.depthM+reach > zTop && f.depthM-reach < zBase {
			n.fractures = append(n.fractures, f)
		}
	}
	for i := range s.clutter {
		f := &s.clutter[i]
		reach := f.reachM() + 0.2
		if f.depthM+reach > zTop && f.depthM-reach < zBase {
			n.fractures = append(n.fractures, f)
		}
	}
	for i := range s.spots {
		x := &s.spots[i]
		if x.zM+3*x.halfM > zTop && x.zM-3*x.halfM < zBase {
			n.spots = append(n.spots, x)
		}
	}
	for i := range s.streaks {
		x := &s.streaks[i]
		if x.BaseM > zTop && x.TopM < zBase {
			n.streaks = append(n.streaks, x)
		}
	}
	return n
}
