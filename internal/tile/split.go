package tile

import (
	"crypto/sha256"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Sides of a split, as the manifest names them.
const (
	Train = "train"
	Test  = "test"
)

// wellKey is what a split by well groups by: two files of one well must not end up on both sides because of a blank or a capital.
func wellKey(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// pickTest says which of the distinct keys are held out: the round(fraction * n) that come first in the order of their hashes with
// the seed, so that the choice depends on nothing else and a further key moves few others. With two keys or more and a fraction
// above 0 each side gets at least one; a single key stays in training.
func pickTest(keys []string, fraction float64, seed int64) map[string]bool {
	keys = slices.Compact(slices.Sorted(slices.Values(keys)))
	n := int(math.Round(fraction * float64(len(keys))))
	if fraction > 0 {
		n = max(1, n)
	}
	n = max(0, min(n, len(keys)-1))
	rank := make(map[string]string, len(keys))
	for _, k := range keys {
		sum := sha256.Sum256([]byte(strconv.FormatInt(seed, 10) + "\x00" + k))
		rank[k] = string(sum[:])
	}
	slices.SortFunc(keys, func(a, b string) int { return strings.Compare(rank[a], rank[b]) })
	test := make(map[string]bool, n)
	for _, k := range keys[:n] {
		test[k] = true
	}
	return test
}
