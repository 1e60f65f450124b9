package pads

import "math"

// A caliper outside these bounds is a tool folded up or a null value in disguise, not a hole size.
const (
	minDiameterIn = 2
	maxDiameterIn = 40
)

// slantedDeg is the deviation above which the high side of the hole is known better than north.
const slantedDeg = 5

// padOne returns the azimuth of pad 1 in the image by row, degrees in [0, 360), NaN where it is not known, and how it was found.
// With highSide the image starts at the high side of the hole, otherwise at the north of the curves. In the plane across the hole
// the azimuth of pad 1 is P1NO = HAZI + RB; its projection on the horizontal plane is P1AZ, with tan(P1AZ - HAZI) = tan(RB) /
// cos(DEVI). Where the hole deviates more than 5 degrees RB is preferred to P1AZ, below that the high side is no direction, and
// P1AZ is.
func (r *Recording) padOne(highSide bool) (azimuthDeg []float64, how string, found bool) {
	at := func(curve []float64, i int) float64 {
		if curve == nil {
			return math.NaN()
		}
		return curve[i]
	}
	azimuthDeg = make([]float64, len(r.DepthM))
	var counts [5]int
	for i := range azimuthDeg {
		p1no, p1az, rb, hazi, devi := at(r.P1NODeg, i), at(r.P1AZDeg, i), at(r.RBDeg, i), at(r.HaziDeg, i), at(r.DeviDeg, i)
		v, source := math.NaN(), 0
		switch {
		case highSide && rb == rb:
			v, source = rb, 1
		case highSide && p1no == p1no && hazi == hazi:
			v, source = p1no-hazi, 2
		case highSide:
		case p1no == p1no:
			v, source = p1no, 2
		case devi > slantedDeg && rb == rb && hazi == hazi:
			v, source = hazi+rb, 3
		case p1az == p1az && hazi == hazi && devi == devi:
			sin, cos := math.Sincos((p1az - hazi) * math.Pi / 180)
			v, source = hazi+math.Atan2(sin*math.Cos(devi*math.Pi/180), cos)*180/math.Pi, 4
		case p1az == p1az:
			v, source = p1az, 4
		case rb == rb && hazi == hazi:
			v, source = hazi+rb, 3
		}
		azimuthDeg[i] = wrap(v)
		counts[source]++
	}
	unknown := counts[0]
	counts[0] = 0
	most := 0
	for source, n := range counts {
		if n > counts[most] {
			most = source
		}
	}
	return azimuthDeg, [...]string{"", "RB", "P1NO", "HAZI + RB", "P1AZ"}[most], unknown < len(azimuthDeg)
}

// wrap brings an angle to [0, 360).
func wrap(deg float64) float64 {
	v := math.Mod(deg, 360)
	if v < 0 {
		v += 360
	}
	return v
}

// lerpDeg goes a share t of the short way from one azimuth to another; the known one where the other is NaN.
func lerpDeg(a, b, t float64) float64 {
	if a != a || b != b {
		return nearer(a, b, t)
	}
	return a + t*math.Remainder(b-a, 360)
}

// lerp is lerpDeg for what does not wrap.
func lerp(a, b, t float64) float64 {
	if a != a || b != b {
		return nearer(a, b, t)
	}
	return a + t*(b-a)
}

// nearer returns the nearer of two values, even NaN.
func nearer(a, b, t float64) float64 {
	if t < 0.5 {
		return a
	}
	return b
}

// radii returns the radius of the hole under an arm by row, inches: that of its caliper, else of any caliper, else of the bit; NaN
// where none is known. assumed tells whether some rows took the bit size.
func (r *Recording) radii(t *Tool, arm int) (radiusIn []float64, assumed bool) {
	radiusIn = make([]float64, len(r.DepthM))
	for i := range radiusIn {
		own, other := math.NaN(), math.NaN()
		for k, c := range r.CaliperIn {
			if c == nil || !(c[i] >= minDiameterIn && c[i] <= maxDiameterIn) {
				continue
			}
			other = c[i]
			for _, a := range t.Calipers[k].Arms {
				if a == arm+1 {
					own = c[i]
				}
			}
		}
		switch {
		case own == own:
			radiusIn[i] = own / 2
		case other == other:
			radiusIn[i] = other / 2
		case r.BSIn != nil && r.BSIn[i] > 0:
			radiusIn[i], assumed = r.BSIn[i]/2, true
		default:
			radiusIn[i] = math.NaN()
		}
	}
	return radiusIn, assumed
}
