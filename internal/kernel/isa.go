package kernel

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// isa is an instruction set; larger means wider vectors.
type isa int

const (
	generic isa = iota // portable Go
	neon               // NEON of arm64, 4 lanes
	avx2               // AVX2 and FMA, 8 lanes
	avx512             // AVX-512 F, VL, DQ and BW, 16 lanes
)

// EnvISA is the environment variable that overrides the choice of the instruction set at start.
const EnvISA = "GEOBFDT_ISA"

// ErrISA is wrapped by every error about the choice of an instruction set.
var ErrISA = errors.New("instruction set not usable")

// active is the instruction set in use; errEnv says why the environment's wish was refused. Both are set once at
// start; only SetISA, which is for tests and benchmarks, changes active later.
var active, errEnv = startISA(os.Getenv(EnvISA))

func startISA(wish string) (isa, error) {
	if wish == "" {
		return widestISA(), nil
	}
	s, err := parseISA(wish)
	if err != nil {
		return widestISA(), fmt.Errorf("environment variable %s: %w", EnvISA, err)
	}
	return s, nil
}

func parseISA(name string) (isa, error) {
	var known []string
	for _, s := range slices.Backward(platformISAs[:]) {
		if s.String() != name {
			known = append(known, s.String())
			continue
		}
		if s > widestISA() {
			return generic, fmt.Errorf("%w: this processor has no %s, use %s or leave it unset", ErrISA, name, widestISA())
		}
		return s, nil
	}
	return generic, fmt.Errorf("%w: %q is not one of %s", ErrISA, name, strings.Join(known, ", "))
}

func (s isa) String() string {
	switch s {
	case avx512:
		return "avx512"
	case avx2:
		return "avx2"
	case neon:
		return "neon"
	default:
		return "generic"
	}
}

// lanes returns the floats in one vector of the instruction set, 1 for portable Go.
func (s isa) lanes() int {
	switch s {
	case avx512:
		return 16
	case avx2:
		return 8
	case neon:
		return 4
	default:
		return 1
	}
}

// ISA names the instruction set in use: "avx512", "avx2", "neon" or "generic". It is the widest that the processor and the
// operating system support unless the environment variable [EnvISA] asked for another.
func ISA() string { return active.String() }

// EnvError reports why the instruction set named in the environment variable [EnvISA] is not in use; nil when the
// variable is unset or was obeyed. Programs should check it at start, so that a misspelt override does not pass
// unnoticed. The error wraps [ErrISA].
func EnvError() error { return errEnv }

// SetISA changes the instruction set, so that one machine can test and time all of them. It must not be called while
// a kernel runs. The error, which wraps [ErrISA], is for a name that is unknown or that this machine cannot run.
func SetISA(name string) error {
	s, err := parseISA(name)
	if err != nil {
		return err
	}
	active = s
	return nil
}
