package kernel

// Dot returns the sum of a[i]*b[i] over the length of a, summed in float32.
func Dot(a, b []float32) float32 {
	b = b[:len(a)]
	sum, i := dotVec(a, b)
	for ; i < len(a); i++ {
		sum += a[i] * b[i]
	}
	return sum
}

// Sum returns the sum of x, summed in float32.
func Sum(x []float32) float32 {
	sum, i := sumVec(x)
	for ; i < len(x); i++ {
		sum += x[i]
	}
	return sum
}

// SumSquares returns the sum of x[i]^2, squared and summed in float64: the norm of a gradient of millions of weights
// neither overflows nor loses its small terms.
func SumSquares(x []float32) float64 {
	sum, i := sumSquaresVec(x)
	for ; i < len(x); i++ {
		v := float64(x[i])
		sum += v * v
	}
	return sum
}

// sumSquaredDeviations returns the sum of (x[i]-mean)^2 in float32.
func sumSquaredDeviations(x []float32, mean float32) float32 {
	sum, i := sumSqDevVec(x, mean)
	for ; i < len(x); i++ {
		d := x[i] - mean
		sum += d * d
	}
	return sum
}

// maximum returns the largest element of x, which must not be empty. NaN may be passed over.
func maximum(x []float32) float32 {
	m, i := maxVec(x)
	if i == 0 {
		m = x[0]
	}
	for ; i < len(x); i++ {
		if x[i] > m {
			m = x[i]
		}
	}
	return m
}
