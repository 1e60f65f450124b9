package pads

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// The smoother is the least squares solution of the whole record: start, transitions and measurements, each weighted with its
// variance, solved here as one dense system.
func TestSmootherIsLeastSquares(t *testing.T) {
	const n = 25
	rng := rand.New(rand.NewPCG(3, 4))
	cable, accel, dt := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		cable[i], accel[i], dt[i] = 100+0.01*float64(i), rng.NormFloat64(), 0.3+0.5*rng.Float64()
	}
	got := correctDepth(cable, accel, dt)

	normal, right := mat.NewDense(3*n, 3*n, nil), mat.NewVecDense(3*n, nil)
	// add adds a block of residuals J x - y with the inverse covariance w.
	add := func(j *mat.Dense, y []float64, w mat.Matrix) {
		var jw, jwj mat.Dense
		jw.Mul(j.T(), w)
		jwj.Mul(&jw, j)
		normal.Add(normal, &jwj)
		var b mat.VecDense
		b.MulVec(&jw, mat.NewVecDense(len(y), y))
		right.AddVec(right, &b)
	}
	start := mat.NewDense(3, 3*n, nil)
	for k := range 3 {
		start.Set(k, k, 1)
	}
	add(start, make([]float64, 3), mat.NewDiagDense(3, []float64{1 / 0.09, 1 / 0.09, 1}))
	for i := range n {
		h := dt[min(n-1, max(i, 1))]
		zero := mat.NewDense(1, 3*n, nil)
		zero.Set(0, 3*i, 1)
		add(zero, []float64{0}, mat.NewDiagDense(1, []float64{h / (cableSD * cableSD)}))
		if i == 0 {
			continue
		}
		j := mat.NewDense(3, 3*n, nil)
		for k, f := range [][3]float64{{1, h, -h * h / 2}, {0, 1, -h}, {0, 0, 1}} {
			j.Set(k, 3*i+k, 1)
			for c, v := range f {
				j.Set(k, 3*(i-1)+c, -v)
			}
		}
		q := accelSD * accelSD
		cov := mat.NewDense(3, 3, []float64{q * h * h * h / 3, q * h * h / 2, 0, q * h * h / 2, q * h, 0, 0, 0, driftSD * driftSD * h})
		var w mat.Dense
		if err := w.Inverse(cov); err != nil {
			t.Fatal(err)
		}
		add(j, []float64{accel[i-1] * h * h / 2, accel[i-1] * h, 0}, &w)
	}
	var x mat.VecDense
	if err := x.SolveVec(normal, right); err != nil {
		t.Log(err) // the condition is poor, the solution is good enough
	}
	for i := range n {
		if want := cable[i] + x.AtVec(3*i); math.Abs(got[i]-want) > 1e-6 {
			t.Errorf("row %d: %.9f, least squares %.9f", i, got[i], want)
		}
	}
}

// stickSlip returns the recording of a tool that is pulled up at 0.15 m/s, sticks and slips, and its true depth.
func stickSlip(rows int, sign, devi float64) (r *Recording, trueM []float64) {
	const dt, speed = 1.0 / 60, 0.15
	rng := rand.New(rand.NewPCG(5, 6))
	r = &Recording{}
	displacement := func(s float64) float64 { // a bounded, smooth lag that comes and goes in 1 to 4 s
		return 0.08*math.Sin(2*math.Pi*s/3.7) + 0.03*math.Sin(2*math.Pi*s/1.3+1) + 0.02*math.Sin(2*math.Pi*s/7.1)
	}
	const h = 1e-3
	for i := range rows {
		s := float64(i) * dt
		cable := 1000 - speed*s
		down := (displacement(s+h) - 2*displacement(s) + displacement(s-h)) / (h * h)
		gravity := 9.80665 * math.Cos(devi*math.Pi/180)
		r.DepthM = append(r.DepthM, cable)
		trueM = append(trueM, cable+displacement(s))
		r.TimeS = append(r.TimeS, s)
		r.DeviDeg = append(r.DeviDeg, devi)
		r.AccelMPerS2 = append(r.AccelMPerS2, sign*(gravity-down)+0.05+0.02*rng.NormFloat64())
		r.SpeedMPerS = append(r.SpeedMPerS, -speed)
	}
	return r, trueM
}

func rms(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += (a[i] - b[i]) * (a[i] - b[i])
	}
	return math.Sqrt(sum / float64(len(a)))
}

// Whatever the sense of the accelerometer, the deviation, and whether time or the cable's speed is there, the motion that is faster
// than the cable's comes out.
func TestSpeedCorrection(t *testing.T) {
	for name, c := range map[string]struct {
		sign, devi float64
		bySpeed    bool
	}{"time": {1, 0, false}, "axis down": {-1, 0, false}, "deviated": {1, 50, false}, "cable speed": {1, 0, true}} {
		r, trueM := stickSlip(6000, c.sign, c.devi)
		if c.bySpeed {
			r.TimeS = nil
		}
		down, dt, why := r.motion()
		if why != "" {
			t.Fatalf("%s: %s", name, why)
		}
		before, after := rms(r.DepthM, trueM), rms(correctDepth(r.DepthM, down, dt), trueM)
		t.Logf("%s: %.1f mm before, %.1f mm after", name, 1000*before, 1000*after)
		if !(after < before/5) {
			t.Errorf("%s: depth is wrong by %.4f m, before the correction by %.4f m", name, after, before)
		}
	}
}

func TestMotionSaysWhatIsMissing(t *testing.T) {
	r, _ := stickSlip(100, 1, 0)
	for name, spoil := range map[string]func(r *Recording){
		"no accelerometer": func(r *Recording) { r.AccelMPerS2 = nil },
		"no time":          func(r *Recording) { r.TimeS, r.SpeedMPerS = nil, nil },
		"gravity taken off": func(r *Recording) {
			r.AccelMPerS2 = make([]float64, len(r.DepthM))
		},
	} {
		c := *r
		spoil(&c)
		if _, _, why := c.motion(); why == "" {
			t.Errorf("%s: was taken", name)
		}
	}
	// A pause, and a missing reading, do no harm.
	r.TimeS[50] += 1000
	r.AccelMPerS2[20] = math.NaN()
	down, dt, _ := r.motion()
	for i, v := range correctDepth(r.DepthM, down, dt) {
		if !(math.Abs(v-r.DepthM[i]) < 1) {
			t.Fatalf("row %d: %v for %v", i, v, r.DepthM[i])
		}
	}
}
