package kernel

import "time"

// fmaPeakGFLOPs measures for some 30 microseconds the most that NEON can do: multiply-adds on registers and nothing else; 0 for
// portable Go.
func fmaPeakGFLOPs() float64 {
	const turns, perTurn = 1 << 12, 24 // multiply-adds in one turn: peakFMAs of the generator
	if active == generic {
		return 0
	}
	start := time.Now()
	fmaPeakNEON(turns)
	return 2 * turns * perTurn * float64(active.lanes()) / time.Since(start).Seconds() / 1e9
}
