package loss

import "math"

// Head says what the three parameters of a prediction are.
type Head int

// The heads of the two decoders.
const (
	HeadSlope Head = iota // refine: (depth/height, vx, vy)
	HeadPolar             // plain: (depth/height, dip/90, azimuth/360), each in [0, 1]
)

// Truth is a sinusoid of a tile.
type Truth struct {
	Class int     // 0 bedding, 1 fracture
	Depth float64 // midline, share of the tile's height
	VX    float64 // tan(dip) cos(azimuth)
	VY    float64 // tan(dip) sin(azimuth)
}

// params of the truth as the head would predict it.
func (t Truth) params(h Head) [3]float64 {
	if h == HeadSlope {
		return [3]float64{t.Depth, t.VX, t.VY}
	}
	az := math.Atan2(t.VY, t.VX) / (2 * math.Pi)
	if az < 0 {
		az++
	}
	return [3]float64{t.Depth, math.Atan(math.Hypot(t.VX, t.VY)) * 2 / math.Pi, az}
}

// terms are the numbers that a parameter loss compares, with their derivatives by the three parameters.
type terms struct {
	n   int
	e   [curveAzimuths]float64
	jac [curveAzimuths][3]float64
}

const (
	curveAzimuths = 12
	maxSlopeDip   = 88.0 / 90.0 // polar heads: beyond it tan(dip) says nothing more
	tinySquare    = 1e-6        // keeps |v| differentiable at zero
)

// slope converts parameters to the slope vector with its derivatives.
func slope(h Head, p [3]float64) (v [2]float64, jac [2][3]float64) {
	if h == HeadSlope {
		return [2]float64{p[1], p[2]}, [2][3]float64{{0, 1, 0}, {0, 0, 1}}
	}
	dip, clamped := p[1], false
	if dip > maxSlopeDip {
		dip, clamped = maxSlopeDip, true
	}
	r := math.Tan(dip * math.Pi / 2)
	s, c := math.Sincos(2 * math.Pi * p[2])
	v = [2]float64{r * c, r * s}
	if dr := (1 + r*r) * math.Pi / 2; !clamped {
		jac[0][1], jac[1][1] = dr*c, dr*s
	}
	jac[0][2], jac[1][2] = -2*math.Pi*r*s, 2*math.Pi*r*c
	return v, jac
}

// curveTerms are the depths of the sinusoid at 12 azimuths, times scale (per metre).
func (c *Criterion) curveTerms(t *terms, p [3]float64, scale float64) {
	v, jac := slope(c.head, p)
	t.n = curveAzimuths
	for k := range curveAzimuths {
		cs, sn := c.cos[k], c.sin[k]
		t.e[k] = scale * (p[0]*c.heightM + c.radiusM*(v[0]*cs+v[1]*sn))
		t.jac[k][0] = scale * c.heightM
		for j := 1; j < 3; j++ {
			t.jac[k][j] = scale * c.radiusM * (jac[0][j]*cs + jac[1][j]*sn)
		}
	}
}

// toleranceTerms are depth over its tolerance, and the two components of the dip vector over theirs. The dip vector has the
// azimuth's direction and no seam or pole; its length is asinh(tan dip) for slopes (as the dip itself for small dips, and still
// growing for steep ones), dip for polar heads. Dividing by tolerances, not by ranges, is what makes 5:1 mean 5:1.
func (c *Criterion) toleranceTerms(t *terms, p [3]float64) {
	t.n = 3
	kd := c.heightM / c.opt.DepthTolM
	t.e[0], t.jac[0] = p[0]*kd, [3]float64{kd, 0, 0}
	if c.head == HeadPolar {
		k := 90 / c.opt.DipTolDeg
		s, cs := math.Sincos(2 * math.Pi * p[2])
		t.e[1], t.jac[1] = k*p[1]*cs, [3]float64{0, k * cs, -2 * math.Pi * k * p[1] * s}
		t.e[2], t.jac[2] = k*p[1]*s, [3]float64{0, k * s, 2 * math.Pi * k * p[1] * cs}
		return
	}
	k := 180 / math.Pi / c.opt.DipTolDeg
	r := math.Sqrt(p[1]*p[1] + p[2]*p[2] + tinySquare)
	f := math.Asinh(r) / r
	df := (1/math.Sqrt(1+r*r) - f) / r // by r
	for i := 1; i < 3; i++ {
		t.e[i] = k * p[i] * f
		t.jac[i] = [3]float64{0, k * p[i] * df * p[1] / r, k * p[i] * df * p[2] / r}
		t.jac[i][i] += k * f
	}
}

// normalisedTerms are depth by tile height, dip by 90 and azimuth by 180 degrees; differences of the last wrap round.
func (c *Criterion) normalisedTerms(t *terms, p [3]float64) {
	t.n = 3
	t.e[0], t.jac[0] = p[0], [3]float64{1, 0, 0}
	if c.head == HeadPolar {
		t.e[1], t.jac[1] = p[1], [3]float64{0, 1, 0}
		t.e[2], t.jac[2] = 2*p[2], [3]float64{0, 0, 2}
		return
	}
	r2 := p[1]*p[1] + p[2]*p[2] + tinySquare
	r := math.Sqrt(r2)
	kd := 2 / math.Pi / (1 + r2) / r
	t.e[1], t.jac[1] = math.Atan(r)*2/math.Pi, [3]float64{0, kd * p[1], kd * p[2]}
	ka := 1 / (math.Pi * math.Max(p[1]*p[1]+p[2]*p[2], tinySquare))
	t.e[2], t.jac[2] = math.Atan2(p[2], p[1])/math.Pi, [3]float64{0, -ka * p[2], ka * p[1]}
}
