package infer

import (
	"math"
	"testing"
)

func TestQuality(t *testing.T) {
	for _, tc := range []struct {
		confidence, coverage, significance float64
		want                               string
	}{
		{0.95, 0.8, 20, "A"},
		{0.8, 0.5, 6, "A"},
		{0.95, 0.8, 5, "B"},
		{0.95, 0.4, 20, "B"},
		{0.7, 0.8, 20, "B"},
		{0.5, 0.8, 20, "C"},
		{0.95, 0.25, 20, "C"},
		{0.95, 0.1, 20, "D"},
		{0.95, 0.8, 1, "D"},
		{0.3, 0.8, 20, "D"},
		{math.NaN(), 1, 20, "D"},
		{1, math.NaN(), 20, "D"},
		{1, 1, math.NaN(), "D"},
	} {
		if got := Quality(tc.confidence, tc.coverage, tc.significance); got != tc.want {
			t.Errorf("Quality(%g, %g, %g) = %s, want %s", tc.confidence, tc.coverage, tc.significance, got, tc.want)
		}
	}
}
