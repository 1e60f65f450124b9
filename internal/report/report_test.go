package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/plot"
)

// noisyLog is an image of noise over beds half a metre thick, with a gap in azimuth from 90 to 135 degrees.
func noisyLog(t *testing.T, lengthM, stepM float64) *imagelog.Log {
	t.Helper()
	const columns = 96
	rows := int(lengthM / stepM)
	depthM, pixels := make([]float64, rows), make([]float32, rows*columns)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range rows {
		depthM[i] = 1000 + (float64(i)+0.5)*stepM
		bed := 10.0
		if int(depthM[i]*2)%2 == 1 {
			bed = 20
		}
		for j := range columns {
			pixels[i*columns+j] = float32(bed + random.NormFloat64())
			if j >= 24 && j < 36 {
				pixels[i*columns+j] = float32(math.NaN())
			}
		}
	}
	log, err := imagelog.New(depthM, pixels, columns)
	if err != nil {
		t.Fatal(err)
	}
	log.Well, log.Reference = "A & B </script><b>", imagelog.RefNorth
	log.DeviDeg, log.HaziDeg = make([]float64, rows), make([]float64, rows)
	for i := range rows {
		log.DeviDeg[i] = 30
	}
	return log
}

func input(t *testing.T) Input {
	t.Helper()
	bed := picks.New(dip.Bedding, dip.Sinusoid{DepthM: 1001.25, DipDeg: 30, AzimuthDeg: 90})
	bed.TrueDipDeg, bed.TrueAzimuthDeg, bed.Quality, bed.Confidence = 12, 350, "A", 0.9
	fracture := picks.New(dip.Fracture, dip.Sinusoid{DepthM: 1002.5, DipDeg: 70, AzimuthDeg: 180})
	fracture.AmplitudeM, fracture.Flags, fracture.Quality = 0.3, []string{picks.FlagConductive, picks.FlagEdge}, "C"
	return Input{
		Log: noisyLog(t, 6, 0.005),
		Table: &picks.Table{Header: picks.Header{Well: "A", Command: "geobfdt pick 'a&b'", Datum: "KB"},
			Picks: []picks.Pick{bed, fracture, picks.New(dip.Bedding, dip.Sinusoid{DepthM: math.NaN()})}},
		QC:    []QCLine{{LevelInfo, "wall seen: 88 %"}, {LevelWarn, "the tool turns <fast>"}},
		Model: []plot.Field{{Name: "name", Value: "default"}}, ModelNotes: "# Card", Config: "pick:\n  threshold: 0.5\n",
		Run: []plot.Field{{Name: "program", Value: "geobfdt test"}},
	}
}

func page(t *testing.T, in Input, opt Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, in, opt); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var (
	scriptBody = regexp.MustCompile(`(?s)(<(script|style)[^>]*>).*?(</(?:script|style)>)`)
	tileBody   = regexp.MustCompile(`(?s)<script type="text/plain"[^>]*>[^<]*</script>`)
	dataBody   = regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`)
)

// elements parses the page as far as a strict reader of HTML would: every element closed in order, every attribute quoted.
func elements(t *testing.T, text string) []xml.StartElement {
	t.Helper()
	body := strings.TrimPrefix(scriptBody.ReplaceAllString(text, "$1$3"), "<!DOCTYPE html>")
	// A boolean attribute has no value, which XML does not know.
	body = regexp.MustCompile(`\s(checked|selected)(\s|>)`).ReplaceAllString(body, ` $1="$1"$2`)
	d := xml.NewDecoder(strings.NewReader(body))
	d.AutoClose, d.Entity = xml.HTMLAutoClose, xml.HTMLEntity
	d.Strict = false
	var out []xml.StartElement
	open := []string{}
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("after %v: %v", open, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			out = append(out, e.Copy())
			switch e.Name.Local {
			case "meta", "input", "br", "link", "img": // void
			default:
				open = append(open, e.Name.Local)
			}
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != e.Name.Local {
				t.Fatalf("</%s> closes %v", e.Name.Local, open)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Fatalf("not closed: %v", open)
	}
	return out
}

func attribute(e xml.StartElement, name string) (string, bool) {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value, true
		}
	}
	return "", false
}

func TestPageIsWellFormed(t *testing.T) {
	text := page(t, input(t), Options{})
	ids := map[string]bool{}
	var links []string
	for _, e := range elements(t, text) {
		if id, ok := attribute(e, "id"); ok {
			if ids[id] {
				t.Errorf("two elements have the id %s", id)
			}
			ids[id] = true
		}
		if target, ok := attribute(e, "href"); ok {
			links = append(links, target)
		}
		if e.Name.Local == "input" || e.Name.Local == "select" || e.Name.Local == "button" {
			// What has no label around it must carry a name itself.
			if id, ok := attribute(e, "id"); ok && e.Name.Local == "input" {
				if _, named := attribute(e, "aria-label"); !named && id != "curves-on" {
					t.Errorf("input %s has no name for who cannot see it", id)
				}
			}
		}
	}
	for _, link := range links {
		if id, ok := strings.CutPrefix(link, "#"); !ok || !ids[id] {
			t.Errorf("link to %q, which is not on the page", link)
		}
	}
	// What the scripts ask for by id must exist.
	for _, m := range regexp.MustCompile(`\$\("([a-z-]+)"\)`).FindAllStringSubmatch(text, -1) {
		if !ids[m[1]] {
			t.Errorf("the scripts look for %s, which is not on the page", m[1])
		}
	}
}

func TestPageLoadsNothing(t *testing.T) {
	text := tileBody.ReplaceAllString(page(t, input(t), Options{}), "")
	for _, pattern := range []string{`(?i)(https?|wss?|ftp|file):`, `(?i)\ssrc\s*=\s*["']`, `(?i)<link\b`, `(?i)@import`, `(?i)url\(`,
		`\bfetch\(`, `XMLHttpRequest`, `WebSocket`, `\bimport\(`, `sendBeacon`, `localStorage`} {
		if found := regexp.MustCompile(pattern).FindString(text); found != "" {
			t.Errorf("the page holds %q", found)
		}
	}
	if !strings.Contains(text, `content="default-src 'none'; img-src data:;`) {
		t.Error("the page has no content security policy")
	}
}

func TestDataOfThePage(t *testing.T) {
	text := page(t, input(t), Options{})
	found := dataBody.FindStringSubmatch(text)
	if found == nil {
		t.Fatal("no data")
	}
	var d struct {
		Well        string
		TopM, BaseM float64
		Levels      []struct{ PxPerM float64 }
		Picks       map[string][]any
		Curves      struct{ Deviation []*float64 }
		Colours     struct{ Class []string }
	}
	if err := json.Unmarshal([]byte(found[1]), &d); err != nil {
		t.Fatal(err)
	}
	if d.Well != "A & B </script><b>" || math.Abs(d.TopM-1000) > 1e-9 || math.Abs(d.BaseM-1006) > 1e-6 {
		t.Errorf("well %q from %g to %g m", d.Well, d.TopM, d.BaseM)
	}
	for name, want := range map[string][]any{
		"depthM": {1001.25, 1002.5}, "class": {0.0, 1.0}, "trueDip": {12.0, nil}, "dip": {30.0, 70.0}, "azimuth": {90.0, 180.0},
		"quality": {"A", "C"}, "flags": {"", "conductive edge"}, "confidence": {0.9, 1.0}, "coverage": {nil, nil},
		// (0.2159/2) tan 30 where the amplitude is not known: the hole is taken to be 8.5 in wide.
		"amplitudeM": {math.Round(0.2159/2*math.Tan(math.Pi/6)*1e4) / 1e4, 0.3},
	} {
		got := d.Picks[name]
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", name, got, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
	}
	if len(d.Curves.Deviation) != curveRows+1 || *d.Curves.Deviation[700] != 30 {
		t.Error("deviation is not 30 degrees all the way")
	}
	if d.Colours.Class[1] != "#0072b2" {
		t.Errorf("class colours %v", d.Colours.Class)
	}
}

func TestWordsOfThePage(t *testing.T) {
	text := page(t, input(t), Options{})
	for _, want := range []string{
		"A &amp; B &lt;/script&gt;&lt;b&gt;", "the tool turns &lt;fast&gt;", "geobfdt pick &#39;a&amp;b&#39;", "1000.00 to 1006.00 m measured depth",
		"azimuth from true north", "mean plane 12° to 350°", "depth from KB", "threshold: 0.5", "# Card", "geobfdt test",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(text, "<b>\n") || strings.Contains(text, "turns <fast>") {
		t.Error("text of the well became markup")
	}
}

func TestPageIsReproducible(t *testing.T) {
	first, second := page(t, input(t), Options{}), page(t, input(t), Options{})
	if first != second {
		t.Error("the same well gave two pages")
	}
}

func TestPageOfLittle(t *testing.T) {
	in := Input{Log: noisyLog(t, 0.005, 0.005), Table: &picks.Table{}}
	in.Log.DeviDeg, in.Log.HaziDeg, in.Log.Well = nil, nil, ""
	text := page(t, in, Options{})
	elements(t, text)
	for _, want := range []string{"Picked well", "No quality control was run."} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if Write(io.Discard, Input{}, Options{}) == nil {
		t.Error("a page of nothing was written")
	}
	if err := Write(io.Discard, Input{Log: &imagelog.Log{}, Table: &picks.Table{}}, Options{}); !errors.Is(err, imagelog.ErrNoData) {
		t.Errorf("empty log: error %v, want ErrNoData", err)
	}
}
