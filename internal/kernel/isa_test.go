package kernel

import (
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// onEveryISA runs f as a subtest for every instruction set of this machine.
func onEveryISA(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	before := active
	t.Cleanup(func() { active = before })
	for _, s := range platformISAs {
		if s > widestISA() {
			continue
		}
		if err := SetISA(s.String()); err != nil {
			t.Fatal(err)
		}
		t.Run(s.String(), f)
	}
}

// lengths cover nothing, tails alone, whole vectors, unrolled loops and all of them with tails.
var lengths = []int{0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 128, 192, 257}

func randoms(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// near fails unless |got-want| <= tol * scale.
func near(t *testing.T, what string, got float32, want, scale, tol float64) {
	t.Helper()
	if !(math.Abs(float64(got)-want) <= tol*scale) {
		t.Fatalf("%s: got %g, want %g", what, got, want)
	}
}

func TestSetISA(t *testing.T) {
	before := active
	defer func() { active = before }()
	for _, name := range []string{"", "AVX2", "sve"} {
		if err := SetISA(name); !errors.Is(err, ErrISA) {
			t.Errorf("SetISA(%q) = %v, want ErrISA", name, err)
		}
		if active != before {
			t.Errorf("SetISA(%q) failed but changed the choice", name)
		}
	}
	if err := SetISA("generic"); err != nil || ISA() != "generic" {
		t.Errorf("SetISA(generic) = %v, ISA() = %s", err, ISA())
	}
	// A name of another platform is unknown here, and the error says which there are.
	platforms := map[string]struct{ other, known string }{"amd64": {"neon", "avx512, avx2, generic"}, "arm64": {"avx2", "neon, generic"}}
	if p, ok := platforms[runtime.GOARCH]; ok {
		if err := SetISA(p.other); !errors.Is(err, ErrISA) || !strings.HasSuffix(err.Error(), "not one of "+p.known) {
			t.Errorf("SetISA(%s) = %v, want an error that lists %s", p.other, err, p.known)
		}
	}
	// Whatever this machine can do, a set wider than that is refused.
	if widestISA() < avx512 {
		if err := SetISA("avx512"); !errors.Is(err, ErrISA) {
			t.Errorf("SetISA(avx512) = %v on a machine without it", err)
		}
	}
}

func TestStartISA(t *testing.T) {
	if s, err := startISA(""); s != widestISA() || err != nil {
		t.Errorf("no wish: %v, %v", s, err)
	}
	if s, err := startISA("generic"); s != generic || err != nil {
		t.Errorf("generic: %v, %v", s, err)
	}
	if s, err := startISA("sse9"); s != widestISA() || !errors.Is(err, ErrISA) {
		t.Errorf("misspelt: %v, %v; want the widest and ErrISA", s, err)
	}
}
