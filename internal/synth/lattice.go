package synth

import "math"

// lattice is smooth random texture on the wall: independent values on a grid of depth x azimuth cells, hashed from the seed
// and the cell so that any window of a well can be made alone, with bilinear interpolation between them ("value noise").
type lattice struct {
	seed  uint64
	cellM float64 // height of a cell
	turns int     // cells round the hole
	sd    float64 // standard deviation of the interpolated field
	// sparse fields are near zero but for a few strong cells: streaks and flecks instead of mottling.
	sparse bool
}

// interpolationGain undoes the loss of variance by bilinear interpolation of independent values, (2/3)^2 on average.
const interpolationGain = 1.5

// node is the value at a grid node: uniform, or the cube of a uniform if sparse, with standard deviation 1 before the gain.
func (l *lattice) node(iz, j int) float64 {
	if j >= l.turns {
		j -= l.turns
	}
	x := 2*hash01(l.seed, uint64(iz), uint64(j)) - 1
	if l.sparse {
		return x * x * x * math.Sqrt(7) * interpolationGain * l.sd
	}
	return x * math.Sqrt(3) * interpolationGain * l.sd
}

// at is the field at a depth (or any coordinate along the hole) in metres and an azimuth in turns, [0, 1).
func (l *lattice) at(zM, turn float64) float64 {
	fz := math.Floor(zM / l.cellM)
	wz := zM/l.cellM - fz
	x := turn * float64(l.turns)
	j := min(int(x), l.turns-1)
	w := x - float64(j)
	iz := int(fz)
	up := l.node(iz, j)*(1-w) + l.node(iz, j+1)*w
	down := l.node(iz+1, j)*(1-w) + l.node(iz+1, j+1)*w
	return up*(1-wz) + down*wz
}

// strip is a lattice along one azimuth column: values at successive nodes, to be interpolated in depth only.
type strip struct {
	first  int
	cellM  float64
	values []float64
}

// column fills s with the field along an azimuth, from zTop to zBase.
func (l *lattice) column(s *strip, zTop, zBase, turn float64) {
	s.first, s.cellM = int(math.Floor(zTop/l.cellM)), l.cellM
	n := int(math.Floor(zBase/l.cellM)) - s.first + 2
	if cap(s.values) < n {
		s.values = make([]float64, n)
	}
	s.values = s.values[:n]
	x := turn * float64(l.turns)
	j := min(int(x), l.turns-1)
	w := x - float64(j)
	for i := range s.values {
		s.values[i] = l.node(s.first+i, j)*(1-w) + l.node(s.first+i, j+1)*w
	}
}

// at interpolates the strip; beyond its ends the end values hold.
func (s *strip) at(zM float64) float64 {
	x := zM/s.cellM - float64(s.first)
	i := int(x)
	switch {
	case x <= 0:
		return s.values[0]
	case i >= len(s.values)-1:
		return s.values[len(s.values)-1]
	}
	w := x - float64(i)
	return s.values[i]*(1-w) + s.values[i+1]*w
}

// addTo adds the strip to dst at the given depths.
func (s *strip) addTo(dst []float32, zM []float64) {
	for i, z := range zM {
		dst[i] += float32(s.at(z))
	}
}

// hash01 maps a seed and two keys to [0, 1).
func hash01(seed, a, b uint64) float64 {
	return float64(mix(mix(seed^a*0x9e3779b97f4a7c15)^b*0xd1b54a32d192ed03)>>11) / (1 << 53)
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood 2014, doi 10.1145/2660193.2660195).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
