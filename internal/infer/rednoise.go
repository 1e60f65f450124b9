package infer

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Constants of redNoise.
const (
	noiseReach = 14.0 // rows of the network's grid beyond which noise has nothing in common
	noiseFloor = 0.2  // of its variance, that each row has on its own besides: no sum of rows is ever free of noise
	halfSector = 0.5  // share of a sector's columns from which on its mean counts
)

// redNoise is how far the wall around curves is not what their profiles say, and how that hangs together from row to row. Pixels average
// out over a sector of the hole; what does not is texture, which is coarse: neighbouring rows are off together. A slow change of grey is
// therefore worth less than a fast one as large, and generalised least squares (Aitken 1935) counts them so. Not knowing that, a fit leans on
// gradual contacts, where mottles look like dip, and passes over the laminae beside them, which lie as the bed does.
type redNoise struct {
	variance float64    // of the mean of a sector, times its columns
	inverse  *mat.Dense // of the covariance of the rows of a stack, in units of the variance
}

// noiseSums are what sectors say about the noise.
type noiseSums struct {
	products []float64 // of rows so far apart, summed
	sectors  float64
}

func newNoiseSums(scale float64) noiseSums {
	return noiseSums{products: make([]float64, int(math.Ceil(noiseReach*scale)))}
}

func (n *noiseSums) merge(o noiseSums) {
	for i, v := range o.products {
		n.products[i] += v
	}
	n.sectors += o.sectors
}

// noise is for stacks of a height; nil where there is none to be seen.
func (n *noiseSums) noise(height int) *redNoise {
	if !(n.products[0] > 0) {
		return nil
	}
	m := mat.NewSymDense(height, nil)
	for i := range height {
		m.SetSym(i, i, 1+noiseFloor)
		for k := 1; k < len(n.products) && i+k < height; k++ {
			// Tapered to nothing, the covariances stay those of a noise that can be (Bartlett 1946).
			m.SetSym(i, i+k, n.products[k]/n.products[0]*(1-float64(k)/float64(len(n.products))))
		}
	}
	var covariance mat.Cholesky
	var inverse mat.SymDense
	if !covariance.Factorize(m) || covariance.InverseTo(&inverse) != nil {
		return nil
	}
	return &redNoise{n.products[0] / n.sectors, mat.DenseCopyOf(&inverse)} // many more columns are solved for than there are noises
}

// addNoise adds what the sectors of a stack have left when its profile is taken off. columns are those of the hole.
func (s *stack) addNoise(sums *noiseSums, columns int) {
	h := s.height
	var rest [sectors][]float64
	var seen [sectors]float64
	for k, j := range s.columns {
		q := sectorOf(j, columns)
		if rest[q] == nil {
			rest[q] = make([]float64, h)
		}
		seen[q]++
		for i, m := range s.mask[k*h : (k+1)*h] {
			rest[q][i] += s.value[k*h+i] - m*s.profile[i]
		}
	}
	for q, r := range rest {
		if seen[q] < halfSector*float64(columns)/sectors {
			continue
		}
		sums.sectors++
		for apart := range min(len(sums.products), h) {
			sum := 0.0
			for i := apart; i < h; i++ {
				sum += r[i] * r[i-apart]
			}
			sums.products[apart] += sum / (seen[q] * float64(h))
		}
	}
}

// filter returns what a column's rows count for its lag, [height]: the product with what the profile does not explain, over that with the
// slope, is the lag in generalised least squares, whatever the column's level and, as far as the template lets it, the lag of what lies apart.
// Rows count by weight besides. The product with the slope over variance is one over that of the lag. Without a noise it is the lag in
// ordinary least squares, for rows of unit variance.
func (n *redNoise) filter(of template, weight []float64) (_ []float64, variance float64) {
	variance = 1
	if n != nil {
		variance = n.variance
	}
	ones := make([]float64, len(weight))
	for i := range ones {
		ones[i] = 1
	}
	level := n.solve(ones, weight)
	total := 0.0
	for _, v := range level {
		total += v
	}
	free := func(slope []float64) []float64 { // of the level
		out := n.solve(slope, weight)
		sum := 0.0
		for _, v := range out {
			sum += v
		}
		for i := range out {
			out[i] -= sum / total * level[i]
		}
		return out
	}
	out := free(of.slope)
	if of.apart == nil {
		return out, variance
	}
	apart := free(of.apart)
	var cross, own float64
	for i, v := range of.apart {
		cross, own = cross+v*out[i], own+v*apart[i]
	}
	share := cross / (variance/of.variance + own + tiny) // Sherman & Morrison 1950
	for i, v := range apart {
		out[i] -= share * v
	}
	return out, variance
}

// solve returns the inverse of the covariance of a column's rows, which count by weight, times x.
func (n *redNoise) solve(x, weight []float64) []float64 {
	out := make([]float64, len(x))
	for i, w := range weight {
		out[i] = math.Sqrt(w) * x[i]
	}
	if n != nil { // the matrix is well conditioned by its noiseFloor
		scaled := mat.NewVecDense(len(out), out)
		var solved mat.VecDense
		solved.MulVec(n.inverse, scaled)
		out = solved.RawVector().Data
	}
	for i, w := range weight {
		out[i] *= math.Sqrt(w)
	}
	return out
}
