package ablate

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/picks"
)

// maskFile is an ablation of segmentation that runs in a second.
const maskFile = `
task: segmentation
set:
  tile.rows: 64
  tile.columns: 32
  tile.row_m: 0.01
  segment.widths: [32, 32]
  train.samples: 32
  train.batch: 4
  train.log_every: 8
  train.eval_every: 16
wells: {preset: vertical, train: 1, valid: 1, test: 2, seed: 7, length_m: 2}
factors:
  - {name: loss, key: segment.loss, values: [ce, lovasz]}
  - {name: pixels, key: segment.threshold, values: [0.05, 0.2]}
seeds: [3]
`

// A Segmentation goes the same way as a detection: cells, events, what is done stays done, one report. A threshold of pixels needs no
// training of its own.
func TestSegmentation(t *testing.T) {
	dir := t.TempDir()
	e := plan(t, maskFile, dir)
	if got := strings.Join(names(e), "; "); got != "baseline-s3: baseline pixels-0.2; loss-lovasz-s3: loss-lovasz" {
		t.Fatalf("cells %s", got)
	}
	costs, _, err := e.Costs(1)
	if err != nil || !(costs[0].GFLOP > 0.05 && costs[0].GFLOP < 1) {
		t.Errorf("costs %+v (%v)", costs, err)
	}
	s := run(t, e, nil)
	if s[steps] != 2*8 || s[StagePick] != 2*(2+1) || s[StageScore] != 3 || s[StageMatch] != 0 || s[StageDone] != 2 {
		t.Errorf("stages %v: want 8 steps for each of two cells, two wells picked in three ways", s)
	}
	if s := run(t, plan(t, maskFile, dir), nil); len(s) > 0 {
		t.Errorf("what was done is done again: %v", s)
	}
	again := plan(t, strings.Replace(maskFile, "[0.05, 0.2]", "[0.05, 0.3]", 1), dir)
	wantStates(t, again, StateStarted, StateDone)
	wantStates(t, plan(t, strings.Replace(maskFile, "set:", "set:\n  segment.line_m: 0.04", 1), dir), StateNew, StateNew)

	r, err := e.Result(e.Cells[0])
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Loss) != 4 || len(r.HeldMasks) != 2 || r.EpochSamples < 1 || r.ModelHash == "" || !strings.Contains(r.Data, "tiles of 1 wells") {
		t.Errorf("result %+v", r)
	}
	truth, err := picks.ReadFile(filepath.Join(dir, "truth", e.TestWells()[0]+".csv"))
	if err != nil || len(truth.Picks) == 0 {
		t.Errorf("truth %v (%v)", truth, err)
	}

	report, err := e.Report()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Write(report); err != nil {
		t.Fatal(err)
	}
	// The pixels of the report are those that the cell counted, wells pooled.
	var hits, all int
	for _, m := range r.Variants[0].Masks {
		hits, all = hits+m.Any.Hits, all+m.Any.Hits+m.Any.False+m.Any.Missed
	}
	seen := 0
	for _, row := range report.Rows {
		if !math.IsNaN(float64(row.ClassError)) {
			t.Errorf("row %+v has a class error", row)
		}
		if row.Class == "any" && row.Variant == Baseline {
			seen++
			if want := float64(hits) / float64(all); math.Abs(float64(row.MaskIoU)-want) > 1e-12 || !(row.MaskF1 > row.MaskIoU) {
				t.Errorf("mask IoU %v and F1 %v, want %g and more", row.MaskIoU, row.MaskF1, want)
			}
		}
	}
	if seen != 1 {
		t.Errorf("%d rows of the baseline, class any", seen)
	}
	f := &report.Factors[0]
	if e := f.effect("lovasz", "bedding", "mask_iou"); e == nil || e.Pairs != 1 || e.Wells != 2 {
		t.Errorf("effect on masks %+v", e)
	}
	if f.effect("lovasz", "any", "class_error") != nil {
		t.Error("an effect on class error")
	}
	page, err := os.ReadFile(filepath.Join(dir, ReportHTML))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<th>mask IoU</th><th>mask F1</th>", "training loss over its first value", "masks of held-out tiles", "epochs", "segment.threshold"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("no %q in the page", want)
		}
	}
	if bytes.Contains(page, []byte("NaN")) || bytes.Contains(page, []byte("<th>class error</th>")) {
		t.Error("the page has NaN or a class error")
	}
	md, err := os.ReadFile(filepath.Join(dir, ReportMarkdown))
	if err != nil {
		t.Fatal(err)
	}
	wantColumns(t, string(md))
}

// wantColumns checks that every row of a Markdown table has as many cells as its head.
func wantColumns(t *testing.T, md string) {
	t.Helper()
	head := 0
	for line := range strings.Lines(md) {
		switch n := strings.Count(line, "|"); {
		case n == 0:
			head = 0
		case head == 0:
			head = n
		case n != head:
			t.Errorf("%d cells under a head of %d: %s", n-1, head-1, line)
		}
	}
}

// Before anything is done, and of a detection: the tables have as many cells as heads.
func TestMarkdownOfMissingCells(t *testing.T) {
	for _, text := range []string{maskFile, tinyFile} {
		report, err := plan(t, text, t.TempDir()).Report()
		if err != nil {
			t.Fatal(err)
		}
		var b, page bytes.Buffer
		if err := report.WriteMarkdown(&b); err != nil {
			t.Fatal(err)
		}
		wantColumns(t, b.String())
		if err := report.WriteHTML(&page); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "no cell is done") {
			t.Errorf("table %s", b.String())
		}
	}
}

func TestSegmentationRefuses(t *testing.T) {
	for want, change := range map[string][2]string{
		"task is":                       {"task: segmentation", "task: regression"},
		"give wells.train":              {"preset: vertical, train: 1, valid: 1, ", ""},
		"tile.split patch":              {"set:", "set:\n  tile.split: patch"},
		"train.synth_share 0.5":         {"set:", "set:\n  train.synth_share: 0.5"},
		"tile.columns 33":               {"tile.columns: 32", "tile.columns: 33\n  model.wrap_azimuth: false"},
		"must be dice | tversky | lova": {"[ce, lovasz]", "[ce, hinge]"},
	} {
		f, err := parse([]byte(strings.Replace(maskFile, change[0], change[1], 1)))
		if err == nil {
			_, err = New(f, "", resolve)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one about %q", err, want)
		}
	}
	// What the detector alone reads does not change, whatever the section segment says.
	a := plan(t, tinyFile, "")
	b := plan(t, strings.Replace(tinyFile, "set:", "set:\n  segment.loss: dice", 1), "")
	if a.Cells[0].Hash != b.Cells[0].Hash {
		t.Error("segment.loss makes another detection of it")
	}
}
