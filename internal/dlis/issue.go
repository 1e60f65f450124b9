package dlis

import (
	"errors"
	"fmt"
)

// Errors that callers branch on.
var (
	// ErrFormat says that a file is not DLIS at all. No policy lets it pass.
	ErrFormat = errors.New("not a DLIS file")
	// ErrDamaged is wrapped by every *IssueError: the file violates the standard in a way that the policy does not let pass.
	ErrDamaged = errors.New("damaged DLIS file")
	// ErrLayout says that the samples of a frame cannot be told apart: a channel has no usable type or size, or is not described.
	ErrLayout = errors.New("unknown layout of a frame")
	// ErrValue says that an attribute has no value that can be trusted.
	ErrValue = errors.New("unreadable attribute")
)

// Severity says how much a violation of the standard costs.
type Severity int

// Severities, mildest first.
const (
	Info     Severity = iota // allowed, but worth knowing: records that are encrypted, sets without objects
	Minor                    // a violation with one sensible reading, which was taken
	Major                    // a violation where the reading taken could be wrong
	Critical                 // data is lost: the file is damaged, or what follows cannot be understood
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
	Keep                 // it is added to File.Issues, and reading goes on
	Fail                 // the call returns an *IssueError
)

// policy gives the action for each Severity.
type policy [Critical + 1]Action

// strict keeps every issue, and fails at the first critical one.
func strict() policy { return policy{Keep, Keep, Keep, Fail} }

// Lenient returns the Options.Actions that read around damage, or up to it.
func Lenient() map[Severity]Action { return map[Severity]Action{Critical: Keep} }

// Issue is one violation of the standard, or something that a user may want to know.
type Issue struct {
	Severity Severity
	Offset   int64  // of the record, bytes from the start of the file; -1 where it is no matter of a place
	Where    string // part of the file
	What     string // what is wrong
	Did      string // what was made of it; may be empty
}

// String returns "where (byte n): what: did".
func (i Issue) String() string {
	text := i.Where
	if i.Offset >= 0 {
		text += fmt.Sprintf(" (byte %d)", i.Offset)
	}
	text += ": " + i.What
	if i.Did != "" {
		text += ": " + i.Did
	}
	return text
}

// IssueError is the error of an issue that the policy does not let pass. It wraps ErrDamaged.
type IssueError struct{ Issue Issue }

func (e *IssueError) Error() string {
	i := e.Issue
	i.Did = "" // nothing was done: the call failed
	return fmt.Sprintf("%s: %s", i.Severity, i)
}

func (e *IssueError) Unwrap() error { return ErrDamaged }

// maxIssues bounds the memory that a file with an error in every record can take.
const maxIssues = 1000

// issues collects what is wrong with a file, by its policy.
type issues struct {
	policy  policy
	kept    []Issue
	dropped int // issues beyond maxIssues
}

// add applies the policy; a non-nil error is an *IssueError and must be returned to the caller.
func (l *issues) add(i Issue) error {
	switch l.policy[i.Severity] {
	case Fail:
		return &IssueError{i}
	case Keep:
		if n := len(l.kept); n > 0 && l.kept[n-1] == i { // the same thing over and over in one record
			return nil
		}
		if len(l.kept) < maxIssues {
			l.kept = append(l.kept, i)
		} else {
			l.dropped++
		}
	}
	return nil
}
