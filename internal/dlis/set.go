package dlis

import (
	"errors"
	"fmt"

	"github.com/geobfdt/geobfdt/internal/damage"
)

// Roles of a component: the upper three bits of its first byte (3.2.2.1).
const (
	roleAbsent       = 0
	roleAttribute    = 1
	roleInvariant    = 2
	roleObject       = 3
	roleRedundantSet = 5
	roleReplacement  = 6
	roleSet          = 7
)

// Format bits: what follows the first byte of a component.
const (
	hasLabel = 0x10 // of attributes; of a set its type, of an object its name
	hasName  = 0x08 // of a set
	hasCount = 0x08
	hasCode  = 0x04
	hasUnits = 0x02
	hasValue = 0x01
)

// set is an explicitly formatted logical record. Its objects are parsed when they are asked for.
type set struct {
	at        int64
	file      *LogicalFile
	body      []byte // of the whole record
	typ, name string
	content   []byte // behind the set component

	parsed   bool
	template []slot
	objects  []*Object
	err      error // of the parse: given again to everyone who asks
}

// slot is an attribute of a template.
type slot struct {
	label     string
	units     string
	count     uint32
	code      Code
	value     []byte // nil: there is none
	invariant bool   // objects have no component for it
}

var (
	errExpectedSet       = errors.New("a set was expected")
	errExpectedObject    = errors.New("an object was expected")
	errExpectedAttribute = errors.New("an attribute was expected")
	errEndOfRecord       = errors.New("the record ends too early")
	errTooMany           = errors.New("the templates of the file have too many attributes")
	errUnknownCode       = errors.New("unknown representation code")
)

func (s *set) where() string {
	if s.name == "" {
		return fmt.Sprintf("%s, set of %s", s.file.where(), s.typ)
	}
	return fmt.Sprintf("%s, set %q of %s", s.file.where(), s.name, s.typ)
}

func (s *set) issue(severity damage.Severity, did, format string, args ...any) error {
	return s.file.file.log.Add(severity, s.at, s.where(), fmt.Sprintf(format, args...), did)
}

// readHeader reads the set component. Errors that are no *damage.Error say what is wrong with it.
func (s *set) readHeader() error {
	role, format := s.body[0]>>5, s.body[0]
	if role < roleRedundantSet {
		return errExpectedSet
	}
	typ, rest, ok := ident(s.body[1:])
	if !ok {
		return errEndOfRecord
	}
	s.typ = s.file.file.texts.decode(typ)
	if format&hasName != 0 {
		var name []byte
		if name, rest, ok = ident(rest); !ok {
			return errEndOfRecord
		}
		s.name = s.file.file.texts.decode(name)
	}
	s.content = rest
	if format&hasLabel == 0 {
		if err := s.issue(damage.Minor, "it was read", "the set does not say that it has a type"); err != nil {
			return err
		}
	}
	switch role {
	case roleRedundantSet:
		return s.issue(damage.Minor, "its objects are listed twice", "the set repeats another one")
	case roleReplacement:
		return s.issue(damage.Major, "its objects are listed beside those they replace", "the set replaces another one")
	}
	return nil
}

// parse reads template and objects. Objects before an error are kept.
func (s *set) parse() error {
	if s.parsed {
		return s.err
	}
	s.parsed = true
	known := len(s.file.file.log.Kept)
	err := s.parseContent(s.content)
	if err != nil && !isIssue(err) && s.name != "" {
		// Some writers say that the set has a name and then give none, so that the first attribute was taken for it.
		again := *s
		again.template, again.objects, again.name = nil, nil, ""
		_, rest, _ := ident(s.body[1:])
		if again.parseContent(rest) == nil && len(again.objects) > 0 {
			s.template, s.objects, s.name = again.template, again.objects, ""
			for _, o := range s.objects {
				o.set = s
			}
			s.file.file.log.Kept = s.file.file.log.Kept[:known] // what was said of the wrong reading
			err = s.issue(damage.Minor, "it was read without", "the set says that it has a name, and has none")
		}
	}
	if err != nil && !isIssue(err) {
		err = s.issue(damage.Critical, fmt.Sprintf("%d objects before it were read", len(s.objects)), "%v", err)
	}
	s.err = err
	return err
}

func isIssue(err error) bool { return errors.Is(err, ErrDamaged) }

func (s *set) parseContent(b []byte) error {
	if len(b) == 0 {
		return errEndOfRecord
	}
	b, err := s.parseTemplate(b)
	if err != nil {
		return err
	}
	if len(b) == 0 {
		return s.issue(damage.Info, "", "the set has no objects")
	}
	for len(b) > 0 {
		if !s.file.file.charge(objectBytes) {
			return s.issue(damage.Major, "the others were skipped", "the file has far more objects than content")
		}
		if b, err = s.parseObject(b); err != nil {
			return err
		}
	}
	return nil
}

// parseTemplate reads the attributes up to the first object.
func (s *set) parseTemplate(b []byte) ([]byte, error) {
	for len(b) > 0 && b[0]>>5 != roleObject {
		role := b[0] >> 5
		switch {
		case role == roleAbsent:
			if err := s.issue(damage.Minor, "it was skipped", "the template has an absent attribute"); err != nil {
				return b, err
			}
			b = b[1:]
			continue
		case role > roleObject:
			return b, errExpectedAttribute
		case b[0]&hasLabel == 0:
			if err := s.issue(damage.Minor, "the label was read", "an attribute of the template does not say that it has a label"); err != nil {
				return b, err
			}
		}
		label, rest, ok := ident(b[1:])
		if !ok {
			return b, errEndOfRecord
		}
		if !s.file.file.charge(slotBytes) {
			return b, errTooMany
		}
		t := s.file.file.texts
		slot := slot{label: t.decode(label), count: 1, code: IDENT, invariant: role == roleInvariant}
		explicit, rest, err := t.characteristics(b[0], rest, &slot)
		if err != nil {
			return b, fmt.Errorf("template attribute %s: %w", slot.label, err)
		}
		if !explicit {
			slot.value = nil
		}
		s.template = append(s.template, slot)
		b = rest
	}
	return b, nil
}

// characteristics reads count, code, units and value of an attribute, those that format says are there, into a slot that holds
// the defaults. explicit tells whether there was a value.
func (t texts) characteristics(format byte, b []byte, a *slot) (explicit bool, rest []byte, err error) {
	ok := true
	if format&hasCount != 0 {
		if a.count, b, ok = uvari(b); !ok {
			return false, b, errEndOfRecord
		}
	}
	if format&hasCode != 0 {
		if len(b) < 1 {
			return false, b, errEndOfRecord
		}
		a.code, b = Code(b[0]), b[1:]
	}
	if format&hasUnits != 0 {
		var units []byte
		if units, b, ok = ident(b); !ok {
			return false, b, errEndOfRecord
		}
		a.units = t.decode(units)
	}
	if format&hasValue == 0 || a.count == 0 {
		return false, b, nil
	}
	if !a.code.Valid() {
		return false, b, fmt.Errorf("%w %d", errUnknownCode, uint8(a.code))
	}
	rest, ok = skipN(a.code, uint64(a.count), b)
	if !ok {
		return false, b, fmt.Errorf("%w: %d values of %s", errEndOfRecord, a.count, a.code)
	}
	a.value = b[:len(b)-len(rest)]
	return true, rest, nil
}

// parseObject reads an object and finds where its attributes end.
func (s *set) parseObject(b []byte) ([]byte, error) {
	if b[0]>>5 != roleObject {
		return b, errExpectedObject
	}
	after, ok := skipObname(b[1:])
	if !ok {
		return b, errEndOfRecord
	}
	name, _ := s.file.file.texts.obname(b[1:])
	o := &Object{Type: s.typ, Name: name, set: s}
	if b[0]&hasLabel == 0 {
		if err := s.issue(damage.Minor, "it was read", "object %s does not say that it has a name", name); err != nil {
			return b, err
		}
	}
	rest := after
	for i := range s.template {
		if s.template[i].invariant {
			continue
		}
		if len(rest) == 0 || rest[0]>>5 == roleObject {
			break
		}
		value := s.template[i]
		next, err := s.component(rest, &value)
		if err != nil {
			return b, fmt.Errorf("object %s, attribute %s: %w", name, value.label, err)
		}
		if err := s.checkComponent(o, &s.template[i], rest[0]); err != nil {
			return b, err
		}
		rest = next
	}
	o.attrs = after[:len(after)-len(rest)]
	s.objects = append(s.objects, o)
	return rest, nil
}

// component reads an attribute component of an object into a slot that holds the template's.
func (s *set) component(b []byte, a *slot) (rest []byte, err error) {
	switch role := b[0] >> 5; {
	case role == roleAbsent:
		a.count, a.value = 0, nil
		return b[1:], nil
	case role > roleObject:
		return b, errExpectedAttribute
	}
	template := *a
	explicit, rest, err := s.file.file.texts.characteristics(b[0], b[1:], a)
	if err != nil || explicit {
		return rest, err
	}
	a.value = nil
	if a.code == template.code && a.count <= template.count && template.value != nil {
		if after, ok := skipN(a.code, uint64(a.count), template.value); ok {
			a.value = template.value[:len(template.value)-len(after)]
		}
	}
	return rest, nil
}

// checkComponent reports what the standard does not allow, but can be read.
func (s *set) checkComponent(o *Object, template *slot, format byte) error {
	switch role := format >> 5; {
	case role == roleAbsent:
		return nil
	case role == roleInvariant:
		return s.issue(damage.Minor, "read like any other", "object %s: attribute %s is marked invariant", o.Name, template.label)
	case format&hasLabel != 0:
		return s.issue(damage.Minor, "the mark was ignored", "object %s: attribute %s is marked as having a label", o.Name, template.label)
	}
	return nil
}
