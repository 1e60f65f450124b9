package dlis

import (
	"fmt"
	"iter"
	"slices"
)

// Object is an object of an EFLR.
type Object struct {
	Type string
	Name ObName

	set   *set
	attrs []byte // components
}

// Attribute is an attribute of an object, defaults filled in.
type Attribute struct {
	Label, Units string
	Count        int
	Code         Code

	value []byte // nil: there is none
	texts texts
}

// Labels returns the labels of all attributes that the object's template has, absent ones included.
func (o *Object) Labels() []string {
	labels := make([]string, len(o.set.template))
	for i := range labels {
		labels[i] = o.set.template[i].label
	}
	return labels
}

// Attribute returns the first attribute of a label; ok is false where there is none, or it is absent.
func (o *Object) Attribute(label string) (a Attribute, ok bool) {
	template := o.set.template
	at := slices.IndexFunc(template, func(s slot) bool { return s.label == label })
	if at < 0 {
		return a, false
	}
	value := template[at]
	if !value.invariant {
		b := o.attrs
		for i := 0; i <= at && len(b) > 0; i++ {
			if template[i].invariant {
				continue
			}
			component := template[i]
			rest, err := o.set.component(b, &component)
			if err != nil {
				return a, false
			}
			if i == at {
				if b[0]>>5 == roleAbsent {
					return a, false
				}
				value = component
			}
			b = rest
		}
	}
	return Attribute{Label: label, Units: value.units, Count: int(value.count), Code: value.code, value: value.value, texts: o.set.file.file.texts}, true
}

// maxValues bounds the values of an attribute that are turned into Go values.
const maxValues = 1 << 14

// Values returns the values as the Go types that suit them: float64, Validated, complex128, int64, string, DateTime, ObName,
// ObjRef, AttRef or bool. It is nil, without an error, for an attribute that has none. The error wraps ErrValue.
func (a Attribute) Values() ([]any, error) {
	switch {
	case a.Count == 0:
		return nil, nil
	case !a.Code.Valid():
		return nil, fmt.Errorf("%w %s: %w %d", ErrValue, a.Label, errUnknownCode, uint8(a.Code))
	case a.value == nil && a.Count > 1:
		return nil, fmt.Errorf("%w %s: it should have %d values of %s and has none", ErrValue, a.Label, a.Count, a.Code)
	case a.value == nil:
		return nil, nil
	case a.Count > maxValues:
		return nil, fmt.Errorf("%w %s: it has %d values, at most %d are read", ErrValue, a.Label, a.Count, maxValues)
	}
	values := make([]any, a.Count)
	b := a.value
	for i := range values {
		values[i], b, _ = a.texts.value(a.Code, b)
	}
	return values, nil
}

// Text returns the first value as text, "" where it is none.
func (a Attribute) Text() string {
	if a.Count > 0 && a.value != nil && (a.Code == IDENT || a.Code == ASCII || a.Code == UNITS) {
		v, _, _ := a.texts.value(a.Code, a.value)
		return v.(string)
	}
	return ""
}

// Number returns the first value as a number; ok is false where there is none.
func (a Attribute) Number() (v float64, ok bool) {
	if a.Count == 0 || a.value == nil || !a.Code.Numeric() {
		return 0, false
	}
	v, _, ok = number(a.Code, a.value)
	return v, ok
}

// Integers returns the values as integers, those that are numbers.
func (a Attribute) Integers() []int {
	var out []int
	b := a.value
	for range min(a.Count, maxValues) {
		v, rest, ok := number(a.Code, b)
		if !ok || v != v || v < -1<<31 || v > 1<<32 {
			break
		}
		out, b = append(out, int(v)), rest
	}
	return out
}

// Names gives the values that name objects, in their order.
func (a Attribute) Names() iter.Seq[ObName] {
	return func(yield func(ObName) bool) {
		if a.Code != OBNAME || a.value == nil {
			return
		}
		for i, b := 0, a.value; i < a.Count; i++ {
			name, rest := a.texts.obname(b)
			if !yield(name) {
				return
			}
			b = rest
		}
	}
}
