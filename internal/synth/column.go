package synth

import (
	"math"
	"math/rand/v2"
	"slices"
)

// gridM is the step of the stratigraphic column: half of the finest row in use.
const gridM = 0.00125

// maxStrain bounds the change of attitude along the column, metres of half height per metre, so that beds never cross.
const maxStrain = 0.5

// column is the layered rock. Along a wall azimuth phi the coordinate u of the column lies at depth
// z = u + a(u) cos(phi) + b(u) sin(phi) + waves(phi), so a contact at u is a sinusoid with midline u.
type column struct {
	topM     float64
	integral []float64 // [n+1] of latent conductivity from the top to a grid node, metres
	a, b     []float64 // [n+1] attitude at a grid node, metres
	reachM   float64   // largest half height, waves included
	waves    wave
	contacts []contact

	inclined      []crossSet // ascending
	inclinedSD    float64
	inclinedCellM float64 // thickness of their laminae
}

// crossSet is a bed whose laminae are inclined to the bedding (cross-bedding) and end at its contacts.
type crossSet struct {
	Interval         // in u
	a, b     float64 // attitude of the laminae, metres
}

// contact is a bed boundary or a thin bed.
type contact struct{ uM, a, b, contrast float64 }

// rock holds the draws that all of a scene's bedding shares.
type rock struct {
	a, b       float64 // background attitude, metres of half height
	scatterM   float64
	spacingM   float64
	widthM     float64
	contrast   Range
	lineShare  float64
	ramp       bool
	laminaeSD  float64
	laminaM    float64
	crossProb  float64
	diameterM  float64
	depthBlurM float64
	waves      wave
	hole       *hole // for its growth; nil = none

	gradual    float64 // share of gradual contacts
	gradualM   Range   // their logistic scale
	foresetDeg float64 // > 0: dip of foresets against the bedding, in about half of the beds
	foresetSD  float64
}

// growth is the diameter of the hole at a depth over that of the bit.
func (r *rock) growth(zM float64) float64 {
	if r.hole == nil {
		return 1
	}
	return r.hole.growth(zM)
}

// newColumn draws the layers between two depths with contacts at the given midlines (ascending).
func newColumn(rng *rand.Rand, r *rock, topM, baseM float64, contactsM []float64) *column {
	n := int((baseM-topM)/gridM) + 2
	c := &column{topM: topM, waves: r.waves, integral: make([]float64, n+1), a: make([]float64, n+1), b: make([]float64, n+1)}
	value := make([]float64, n)
	c.layers(rng, r, value, contactsM)
	addLaminae(rng, r, value)
	mean := 0.0
	for _, v := range value {
		mean += v / float64(n)
	}
	for i, v := range value {
		c.integral[i+1] = c.integral[i] + (v-mean)*gridM
	}
	for i := range c.a {
		c.reachM = max(c.reachM, math.Hypot(c.a[i], c.b[i]))
	}
	c.reachM += r.waves.reachM()
	if r.crossProb > 0 && rng.Float64() < r.crossProb {
		c.drawInclined(rng, r, contactsM)
	}
	if r.foresetDeg > 0 {
		c.drawForesets(rng, r, contactsM)
	}
	return c
}

// layers lays the contacts: attitudes along the column, and steps and lines of conductivity that stay bounded.
func (c *column) layers(rng *rand.Rand, r *rock, value []float64, contactsM []float64) {
	level, lastU := 0.0, c.topM
	lastA, lastB := r.a+r.scatterM*rng.NormFloat64(), r.b+r.scatterM*rng.NormFloat64()
	from := 0 // first grid node whose attitude is not set
	for i, u := range contactsM {
		growth := r.growth(u)
		da, db := (r.a+r.scatterM*rng.NormFloat64())*growth-lastA, (r.b+r.scatterM*rng.NormFloat64())*growth-lastB
		if change, limit := math.Hypot(da, db), maxStrain*(u-lastU); change > limit {
			da, db = da*limit/change, db*limit/change
		}
		a, b := lastA+da, lastB+db
		to := min(len(c.a), c.index(u)+1)
		for k := from; k < to; k++ {
			w := max(0, min(1, (c.topM+float64(k)*gridM-lastU)/max(u-lastU, gridM)))
			c.a[k], c.b[k] = lastA+w*(a-lastA), lastB+w*(b-lastB)
		}
		from = max(from, to)

		next := u + r.spacingM
		if i+1 < len(contactsM) {
			next = contactsM[i+1]
		}
		gap := min(next-u, u-lastU)
		width := max(0.0012, min(r.widthM*math.Exp(0.5*rng.NormFloat64()), gap/3.5))
		contrast := r.contrast.uniform(rng)
		if rng.Float64() < 0.5 {
			contrast = -contrast
		}
		if rng.Float64() < r.lineShare {
			c.line(value, u, width, contrast, r.depthBlurM)
		} else {
			if math.Abs(level+contrast) > 1.6 {
				contrast = -contrast
			}
			if r.gradual > 0 && rng.Float64() < r.gradual {
				// Nine tenths of the change lie within the nearer half bed on either side.
				width, contrast = max(width, min(r.gradualM.logUniform(rng), gap/5)), contrast*1.2
			}
			level += contrast
			c.step(value, u, width, contrast)
			if r.ramp {
				level -= c.fadeOut(value, u, next, contrast*0.8*rng.Float64())
			}
		}
		c.contacts = append(c.contacts, contact{u, a, b, math.Abs(contrast)})
		lastU, lastA, lastB = u, a, b
	}
	for k := from; k < len(c.a); k++ {
		c.a[k], c.b[k] = lastA, lastB
	}
}

// index is the grid cell of a depth along the column, bounded to the grid.
func (c *column) index(uM float64) int {
	return max(0, min(len(c.a)-1, int((uM-c.topM)/gridM)))
}

// level is the mean of the layers between two coordinates of the column, to the nodes of its grid.
func (c *column) level(fromU, toU float64) float64 {
	lo := c.index(fromU)
	hi := max(lo+1, min(len(c.integral)-1, c.index(toU)))
	if hi >= len(c.integral) {
		return 0
	}
	return (c.integral[hi] - c.integral[lo]) / (float64(hi-lo) * gridM)
}

// step adds a logistic change of level at u.
func (c *column) step(value []float64, uM, widthM, contrast float64) {
	lo, hi := c.index(uM-12*widthM), min(len(value), c.index(uM+12*widthM)+1)
	for k := lo; k < hi; k++ {
		value[k] += contrast / (1 + math.Exp(-(c.topM+(float64(k)+0.5)*gridM-uM)/widthM))
	}
	for k := hi; k < len(value); k++ {
		value[k] += contrast
	}
}

// line adds a thin bed at u; one that the tool's response would wash out is made stronger.
func (c *column) line(value []float64, uM, widthM, contrast, blurM float64) {
	sigma := widthM + 0.003
	contrast *= 1.25 * min(2, math.Hypot(sigma, blurM)/sigma)
	lo, hi := c.index(uM-4*sigma), min(len(value), c.index(uM+4*sigma)+1)
	for k := lo; k < hi; k++ {
		x := (c.topM + (float64(k)+0.5)*gridM - uM) / sigma
		value[k] += contrast * math.Exp(-x*x/2)
	}
}

// fadeOut lets the level change linearly by -drop between two contacts and keeps the change below; it returns drop.
func (c *column) fadeOut(value []float64, fromM, toM, drop float64) float64 {
	lo, hi := min(len(value), c.index(fromM)+1), min(len(value), c.index(toM)+1)
	for k := lo; k < hi; k++ {
		value[k] -= drop * float64(k-lo) / float64(hi-lo)
	}
	for k := hi; k < len(value); k++ {
		value[k] -= drop
	}
	return drop
}

// addLaminae adds a moving average of white noise, unit variance times the laminae's standard deviation.
func addLaminae(rng *rand.Rand, r *rock, value []float64) {
	k := max(1, int(r.laminaM/gridM))
	white := make([]float64, len(value)+k)
	for i := range white {
		white[i] = rng.NormFloat64()
	}
	sum := 0.0
	for _, w := range white[:k] {
		sum += w
	}
	scale := r.laminaeSD / math.Sqrt(float64(k))
	for i := range value {
		value[i] += sum * scale
		sum += white[i+k] - white[i]
	}
}

// drawInclined picks about half of the beds to be cross-bedded.
func (c *column) drawInclined(rng *rand.Rand, r *rock, contactsM []float64) {
	for i := 0; i+1 < len(contactsM); i++ {
		if rng.Float64() < 0.5 {
			c.inclined = append(c.inclined, crossSet{Interval: Interval{contactsM[i], contactsM[i+1]}})
		}
	}
	sin, cos := math.Sincos(2 * math.Pi * rng.Float64())
	foreset := r.diameterM / 2 * math.Tan(Range{8, 30}.uniform(rng)*rad)
	for i := range c.inclined {
		c.inclined[i].a, c.inclined[i].b = r.a+foreset*cos, r.b+foreset*sin
	}
	c.inclinedSD, c.inclinedCellM = Range{0.5, 1}.uniform(rng)*r.laminaeSD, 0.012
}

// drawForesets makes cross-bed sets of about half of the beds: foresets of one dip down a common current that swings, now and then
// the other way (herringbone).
func (c *column) drawForesets(rng *rand.Rand, r *rock, contactsM []float64) {
	c.inclined = c.inclined[:0]
	foreset, current := r.diameterM/2*math.Tan(r.foresetDeg*rad), 2*math.Pi*rng.Float64()
	herringbone := rng.Float64() < 0.3
	for i := 0; i+1 < len(contactsM); i++ {
		if rng.Float64() < 0.5 {
			continue
		}
		sin, cos := math.Sincos(current + 0.5*rng.NormFloat64())
		if herringbone && i%2 == 1 {
			sin, cos = -sin, -cos
		}
		c.inclined = append(c.inclined, crossSet{Interval{contactsM[i], contactsM[i+1]}, r.a + foreset*cos, r.b + foreset*sin})
	}
	c.inclinedSD, c.inclinedCellM = r.foresetSD, Range{0.008, 0.03}.logUniform(rng)
}

// inclinedReachM is the largest half height of inclined laminae.
func (c *column) inclinedReachM() float64 {
	reach := 0.0
	for _, x := range c.inclined {
		reach = max(reach, math.Hypot(x.a, x.b))
	}
	return reach
}

// fill renders the column along one azimuth: the mean of the layers over every row, and the u coordinate of its centre.
// Row i of dst covers zTopM + [i, i+1) rowM.
func (c *column) fill(dst []float32, centre []float64, zTopM, rowM, cosPhi, sinPhi, shiftM float64) {
	last := len(c.a) - 1
	depth := func(k int) float64 {
		return c.topM + float64(k)*gridM + c.a[k]*cosPhi + c.b[k]*sinPhi + shiftM
	}
	k := max(0, min(last-1, c.index(zTopM-c.reachM)-1))
	zHere, zNext := depth(k), depth(k+1)
	sumBefore, uBefore := 0.0, 0.0
	for i := -1; i < len(dst); i++ {
		z := zTopM + float64(i+1)*rowM
		for zNext <= z && k < last-1 {
			k++
			zHere, zNext = zNext, depth(k+1)
		}
		f := (z - zHere) / (zNext - zHere)
		inside := max(0, min(1, f))
		sum := c.integral[k] + inside*(c.integral[k+1]-c.integral[k])
		u := c.topM + (float64(k)+f)*gridM
		if i >= 0 {
			dst[i] = float32((sum - sumBefore) / (u - uBefore))
			centre[i] = (u + uBefore) / 2
		}
		sumBefore, uBefore = sum, u
	}
}

// addInclined adds cross-bedding to a column rendered by fill. laminae is the strip of its inclined laminae.
func (c *column) addInclined(dst []float32, centre []float64, laminae *strip, zTopM, rowM, cosPhi, sinPhi float64) {
	next := 0
	for i := range dst {
		for next < len(c.inclined) && c.inclined[next].BaseM <= centre[i] {
			next++
		}
		if next == len(c.inclined) {
			return
		}
		if set := &c.inclined[next]; set.TopM <= centre[i] {
			shift := set.a*cosPhi + set.b*sinPhi
			dst[i] += float32(laminae.at(zTopM + (float64(i)+0.5)*rowM - shift))
		}
	}
}

// contactDepths draws a renewal process of contacts with log-normal spacing.
func contactDepths(rng *rand.Rand, medianM, topM, baseM float64) []float64 {
	var depths []float64
	for u := topM + medianM*rng.Float64(); u < baseM; u += max(0.025, 0.85*medianM*math.Exp(0.6*rng.NormFloat64())) {
		depths = append(depths, u)
	}
	return depths
}

// spread places n midlines evenly with jitter over zones, ascending.
func spread(rng *rand.Rand, n int, zones []Interval) []float64 {
	total := 0.0
	for _, z := range zones {
		total += z.BaseM - z.TopM
	}
	depths := make([]float64, n)
	for i := range depths {
		x := (float64(i) + 0.5 + 0.8*(rng.Float64()-0.5)) / float64(n) * total
		for _, z := range zones {
			if x < z.BaseM-z.TopM {
				depths[i] = z.TopM + x
				break
			}
			x -= z.BaseM - z.TopM
		}
	}
	slices.Sort(depths)
	return depths
}
