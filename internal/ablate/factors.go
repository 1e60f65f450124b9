package ablate

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// trainWells is the setting of a level that says how many of the training wells are used; all others are configuration keys.
const trainWells = "wells.train"

var (
	factorName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)
	nameRule   = "a name has 1 to 40 letters, digits, - _ . and begins with a letter or a digit"
)

// maxNameLen bounds the name of a variant, which becomes a folder.
const maxNameLen = 150

func (f *File) validate() error {
	switch f.Task {
	case "":
		f.Task = Detection
	case Detection, Segmentation:
	default:
		return fmt.Errorf("task is %q, must be %s | %s", f.Task, Detection, Segmentation)
	}
	switch f.Design {
	case "":
		f.Design = OneAtATime
	case OneAtATime, Grid:
	default:
		return fmt.Errorf("design is %q, must be %s | %s", f.Design, OneAtATime, Grid)
	}
	if len(f.Factors) == 0 || len(f.Factors) > maxFactors {
		return fmt.Errorf("%d factors: give from 1 to %d", len(f.Factors), maxFactors)
	}
	if len(f.Seeds) == 0 || len(f.Seeds) > maxSeeds {
		return fmt.Errorf("%d seeds: give from 1 to %d, such as seeds: [1, 2]", len(f.Seeds), maxSeeds)
	}
	seeds := map[int64]bool{}
	for _, s := range f.Seeds {
		if s < 0 || seeds[s] {
			return fmt.Errorf("seed %d: seeds must be 0 or more, each given once", s)
		}
		seeds[s] = true
	}
	names := map[string]bool{}
	for i := range f.Factors {
		a := &f.Factors[i]
		if !factorName.MatchString(a.Name) {
			return fmt.Errorf("factor %d is named %q: %s", i+1, a.Name, nameRule)
		}
		key := strings.ToLower(a.Name) // some file systems cannot tell capitals apart
		if names[key] {
			return fmt.Errorf("two factors are named %s", a.Name)
		}
		names[key] = true
		if err := a.validate(); err != nil {
			return fmt.Errorf("factor %s: %w", a.Name, err)
		}
	}
	if err := f.checkShared(); err != nil {
		return err
	}
	if slices.ContainsFunc(f.Set, func(s Setting) bool { return s.Key == trainWells }) {
		return fmt.Errorf("set: %s is for levels: say wells: {train: ...}", trainWells)
	}
	cells := len(f.Seeds)
	if f.Design == OneAtATime {
		others := 1
		for _, a := range f.Factors {
			others += len(a.Levels) - 1
		}
		cells *= others
	} else {
		for _, a := range f.Factors {
			cells *= len(a.Levels)
			if cells > maxCells {
				break
			}
		}
	}
	if cells > maxCells {
		return fmt.Errorf("more than %d cells: fewer factors, levels or seeds, or design: %s", maxCells, OneAtATime)
	}
	return f.Wells.validate()
}

// validate checks a factor and writes its short form out.
func (a *Factor) validate() error {
	switch {
	case a.Key != "" && len(a.Levels) > 0:
		return errors.New("give key and values, or levels, not both")
	case a.Key == "" && len(a.Values) > 0:
		return errors.New("values without key: name the configuration key that takes them")
	}
	for _, v := range a.Values {
		if k := reflect.ValueOf(v).Kind(); !slices.Contains([]reflect.Kind{reflect.String, reflect.Bool, reflect.Int, reflect.Float64}, k) {
			return fmt.Errorf("value %v has no short form: give levels with a name and set", v)
		}
		one := Setting{Key: strings.ToLower(a.Key), Value: v, Origin: "factor " + a.Name}
		if reason, ok := elsewhere(one.Key); ok {
			return fmt.Errorf("%s cannot be set here: %s", a.Key, reason)
		}
		a.Levels = append(a.Levels, Level{Name: fmt.Sprint(v), Set: Settings{one}})
	}
	if len(a.Levels) < 2 || len(a.Levels) > maxLevels {
		return fmt.Errorf("%d levels: give from 2 to %d, the baseline first", len(a.Levels), maxLevels)
	}
	names := map[string]bool{}
	for i, l := range a.Levels {
		key := strings.ToLower(l.Name)
		switch {
		case !factorName.MatchString(l.Name):
			return fmt.Errorf("level %d is named %q: %s", i+1, l.Name, nameRule)
		case names[key]:
			return fmt.Errorf("two levels are named %s", l.Name)
		}
		names[key] = true
		if v, ok := l.Set.value(trainWells); ok {
			if n, isInt := v.(int); !isInt || n < 1 {
				return fmt.Errorf("level %s: %s is %v, must be a number of wells, 1 or more", l.Name, trainWells, v)
			}
		}
	}
	return nil
}

func (s Settings) value(key string) (any, bool) {
	i := slices.IndexFunc(s, func(o Setting) bool { return o.Key == key })
	if i < 0 {
		return nil, false
	}
	return s[i].Value, true
}

// checkShared refuses keys whose value two factors decide between them: in a grid any that both set, else those in which their
// baselines differ (a level of another factor comes last and wins).
func (f *File) checkShared() error {
	for i, a := range f.Factors {
		for _, b := range f.Factors[i+1:] {
			as, bs := a.Levels, b.Levels
			if f.Design == OneAtATime {
				as, bs = as[:1], bs[:1]
			}
			for _, la := range as {
				for _, lb := range bs {
					for _, s := range la.Set {
						v, both := lb.Set.value(s.Key)
						if both && (f.Design == Grid || !reflect.DeepEqual(v, s.Value)) {
							return fmt.Errorf("factors %s and %s both set %s: let one of them do it", a.Name, b.Name, s.Key)
						}
					}
				}
			}
		}
	}
	return nil
}

// FactorsThatSet names the factors that set a configuration key.
func (f *File) FactorsThatSet(key string) (names []string) {
	for _, a := range f.Factors {
		if slices.ContainsFunc(a.Levels, func(l Level) bool { _, ok := l.Set.value(strings.ToLower(key)); return ok }) {
			names = append(names, a.Name)
		}
	}
	return names
}

// choice is one combination of levels: for each factor the index of its level.
type choice []int

// choices lists the combinations of the design, the baseline first.
func (f *File) choices() []choice {
	base := make(choice, len(f.Factors))
	if f.Design == OneAtATime {
		all := []choice{base}
		for i, a := range f.Factors {
			for k := 1; k < len(a.Levels); k++ {
				c := slices.Clone(base)
				c[i] = k
				all = append(all, c)
			}
		}
		return all
	}
	all := []choice{base}
	for i, a := range f.Factors {
		var next []choice
		for _, c := range all {
			for k := range a.Levels {
				d := slices.Clone(c)
				d[i] = k
				next = append(next, d)
			}
		}
		all = next
	}
	return all
}

// name says in what a combination differs from the baseline.
func (f *File) name(c choice) string {
	var parts []string
	for i, k := range c {
		if k > 0 {
			parts = append(parts, f.Factors[i].Name+"-"+f.Factors[i].Levels[k].Name)
		}
	}
	if len(parts) == 0 {
		return Baseline
	}
	return strings.Join(parts, "+")
}

// Baseline is the name of the variant with the first level of every factor.
const Baseline = "baseline"

// settings of a combination: those of all baselines that it keeps, then the levels in which it differs.
func (f *File) settings(c choice) Settings {
	all := slices.Clone(f.Set)
	for i, k := range c {
		if k == 0 {
			all = append(all, f.Factors[i].Levels[0].Set...)
		}
	}
	for i, k := range c {
		if k > 0 {
			all = append(all, f.Factors[i].Levels[k].Set...)
		}
	}
	return all
}
