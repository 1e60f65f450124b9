// Package layout is what both generators know of package kernel.
package layout

// Byte offsets of the fields of kernel.Args; a test there holds them.
const (
	ArgA, ArgB, ArgC       = 0, 8, 16
	ArgARow, ArgAK, ArgBK  = 24, 32, 40
	ArgKIn, ArgKOut        = 48, 56
	ArgAOut, ArgBOut       = 64, 72
	ArgCRow                = 80
	ArgRes, ArgBias, ArgRL = 88, 96, 104
)

// The constants of kernel/exp.go: Cephes expf.
const (
	ExpMin = -104
	ExpMax = 89
	Log2e  = 1.44269504088896341
	Ln2Hi  = 0.693359375
	Ln2Lo  = -2.12194440e-4
)

// ExpPoly are the coefficients of its polynomial, the highest power first.
func ExpPoly() []float32 {
	return []float32{
		1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1, 1,
	}
}
