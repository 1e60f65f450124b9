package damage

import (
	"errors"
	"strings"
	"testing"
)

func TestIssueTexts(t *testing.T) {
	for want, issue := range map[string]Issue{
		"set 3 (byte 12): it has no name: it was read": {Minor, 12, "set 3", "it has no name", "it was read"},
		"file: cut":     {Critical, -1, "file", "cut", ""},
		"byte 0: empty": {Info, 0, "", "empty", ""},
	} {
		if got := issue.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A file of nothing but damage: repetitions are kept once, and what is beyond the bound is counted.
func TestLogIsBounded(t *testing.T) {
	sentinel := errors.New("damaged")
	l, err := NewLog(map[Severity]Action{Major: Fail, Info: Ignore}, sentinel)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(maxIssues + 5) {
		for range 2 {
			if err := errors.Join(l.Add(Minor, i, "", "odd", ""), l.Add(Info, i, "", "fine", "")); err != nil {
				t.Fatal(err)
			}
		}
	}
	got := l.Issues()
	if last := got[len(got)-1]; len(got) != maxIssues+1 || last.String() != "file: there are 10 more issues" {
		t.Errorf("%d issues, the last is %q", len(got), last)
	}
	err = l.Add(Major, 7, "", "wrong", "it was skipped")
	var e *Error
	if !errors.Is(err, sentinel) || !errors.As(err, &e) || err.Error() != "major: byte 7: wrong" || len(l.Kept) != maxIssues {
		t.Errorf("error %v", err)
	}
	if _, err := NewLog(map[Severity]Action{Critical + 1: Keep}, sentinel); err == nil || !strings.Contains(err.Error(), "severity 4") {
		t.Errorf("a severity that is none: %v", err)
	}
}
