package lis

import (
	"errors"
	"fmt"

	"github.com/geobfdt/geobfdt/internal/damage"
)

// Errors that callers branch on.
var (
	// ErrFormat says that a file is not LIS79 at all. No policy lets it pass.
	ErrFormat = errors.New("not a LIS79 file")
	// ErrDamaged is wrapped by every *damage.Error, and by what is said of records and formats that cannot be read.
	ErrDamaged = errors.New("damaged LIS79 file")
)

// issues collects what is wrong with a file, by its policy.
type issues struct {
	damage.Log
	lost string // the first critical issue, whatever was done about it
}

// report applies the policy; a non-nil error is a *damage.Error and ends the reading.
func (l *issues) report(severity damage.Severity, offset int64, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	if severity == damage.Critical && l.lost == "" {
		l.lost = what
	}
	return l.Add(severity, offset, "", what, "")
}
