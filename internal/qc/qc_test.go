package qc

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/synth"
)

// plain is a log without faults: 2000 rows of 10 mm and 48 columns of noise round 100, a tool that turns once in 20 m in a hole of 8.5
// in that deviates by 30 degrees. P1NO = HAZI + RB.
func plain() Rows {
	const rows, columns = 2000, 48
	rng := rand.New(rand.NewPCG(1, 1))
	r := Rows{Pixels: make([]float32, rows*columns), Mask: make([]bool, rows*columns)}
	for i := range r.Pixels {
		r.Pixels[i], r.Mask[i] = float32(100+10*rng.NormFloat64()), true
	}
	for i := range rows {
		d := 1000 + 0.01*float64(i)
		r.DepthM = append(r.DepthM, d)
		bearing := math.Mod(d*18, 360)
		r.DeviDeg, r.HaziDeg = append(r.DeviDeg, 30), append(r.HaziDeg, 100)
		r.P1NODeg, r.RBDeg = append(r.P1NODeg, math.Mod(100+bearing, 360)), append(r.RBDeg, bearing)
		r.C1In, r.C2In, r.BSIn = append(r.C1In, 8.6), append(r.C2In, 8.8), append(r.BSIn, 8.5)
	}
	return r
}

// eachPixel changes the image: f gets row, column and value.
func (r *Rows) eachPixel(f func(i, j int, v float32) float32) {
	columns := len(r.Pixels) / len(r.DepthM)
	for i := range r.DepthM {
		for j := range columns {
			r.Pixels[i*columns+j] = f(i, j, r.Pixels[i*columns+j])
		}
	}
}

func report(t *testing.T, r Rows) Report {
	t.Helper()
	a := New(len(r.Pixels) / len(r.DepthM))
	if err := a.Add(r); err != nil {
		t.Fatal(err)
	}
	return a.Report()
}

func find(t *testing.T, r Report, check string) Finding {
	t.Helper()
	i := slices.IndexFunc(r, func(f Finding) bool { return f.Check == check })
	if i < 0 {
		t.Fatalf("no check %s", check)
	}
	return r[i]
}

func TestPlainLogHasNoWarning(t *testing.T) {
	r := report(t, plain())
	if r.Warnings() > 0 {
		t.Errorf("warnings:\n%s", strings.Join(r.Lines(), "\n"))
	}
	for check, want := range map[string]map[string]float64{
		CheckWall:        {"seen_share": 1, "blank_rows_share": 0},
		CheckButtons:     {"dead_columns": 0, "judged_columns": 48},
		CheckSampling:    {"step_m": 0.01, "irregular_share": 0, "longest_step_m": 0.01},
		CheckStick:       {"repeated_rows_share": 0},
		CheckOrientation: {"covered_share": 1, "min_deviation_deg": 30, "max_deviation_deg": 30},
		CheckBearing:     {"mean_difference_deg": 0, "consistency": 1},
		CheckRotation:    {"turns_per_10m": 0.5, "worst_turns_per_9m": 0.45},
		CheckCaliper:     {"mean_caliper_in": 8.7, "bit_size_in": 8.5, "oval_share": 0, "below_bit_share": 0},
	} {
		f := find(t, r, check)
		for name, v := range want {
			if got, ok := f.Values[name]; !ok || math.Abs(got-v) > 2e-3 {
				t.Errorf("%s: %s is %g, want %g", check, name, got, v)
			}
		}
	}
	// Noise of standard deviation 10: 98 % lie within 2.326 of them.
	grey := find(t, r, CheckGrey).Values
	if math.Abs(grey["p1"]-76.7) > 0.7 || math.Abs(grey["p99"]-123.3) > 0.7 {
		t.Errorf("grey range %v", grey)
	}
}

// Each fault must give one warning, of its own check, that says what to do; and no other check may take offence.
func TestFaults(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		fault func(r *Rows)
		check string
		text  string
	}{
		"half of the rows blank": {func(r *Rows) {
			for i := range r.Mask {
				r.Mask[i] = i%4 == 0
			}
		}, CheckWall, "short arcs"},
		"clipped": {func(r *Rows) {
			r.eachPixel(func(_, _ int, v float32) float32 { return min(v, 110) })
		}, CheckGrey, "clipped"},
		"eight levels": {func(r *Rows) {
			r.eachPixel(func(_, _ int, v float32) float32 { return float32(math.Round(float64(max(76, min(v, 124))) / 8)) })
		}, CheckGrey, "few levels"},
		"bright fractures": {func(r *Rows) {
			r.eachPixel(func(i, _ int, v float32) float32 {
				if i%100 < 3 {
					return v + 100
				}
				return v
			})
		}, CheckPolarity, "dark must be conductive"},
		"a dead button": {func(r *Rows) {
			r.eachPixel(func(i, j int, v float32) float32 {
				if k := (j - int(math.Round(r.P1NODeg[i]/360*48)) + 96) % 48; k == 6 {
					return 90
				}
				return v
			})
		}, CheckButtons, "1 of 48 columns of the tool hardly vary (7)"},
		"a column that is dead in one window of four": {func(r *Rows) {
			r.P1NODeg, r.RBDeg = nil, nil
			r.eachPixel(func(i, j int, v float32) float32 {
				if i < 500 && j%8 == 0 {
					return 90
				}
				return v
			})
		}, CheckButtons, "die and come back"},
		"speed": {func(r *Rows) {
			for i := range r.DepthM {
				r.DepthM[i] += 0.004 * math.Sin(float64(i)) // steps of 6 to 14 mm
			}
		}, CheckSampling, "unevenly"},
		"a hole in the log": {func(r *Rows) {
			for i := 700; i < len(r.DepthM); i++ {
				r.DepthM[i] += 0.5
			}
		}, CheckSampling, "longest 0.51 m at 1006.99 m: the log has holes"},
		"stuck": {func(r *Rows) {
			r.eachPixel(func(i, j int, v float32) float32 {
				if i > 300 && i <= 400 {
					return r.Pixels[300*48+j]
				}
				return v
			})
		}, CheckStick, "5.0 % of the rows repeat"},
		"no orientation": {func(r *Rows) { r.DeviDeg, r.HaziDeg = nil, nil }, CheckOrientation, "--survey FILE, or --assume-vertical"},
		"radians off": {func(r *Rows) {
			for i := range r.HaziDeg {
				r.HaziDeg[i] = 5000
			}
		}, CheckOrientation, "no angles in degrees"},
		"declination": {func(r *Rows) {
			for i := range r.P1NODeg {
				r.P1NODeg[i] = math.Mod(r.P1NODeg[i]+7, 360)
			}
		}, CheckBearing, "differs by 7.0 degrees"},
		"another tool's bearing": {func(r *Rows) {
			for i := range r.RBDeg {
				r.RBDeg[i] = math.Mod(r.RBDeg[i]*2.7, 360)
			}
		}, CheckBearing, "do not belong together"},
		"spinning": {func(r *Rows) {
			for i := range r.P1NODeg {
				r.RBDeg[i] = math.Mod(r.DepthM[i]*54, 360) // a turn in 6.67 m
				r.P1NODeg[i] = math.Mod(100+r.RBDeg[i], 360)
			}
		}, CheckRotation, "turned 1.50 times per 10 m by its pad 1 azimuth, at most 1.35 times over 9 m"},
		"closed caliper": {func(r *Rows) { r.C1In, r.C2In = slices.Repeat([]float64{7}, 2000), slices.Repeat([]float64{7}, 2000) }, CheckCaliper, "100 % of the hole smaller than the bit"},
		"caliper in mm":  {func(r *Rows) { r.C1In, r.C2In = slices.Repeat([]float64{218}, 2000), nil }, CheckCaliper, "check its unit"},
		"wide":           {func(r *Rows) { r.C1In, r.C2In = slices.Repeat([]float64{20}, 2000), nil }, CheckCaliper, "over twice the bit size"},
		"no caliper":     {func(r *Rows) { r.C1In, r.C2In = nil, slices.Repeat([]float64{nan}, 2000) }, CheckCaliper, "bit size of 8.5 in"},
		"nothing":        {func(r *Rows) { r.C1In, r.C2In, r.BSIn = nil, nil, nil }, CheckCaliper, "--bit-size"},
	} {
		t.Run(name, func(t *testing.T) {
			r := plain()
			c.fault(&r)
			got := report(t, r)
			f := find(t, got, c.check)
			if f.Severity != Warn || !strings.Contains(f.Text, c.text) {
				t.Errorf("%s lacks %q", f, c.text)
			}
			if got.Warnings() != 1 {
				t.Errorf("%d warnings:\n%s", got.Warnings(), strings.Join(got.Lines(), "\n"))
			}
		})
	}
}

// A deviation that is known to 60 m below the top of an image of 200 m covers it to 110 m: a reading speaks for 50 m.
func TestOrientationReach(t *testing.T) {
	var h = newHole()
	for d := 1000.0; d <= 1200; d++ {
		devi := math.NaN()
		if d <= 1060 {
			devi = 12
		}
		h.add(d, devi, 40, math.NaN(), math.NaN(), math.NaN())
	}
	f := h.orientation(1000, 1200)
	if f.Severity != Warn || math.Abs(f.Values["covered_share"]-0.55) > 1e-9 || !strings.Contains(f.Text, "cover 55 % of the image") {
		t.Errorf("%s %v", f, f.Values)
	}
}

// However the rows are cut into blocks, the report is the same.
func TestBlocks(t *testing.T) {
	r := plain()
	whole := report(t, r)
	a := New(48)
	for lo := 0; lo < len(r.DepthM); {
		hi := min(lo+1+lo%97, len(r.DepthM))
		block := Rows{r.DepthM[lo:hi], r.Pixels[lo*48 : hi*48], r.Mask[lo*48 : hi*48], r.DeviDeg[lo:hi], r.HaziDeg[lo:hi], r.P1NODeg[lo:hi], r.RBDeg[lo:hi], r.C1In[lo:hi], r.C2In[lo:hi], nil, r.BSIn[lo:hi]}
		if err := a.Add(block); err != nil {
			t.Fatal(err)
		}
		lo = hi
	}
	want, _ := json.Marshal(whole)
	got, err := json.Marshal(a.Report())
	if err != nil || string(got) != string(want) {
		t.Errorf("in blocks\n%s\nwhole\n%s\n%v", got, want, err)
	}
	if again, _ := json.Marshal(a.Report()); string(again) != string(got) {
		t.Error("a second report differs")
	}
}

func TestAddRefusesLengths(t *testing.T) {
	r := plain()
	r.Mask = r.Mask[1:]
	if err := New(48).Add(r); err == nil {
		t.Error("a short mask was taken")
	}
	r = plain()
	r.C1In = r.C1In[1:]
	if err := New(48).Add(r); err == nil {
		t.Error("a short curve was taken")
	}
	if r := New(48).Report(); r != nil {
		t.Errorf("no rows report %v", r)
	}
}

// One row, one column wide, all gaps: nothing to divide by.
func TestDegenerateLogs(t *testing.T) {
	for _, r := range []Rows{
		{DepthM: []float64{1}, Pixels: make([]float32, 8), Mask: make([]bool, 8)},
		{DepthM: []float64{1, 2, 3}, Pixels: make([]float32, 24), Mask: slices.Repeat([]bool{true}, 24)},
		{DepthM: []float64{1, 2, 3}, Pixels: make([]float32, 24), Mask: make([]bool, 24), P1NODeg: []float64{math.Inf(1), 1e300, -5}, C1In: []float64{math.Inf(1), 0, -1}},
	} {
		if _, err := json.Marshal(report(t, r)); err != nil {
			t.Error(err)
		}
	}
}

// A synthetic well of 40 degrees has no fault; with its picture inverted, its open fractures give that away.
func TestSyntheticWells(t *testing.T) {
	well := func(name string) *imagelog.Log {
		p, err := synth.PresetByName(name)
		if err != nil {
			t.Fatal(err)
		}
		log, _, err := p.Well(3)
		if err != nil {
			t.Fatal(err)
		}
		return log
	}
	r, err := Check(well("deviated"))
	if err != nil || r.Warnings() > 0 {
		t.Errorf("deviated: %v\n%s", err, strings.Join(r.Lines(), "\n"))
	}
	log := well("crossing")
	r, err = Check(log)
	if f := find(t, r, CheckPolarity); err != nil || !strings.Contains(f.Text, "as conductive fractures are") {
		t.Errorf("crossing: %v %v", f, err)
	}
	for i, v := range log.Pixels() {
		log.Pixels()[i] = -v
	}
	if r, err = Check(log); err != nil || find(t, r, CheckPolarity).Severity != Warn {
		t.Errorf("inverted: %v %v", find(t, r, CheckPolarity), err)
	}
}
