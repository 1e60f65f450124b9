package dlis

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/geobfdt/geobfdt/internal/memtest"
)

// Files of nothing but what takes most memory for its size: four times the file is the most that reading all of it takes at any time.
func TestMemory(t *testing.T) {
	name := func(i int) ObName { return ObName{1, 0, strconv.Itoa(i % 1000)} }
	objects := func(n, attrs int) []ObjectSpec {
		out := make([]ObjectSpec, n)
		for i := range out {
			out[i] = ObjectSpec{Name: ObName{1, 0, "A"}, Attrs: slices.Repeat([]Attr{{Code: USHORT, Values: []any{int64(1)}}}, attrs)}
		}
		return out
	}
	labels := make([]string, 4096)
	for i := range labels {
		labels[i] = "L"
	}
	names := make([]any, 1<<16)
	for i := range names {
		names[i] = ObName{1, 0, strconv.Itoa(i)}
	}
	for what, write := range map[string]func(w *Writer){
		"objects":    func(w *Writer) { w.Set("ZONE", []string{"A"}, objects(1<<17, 0)...) },
		"attributes": func(w *Writer) { w.Set("ZONE", []string{"A", "B", "C"}, objects(1<<14, 3)...) },
		"templates": func(w *Writer) {
			for range 40 {
				w.Set("ZONE", labels)
			}
		},
		"sets": func(w *Writer) {
			for range 1 << 15 {
				w.Set("Z", nil)
			}
		},
		"logical files": func(w *Writer) {
			for i := range 1 << 12 {
				w.FileHeader("", i)
			}
		},
		"channels": func(w *Writer) { w.Set("CHANNEL", []string{"UNITS"}, objects(1<<16, 0)...) },
		"frames":   func(w *Writer) { w.Set("FRAME", []string{"SPACING"}, objects(1<<16, 0)...) },
		"channels of a frame": func(w *Writer) {
			w.Set("FRAME", []string{"CHANNELS"}, ObjectSpec{ObName{1, 0, "F"}, []Attr{{Code: OBNAME, Values: names}}})
		},
		"frames with samples": func(w *Writer) {
			channel := &Channel{Name: ObName{1, 0, "X"}, Code: USHORT, Dimension: []int{1}}
			for i := range 1 << 14 {
				w.Row(&Frame{Name: name(i*7919 + i/1000), Channels: []*Channel{channel}}, 1, []float64{1})
			}
		},
		"values": func(w *Writer) {
			w.Set("ZONE", []string{"A"}, ObjectSpec{ObName{1, 0, "V"}, []Attr{{Code: USHORT, Values: slices.Repeat([]any{int64(7)}, 1<<16)}}})
		},
	} {
		t.Run(what, func(t *testing.T) {
			var out bytes.Buffer
			w := NewWriter(&out, fmt.Sprint("only ", what), false)
			w.FileHeader("x", 1)
			write(w)
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			memtest.Check(t, int64(4*out.Len()+bufferBytes), func() { use(out.Bytes(), false) })
		})
	}
}
