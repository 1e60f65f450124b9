package qc

import (
	"math"
	"testing"
)

// Every place of a stream must be as likely to be taken: of the numbers 0..n-1 the sample's mean is (n-1)/2 within 4 standard errors,
// and so is each tenth of the stream represented, however many places hold no number.
func TestSampleIsUniform(t *testing.T) {
	const n, size = 200000, 4000
	s := newSample(size, 7)
	for i := 0; i < n; i += 500 {
		s.each(500, func(k int) (float64, bool) { return float64(i + k), (i+k)%3 != 0 })
	}
	if len(s.values) != size {
		t.Fatalf("%d values", len(s.values))
	}
	var tenths [10]int
	sum := 0.0
	for _, v := range s.values {
		if int(v)%3 == 0 {
			t.Fatalf("%g is no number of the stream", v)
		}
		tenths[int(v)*10/n]++
		sum += v
	}
	if mean, se := sum/size, n/math.Sqrt(12)/math.Sqrt(size); math.Abs(mean-n/2) > 4*se {
		t.Errorf("mean %g, want %g within %g", mean, n/2.0, 4*se)
	}
	for i, c := range tenths {
		if math.Abs(float64(c)-size/10) > 4*math.Sqrt(size/10) {
			t.Errorf("tenth %d holds %d of %d", i, c, size)
		}
	}
}

func TestSampleOfAFewIsAll(t *testing.T) {
	s := newSample(10, 1)
	for _, v := range []float64{3, 1, 2} {
		s.add(v)
	}
	if got := s.sorted(); len(got) != 3 || got[0] != 1 || quantile(got, 0.5) != 2 || quantile(got, 1) != 3 {
		t.Errorf("%v", got)
	}
	if !math.IsNaN(quantile(nil, 0.5)) || !math.IsNaN(share(nil, func(float64) bool { return true })) {
		t.Error("nothing has a quantile")
	}
}
