package config

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	Key     string // dotted path, or the environment variable that names none
	Given   any
	Source  Source
	Allowed string // what would be right
	Unknown bool   // there is no such key
	Nearest string // key that may have been meant, or empty
}

func (p Problem) String() string {
	given := fmt.Sprint(p.Given)
	if text, ok := p.Given.(string); ok || p.Given == nil {
		given = fmt.Sprintf("%q", text)
	}
	if len(given) > 60 {
		given = given[:57] + "..."
	}
	if p.Unknown {
		s := fmt.Sprintf("%s: no such key (%s)", p.Key, p.Source)
		if p.Nearest != "" {
			return s + ": did you mean " + p.Nearest + "?"
		}
		return s + ": see geobfdt config show for all keys"
	}
	return fmt.Sprintf("%s: is %s (%s), must be %s", p.Key, given, p.Source, p.Allowed)
}

// Error holds everything that is wrong with a configuration.
type Error struct {
	Problems []Problem
}

func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	if len(lines) == 1 {
		return "configuration: " + lines[0]
	}
	return fmt.Sprintf("configuration: %d problems:\n  %s", len(lines), strings.Join(lines, "\n  "))
}
