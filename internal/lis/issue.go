package lis

import (
	"errors"
	"fmt"
)

// Errors that callers branch on.
var (
	// ErrFormat says that a file is not LIS79 at all. No policy lets it pass.
	ErrFormat = errors.New("not a LIS79 file")
	// ErrDamaged is wrapped by every *IssueError, and by what is said of records and formats that cannot be read.
	ErrDamaged = errors.New("damaged LIS79 file")
)

// Severity says how much a violation of the standard costs.
type Severity int

// Severities, mildest first.
const (
	Info     Severity = iota // worth knowing: something optional is missing
	Minor                    // a violation with one sensible reading, which was taken
	Major                    // something is read that may be wrong, or left out that cannot be understood
	Critical                 // data are lost: truncated or broken records
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
	Fail                 // Open returns an *IssueError
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
	Offset   int64  // in the file, bytes
	What     string // what is wrong, and what was made of it
}

// String returns "byte n: what".
func (i Issue) String() string { return fmt.Sprintf("byte %d: %s", i.Offset, i.What) }

// IssueError is the error of an issue that the policy does not let pass. It wraps ErrDamaged.
type IssueError struct{ Issue Issue }

func (e *IssueError) Error() string { return fmt.Sprintf("%s: %s", e.Issue.Severity, e.Issue) }

func (e *IssueError) Unwrap() error { return ErrDamaged }

// maxIssues bounds what a file of nothing but damage costs in memory.
const maxIssues = 1000

// issues collects what is wrong with a file, by its policy.
type issues struct {
	policy policy
	list   []Issue
	lost   string // the first critical issue, whatever was done about it
}

// report applies the policy; a non-nil error is an *IssueError and ends the reading.
func (l *issues) report(severity Severity, offset int64, format string, args ...any) error {
	issue := Issue{Severity: severity, Offset: offset, What: fmt.Sprintf(format, args...)}
	if severity == Critical && l.lost == "" {
		l.lost = issue.What
	}
	switch l.policy[severity] {
	case Fail:
		return &IssueError{issue}
	case Keep:
		if len(l.list) < maxIssues {
			l.list = append(l.list, issue)
		}
	}
	return nil
}
