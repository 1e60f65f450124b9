//go:build !amd64 && !arm64

package kernel

// fmaPeakGFLOPs is not known without assembly to measure it.
func fmaPeakGFLOPs() float64 { return 0 }
