// Package damage is what a reader makes of a file that violates its standard: issues with a severity, and a policy that says for each
// severity whether it is ignored, kept as a warning, or an error.
package damage

import (
	"fmt"
	"slices"
)

// Severity says how much a violation of the standard costs.
type Severity int

// Severities, mildest first.
const (
	Info     Severity = iota // allowed, but worth knowing: something optional is missing, records are encrypted
	Minor                    // a violation with one sensible reading, which was taken
	Major                    // a violation where the reading taken could be wrong, or something left out that cannot be understood
	Critical                 // data are lost: the file is damaged, or what follows cannot be understood
)

// String returns info, minor, major or critical.
func (s Severity) String() string {
	return [...]string{"info", "minor", "major", "critical"}[s]
}

// Action is what is done about an issue.
type Action int

// Actions.
const (
	Ignore Action = iota // nothing
	Keep                 // it is added to the issues of the file, and reading goes on
	Fail                 // the call returns an *Error
)

// Lenient returns the actions that read around damage, or up to it.
func Lenient() map[Severity]Action { return map[Severity]Action{Critical: Keep} }

// Issue is one violation of the standard, or something that a user may want to know.
type Issue struct {
	Severity Severity
	Offset   int64  // of the record, bytes from the start of the file; -1 where it is no matter of a place
	Where    string // part of the file; may be empty
	What     string // what is wrong
	Did      string // what was made of it; may be empty
}

// String returns "where (byte n): what: did", without what is not known.
func (i Issue) String() string {
	text := i.Where
	switch {
	case i.Offset >= 0 && text != "":
		text += fmt.Sprintf(" (byte %d)", i.Offset)
	case i.Offset >= 0:
		text = fmt.Sprintf("byte %d", i.Offset)
	}
	text += ": " + i.What
	if i.Did != "" {
		text += ": " + i.Did
	}
	return text
}

// Error is an issue that the policy does not let pass. It wraps the reader's own sentinel.
type Error struct {
	Issue Issue
	err   error
}

func (e *Error) Error() string {
	i := e.Issue
	i.Did = "" // nothing was done: the call failed
	return fmt.Sprintf("%s: %s", i.Severity, i)
}

func (e *Error) Unwrap() error { return e.err }

// maxIssues bounds the memory that a file with an error in every record can take.
const maxIssues = 1000

// Log collects what is wrong with a file, by its policy; the zero Log ignores everything.
type Log struct {
	Kept    []Issue // the first thousand
	dropped int     // those beyond
	policy  [Critical + 1]Action
	err     error // that an *Error wraps
}

// NewLog keeps every issue, and fails at the first critical one, but for the severities that actions names. Errors wrap err.
func NewLog(actions map[Severity]Action, err error) (Log, error) {
	l := Log{policy: [...]Action{Keep, Keep, Keep, Fail}, err: err}
	for severity, action := range actions {
		if severity < Info || severity > Critical || action < Ignore || action > Fail {
			return Log{}, fmt.Errorf("no action %d for severity %d", action, severity)
		}
		l.policy[severity] = action
	}
	return l, nil
}

// Add applies the policy to an issue of these parts, see Issue; a non-nil error is an *Error and must be returned to the caller.
func (l *Log) Add(severity Severity, offset int64, where, what, did string) error {
	i := Issue{severity, offset, where, what, did}
	switch l.policy[severity] {
	case Fail:
		return &Error{i, l.err}
	case Keep:
		if n := len(l.Kept); n > 0 && l.Kept[n-1] == i { // the same thing over and over in one record
			return nil
		}
		if len(l.Kept) < maxIssues {
			l.Kept = append(l.Kept, i)
		} else {
			l.dropped++
		}
	}
	return nil
}

// Issues returns what has been found wrong so far, and at the end how much more there is.
func (l *Log) Issues() []Issue {
	if l.dropped == 0 {
		return l.Kept
	}
	return append(slices.Clip(l.Kept), Issue{Offset: -1, Where: "file", What: fmt.Sprintf("there are %d more issues", l.dropped)})
}
