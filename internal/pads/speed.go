package pads

import "math"

// The model of the tool's motion, in units per second. The tool follows the cable to about 0.2 m in a second, its accelerometer is
// good to 0.03 m/s2, and what is left of gravity in it drifts slowly: motions slower than about 16 s are those of the cable.
const (
	cableSD     = 0.2   // m s^(1/2)
	accelSD     = 0.03  // m/s^(3/2)
	driftSD     = 0.001 // m/s^(5/2)
	maxGapS     = 5     // a longer pause starts anew
	gravityMS2  = 9.80665
	minGravity  = 0.3 // axial part of gravity, as a share, below which it does not tell up from down
	startSD     = 0.3 // of displacement (m) and of speed (m/s) at the start
	startBiasSD = 1   // m/s2
)

type (
	vec3 [3]float64    // displacement from cable depth, its speed, bias of the accelerometer
	mat3 [3][3]float64 // row by row
)

// step is what the filter knows at a row: its prediction, and its estimate with the row's own measurement.
type step struct {
	predicted, state vec3
	before, after    mat3
	dt               float64
	fresh            bool // no row before it counts
}

// correctDepth returns the depth of the tool by row: cable depth and the displacement from it that the axial accelerometer tells.
//
// The method is the fixed-interval (Rauch-Tung-Striebel, 1965) Kalman smoother of displacement e, its speed and the bias of the
// accelerometer: e” = a - bias, and e is 0 on average, which bounds the doubly integrated acceleration by the cable's depth. The
// idea is that of Howard and Rossi, US patent 5019978 (1991), without their model of the cable's resonance; Chan, US patent
// 4545242 (1985), bounds it with a feedback instead.
//
// downMS2 is the acceleration down the hole by row, dtS the time since the row before: a pause, or a time that is not known, starts
// anew. Rows are in the order of time.
func correctDepth(cableM, downMS2, dtS []float64) []float64 {
	n := len(cableM)
	steps := make([]step, n)
	start := mat3{{startSD * startSD}, {0, startSD * startSD}, {0, 0, startBiasSD * startBiasSD}}
	for i := range steps {
		s := &steps[i]
		s.dt = dtS[i]
		s.fresh = i == 0 || !(s.dt > 0 && s.dt <= maxGapS)
		if s.fresh {
			s.before = start
			if i+1 < n {
				s.dt = dtS[i+1] // stands for how long this row counts
			}
			if !(s.dt > 0 && s.dt <= maxGapS) {
				s.dt = 1
			}
		} else {
			s.predicted, s.before = predict(&steps[i-1].state, &steps[i-1].after, downMS2[i-1], s.dt)
		}
		s.state, s.after = update(&s.predicted, &s.before, cableSD*cableSD/s.dt)
	}
	out := make([]float64, n)
	var next vec3
	for i := n - 1; i >= 0; i-- {
		smooth := steps[i].state
		if i+1 < n && !steps[i+1].fresh {
			smooth = smoothBack(&steps[i], &steps[i+1], &next)
		}
		out[i] = cableM[i] + smooth[0]
		next = smooth
	}
	return out
}

func transition(dt float64) mat3 { return mat3{{1, dt, -dt * dt / 2}, {0, 1, -dt}, {0, 0, 1}} }

// predict moves state and covariance on by dt under an acceleration.
func predict(x *vec3, p *mat3, a, dt float64) (vec3, mat3) {
	f := transition(dt)
	var out vec3
	for i := range out {
		for j := range x {
			out[i] += f[i][j] * x[j]
		}
	}
	if a == a { // a missing reading counts as steady motion
		out[0] += a * dt * dt / 2
		out[1] += a * dt
	}
	cov := multiply(multiply(f, *p), transpose(f))
	q := accelSD * accelSD
	cov[0][0] += q * dt * dt * dt / 3
	cov[0][1] += q * dt * dt / 2
	cov[1][0] += q * dt * dt / 2
	cov[1][1] += q * dt
	cov[2][2] += driftSD * driftSD * dt
	return out, cov
}

// update takes in that the displacement is 0, with a variance.
func update(x *vec3, p *mat3, variance float64) (vec3, mat3) {
	s := p[0][0] + variance
	var out vec3
	var cov mat3
	for i := range out {
		gain := p[i][0] / s
		out[i] = x[i] - gain*x[0]
		for j := range cov[i] {
			cov[i][j] = p[i][j] - gain*p[0][j]
		}
	}
	return out, cov
}

// smoothBack corrects the estimate of a row by what the smoothed next row says.
func smoothBack(s, after *step, next *vec3) vec3 {
	gain := multiply(multiply(s.after, transpose(transition(after.dt))), inverse(after.before))
	out := s.state
	for i := range out {
		for j := range next {
			out[i] += gain[i][j] * (next[j] - after.predicted[j])
		}
	}
	return out
}

func multiply(a, b mat3) (c mat3) {
	for i := range c {
		for j := range c[i] {
			c[i][j] = a[i][0]*b[0][j] + a[i][1]*b[1][j] + a[i][2]*b[2][j]
		}
	}
	return c
}

func transpose(a mat3) (t mat3) {
	for i := range a {
		for j := range a[i] {
			t[j][i] = a[i][j]
		}
	}
	return t
}

// inverse inverts a covariance, which is regular for the noise that predict adds.
func inverse(a mat3) (inv mat3) {
	cofactor := func(i, j int) float64 {
		r, s := (i+1)%3, (i+2)%3
		c, d := (j+1)%3, (j+2)%3
		return a[r][c]*a[s][d] - a[r][d]*a[s][c]
	}
	det := a[0][0]*cofactor(0, 0) + a[0][1]*cofactor(0, 1) + a[0][2]*cofactor(0, 2)
	for i := range inv {
		for j := range inv[i] {
			inv[j][i] = cofactor(i, j) / det
		}
	}
	return inv
}

// motion returns acceleration down the hole and time steps by row, from what was recorded; why says what is missing.
//
// An accelerometer at rest reads the axial part of gravity, up to sign, which tells the sense of its axis: where the mean is
// positive the reading less gravity is acceleration up the hole.
func (r *Recording) motion() (downMS2, dtS []float64, why string) {
	if r.AccelMPerS2 == nil {
		return nil, nil, "no axial accelerometer"
	}
	dtS = r.timeSteps()
	if dtS == nil {
		return nil, nil, "neither time nor cable speed"
	}
	sum, n := 0.0, 0.0
	for _, a := range r.AccelMPerS2 {
		if a-a == 0 {
			sum, n = sum+a, n+1
		}
	}
	mean := sum / max(1, n)
	if math.Abs(mean) < minGravity*gravityMS2 || math.Abs(mean) > 1.5*gravityMS2 {
		return nil, nil, "the accelerometer does not show gravity, so that up is not known from down"
	}
	sign := math.Copysign(1, mean)
	downMS2 = make([]float64, len(r.AccelMPerS2))
	for i, a := range r.AccelMPerS2 {
		gravity := math.Abs(mean)
		if r.DeviDeg != nil && r.DeviDeg[i] == r.DeviDeg[i] {
			gravity = gravityMS2 * math.Abs(math.Cos(r.DeviDeg[i]*math.Pi/180))
		}
		downMS2[i] = gravity - sign*a
	}
	return downMS2, dtS, ""
}

// timeSteps returns the time since the row before, seconds; nil where nothing tells it.
func (r *Recording) timeSteps() []float64 {
	if r.TimeS == nil && r.SpeedMPerS == nil {
		return nil
	}
	dt := make([]float64, len(r.DepthM))
	for i := 1; i < len(dt); i++ {
		if r.TimeS != nil {
			dt[i] = r.TimeS[i] - r.TimeS[i-1]
		} else {
			dt[i] = math.Abs(r.DepthM[i]-r.DepthM[i-1]) / math.Abs(r.SpeedMPerS[i])
		}
	}
	return dt
}
