package export

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/labels"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

// mustRead reads a table back without options but that of the dip.
func mustRead(t *testing.T, in io.Reader, opt labels.Options) *picks.Table {
	t.Helper()
	table, warnings, err := labels.Read(in, "test", opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) > 0 {
		t.Errorf("warnings %v", warnings)
	}
	return table
}

func samePicks(t *testing.T, what string, got, want []picks.Pick, value func(p *picks.Pick) []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d picks, want %d", what, len(got), len(want))
	}
	for i := range want {
		if got[i].Class != want[i].Class {
			t.Errorf("%s: pick %d is a %v, want a %v", what, i, got[i].Class, want[i].Class)
		}
		g, w := value(&got[i]), value(&want[i])
		for k := range w {
			if !closeTo(g[k], w[k], tolerance) {
				t.Errorf("%s: pick %d: value %d is %v, want %v", what, i, k, g[k], w[k])
			}
		}
	}
}

// What is written is read back to the precision of the format, and no table of ours needs an option to be understood, but for the
// one dip of WellCAD.
func TestRoundTrip(t *testing.T) {
	want := example().Picks
	picks.Sort(want)
	full := example()
	full.Picks = want[1:] // the one with a true dip
	apparent := func(p *picks.Pick) []float64 { return []float64{p.DepthM, p.DipDeg, p.AzimuthDeg} }
	trueOnes := func(p *picks.Pick) []float64 { return []float64{p.DepthM, p.TrueDipDeg, p.TrueAzimuthDeg} }
	all := func(p *picks.Pick) []float64 {
		return []float64{p.DepthM, p.DipDeg, p.AzimuthDeg, p.TrueDipDeg, p.TrueAzimuthDeg, p.HoleDiameterM, p.AmplitudeM}
	}
	const tolerance = 0.0051 // azimuths carry two decimals
	for unit := range metresPer {
		for format, values := range map[string]func(p *picks.Pick) []float64{
			"csv": all, "las": all, "geolog": all, "techlog": all, "wellcad": apparent, "petrel": apparent,
		} {
			var opt labels.Options
			if format == "wellcad" {
				opt.Dip = labels.Apparent
			}
			text := export(t, format, example(), Options{DepthUnit: unit})
			table := mustRead(t, strings.NewReader(text), opt)
			samePicks(t, format, table.Picks, want, values, tolerance)
			if named := format != "wellcad" && format != "geolog" && format != "techlog"; named && table.Well != example().Well {
				t.Errorf("%s: well %q", format, table.Well)
			}
		}
		for _, format := range []string{"wellcad", "petrel"} {
			var opt labels.Options
			if format == "wellcad" {
				opt.Dip = labels.True
			}
			text := export(t, format, full, Options{DepthUnit: unit, Dip: True})
			got := mustRead(t, strings.NewReader(text), opt).Picks
			samePicks(t, format, got, want[1:], trueOnes, tolerance)
			if !math.IsNaN(got[0].DipDeg) {
				t.Errorf("%s: a true dip was read as an apparent one", format)
			}
		}
	}
}

// The same three sinusoids as Geolog exported them and as WellCAD imports them: what we make of the one is the other.
func TestRealPair(t *testing.T) {
	geologTable := mustRead(t, bytes.NewReader(shareddata.Bytes(t, "dips/test_sinusoids.csv")), labels.Options{})
	imported := mustRead(t, bytes.NewReader(shareddata.Bytes(t, "dips/GLOG_to_WCL__sinusoids_result.csv")), labels.Options{Dip: labels.True})
	values := func(p *picks.Pick) []float64 { return []float64{p.DepthM, p.TrueDipDeg, p.TrueAzimuthDeg} }

	written := export(t, "wellcad", geologTable, Options{Dip: True})
	samePicks(t, "to WellCAD", mustRead(t, strings.NewReader(written), labels.Options{Dip: labels.True}).Picks, imported.Picks, values, 0.0051)
	real := shareddata.Bytes(t, "dips/GLOG_to_WCL__sinusoids_result.csv")
	for i, line := range strings.SplitN(string(real), "\r\n", 3)[:2] { // names and units
		if got := strings.SplitN(written, "\r\n", 3)[i]; got != line {
			t.Errorf("line %d is %q, want %q", i+1, got, line)
		}
	}

	// And back: WellCAD's own export, which has true dips only and rounds to 1 mm and 0.01 degrees, as a Geolog table.
	exported := mustRead(t, bytes.NewReader(shareddata.Bytes(t, "dips/WCL_export.csv")), labels.Options{Dip: labels.True})
	back := mustRead(t, strings.NewReader(export(t, "geolog", exported, Options{})), labels.Options{})
	samePicks(t, "to Geolog", back.Picks, geologTable.Picks, values, 0.0051)
}

func TestRealGeologHeader(t *testing.T) {
	real := shareddata.Bytes(t, "dips/test_sinusoids.csv")
	want := strings.SplitN(strings.TrimPrefix(string(real), "\ufeff"), "\r\n", 3)
	got := strings.SplitN(export(t, "geolog", example(), Options{}), "\r\n", 3)
	if got[0] != want[0] || got[1] != want[1] {
		t.Errorf("header\n%s\n%s\nwant\n%s\n%s", got[0], got[1], want[0], want[1])
	}
}
