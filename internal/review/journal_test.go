package review

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// work makes six changes to the test well and returns the items after them.
func work(t *testing.T, s *Session) []Item {
	t.Helper()
	must := func(_ Step, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Decide(0, Accepted))
	must(s.Decide(1, Rejected))
	must(s.Reclass(2, 0))
	must(s.Add(1, []Point{{1004.1, 90}, {1003.9, 270}, {1004, 0}}))
	must(s.Undo())
	must(s.Redo())
	items, _, _ := s.Items()
	return items
}

func sameItems(a, b []Item) bool {
	return slices.EqualFunc(a, b, func(p, q Item) bool {
		x, err1 := p.MarshalJSON()
		y, err2 := q.MarshalJSON()
		return err1 == nil && err2 == nil && bytes.Equal(x, y)
	})
}

func TestJournalBringsEverythingBack(t *testing.T) {
	folder := t.TempDir()
	s, journal := openSession(t, folder)
	want := work(t, s)
	// A program that is killed closes nothing.
	again, _ := openSession(t, folder)
	if got, _, last := again.Items(); !sameItems(got, want) || last.Seq != 6 || !last.Undo || last.Redo {
		t.Errorf("after replay %+v (%+v), want %+v", got, last, want)
	}
	if _, err := again.Undo(); err != nil {
		t.Fatal(err)
	}
	third, _ := openSession(t, folder)
	if got, _, last := third.Items(); got[4].Decision != Absent || !last.Redo {
		t.Errorf("undone adding: %+v, %+v", got[4], last)
	}
	// The first session does not know what the second has written.
	if _, err := s.Decide(0, Open); !errors.Is(err, ErrTaken) {
		t.Errorf("two writers: error %v", err)
	}
	if err := os.Remove(journal.path); err != nil {
		t.Fatal(err)
	}
	if _, err := third.Decide(0, Open); !errors.Is(err, ErrTaken) {
		t.Errorf("journal removed: error %v", err)
	}
}

// Killed at whatever byte, a review comes back with all whole lines and goes on.
func TestJournalCutAnywhere(t *testing.T) {
	folder := t.TempDir()
	s, journal := openSession(t, folder)
	work(t, s)
	text, err := os.ReadFile(journal.path)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(folder, "cut.jsonl")
	h := headerOf(t, text)
	for n := 0; n <= len(text); n += 31 {
		if err := os.WriteFile(cut, text[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		j, entries, err := OpenJournal(cut, h)
		if err != nil {
			t.Fatalf("cut at %d of %d: %v", n, len(text), err)
		}
		if want := max(bytes.Count(text[:n], []byte("\n"))-1, 0); len(entries) != want {
			t.Errorf("cut at %d: %d changes, want %d", n, len(entries), want)
		}
		if err := j.Append(Entry{Seq: len(entries) + 1, Op: OpUndo}); err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		after, err := ReadJournal(cut, h)
		if err != nil || len(after) != len(entries)+1 || after[len(entries)].Op != OpUndo {
			t.Errorf("cut at %d, then a change: %d changes, error %v", n, len(after), err)
		}
	}
}

func headerOf(t *testing.T, text []byte) Header {
	t.Helper()
	_, after, ok := bytes.Cut(text, []byte(`"sha256":"`))
	if !ok {
		t.Fatal("no hash in the header")
	}
	h := NewHeader("picks.csv", nil)
	h.SHA256 = string(after[:64])
	return h
}

func TestReadJournalLeavesItAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	h := NewHeader("a/picks.csv", []byte("x"))
	if entries, err := ReadJournal(path, h); err != nil || len(entries) != 0 {
		t.Errorf("no file: %v, %v", entries, err)
	}
	j, _, err := OpenJournal(path, h)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// sha256 of the one byte "x", from coreutils' sha256sum.
	if want := "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"; !strings.Contains(string(text), want) {
		t.Errorf("header %s", text)
	}
	half := append(slices.Clone(text), `{"seq":1,"op":"un`...)
	if err := os.WriteFile(path, half, 0o666); err != nil {
		t.Fatal(err)
	}
	if entries, err := ReadJournal(path, h); err != nil || len(entries) != 0 {
		t.Errorf("half a line: %v, %v", entries, err)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, half) {
		t.Errorf("the file was changed to %s, %v", now, err)
	}
}

func TestDamagedJournal(t *testing.T) {
	folder := t.TempDir()
	s, journal := openSession(t, folder)
	work(t, s)
	text, err := os.ReadFile(journal.path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	h := headerOf(t, text)
	other := NewHeader("picks.csv", []byte("other"))
	for name, tc := range map[string]struct {
		text string
		want Header
		line int
		says string
	}{
		"no journal":      {"depth_m,class\n", h, 1, "no review journal"},
		"newer":           {strings.Replace(lines[0], `"version":1`, `"version":9`, 1), h, 1, "version 9"},
		"garbage between": {lines[0] + lines[1] + "garbage\n" + lines[2], h, 3, "invalid character"},
		"line missing":    {lines[0] + lines[1] + lines[3], h, 3, "change 3 stands where 2 should"},
		"unknown change":  {lines[0] + strings.Replace(lines[1], "accept", "bless", 1), h, 2, "unknown change"},
		"no item":         {lines[0] + `{"seq":1,"op":"move"}` + "\n", h, 2, "without its item"},
		"no such class":   {lines[0] + strings.Replace(lines[1], `"bedding"`, `"vug"`, 1), h, 2, "unknown class"},
		"no such dip":     {lines[0] + strings.Replace(lines[1], `"apparent_dip_deg":`, `"apparent_dip_deg":9`, 1), h, 2, "invalid pick"},
		"no end":          {strings.Repeat("x", maxLine+2), h, 1, "longer than"},
		"other picks":     {string(text), other, 0, "bring those back"},
	} {
		path := filepath.Join(folder, "damaged")
		if err := os.WriteFile(path, []byte(tc.text), 0o666); err != nil {
			t.Fatal(err)
		}
		_, _, err := OpenJournal(path, tc.want)
		var damaged *DamageError
		switch {
		case tc.line == 0 && !errors.Is(err, ErrOtherPicks), tc.line > 0 && (!errors.As(err, &damaged) || damaged.Line != tc.line):
			t.Errorf("%s: error %v, want one of line %d", name, err, tc.line)
		case !strings.Contains(err.Error(), tc.says):
			t.Errorf("%s: error %v does not say %q", name, err, tc.says)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != tc.text {
			t.Errorf("%s: the file was changed", name)
		}
	}
}
