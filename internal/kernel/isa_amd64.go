package kernel

import "golang.org/x/sys/cpu"

// platformISAs are the instruction sets that there are kernels for on this platform, the narrowest first.
var platformISAs = [...]isa{generic, avx2, avx512}

// widestISA returns the widest instruction set that the processor and the operating system support.
func widestISA() isa {
	x := &cpu.X86
	switch {
	case x.HasAVX512F && x.HasAVX512VL && x.HasAVX512DQ && x.HasAVX512BW && x.HasFMA:
		return avx512
	case x.HasAVX2 && x.HasFMA:
		return avx2
	default:
		return generic
	}
}
