package nn

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestRandomShapes checks every operation at random shapes and numbers of workers.
func TestRandomShapes(t *testing.T) {
	for name, make := range map[string]func(*testing.T, *rand.Rand) *unit{
		"conv": randomConv, "batch norm": randomBatchNorm, "max pool": randomPool, "upsample": randomUpsample, "linear": randomLinear,
		"layer norm": randomLayerNorm, "elementwise": randomElementwise,
		"attention": randomAttention, "column attention": randomColumn, "anchor": randomAnchor,
	} {
		for seed := range uint64(8) {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				rng := newRand(100 + seed)
				make(t, rng).check(t, rng)
			})
		}
	}
}
