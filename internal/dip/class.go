package dip

import (
	"errors"
	"fmt"
	"strings"
)

// ErrClass is wrapped by the errors about a class that does not exist.
var ErrClass = errors.New("unknown class")

var classNames = [NumClasses]string{Bedding: "bedding", Fracture: "fracture"}

// String returns the name of a class as files carry it.
func (c Class) String() string {
	if !c.Valid() {
		return fmt.Sprintf("class(%d)", int(c))
	}
	return classNames[c]
}

// Valid tells whether c is one of the real classes.
func (c Class) Valid() bool { return c >= 0 && c < NumClasses }

// ParseClass is the inverse of String; case and surrounding space do not matter.
func ParseClass(name string) (Class, error) {
	for c, n := range classNames {
		if strings.EqualFold(strings.TrimSpace(name), n) {
			return Class(c), nil
		}
	}
	return 0, fmt.Errorf("%w %q: use %s", ErrClass, name, strings.Join(classNames[:], " or "))
}

// MarshalText writes the name, also as a key of a JSON object.
func (c Class) MarshalText() ([]byte, error) {
	if !c.Valid() {
		return nil, fmt.Errorf("%w %d", ErrClass, int(c))
	}
	return []byte(classNames[c]), nil
}

// UnmarshalText reads what MarshalText writes.
func (c *Class) UnmarshalText(text []byte) error {
	parsed, err := ParseClass(string(text))
	if err != nil {
		return err
	}
	*c = parsed
	return nil
}
