package wellfile

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// family is a set of curves that differ in one number only, such as ABDC1M to ABDC16M: a candidate for an image.
type family struct {
	prefix, suffix string
	members        map[int]int // position of the curve, by number
	first, last    int
}

// columns returns how many azimuth columns the family spans, missing ones included.
func (f *family) columns() int { return f.last - f.first + 1 }

func (f *family) String() string {
	return fmt.Sprintf("%s (%d curves)", f.pattern(), len(f.members))
}

// pattern names the family: ABDC*M, IMG[*].
func (f *family) pattern() string { return f.prefix + "*" + f.suffix }

// named tells whether a user means this family: ABDC, ABDC*M, IMG, IMG[] or IMG[*].
func (f *family) named(channel string) bool {
	for _, name := range []string{f.prefix, f.pattern(), f.prefix + f.suffix, strings.TrimRight(f.prefix, "[_-. ")} {
		if name != "" && strings.EqualFold(name, strings.TrimSpace(channel)) {
			return true
		}
	}
	return false
}

// The last number of a mnemonic, and what is around it.
var numbered = regexp.MustCompile(`^(.*?)(\d{1,4})(\D*)$`)

// families groups names of curves that are numbered, in file order. A family holds at least minColumns curves, of which at most one
// in four numbers is missing. Names that are "" are none.
func families(names []string) []*family {
	var found []*family
	byPattern := map[string]*family{}
	for i, name := range names {
		m := numbered.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		number, err := strconv.Atoi(m[2])
		if err != nil {
			continue
		}
		key := strings.ToUpper(m[1] + "*" + m[3])
		f := byPattern[key]
		if f == nil {
			f = &family{prefix: m[1], suffix: m[3], members: map[int]int{}, first: number, last: number}
			byPattern[key] = f
			found = append(found, f)
		}
		if _, taken := f.members[number]; !taken {
			f.members[number] = i
			f.first, f.last = min(f.first, number), max(f.last, number)
		}
	}
	return slices.DeleteFunc(found, func(f *family) bool {
		return len(f.members) < minColumns || 4*len(f.members) < 3*f.columns()
	})
}

// chooseFamily returns the family that is the image: the one named, else the one with most columns.
func chooseFamily(path string, all []*family, channel string) (*family, error) {
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = f.String()
	}
	choices := strings.Join(names, ", ")
	if channel != "" {
		for _, f := range all {
			if f.named(channel) {
				return f, nil
			}
		}
		e := &Error{Path: path, Where: "LAS", What: fmt.Sprintf("no set of numbered curves is called %q", channel), Err: ErrNoImage}
		if choices != "" {
			e.Remedy = "there are " + choices
		}
		return nil, e
	}
	if len(all) == 0 {
		return nil, &Error{Path: path, Where: "LAS", What: fmt.Sprintf("no image: no %d or more curves are numbered alike", minColumns),
			Remedy: "export the image as one curve per azimuth (IMG1, IMG2, ...)", Err: ErrNoImage}
	}
	widest := slices.MaxFunc(all, func(a, b *family) int { return a.columns() - b.columns() })
	for _, f := range all {
		if f != widest && f.columns() == widest.columns() {
			return nil, &Error{Path: path, Where: "LAS", What: "several sets of curves could be the image: " + choices,
				Remedy: "choose one with --image-channel", Err: ErrAmbiguous}
		}
	}
	return widest, nil
}
