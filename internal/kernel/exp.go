package kernel

import "math"

// The exponential follows Cephes (S. L. Moshier, expf): x = r ln2 + f with r whole and |f| <= ln2/2, exp(f) by a
// polynomial of degree 7, times 2^r. The assembly has the same constants. Below expMin the result rounds to 0, above
// expMax it is +Inf.
const (
	expMin = -104
	expMax = 89
	log2e  = 1.44269504088896341
	ln2Hi  = 0.693359375
	ln2Lo  = -2.12194440e-4

	expP0 = 1.9875691500e-4
	expP1 = 1.3981999507e-3
	expP2 = 8.3334519073e-3
	expP3 = 4.1665795894e-2
	expP4 = 1.6666665459e-1
	expP5 = 5.0000001201e-1

	// roundMagic added and taken away again rounds a float32 below 2^22 to the nearest whole number.
	roundMagic = 3 << 22
)

// Exp sets x[i] = exp(x[i]), to 3e-7 relative. NaN stays NaN; what overflows is +Inf.
func Exp(x []float32) {
	for i := expVec(x); i < len(x); i++ {
		x[i] = exp32(x[i])
	}
}

func exp32(x float32) float32 {
	switch {
	case x < expMin:
		return 0
	case x > expMax:
		return float32(math.Inf(1))
	case x != x:
		return x
	}
	// The conversions forbid the compiler to fuse or to fold the rounding away.
	r := float32(float32(x*log2e)+roundMagic) - roundMagic
	f := float32(x-r*ln2Hi) - r*ln2Lo
	p := float32(expP0)
	p = p*f + expP1
	p = p*f + expP2
	p = p*f + expP3
	p = p*f + expP4
	p = p*f + expP5
	p = p*f + 1
	p = p*f + 1
	// 2^r in two factors, so that results near overflow and denormal results come out right.
	n := int32(r)
	half := n >> 1
	return p * pow2(half) * pow2(n-half)
}

// pow2 returns 2^n for -126 <= n <= 127.
func pow2(n int32) float32 { return math.Float32frombits(uint32(n+127) << 23) }
