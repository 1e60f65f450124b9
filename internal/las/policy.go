package las

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Repair names one thing that the reader does to data that break the standard.
type Repair string

// The repairs. All are on unless Options.Repairs says otherwise; one that is off makes Read fail where it would be needed.
const (
	RunOnMinus   Repair = "run-on-minus"  // 7.330-19508.961 is two numbers
	RunOnPoint   Repair = "run-on-point"  // 7.020101130.188 is two numbers, nobody knows which: both are missing
	CommaDecimal Repair = "comma-decimal" // 12,5 is 12.5
	ShortRow     Repair = "short-row"     // values that a row lacks are missing
	LongRow      Repair = "long-row"      // values that a row has too many are left out
	NameCurves   Repair = "name-curves"   // data without a curve section: curves are named by the data's title or by number
)

// AllRepairs returns every repair.
func AllRepairs() []Repair {
	return []Repair{RunOnMinus, RunOnPoint, CommaDecimal, ShortRow, LongRow, NameCurves}
}

// ParseRepairs reads a list of repairs by name, separated by commas; "all" and "none" stand for what they say.
func ParseRepairs(text string) ([]Repair, error) {
	switch text {
	case "all", "":
		return AllRepairs(), nil
	case "none":
		return []Repair{}, nil
	}
	var out []Repair
	for name := range strings.SplitSeq(text, ",") {
		repair := Repair(strings.TrimSpace(name))
		if !slices.Contains(AllRepairs(), repair) {
			return nil, fmt.Errorf("unknown repair %q: use all, none or some of %v", repair, AllRepairs())
		}
		out = append(out, repair)
	}
	return out, nil
}

// NullPolicy says which numbers stand for missing values.
type NullPolicy string

// The policies, by the names that lasio uses; the zero value is NullsDefault.
const (
	NullsDefault    NullPolicy = ""           // the file's NULL and DefaultNulls
	NullsNone       NullPolicy = "none"       // nothing
	NullsStrict     NullPolicy = "strict"     // the file's NULL
	NullsCommon     NullPolicy = "common"     // and 999.25 and 9999.25 of either sign
	NullsAggressive NullPolicy = "aggressive" // and 999, 9999, 999.99, 9999.99, 32767 and 2147483647 of either sign
)

// numbers returns the policy's numbers besides the file's own.
func (p NullPolicy) numbers() ([]float64, error) {
	var positive []float64
	switch p {
	case NullsDefault:
		return DefaultNulls(), nil
	case NullsNone, NullsStrict:
	case NullsCommon:
		positive = []float64{999.25, 9999.25}
	case NullsAggressive:
		positive = []float64{999.25, 9999.25, 999, 9999, 999.99, 9999.99, 32767, 2147483647}
	default:
		return nil, fmt.Errorf("unknown null policy %q: use none, strict, common or aggressive", p)
	}
	var out []float64
	for _, v := range positive {
		out = append(out, v, -v)
	}
	return out, nil
}

// errRepair is what a repair that is off gives.
var errRepair = errors.New("repair is off")

// repairs counts what was done, and refuses what must not be.
type repairs struct {
	allowed []Repair
	counts  map[Repair]int
}

func (r *repairs) use(repair Repair) error {
	if !slices.Contains(r.allowed, repair) {
		return fmt.Errorf("%s: %w", repair, errRepair)
	}
	r.counts[repair]++
	return nil
}
