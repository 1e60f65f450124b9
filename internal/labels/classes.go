package labels

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// Rule says what the structures whose names fit a pattern are.
type Rule struct {
	Pattern string    // a name; * stands for any text; case does not matter
	Ignore  bool      // rows of these names are no sinusoids to learn from: left out
	Class   dip.Class // if not Ignore
}

// Rules are tried in turn: the first that fits decides.
type Rules []Rule

const ignoreWord = "ignore"

// DefaultRules is the table of names that are understood without being told. What is not a whole plane in the rock comes first: an
// induced fracture is no fracture here.
func DefaultRules() Rules {
	var rules Rules
	for _, r := range []struct {
		meaning  string
		patterns []string
	}{
		{ignoreWord, []string{"*induced*", "ditf*", "dif", "difs", "*breakout*", "*en?echelon*", "vug*", "*petal*", "keyseat*", "key seat*", "artefact*", "artifact*"}},
		{dip.Fracture.String(), []string{"*frac*", "fault*", "microfault*", "micro?fault*", "joint*", "vein*"}},
		{dip.Bedding.String(), []string{"bed", "beds", "bed *", "bedding*", "bed?boundary*", "*cross*bed*", "lamina*", "foreset*", "strat*", "*unconformit*", "erosion*"}},
	} {
		for _, pattern := range r.patterns {
			rule, _ := newRule(pattern, r.meaning) // the words of this table are known; a test reads all of them
			rules = append(rules, rule)
		}
	}
	return rules
}

// ParseRules reads rules as a command line gives them: "Bed*=bedding,Open fracture=fracture,Vug=ignore".
func ParseRules(text string) (Rules, error) {
	var rules Rules
	for part := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		at := strings.LastIndexByte(part, '=')
		if at < 0 {
			return nil, fmt.Errorf("class rule %q: write NAME=bedding, NAME=fracture or NAME=ignore", strings.TrimSpace(part))
		}
		rule, err := newRule(part[:at], part[at+1:])
		if err != nil {
			return nil, err
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

func newRule(pattern, meaning string) (Rule, error) {
	r := Rule{Pattern: strings.ToLower(strings.TrimSpace(pattern))}
	if strings.EqualFold(strings.TrimSpace(meaning), ignoreWord) {
		r.Ignore = true
		return r, nil
	}
	var err error
	if r.Class, err = dip.ParseClass(meaning); err != nil {
		return r, fmt.Errorf("class rule %q: %w, or %s", r.Pattern, err, ignoreWord)
	}
	return r, nil
}

// find returns the first rule that fits a name.
func (rules Rules) find(name string) (Rule, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	i := slices.IndexFunc(rules, func(r Rule) bool { return fits(r.Pattern, name) })
	if i < 0 {
		return Rule{}, false
	}
	return rules[i], true
}

// fits tells whether a name is one of a pattern, in which * stands for any text and ? for one byte. On a mismatch it goes back to
// the last *, which is enough, since an earlier * can take no less than it has.
func fits(pattern, name string) bool {
	p, n, star, from := 0, 0, -1, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, n
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == name[n]):
			p++
			n++
		case star >= 0:
			from++
			p, n = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// ErrUnknownClass is what every UnknownClassError is.
var ErrUnknownClass = errors.New("unknown structure names")

// UnknownClassError lists the names of structures that no rule knows.
type UnknownClassError struct {
	File string
	Rows map[string]int // by name as the table writes it
}

// Unwrap makes it an ErrUnknownClass.
func (e *UnknownClassError) Unwrap() error { return ErrUnknownClass }

// maxNamed names are listed; a table with more has the wrong column as its type.
const maxNamed = 12

func (e *UnknownClassError) Error() string {
	names := slices.Sorted(maps.Keys(e.Rows))
	var parts []string
	for _, name := range names[:min(len(names), maxNamed)] {
		parts = append(parts, fmt.Sprintf("%q (%d rows)", name, e.Rows[name]))
	}
	if len(names) > maxNamed {
		parts = append(parts, fmt.Sprintf("and %d more", len(names)-maxNamed))
	}
	return fmt.Sprintf("picks file %s: structures %s are neither bedding nor fracture: say what they are with --labels-class %q, %q or %q",
		e.File, strings.Join(parts, ", "), names[0]+"=bedding", names[0]+"=fracture", names[0]+"=ignore")
}
