//go:build !amd64 && !arm64

package kernel

// platformISAs are the instruction sets that there are kernels for on this platform, the narrowest first.
var platformISAs = [...]isa{generic}

func widestISA() isa { return generic }
