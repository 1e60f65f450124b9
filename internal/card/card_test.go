package card

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/train"
)

// small is a network of little weight. Rows of 3 mm, 64 of them, in a hole of radius 0.108 m: the steepest sinusoid that a tile holds has
// a dip of atan(0.192 / 0.216) = 41.6 degrees.
func small(t *testing.T) *model.Bundle {
	t.Helper()
	o := model.Options{Backbone: "resnet10", Widths: []int{32, 32, 32, 32}, Strides: [][]int{{1, 1}, {2, 2}, {1, 2}, {1, 1}}, WrapAzimuth: true,
		Dim: 32, Heads: 4, FeedForward: 32, Encoders: 1, Decoders: 1, Queries: 8, Decoder: "refine", OffsetDim: 32}
	opt := tile.Options{Rows: 64, Columns: 48, RowM: 0.003, Image: tile.ImageTile, MaskChannel: true, Split: tile.SplitWell, TestFraction: 0.2}
	n, err := model.New(o, train.Geometry(opt), 1)
	if err != nil {
		t.Fatal(err)
	}
	return &model.Bundle{Net: n, Tile: opt, Hash: "abc", Record: model.Record{Config: "tile:\n  rows: 64\n", ConfigHash: "c0ffee",
		Version: "v1", Data: "12 tiles of 3 wells", DataHash: "d1", Seed: 7, Threads: 2, ISA: "avx2"},
		Scores: json.RawMessage(`{"loss":1.5,"bedding":{"precision":0.5,"recall":0.25,"f1":0.3333,"hits":1,"picks":2,"truths":4},"fracture":{"precision":0,"recall":0,"f1":0,"hits":0,"picks":0,"truths":1},"class_error":0.125,"tiles":6}`)}
}

// render is the card as text and as Markdown.
func render(t *testing.T, c *Card) (text, markdown string) {
	t.Helper()
	var a, b bytes.Buffer
	if err := c.WriteText(&a); err != nil {
		t.Fatal(err)
	}
	if err := c.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	return a.String(), b.String()
}

func mustContain(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%s lacks %q:\n%s", what, p, text)
		}
	}
}

func TestCard(t *testing.T) {
	b := small(t)
	c, err := New(b, "mine", 1234)
	if err != nil {
		t.Fatal(err)
	}
	text, markdown := render(t, c)
	for what, s := range map[string]string{"text": text, "markdown": markdown} {
		mustContain(t, what, s, "mine", "1234 bytes, SHA-256 abc", "resnet10 of widths 32/32/32/32", fmt.Sprint(b.Net.Params.Count()),
			"64 rows of 3 mm (0.19 m) x 48 columns of 7.5 degrees", "12 tiles of 3 wells", "c0ffee", "F1 0.333, precision 0.500, recall 0.250 (1 of 2 picks right, 4 sinusoids)",
			"12.50 %", "no probability", "dip above 42 degrees in a hole of 216 mm", "held-out wells of one store", "second look")
	}
	mustContain(t, "markdown", markdown, "# Model card: mine\n", "| seed | 7 |\n", "\n    tile:\n      rows: 64\n")
	if strings.Contains(text, "started from") || strings.Contains(markdown, "## The run") {
		t.Error("the card tells of what was not")
	}
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		SHA256   string
		Network  struct{ Parameters int }
		Training struct {
			Seed       int64
			ConfigHash string `json:"config_hash"`
		}
		Calibration *Calibration
	}
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if back.SHA256 != "abc" || back.Network.Parameters != b.Net.Params.Count() || back.Training.Seed != 7 || back.Training.ConfigHash != "c0ffee" || back.Calibration != nil {
		t.Errorf("JSON: %s", raw)
	}
}

// TestLimits: what must not be believed of a model depends on how it came about.
func TestLimits(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*model.Bundle)
		want   string
	}{
		{"synthetic", func(b *model.Bundle) { b.Record.DataHash = "" }, "no real log and no real pick took part"},
		{"synthetic scores", func(b *model.Bundle) { b.Record.DataHash = "" }, "synthetic wells of the kind"},
		{"patch split", func(b *model.Bundle) { b.Tile.Split = tile.SplitPatch }, "Scores flatter"},
		{"from a model", func(b *model.Bundle) { b.Record.Init = "f00" }, "began as another model (SHA-256 f00)"},
		{"no scores", func(b *model.Bundle) { b.Scores = nil }, "No score is known"},
		{"no held-out tiles", func(b *model.Bundle) { b.Scores = json.RawMessage(`{"tiles":0}`) }, "No score is known"},
		{"calibrated", func(b *model.Bundle) { b.Calibration = &model.Calibration{Wells: "six wells"} }, "fitted on six wells"},
	} {
		b := small(t)
		tc.change(b)
		c, err := New(b, "x", 1)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(c.Limits, func(l string) bool { return strings.Contains(l, tc.want) }) {
			t.Errorf("%s: limits lack %q: %q", tc.name, tc.want, c.Limits)
		}
	}
}

func TestVerifierIsTold(t *testing.T) {
	b := small(t)
	var err error
	if b.Verifier, err = model.NewVerifier(48, 1); err != nil {
		t.Fatal(err)
	}
	c, err := New(b, "x", 1)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := render(t, c)
	mustContain(t, "text", text, "strips of 2 x 32 rows x 48 columns, coarse rows x 4", fmt.Sprint(b.Verifier.Params.Count()))
}

// A name or record from anybody's file must not become markup.
func TestMarkdownIsEscaped(t *testing.T) {
	b := small(t)
	b.Record.Data = "a|b\n# not a title <script>`"
	b.Record.Config = "x: 1\n```\n# not a title"
	c, err := New(b, "x\n# y", 1)
	if err != nil {
		t.Fatal(err)
	}
	_, markdown := render(t, c)
	mustContain(t, "markdown", markdown, `| data | a\|b # not a title &lt;script>' |`, "    ```\n    # not a title\n", "# Model card: x # y\n")
}

func TestScoresThatAreNone(t *testing.T) {
	b := small(t)
	b.Scores = json.RawMessage(`[1]`)
	if _, err := New(b, "x", 1); err == nil || !strings.Contains(err.Error(), "scores") {
		t.Errorf("%v", err)
	}
}

// lines of metrics.jsonl as geobfdt train writes them.
const lines = `{"samples":16,"seconds":2.5,"loss":3.5,"class":0.5,"param":1,"lr":0.0004,"grad_norm":2,"samples_per_second":8}
{"samples":16,"seconds":3,"eval":{"loss":3,"bedding":{"precision":0.5,"recall":0.5,"f1":0.5,"hits":1,"picks":2,"truths":2},"fracture":{"precision":0,"recall":0,"f1":0,"hits":0,"picks":0,"truths":1},"class_error":0.25,"tiles":4},"score":0.25}
{"samples":32,"seconds":120,"loss":2.25,"class":0.5,"param":1,"lr":0.0001,"grad_norm":2,"samples_per_second":8}
{"samples":32,"seconds":121,"eval":{"loss":2,"bedding":{"precision":0.5,"recall":0.5,"f1":0.25,"hits":1,"picks":2,"truths":2},"fracture":{"precision":0,"recall":0,"f1":0,"hits":0,"picks":0,"truths":1},"class_error":0.5,"tiles":4},"score":0.125}
`

func TestRun(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadRun(dir); !errors.Is(err, ErrNoRun) {
		t.Errorf("an empty folder: %v", err)
	}
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, train.MetricsName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("")
	if _, err := ReadRun(dir); !errors.Is(err, ErrNoRun) {
		t.Errorf("an empty file: %v", err)
	}
	write(lines + "no JSON\n")
	if _, err := ReadRun(dir); err == nil || !strings.Contains(err.Error(), "line 5") {
		t.Errorf("a damaged line: %v", err)
	}
	write(lines)
	r, err := ReadRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.Samples != 32 || r.Seconds != 121 || r.Loss != 2.25 || len(r.Evaluations) != 2 || r.best() != 0 {
		t.Errorf("%+v, best %d", r, r.best())
	}
	c, err := New(small(t), "mine", 1)
	if err != nil {
		t.Fatal(err)
	}
	c.Run = r
	text, markdown := render(t, c)
	mustContain(t, "text", text, "after 16 samples, score 0.250", "2.0 min")
	mustContain(t, "markdown", markdown, "| 16 | 3.000 | 0.500 | 0.000 | 25.00 % | **0.250** |\n| 32 | 2.000 | 0.250 | 0.000 | 50.00 % | 0.125 |\n")
}

// A long run is thinned out, but its best and its last look stay.
func TestLongRun(t *testing.T) {
	r := &Run{}
	for i := range 1001 {
		r.Evaluations = append(r.Evaluations, Evaluation{Samples: int64(i), Score: 0.1})
	}
	r.Evaluations[777].Score = 0.9
	shown := r.shown()
	if len(shown) > maxShown+2 || !slices.Contains(shown, 777) || shown[len(shown)-1] != 1000 || shown[0] != 0 {
		t.Errorf("%v", shown)
	}
	if got := (&Run{}).shown(); len(got) != 0 {
		t.Errorf("of none: %v", got)
	}
}
