package metrics

import "math"

// calibrationBins is the number of equal bins of confidence.
const calibrationBins = 10

// Calibration compares confidence with the share of picks that are curve@5cm hits.
type Calibration struct {
	// ECE is the expected calibration error of Naeini et al. (2015), doi 10.1609/aaai.v29i1.9602: the mean over picks of
	// |hit share - mean confidence| of their bin.
	ECE  Value `json:"ece"`
	Bins []Bin `json:"bins"`
}

// Bin holds the picks with a confidence in [Low, High); the last one includes 1.
type Bin struct {
	Low            float64 `json:"low"`
	High           float64 `json:"high"`
	Picks          int     `json:"picks"`
	MeanConfidence Value   `json:"mean_confidence"`
	HitShare       Value   `json:"hit_share"`
}

func calibrate(judged []judgement) Calibration {
	var picks, hits [calibrationBins]int
	var sum [calibrationBins]float64
	for _, j := range judged {
		bin := min(int(j.confidence*calibrationBins), calibrationBins-1)
		picks[bin]++
		sum[bin] += j.confidence
		if j.hit {
			hits[bin]++
		}
	}
	var c Calibration
	off := 0.0
	for b := range calibrationBins {
		off += math.Abs(float64(hits[b]) - sum[b])
		c.Bins = append(c.Bins, Bin{
			Low: float64(b) / calibrationBins, High: float64(b+1) / calibrationBins, Picks: picks[b],
			MeanConfidence: ratio(sum[b], float64(picks[b])),
			HitShare:       ratio(float64(hits[b]), float64(picks[b])),
		})
	}
	c.ECE = ratio(off, float64(len(judged)))
	return c
}
