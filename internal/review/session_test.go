package review

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

func TestReviewedTable(t *testing.T) {
	s, _ := openSession(t, t.TempDir())
	work(t, s)
	if _, err := s.Move(0, dip.NewCurve(1001.02, 0.12, 80)); err != nil {
		t.Fatal(err)
	}
	if got, want := s.Counts(), (Counts{Open: 1, Accepted: 3, Rejected: 1, Added: 1}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	var text bytes.Buffer
	if err := picks.WriteCSV(&text, s.Table(true), picks.Metres); err != nil {
		t.Fatal(err)
	}
	table, err := picks.ReadCSV(&text, "reviewed.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		depthM, confidence float64
		class              dip.Class
		flags              []string
	}{
		{1001.02, 1, dip.Bedding, []string{FlagHuman, FlagMoved}},
		{1002, 1, dip.Bedding, []string{picks.FlagMerged, FlagHuman, FlagReclassed}},
		{1003.2, 0.52, dip.Bedding, []string{picks.FlagMerged, FlagModel}},
		{1004, 1, dip.Fracture, []string{FlagHuman, FlagAdded}}, // besides what the image shows
	}
	if len(table.Picks) != len(want) {
		t.Fatalf("%d picks, want %d", len(table.Picks), len(want))
	}
	for i, w := range want {
		p := table.Picks[i]
		missing := slices.ContainsFunc(w.flags, func(f string) bool { return !p.HasFlag(f) })
		if !near(p.DepthM, w.depthM, 1e-4) || p.Confidence != w.confidence || p.Class != w.class || missing || p.HasFlag(FlagHuman) == p.HasFlag(FlagModel) {
			t.Errorf("pick %d: %+v, want %+v", i, p, w)
		}
	}
	if line := "review: 3 accepted, 1 of them drawn by a person; 1 rejected and left out; 1 not looked at"; !slices.Equal(table.QC, []string{"info: wall seen: 92 %", line}) {
		t.Errorf("qc lines %q", table.QC)
	}
	if decided := s.Table(false).Picks; len(decided) != 3 || slices.ContainsFunc(decided, func(p picks.Pick) bool { return p.HasFlag(FlagModel) }) {
		t.Errorf("without open ones: %+v", decided)
	}
}

// A reviewed table can be reviewed again: what was decided stays so, and says so once.
func TestReviewOfAReview(t *testing.T) {
	s, _ := openSession(t, t.TempDir())
	work(t, s)
	first := s.Table(true)
	again, err := NewSession(first, s.wall, nil, nil, Doubt(threshold))
	if err != nil {
		t.Fatal(err)
	}
	second := again.Table(true)
	for i := range first.Picks {
		if a, b := first.Picks[i].Flags, second.Picks[i].Flags; !slices.Equal(a, b) {
			t.Errorf("flags %v became %v", a, b)
		}
	}
	if n := len(second.QC); n != 2 || !strings.HasPrefix(second.QC[n-1], reviewPrefix) {
		t.Errorf("qc lines %q", second.QC)
	}
	if _, err := again.Decide(0, Accepted); err == nil {
		t.Error("a session without a journal took a change")
	}
}

func TestUndoAndRedo(t *testing.T) {
	s, _ := openSession(t, t.TempDir())
	decision := func() (out []Decision) {
		items, _, _ := s.Items()
		for _, it := range items {
			out = append(out, it.Decision)
		}
		return out
	}
	if _, err := s.Undo(); !errors.Is(err, ErrNothing) {
		t.Errorf("nothing to undo: %v", err)
	}
	states := [][]Decision{decision()}
	for _, change := range []func() (Step, error){
		func() (Step, error) { return s.Decide(0, Accepted) },
		func() (Step, error) { return s.Decide(0, Rejected) },
		func() (Step, error) { return s.Add(0, []Point{{1004.1, 90}, {1003.9, 270}, {1004, 0}}) },
		func() (Step, error) { return s.Decide(4, Rejected) },
	} {
		if _, err := change(); err != nil {
			t.Fatal(err)
		}
		states = append(states, decision())
	}
	for k := len(states) - 2; k >= 0; k-- {
		step, err := s.Undo()
		// An adding that is undone leaves its place.
		if got := decision()[:len(states[k])]; err != nil || !slices.Equal(got, states[k]) || step.Undo != (k > 0) || !step.Redo {
			t.Errorf("undone to %v (%+v, %v), want %v", got, step, err, states[k])
		}
	}
	if _, err := s.Decide(4, Accepted); err == nil {
		t.Error("accepted a pick that does not exist any more")
	}
	for _, want := range states[1:] {
		if _, err := s.Redo(); err != nil || !slices.Equal(decision()[:len(want)], want) {
			t.Errorf("redone to %v (%v), want %v", decision(), err, want)
		}
	}
	if _, err := s.Redo(); !errors.Is(err, ErrNothing) {
		t.Errorf("nothing to redo: %v", err)
	}
	// A new change forgets what was undone.
	if _, err := s.Undo(); err != nil {
		t.Fatal(err)
	}
	if step, err := s.Decide(1, Accepted); err != nil || step.Redo {
		t.Errorf("%+v, %v", step, err)
	}
}

// A class that is given and taken back leaves no trace but the acceptance.
func TestReclassBack(t *testing.T) {
	s, _ := openSession(t, t.TempDir())
	if step, err := s.Reclass(2, dip.Bedding); err != nil || !step.Item.Reclassed || step.Item.Pick.Confidence != 1 {
		t.Errorf("%+v, %v", step.Item, err)
	}
	step, err := s.Reclass(2, dip.Fracture)
	if err != nil || step.Item.Reclassed || step.Item.Pick.Confidence != 0.7 || step.Item.Decision != Accepted {
		t.Errorf("%+v, %v", step.Item, err)
	}
}

// Snapping moves what lies beside a trace, and leaves what lies on it.
func TestSnapOnce(t *testing.T) {
	s, _ := openSession(t, t.TempDir())
	moved, err := s.Move(0, dip.NewCurve(1001.015, 0.1, 90))
	if err != nil || !moved.Item.Moved {
		t.Fatalf("%+v, %v", moved.Item, err)
	}
	on, err := s.Snap(0)
	if err != nil || dip.CurveDistanceM(on.Item.Pick.Trace(), dip.NewCurve(1001, 0.1, 90)) > 0.002 {
		t.Errorf("%+v, %v", on.Item, err)
	}
	again, err := s.Snap(0)
	if err != nil || again.Item.Pick.DepthM != on.Item.Pick.DepthM || again.Item.Decision != Accepted {
		t.Errorf("snapped twice: %+v, then %+v, %v", on.Item, again.Item, err)
	}
}

func TestDoubtOrders(t *testing.T) {
	s, _ := openSession(t, t.TempDir())
	_, doubt, _ := s.Items()
	for i, want := range []float64{0.4, 0.05, 0.2, 0.02} {
		if !near(doubt[i], want, 1e-9) {
			t.Errorf("doubt of pick %d is %g, want %g", i, doubt[i], want)
		}
	}
}
