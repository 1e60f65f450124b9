package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
)

// elements counts the elements of an SVG, which must be well-formed.
func elements(t *testing.T, svg string) map[string]int {
	t.Helper()
	n := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if e, ok := token.(xml.StartElement); ok {
			n[e.Name.Local]++
		}
	}
}

func TestLines(t *testing.T) {
	nan := math.NaN()
	l := Lines{Title: "a < b", XLabel: "recall", YLabel: "precision", XMax: 1, YMax: 1, Series: []Series{
		{Name: "one & two", X: []float64{0, 0.5, 1}, Y: []float64{0, nan, 1}, Mark: 2},
		{Name: "nothing", X: []float64{nan}, Y: []float64{nan}, Mark: 0},
	}}
	svg := string(l.SVG())
	if n := elements(t, svg); n["svg"] != 1 || n["circle"] != 1 {
		t.Errorf("elements %v", n)
	}
	// From the lower left corner of the frame straight to the upper right one: the point that is not finite is left out.
	if want := `d="M46.0 230.0L368.0 26.0"`; !strings.Contains(svg, want) {
		t.Errorf("no line %s in %s", want, svg)
	}
	if !strings.Contains(svg, "one &amp; two") || !strings.Contains(svg, "a &lt; b") || strings.Contains(svg, "NaN") {
		t.Errorf("text in %s", svg)
	}
	empty := Lines{Title: "empty"}
	elements(t, string(empty.SVG()))
}

func TestForest(t *testing.T) {
	nan := math.NaN()
	f := Forest{Title: "effects", Rows: []Interval{
		{Label: "a", Value: 0.1, Low: -0.1, High: 0.3}, {Label: "b", Value: -0.2, Low: nan, High: nan, Style: 1}, {Label: "c", Value: nan, Low: nan, High: nan},
	}}
	svg := string(f.SVG())
	if n := elements(t, svg); n["circle"] != 1 || strings.Contains(svg, "NaN") {
		t.Errorf("elements %v in %s", n, svg)
	}
	// 0 stands in the middle between left and right, 450 px.
	if want := `class="zero" d="M450.0`; !strings.Contains(svg, want) {
		t.Errorf("no %s in %s", want, svg)
	}
	elements(t, string((&Forest{}).SVG()))
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   []float64
	}{
		{0, 1, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}}, {-0.3, 0.3, []float64{-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3}}, {0, 6000, []float64{0, 1000, 2000, 3000, 4000, 5000, 6000}},
		{190, 8000, []float64{2000, 4000, 6000, 8000}},
	} {
		got := ticks(c.lo, c.hi)
		for i := range got {
			got[i] = math.Round(1e9*got[i]) / 1e9
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("from %g to %g: %v, want %v", c.lo, c.hi, got, c.want)
		}
	}
	if number(6000) != "6k" || number(-0.25) != "-0.25" || number(1e-17) != "0" {
		t.Errorf("labels %s %s %s", number(6000), number(-0.25), number(1e-17))
	}
}
