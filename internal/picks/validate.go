package picks

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
)

// ErrInvalid is wrapped by the errors of Validate.
var ErrInvalid = errors.New("invalid pick")

// Validate checks that the picks ascend in depth and that every field is in its range or, where that is allowed, unknown.
func (t *Table) Validate() error {
	for i := range t.Picks {
		if err := t.Picks[i].Validate(); err != nil {
			return fmt.Errorf("pick %d of %d: %w", i+1, len(t.Picks), err)
		}
		if i > 0 && t.Picks[i].DepthM < t.Picks[i-1].DepthM {
			return fmt.Errorf("pick %d of %d: %w: depth %g m after %g m: sort the picks by depth", i+1, len(t.Picks), ErrInvalid,
				t.Picks[i].DepthM, t.Picks[i-1].DepthM)
		}
	}
	return nil
}

// Validate checks the fields of one pick.
func (p *Pick) Validate() error {
	if !p.Class.Valid() {
		return fmt.Errorf("%w: class %d does not exist", ErrInvalid, int(p.Class))
	}
	for _, f := range fields {
		v := *f.value(p)
		if math.IsNaN(v) && !f.required {
			continue
		}
		problem := f.check(v)
		if f.azimuth && !(v >= 0 && v < 360) {
			problem = "is not in [0, 360)" // only the reader knows other habits
		}
		if problem != "" {
			return fmt.Errorf("%w: %s %g %s", ErrInvalid, f.name, v, problem)
		}
	}
	if !validQuality(p.Quality) {
		return fmt.Errorf("%w: quality %q is not A, B, C or D", ErrInvalid, p.Quality)
	}
	for _, flag := range p.Flags {
		if flag == "" || strings.Contains(flag, flagSeparator) || strings.TrimSpace(flag) != flag || strings.ContainsFunc(flag, unicode.IsControl) {
			return fmt.Errorf("%w: flag %q is empty or holds a separator, a control character or outer space", ErrInvalid, flag)
		}
	}
	return nil
}

func validQuality(q string) bool {
	return q == "" || (len(q) == 1 && q[0] >= 'A' && q[0] <= 'D')
}
