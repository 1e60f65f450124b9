package kernel

import "time"

// fmaPeakGFLOPs measures the most that the active instruction set can do: multiply-adds on registers and nothing else;
// 0 for portable Go.
func fmaPeakGFLOPs() float64 {
	const turns, perTurn = 1 << 18, 12 // multiply-adds in one turn: peakFMAs of the generator
	if active == generic {
		return 0
	}
	best := time.Hour
	for range 20 {
		start := time.Now()
		if active == avx512 {
			fmaPeakAVX512(turns)
		} else {
			fmaPeakAVX2(turns)
		}
		best = min(best, time.Since(start))
	}
	return 2 * turns * perTurn * float64(active.lanes()) / best.Seconds() / 1e9
}
