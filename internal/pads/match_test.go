package pads

import (
	"fmt"
	"slices"
	"testing"
)

func arrays(format string, n int, dimension ...int) (out []Channel) {
	for i := range n {
		out = append(out, Channel{fmt.Sprintf(format, i+1), dimension})
	}
	return out
}

func TestRecognise(t *testing.T) {
	letters := func(letters string, dimension ...int) (out []Channel) {
		for _, l := range letters {
			out = append(out, Channel{"B" + string(l), dimension})
		}
		return out
	}
	scalars := func(pads string, numbers ...int) (out []Channel) {
		for _, pad := range pads {
			for _, n := range numbers {
				out = append(out, Channel{fmt.Sprintf("B%c%d", pad, n), []int{1}})
			}
		}
		return out
	}
	all, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	byRow := []int{11, 12, 13, 14, 15, 16, 17, 18, 21, 22, 23, 24, 25, 26, 27, 28}
	for name, c := range map[string]struct {
		channels []Channel
		want     string // "" for none
		pads     int
	}{
		"fmi":                {letters("ABCDEFGH", 24), "fmi", 8},
		"fmi, rows apart":    {letters("ABCDEFGH", 2, 12), "fmi", 8},
		"fmi without a flap": {letters("ABCDEFG", 24, 1), "fmi", 7},
		"fms, by row":        {scalars("ABCD", byRow...), "fms-4", 4},
		"fms, one missing":   {scalars("ABCD", byRow...)[1:], "fms-4", 3},
		"two pads":           {letters("CD", 27), "fms-2", 2},
		"six arms of 25":     {arrays("PAD%d", 6, 25), "emi", 6},
		"six arms of 24":     {arrays("PAD%d", 6, 24), "star", 6},
		"six arms of 32":     {arrays("PAD%d", 6, 32), "six-arm", 6},
		"eight pads of 24":   {arrays("PAD%d", 8, 24), "eight-pads", 8},
		"pads and flaps":     {append(arrays("PAD%d_FBST", 4, 24), arrays("flap%d", 4, 24)...), "pad-flap", 8},
		"an image":           {arrays("IMAGE%d", 1, 360), "", 0},
		"one pad of eight":   {arrays("PAD%d", 1, 24), "", 0},
	} {
		found := Recognise(all, append([]Channel{{"TDEP", []int{1}}}, c.channels...))
		if c.want == "" {
			if len(found) != 0 {
				t.Errorf("%s: found %v", name, found)
			}
			continue
		}
		if len(found) != 1 || found[0].Tool.Name != c.want {
			t.Errorf("%s: found %v", name, found)
			continue
		}
		if pads, _ := found[0].Seen(); pads != c.pads {
			t.Errorf("%s: %d pads, want %d", name, pads, c.pads)
		}
		if taken := found[0].Channels(1 + len(c.channels)); taken[0] {
			t.Errorf("%s: the depth is a button", name)
		}
	}
	// Four pads of 24 buttons could be those of several tools.
	if found := Recognise(all, arrays("PAD%d", 4, 24)); len(found) < 2 {
		t.Errorf("found %v", found)
	}
}

// Buttons come in order along the wall, where those of the rows alternate.
func TestOrderOfButtons(t *testing.T) {
	fms := tool(t, "fms-4")
	var channels []Channel
	for _, row := range []int{2, 1} {
		for k := range 8 {
			channels = append(channels, Channel{fmt.Sprintf("BA%d%d", row, k+1), []int{1}})
		}
	}
	got := fms.Plates[0].find("BA", channels)
	var order []int
	for _, p := range got {
		order = append(order, p.Channel)
	}
	if !slices.Equal(order, []int{8, 0, 9, 1, 10, 2, 11, 3, 12, 4, 13, 5, 14, 6, 15, 7}) {
		t.Errorf("channels %v", order)
	}
	fmi := tool(t, "fmi")
	var elements []int
	for _, p := range fmi.Plates[0].find("BA", []Channel{{"BA", []int{2, 12}}}) {
		elements = append(elements, p.Element)
	}
	if !slices.Equal(elements[:6], []int{0, 12, 1, 13, 2, 14}) {
		t.Errorf("elements %v", elements)
	}
}
