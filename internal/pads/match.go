package pads

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Channel is what a file says of a channel that could be buttons.
type Channel struct {
	Name      string
	Dimension []int // of one sample, slowest first
}

func (c *Channel) elements() int {
	n := 1
	for _, d := range c.Dimension {
		n *= d
	}
	return n
}

// Buttons says where in a file the buttons of a pad are: one place for each button, in order along the wall; nil for a pad
// that the file does not have.
type Buttons []Place

// Place is an element of a sample of a channel, both from 0.
type Place struct{ Channel, Element int }

// Match is a tool whose pads a file has.
type Match struct {
	Tool *Tool
	Pads []Buttons // by Tool.Pads
}

// Seen returns the number of pads that the file has, and of their buttons.
func (m *Match) Seen() (pads, buttons int) {
	for _, p := range m.Pads {
		if p != nil {
			pads++
			buttons += len(p)
		}
	}
	return pads, buttons
}

// String says what was found, for people.
func (m *Match) String() string {
	pads, buttons := m.Seen()
	return fmt.Sprintf("raw pads of %s (%d pads, %d buttons)", m.Tool.Name, pads, buttons)
}

// Channels tells for every channel of the file whether it is part of the match.
func (m *Match) Channels(count int) []bool {
	taken := make([]bool, count)
	for _, p := range m.Pads {
		for _, b := range p {
			taken[b.Channel] = true
		}
	}
	return taken
}

// Find finds the pads of the tool among channels: a pad is one channel with as many elements as it has buttons, [buttons] in order
// along the wall or [rows, buttons of a row]; or as many scalar channels that are numbered, from 0 or 1 in order along the wall, or
// by row and place (BA11 to BA18, BA21 to BA28). It reports false where at least half of the tool's pads are not there.
func (t *Tool) Find(channels []Channel) (*Match, bool) {
	m := &Match{Tool: t, Pads: make([]Buttons, t.Pads())}
	for i := range t.Plates {
		p := &t.Plates[i]
		best := 0
		for _, set := range p.Channels {
			found := make([]Buttons, t.Arms)
			n := 0
			for arm, name := range set {
				if name == "" {
					continue
				}
				if found[arm] = p.find(name, channels); found[arm] != nil {
					n++
				}
			}
			if n > best {
				best = n
				for arm, b := range found {
					m.Pads[arm*len(t.Plates)+i] = b
				}
			}
		}
	}
	pads, _ := m.Seen()
	return m, pads > 0 && 2*pads >= t.named()
}

// find finds the buttons of a plate by the name of its channel or channels.
func (p *Plate) find(name string, channels []Channel) Buttons {
	var numbers []int
	places := map[int]Place{}
	for i := range channels {
		c := &channels[i]
		if len(c.Name) < len(name) || !strings.EqualFold(c.Name[:len(name)], name) {
			continue
		}
		rest := c.Name[len(name):]
		if c.elements() == p.Buttons && (rest == "" || rest[0] == '_' || rest[0] == '.') {
			return p.array(i, c.Dimension)
		}
		if number, err := strconv.Atoi(strings.Trim(rest, "[]()_- ")); err == nil && number >= 0 && c.elements() == 1 {
			if _, twice := places[number]; !twice {
				numbers = append(numbers, number)
				places[number] = Place{i, 0}
			}
		}
	}
	if len(numbers) != p.Buttons {
		return nil
	}
	slices.Sort(numbers)
	out := make(Buttons, p.Buttons)
	if first := numbers[0]; first <= 1 && numbers[len(numbers)-1] == first+p.Buttons-1 {
		for k, number := range numbers {
			out[k] = places[number]
		}
		return out
	}
	// By row and place: the buttons of the rows alternate along the wall.
	row, at, last := 0, 0, numbers[0]/10
	for _, number := range numbers {
		if number/10 != last {
			row, at, last = row+1, 0, number/10
		}
		k := at*len(p.RowsIn) + row
		if row >= len(p.RowsIn) || k >= len(out) {
			return nil
		}
		out[k] = places[number]
		at++
	}
	return out
}

// array returns the places of the buttons in a channel with all of them.
func (p *Plate) array(channel int, dimension []int) Buttons {
	long := slices.DeleteFunc(slices.Clone(dimension), func(d int) bool { return d == 1 })
	rows := len(p.RowsIn)
	byRow := rows > 1 && len(long) == 2 && long[0] == rows
	out := make(Buttons, p.Buttons)
	for k := range out {
		out[k] = Place{channel, k}
		if byRow {
			out[k].Element = k%rows*long[1] + k/rows
		}
	}
	return out
}

// Recognise returns which of the tools a file may have the pads of, none where there are no pads: those that account for most
// buttons, and of these the one that has all its pads, where there is one.
func Recognise(tools []*Tool, channels []Channel) []*Match {
	var best []*Match
	most := 0
	for _, t := range tools {
		m, ok := t.Find(channels)
		if !ok {
			continue
		}
		_, buttons := m.Seen()
		if buttons > most {
			best, most = nil, buttons
		}
		if buttons == most {
			best = append(best, m)
		}
	}
	for _, m := range best {
		if m.complete() {
			return []*Match{m}
		}
	}
	return best
}

// complete tells whether no pad of the tool is missing.
func (m *Match) complete() bool {
	seen, _ := m.Seen()
	return seen == m.Tool.named()
}
