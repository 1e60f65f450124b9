package las

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/shareddata"
)

func readWith(t *testing.T, name string, opt Options) (*File, error) {
	t.Helper()
	b := shareddata.Bytes(t, "las/lasio/"+name)
	return Read(bytes.NewReader(b), opt)
}

// lasio's test_null_policy: curve DT of two files.
func TestNullPolicies(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name  string
		opt   Options
		curve string
		row   int
		want  float64
	}{
		{"null_policy_-999.25.las", Options{}, "DT", 0, nan},
		{"null_policy_-999.25.las", Options{NullPolicy: NullsStrict}, "DT", 0, nan},
		{"null_policy_-999.25.las", Options{NullPolicy: NullsNone}, "DT", 0, -999.25},
		{"null_policy_9999.las", Options{NullPolicy: NullsNone}, "DT", 1, 9999},
		{"null_policy_9999.las", Options{NullPolicy: NullsStrict}, "DT", 1, 9999},
		{"null_policy_9999.las", Options{NullPolicy: NullsCommon}, "DT", 1, 9999},
		{"null_policy_9999.las", Options{NullPolicy: NullsAggressive}, "DT", 1, nan},
		{"null_policy_9999.las", Options{NullValues: []float64{9998}}, "DT", 0, nan},
		{"null_policy_9999.las", Options{NullValues: []float64{9998}}, "SFLA", 2, nan},
		{"null_policy_9999.las", Options{NullPolicy: NullsNone, NullValues: []float64{9998}}, "SFLA", 2, -999.25},
		{"null_policy_ERR.las", Options{}, "RHOB", 2, nan},
		{"null_policy_ERR.las", Options{}, "ILD", 2, 105.6},
		{"null_policy_(null).las", Options{}, "RHOB", 2, nan},
		{"null_policy_dashes.las", Options{}, "RHOB", 0, nan},
		{"null_policy_dashes.las", Options{}, "RHOB", 1, -2550},
		{"null_policy_dashes.las", Options{}, "RHOB", 2, nan},
	} {
		f, err := readWith(t, c.name, c.opt)
		if err != nil {
			t.Fatal(err)
		}
		got := f.Curve(c.curve).Values[c.row]
		if got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s, %+v: %s[%d] is %v, want %v", c.name, c.opt, c.curve, c.row, got, c.want)
		}
	}
	if _, err := readWith(t, "sample.las", Options{NullPolicy: "some"}); err == nil || !strings.Contains(err.Error(), "aggressive") {
		t.Errorf("unknown policy: %v", err)
	}
}

// Each repair is needed by its file, and only by it.
func TestRepairs(t *testing.T) {
	for repair, name := range map[Repair]string{
		RunOnMinus: "null_policy_runon.las", RunOnPoint: "null_policy_runon.las", CommaDecimal: "comma_decimal_mark.las",
		ShortRow: "excess_curves.las", NameCurves: "barebones2.las",
	} {
		without := slices.DeleteFunc(AllRepairs(), func(r Repair) bool { return r == repair })
		_, err := readWith(t, name, Options{Repairs: without})
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), string(repair)) || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%s without %s: %v", name, repair, err)
		}
		if _, err := readWith(t, name, Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := readWith(t, "sample.las", Options{Repairs: []Repair{}}); err != nil {
		t.Errorf("a good file needs a repair: %v", err)
	}
	long := "~C\nA.m : a\nB. : b\n~A\n1 2\n3 4 5\n"
	if _, err := Read(strings.NewReader(long), Options{Repairs: []Repair{}}); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "line 6: 3 values for 2 curves") {
		t.Errorf("long row: %v", err)
	}
	for text, n := range map[string]int{"all": 6, "": 6, "none": 0, "short-row, long-row": 2} {
		if got, err := ParseRepairs(text); err != nil || len(got) != n || got == nil {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	if _, err := ParseRepairs("short-row,magic"); err == nil {
		t.Error("unknown repair accepted")
	}
}

func TestUndeclaredCurves(t *testing.T) {
	f := readText(t, "~C\nA.m : a\n~A\n1 2 -999.25\n3 4 5\n")
	if len(f.Curves) != 3 || f.Curves[2].Mnemonic != "UNKNOWN" || f.Curves[2].Values[1] != 5 || len(f.Warnings) != 1 {
		t.Errorf("%+v, %q", f.Curves, f.Warnings)
	}
	if f = readText(t, "~C\nA.m : a\n~A\n1 cased hole\n3\n"); len(f.Curves) != 1 || f.Rows() != 2 {
		t.Errorf("a remark behind the values: %+v", f.Curves)
	}
}

// No panic on files cut and changed at random places; sections stay consistent.
func TestDamage(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	names := append(strings.Fields(sampleFiles)[:12], "1.2/sample_wrapped.las", "3.0/sample_3.0.las", "3.0/sample_3.0_tab_dlm.las", "3.0/Curve-Param Error #1 (MS).LAS",
		"data_characters.las", "null_policy_runon.las", "encodings_utf16le.las", "issue79.las")
	for _, name := range names {
		b := shareddata.Bytes(t, "las/lasio/"+name)
		for range 50 {
			checkConsistent(t, b[:random.IntN(len(b))])
			broken := bytes.Clone(b)
			for range 50 {
				broken[random.IntN(len(b))] = byte(random.IntN(256))
			}
			checkConsistent(t, broken)
		}
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func checkConsistent(t *testing.T, b []byte) {
	file, err := Read(bytes.NewReader(b), Options{})
	if err != nil {
		if !errors.Is(err, ErrFormat) {
			t.Errorf("error of no kind: %v", err)
		}
		return
	}
	for i := range file.Sets {
		set := &file.Sets[i]
		for j := range set.Curves {
			c := &set.Curves[j]
			if len(c.Values) != set.Rows() {
				t.Errorf("curve %s has %d values for %d rows", c.Mnemonic, len(c.Values), set.Rows())
			}
			c.Text(0)
			c.Text(set.Rows() - 1)
		}
	}
	if depth, err := file.DepthM(); err == nil && len(depth) != file.Rows() {
		t.Errorf("%d depths for %d rows", len(depth), file.Rows())
	}
	_, _ = file.Inclinometry() // must not panic; most files have none
}
