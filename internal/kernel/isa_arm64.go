package kernel

// platformISAs are the instruction sets that there are kernels for on this platform, the narrowest first.
var platformISAs = [...]isa{generic, neon}

// widestISA is neon: Go runs on no arm64 processor without it.
func widestISA() isa { return neon }
