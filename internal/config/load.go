package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/viper"
)

// Kind says which layer a value came from.
type Kind string

// Layers, weakest first.
const (
	FromDefault Kind = "default"
	FromFile    Kind = "file"
	FromEnv     Kind = "env"
	FromFlag    Kind = "flag"
)

// Source is the origin of one value.
type Source struct {
	Kind Kind
	Name string // file path, variable or flag; empty for a default
}

// String returns "default", "file run.yaml", "env GEOBFDT_TRAIN_LR" or "flag --lr".
func (s Source) String() string {
	if s.Name == "" {
		return string(s.Kind)
	}
	return string(s.Kind) + " " + s.Name
}

// Flag is a value given on the command line.
type Flag struct {
	Key   string // dotted path
	Value any    // typed, or text by the rules of YAML
	Name  string // how the user gave it, such as --lr
}

// Inputs are the layers above the defaults.
type Inputs struct {
	Path  string   // YAML, TOML or JSON file; empty: none
	Env   []string // NAME=value, as from os.Environ; names without the prefix GEOBFDT_ are ignored
	Flags []Flag   // later ones win
}

// Loaded is an effective configuration and where each of its values came from.
type Loaded struct {
	Config
	sources map[string]Source
}

// maxFileBytes bounds a configuration file; ours have about two kilobytes.
const maxFileBytes = 1 << 20

// Load merges defaults, file, environment and flags, and validates the result. Every problem found is returned, together,
// as an *Error.
func Load(in Inputs) (*Loaded, error) {
	l := &loader{viper: viper.New(), sources: map[string]Source{}, types: map[string]reflect.Type{}}
	defaults := Defaults()
	l.keys = keysOf(&defaults)
	for _, k := range l.keys {
		// Viper sees a key in Unmarshal only when it has a default.
		l.viper.SetDefault(k.path, k.value.Interface())
		l.sources[k.path] = Source{Kind: FromDefault}
		l.types[k.path] = k.value.Type()
	}
	if in.Path != "" {
		if err := l.file(in.Path); err != nil {
			return nil, err
		}
	}
	l.env(in.Env)
	for _, f := range in.Flags {
		l.flag(f)
	}
	if len(l.problems) > 0 {
		return nil, &Error{l.problems}
	}

	out := &Loaded{sources: l.sources}
	if err := l.viper.UnmarshalExact(&out.Config); err != nil {
		return nil, fmt.Errorf("decode configuration: %w", err)
	}
	if problems := out.Config.problems(); len(problems) > 0 {
		for i := range problems {
			problems[i].Source = l.sources[problems[i].Key]
		}
		return nil, &Error{problems}
	}
	return out, nil
}

type loader struct {
	viper    *viper.Viper
	keys     []key
	types    map[string]reflect.Type
	sources  map[string]Source
	problems []Problem
}

// file reads a configuration file and sets every key that it holds.
func (l *loader) file(path string) error {
	from := Source{FromFile, path}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
	switch {
	case !info.Mode().IsRegular():
		return fmt.Errorf("read configuration %s: not a regular file", path)
	case info.Size() > maxFileBytes:
		return fmt.Errorf("read configuration %s: %d bytes is too large for a configuration, at most %d", path, info.Size(), maxFileBytes)
	case !slices.Contains([]string{"yaml", "yml", "toml", "json"}, format):
		return fmt.Errorf("read configuration %s: unknown format %q: name it .yaml, .toml or .json", path, filepath.Ext(path))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return fmt.Errorf("read configuration %s: the file is empty: leave --config out to run with the defaults", path)
	}
	file := viper.New()
	file.SetConfigType(format)
	if err := file.ReadConfig(bytes.NewReader(text)); err != nil {
		var parse viper.ConfigParseError
		if errors.As(err, &parse) {
			err = parse.Unwrap()
		}
		return fmt.Errorf("read configuration %s: %w", path, err)
	}
	given := file.AllKeys()
	slices.Sort(given)
	for _, path := range given {
		value := file.Get(path)
		if value == nil && hasSection(l.keys, path) {
			continue // a section whose keys are all commented out
		}
		l.set(path, value, from)
	}
	return nil
}

// env sets the keys of all GEOBFDT_ variables.
func (l *loader) env(environ []string) {
	byName := make(map[string]string, len(l.keys))
	names := make([]string, 0, len(l.keys))
	for _, k := range l.keys {
		byName[envName(k.path)] = k.path
		names = append(names, strings.ToLower(envName(k.path)))
	}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, envPrefix) || slices.Contains(envElsewhere, name) {
			continue
		}
		path, ok := byName[name]
		if !ok {
			l.problems = append(l.problems, Problem{
				Key: name, Given: value, Source: Source{FromEnv, name}, Unknown: true,
				Nearest: strings.ToUpper(nearest(name, names)),
			})
			continue
		}
		l.set(path, parseText(value, l.types[path]), Source{FromEnv, name})
	}
}

func (l *loader) flag(f Flag) {
	path, value := strings.ToLower(f.Key), f.Value
	if text, ok := value.(string); ok {
		if want, known := l.types[path]; known {
			value = parseText(text, want)
		}
	}
	l.set(path, value, Source{FromFlag, f.Name})
}

// set records one value over those of weaker layers, or a problem.
func (l *loader) set(path string, raw any, from Source) {
	want, ok := l.types[path]
	if !ok {
		p := Problem{Key: path, Given: raw, Source: from, Unknown: true}
		if hasSection(l.keys, path) {
			p.Unknown, p.Allowed = false, "a section: give its keys, such as "+path+"."+firstKey(l.keys, path)
		} else {
			p.Nearest = nearest(path, paths(l.keys))
		}
		l.problems = append(l.problems, p)
		return
	}
	value, err := convert(raw, want)
	if err != nil {
		l.problems = append(l.problems, Problem{Key: path, Given: raw, Source: from, Allowed: typeName(want)})
		return
	}
	l.viper.Set(path, value.Interface())
	l.sources[path] = from
}

func firstKey(keys []key, section string) string {
	for _, k := range keys {
		if rest, ok := strings.CutPrefix(k.path, section+"."); ok {
			return rest
		}
	}
	return ""
}
