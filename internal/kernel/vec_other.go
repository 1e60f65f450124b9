//go:build !amd64 && !arm64

package kernel

// Without assembly the portable code does everything: every ...Vec function leaves all of its work to the caller.

func gemmVec(*Args, int, int) bool { return false }

func addVec(dst, a, b []float32) int                    { return 0 }
func axpyVec(dst []float32, _ float32, _ []float32) int { return 0 }
func scaleVec([]float32, float32) int                   { return 0 }
func addReLUVec(dst, a, b []float32) int                { return 0 }
func reluGradVec(dst, dy, y []float32) int              { return 0 }
func mulSubVec(dst, p, dp []float32, _ float32) int     { return 0 }
func expVec([]float32) int                              { return 0 }
func softmaxVec([]float32) bool                         { return false }

func columnSoftmaxVec(x, depth []float32, z, bend float32) (float32, bool) { return 0, false }

func winogradWeightsVec(u []float32, uStep int, g []float32, gStep, n int) int { return 0 }
func winogradGradVec(z []float32, zStep int, dy []float32, row, pixel, c int, tmp []float32) int {
	return 0
}
func winogradWeightGradVec(dw []float32, wStep int, u []float32, uStep, n int, tmp []float32) int {
	return 0
}
func winogradInVec(v []float32, vStep int, x []float32, row, pixel, c int, tmp []float32) int {
	return 0
}
func winogradOutVec(y, res []float32, row, pixel int, m []float32, mStep int, bias []float32, floor float32, c int, tmp []float32) int {
	return 0
}
func transpose8Vec(dst, src []float32, stride, cols int, scale float32) int { return 0 }
func maxPoolRowVec(y, x []float32, row, n, c int) int                       { return 0 }
func maxPoolRowGradVec(dx, x, dy, y []float32, row, n, c int) int           { return 0 }

func dotVec(a, b []float32) (float32, int)          { return 0, 0 }
func sumVec([]float32) (float32, int)               { return 0, 0 }
func filterVec(_, _, _ []float32) int               { return 0 }
func sumShiftedVec(_, _ []float32, _ []int) int     { return 0 }
func sumSquaresVec([]float32) (float64, int)        { return 0, 0 }
func sumSqDevVec([]float32, float32) (float32, int) { return 0, 0 }
func maxVec([]float32) (float32, int)               { return 0, 0 }
func expSubVec([]float32, float32) (float32, int)   { return 0, 0 }

func normVec(y, x, gamma, beta []float32, mean, invStd float32) int { return 0 }
func normGradSumsVec(dy, x, gamma, dgamma, dbeta []float32, mean, invStd float32) (sumD, sumDX float32, done int) {
	return 0, 0, 0
}
func normGradApplyVec(dx, dy, x, gamma []float32, mean, invStd, avgD, avgDX float32) int { return 0 }

func adamWVec(w, g, m, v []float32, p *AdamParams) int { return 0 }

func chanStatsVec(x []float32, n, stride, w int, s *chanSums) bool { return false }
func chanScaleShiftVec(y, x, res []float32, n, stride, w int, scale, shift []float32, floor float32) bool {
	return false
}
func chanGradStatsVec(dy, y, x []float32, n, stride, w int, s *chanSums) bool        { return false }
func chanGradApplyVec(dx, dy, x []float32, n, stride, w int, a, b, k []float32) bool { return false }
