package lis

import (
	"errors"
	"fmt"
)

// Errors that callers branch on.
var (
	ErrFormat  = errors.New("not a readable LIS79 file")
	ErrDamaged = errors.New("damaged LIS79 file")
)

// Severity says how bad a Problem is.
type Severity int

// The severities, as the field's readers name them.
const (
	Info     Severity = iota + 1 // worth knowing: something optional is missing
	Minor                        // against the standard, but with one sensible reading
	Major                        // something is read that may be wrong, or left out that cannot be understood
	Critical                     // data are lost: truncated, broken records
)

// String returns info, minor, major or critical.
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Minor:
		return "minor"
	case Major:
		return "major"
	case Critical:
		return "critical"
	}
	return "unknown"
}

// Problem is something wrong with a file.
type Problem struct {
	Severity Severity
	Offset   int64 // in the file, bytes
	Message  string
}

// Error makes a Problem usable as an error; it wraps ErrDamaged.
func (p Problem) Error() string {
	return fmt.Sprintf("%s: at byte %d: %s", p.Severity, p.Offset, p.Message)
}

// Unwrap returns ErrDamaged.
func (p Problem) Unwrap() error { return ErrDamaged }

// maxProblems bounds what a file of nothing but damage costs in memory.
const maxProblems = 1000

// problems collects what is wrong and lets the caller decide what is fatal.
type problems struct {
	handle func(Problem) error
	list   []Problem
}

// report returns the handler's verdict: an error ends the reading.
func (p *problems) report(severity Severity, offset int64, format string, args ...any) error {
	problem := Problem{Severity: severity, Offset: offset, Message: fmt.Sprintf(format, args...)}
	if len(p.list) < maxProblems {
		p.list = append(p.list, problem)
	}
	if p.handle == nil {
		return nil
	}
	return p.handle(problem)
}
