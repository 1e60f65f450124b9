package metrics

import (
	"encoding/json"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// Value is a score; NaN, null in JSON, if it does not exist.
type Value float64

// MarshalJSON writes null for what JSON cannot say.
func (v Value) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(v))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *Value) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		*v = Value(math.NaN())
		return nil
	}
	return json.Unmarshal(raw, (*float64)(v))
}

// Report is the score of one well, or of several pooled: their hits, picks and truths added up.
type Report struct {
	Well    string        `json:"well"`
	Wells   int           `json:"wells"`    // how many are pooled
	TopM    float64       `json:"top_m"`    // of the interval, 0 if pooled
	BaseM   float64       `json:"base_m"`   // likewise
	LengthM float64       `json:"length_m"` // scored in all
	Outside int           `json:"outside"`  // truths and picks left out because they lie outside the interval
	Classes []ClassReport `json:"classes"`  // bedding, fracture, any

	// Classification of the depth@5cm hits with classes ignored: Confusion[truth][pick] counts them, ClassError is the share with
	// the wrong class. It is blind to false alarms and misses.
	Confusion  [dip.NumClasses][dip.NumClasses]int `json:"confusion"`
	ClassError Value                               `json:"class_error"`
}

// Class returns the part of a class, "bedding", "fracture" or "any"; nil if there is none.
func (r *Report) Class(name string) *ClassReport {
	for i := range r.Classes {
		if r.Classes[i].Class == name {
			return &r.Classes[i]
		}
	}
	return nil
}

// ClassReport is the score of one class, or of all as one.
type ClassReport struct {
	Class  string `json:"class"`
	Truths int    `json:"truths"`
	Picks  int    `json:"picks"`

	Depth []Hits `json:"depth"` // depth@t, t = 2, 3, 4, 5, 6, 9 cm
	Curve []Hits `json:"curve"` // curve@t

	// At curve@5cm:
	FalsePer10M Value       `json:"false_per_10m"` // picks that hit nothing, in 10 m of well
	Calibration Calibration `json:"calibration"`
	Sweep       []Operating `json:"sweep"` // precision and recall over thresholds of confidence, 0 to 1 by 0.05
}

// Headline returns curve@5cm.
func (c *ClassReport) Headline() *Hits { return &c.Curve[headline] }

// Hits is the outcome of matching within one tolerance.
type Hits struct {
	ToleranceCM float64   `json:"tolerance_cm"`
	Hits        int       `json:"hits"`
	False       int       `json:"false"`  // picks without a truth
	Missed      int       `json:"missed"` // truths without a pick
	Precision   Value     `json:"precision"`
	Recall      Value     `json:"recall"`
	F1          Value     `json:"f1"`
	ChanceF1    Value     `json:"chance_f1"`
	F1Interval  *Interval `json:"f1_interval,omitempty"` // between wells, of a pooled report
	Errors      *Errors   `json:"errors,omitempty"`      // of the hits of depth@t
}

// Interval holds the central 95 % of a bootstrap.
type Interval struct {
	Low  Value `json:"low"`
	High Value `json:"high"`
}

// Errors is how far hits are off. Azimuth is judged only where the truth dips more than 3 degrees.
type Errors struct {
	DipWithin1Deg      Value `json:"dip_within_1deg"` // shares
	DipWithin3Deg      Value `json:"dip_within_3deg"`
	DipWithin5Deg      Value `json:"dip_within_5deg"`
	AzimuthWithin15Deg Value `json:"azimuth_within_15deg"`
	AzimuthJudged      int   `json:"azimuth_judged"` // hits behind the azimuth scores
	MedianDepthCM      Value `json:"median_depth_cm"`
	MedianDipDeg       Value `json:"median_dip_deg"`
	MedianAzimuthDeg   Value `json:"median_azimuth_deg"`
}

// Operating is the score at one threshold of confidence.
type Operating struct {
	Threshold float64 `json:"threshold"`
	Picks     int     `json:"picks"`
	Hits      int     `json:"hits"`
	Precision Value   `json:"precision"`
	Recall    Value   `json:"recall"`
	F1        Value   `json:"f1"`
}

// ratio is NaN where the denominator is 0.
func ratio(a, b float64) Value {
	if b == 0 {
		return Value(math.NaN())
	}
	return Value(a / b)
}

func f1(hits float64, truths, picks int) Value { return ratio(2*hits, float64(truths+picks)) }

func (t *tally) report(class string) ClassReport {
	r := ClassReport{
		Class: class, Truths: t.truths, Picks: t.picks,
		FalsePer10M: ratio(10*float64(t.picks-t.curve[headline].hits), t.lengthM),
		Calibration: calibrate(t.judged),
	}
	for k := range tolerancesCM {
		d := t.hits(k, t.depth[k])
		d.Errors = summarise(t.errors[k])
		r.Depth = append(r.Depth, d)
		r.Curve = append(r.Curve, t.hits(k, t.curve[k]))
	}
	for k, s := range t.sweep {
		r.Sweep = append(r.Sweep, Operating{
			Threshold: float64(k) / sweepSteps, Picks: s.picks, Hits: s.hits,
			Precision: ratio(float64(s.hits), float64(s.picks)),
			Recall:    ratio(float64(s.hits), float64(t.truths)),
			F1:        f1(float64(s.hits), t.truths, s.picks),
		})
	}
	return r
}

func (t *tally) hits(k int, h hitTally) Hits {
	return Hits{
		ToleranceCM: tolerancesCM[k],
		Hits:        h.hits, False: t.picks - h.hits, Missed: t.truths - h.hits,
		Precision: ratio(float64(h.hits), float64(t.picks)),
		Recall:    ratio(float64(h.hits), float64(t.truths)),
		F1:        f1(float64(h.hits), t.truths, t.picks),
		ChanceF1:  f1(h.chance, t.truths, t.picks),
	}
}

func (t *tally) classError() Value {
	wrong, all := 0, 0
	for i := range t.confusion {
		for j, n := range t.confusion[i] {
			all += n
			if i != j {
				wrong += n
			}
		}
	}
	return ratio(float64(wrong), float64(all))
}

func summarise(errors []pairError) *Errors {
	var depthCM, dips, azimuths []float64
	for _, e := range errors {
		depthCM = append(depthCM, 100*e.depthM)
		dips = append(dips, e.dipDeg)
		if !math.IsNaN(e.azimuthDeg) {
			azimuths = append(azimuths, e.azimuthDeg)
		}
	}
	return &Errors{
		DipWithin1Deg:      shareWithin(dips, dipLimitsDeg[0]),
		DipWithin3Deg:      shareWithin(dips, dipLimitsDeg[1]),
		DipWithin5Deg:      shareWithin(dips, dipLimitsDeg[2]),
		AzimuthWithin15Deg: shareWithin(azimuths, azimuthLimitDeg),
		AzimuthJudged:      len(azimuths),
		MedianDepthCM:      median(depthCM),
		MedianDipDeg:       median(dips),
		MedianAzimuthDeg:   median(azimuths),
	}
}

// shareWithin allows for the rounding of decimal degrees, as limitM does for depths.
func shareWithin(xs []float64, limit float64) Value {
	n := 0
	for _, x := range xs {
		if x <= limit+1e-9 {
			n++
		}
	}
	return ratio(float64(n), float64(len(xs)))
}

func median(xs []float64) Value {
	if len(xs) == 0 {
		return Value(math.NaN())
	}
	xs = slices.Sorted(slices.Values(xs))
	half := len(xs) / 2
	if len(xs)%2 == 1 {
		return Value(xs[half])
	}
	return Value((xs[half-1] + xs[half]) / 2)
}
