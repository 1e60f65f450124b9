package pads

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/geobfdt/geobfdt/configs/tools"
)

const metresPerInch = 0.0254

// ErrTool is wrapped by every error about a tool file.
var ErrTool = errors.New("tool file")

// Limits of a tool file, far beyond every tool that was built.
const (
	maxArms    = 16
	maxPlates  = 4
	maxButtons = 128
	maxRows    = 8
	maxFile    = 1 << 16
)

// Tool is the geometry of a pad imaging tool, and the names that its channels have in files.
type Tool struct {
	Name        string    `yaml:"name"`
	Description string    `yaml:"description"`
	Arms        int       `yaml:"arms"` // evenly round the hole
	Signal      Signal    `yaml:"signal"`
	Columns     int       `yaml:"columns"`       // of the assembled image; 0 stands for 360
	EqualiseM   *float64  `yaml:"equalise_m"`    // window of the equalisation, metres; nil stands for 5, 0 switches it off
	Between     Between   `yaml:"between"`       // buttons; "" stands for Linear
	PadRadiusIn float64   `yaml:"pad_radius_in"` // of curvature of rigid plates; 0: they follow the wall
	Calipers    []Caliper `yaml:"calipers"`
	Plates      []Plate   `yaml:"plates"` // of every arm
}

// Signal says what a larger reading of a button means.
type Signal string

// Signals.
const (
	Current     Signal = "current"     // current into the rock: larger is more conductive, and darker in the image
	Resistivity Signal = "resistivity" // larger is more resistive, as in a finished image
)

// Between says what the columns of the image show between the buttons of a plate.
type Between string

// What columns show.
const (
	Linear  Between = "linear"  // the reading at their centre, interpolated
	Nearest Between = "nearest" // the reading of the button that is nearest to their centre, as it is
)

// Plate is a pad or a flap of every arm.
type Plate struct {
	Name      string     `yaml:"name"`
	Buttons   int        `yaml:"buttons"`    // in all rows
	SpacingIn float64    `yaml:"spacing_in"` // along the wall, from a button to the next one of any row
	RowsIn    []float64  `yaml:"rows_in"`    // of each row, inches below the measure point; the rows' buttons alternate along the wall
	ArcIn     float64    `yaml:"arc_in"`     // middle of the plate from the middle of the arm, inches along the wall, clockwise
	Channels  [][]string `yaml:"channels"`   // sets of names, of a set one for each arm, "" where an arm has no such plate
}

// Caliper is an opening of arms.
type Caliper struct {
	Arms      []int    `yaml:"arms"` // from 1
	Mnemonics []string `yaml:"mnemonics"`
	Measures  Measure  `yaml:"measures"`
}

// Measure is what a caliper measures.
type Measure string

// Measures.
const (
	Diameter Measure = "diameter"
	Radius   Measure = "radius"
)

// Builtin returns the tools that the binary carries, by name.
func Builtin() ([]*Tool, error) {
	names, err := fs.Glob(tools.Files, "*.yaml")
	if err != nil {
		return nil, err
	}
	var all []*Tool
	for _, name := range names {
		data, err := tools.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		t, err := Parse(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, t)
	}
	return all, nil
}

// Find returns the built-in tool of a name, or reads the tool file of that path. Errors about the content wrap ErrTool.
func Find(nameOrPath string) (*Tool, error) {
	all, err := Builtin()
	if err != nil {
		return nil, err
	}
	names := make([]string, len(all))
	for i, t := range all {
		if strings.EqualFold(t.Name, nameOrPath) {
			return t, nil
		}
		names[i] = t.Name
	}
	f, err := os.Open(nameOrPath)
	if err != nil {
		return nil, fmt.Errorf("%w: %q is neither a file nor one of %s", ErrTool, nameOrPath, strings.Join(names, ", "))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrTool, nameOrPath, err)
	}
	t, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", nameOrPath, err)
	}
	return t, nil
}

// Parse reads a tool file, and refuses keys that it does not know. Errors wrap ErrTool.
func Parse(data []byte) (*Tool, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTool, maxFile)
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	t := &Tool{}
	if err := d.Decode(t); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTool, err)
	}
	if err := t.validate(); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Tool) validate() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrTool, fmt.Sprintf(format, args...))
	}
	switch {
	case t.Name == "":
		return bad("name is missing")
	case t.Arms < 1 || t.Arms > maxArms:
		return bad("arms is %d, must be from 1 to %d", t.Arms, maxArms)
	case t.Signal != Current && t.Signal != Resistivity:
		return bad("signal is %q, must be %s | %s", t.Signal, Current, Resistivity)
	case t.Between != "" && t.Between != Linear && t.Between != Nearest:
		return bad("between is %q, must be %s | %s", t.Between, Linear, Nearest)
	case t.Columns != 0 && (t.Columns < 8 || t.Columns > 1440):
		return bad("columns is %d, must be from 8 to 1440", t.Columns)
	case t.EqualiseM != nil && !(*t.EqualiseM >= 0 && *t.EqualiseM <= 1000):
		return bad("equalise_m is %g, must be from 0 to 1000", *t.EqualiseM)
	case !(t.PadRadiusIn >= 0 && t.PadRadiusIn <= 100):
		return bad("pad_radius_in is %g, must be from 0 to 100", t.PadRadiusIn)
	case len(t.Plates) < 1 || len(t.Plates) > maxPlates:
		return bad("there are %d plates, must be from 1 to %d", len(t.Plates), maxPlates)
	}
	for _, c := range t.Calipers {
		if c.Measures != Diameter && c.Measures != Radius {
			return bad("a caliper measures %q, must be %s | %s", c.Measures, Diameter, Radius)
		}
		for _, arm := range c.Arms {
			if arm < 1 || arm > t.Arms {
				return bad("a caliper is of arm %d of %d", arm, t.Arms)
			}
		}
	}
	for _, p := range t.Plates {
		if err := p.validate(t.Arms); err != nil {
			return bad("plate %q: %v", p.Name, err)
		}
	}
	return nil
}

func (p *Plate) validate(arms int) error {
	switch {
	case p.Buttons < 2 || p.Buttons > maxButtons:
		return fmt.Errorf("buttons is %d, must be from 2 to %d", p.Buttons, maxButtons)
	case !(p.SpacingIn > 0 && p.SpacingIn <= 2):
		return fmt.Errorf("spacing_in is %g, must be above 0 and at most 2", p.SpacingIn)
	case len(p.RowsIn) < 1 || len(p.RowsIn) > maxRows:
		return fmt.Errorf("rows_in has %d rows, must have from 1 to %d", len(p.RowsIn), maxRows)
	case !(p.ArcIn >= -20 && p.ArcIn <= 20):
		return fmt.Errorf("arc_in is %g, must be from -20 to 20", p.ArcIn)
	case len(p.Channels) == 0:
		return errors.New("channels are missing")
	}
	for _, v := range p.RowsIn {
		if !(v >= -500 && v <= 500) {
			return fmt.Errorf("a row lies at %g in, must be from -500 to 500", v)
		}
	}
	for _, set := range p.Channels {
		if len(set) != arms {
			return fmt.Errorf("a set of channels has %d names for %d arms", len(set), arms)
		}
	}
	return nil
}

// Pads returns the number of plates on all arms. Pad i is plate i % len(Plates) of arm i / len(Plates).
func (t *Tool) Pads() int { return t.Arms * len(t.Plates) }

// named returns how many pads have channels: not every arm need have every plate.
func (t *Tool) named() (n int) {
	for _, p := range t.Plates {
		for _, name := range p.Channels[0] {
			if name != "" {
				n++
			}
		}
	}
	return n
}

// Pad returns the plate that a pad is, and the name of its channel: the first of those that files give it.
func (t *Tool) Pad(pad int) (p *Plate, channel string) {
	p, arm := t.plate(pad)
	return p, p.Channels[0][arm]
}

// plate returns the plate that a pad is, and its arm from 0.
func (t *Tool) plate(pad int) (p *Plate, arm int) {
	return &t.Plates[pad%len(t.Plates)], pad / len(t.Plates)
}

// columns returns the number of columns of the image.
func (t *Tool) columns() int {
	if t.Columns == 0 {
		return 360
	}
	return t.Columns
}

// equaliseM returns the window of the equalisation in metres, 0 for none.
func (t *Tool) equaliseM() float64 {
	if t.EqualiseM == nil {
		return 5
	}
	return *t.EqualiseM
}

// arcIn returns where a button lies on its plate: inches along the plate's face from its middle, clockwise.
func (p *Plate) arcIn(button int) float64 {
	return (float64(button) - float64(p.Buttons-1)/2) * p.SpacingIn
}

// offsetM returns how far below the measure point a button is, metres.
func (p *Plate) offsetM(button int) float64 { return p.RowsIn[button%len(p.RowsIn)] * metresPerInch }
