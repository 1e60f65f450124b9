package dlis

import (
	"fmt"
	"testing"

	"github.com/geobfdt/geobfdt/internal/damage"
)

// table reads all of a frame as values, by row and channel, each a slice.
func table(f *File, frame string) (numbers []int, values [][]any, err error) {
	frames, err := f.LogicalFiles[0].Frames()
	if err != nil {
		return nil, nil, err
	}
	for _, fr := range frames {
		if fr.Name.ID != frame {
			continue
		}
		rows, err := fr.Rows()
		if err != nil {
			return nil, nil, err
		}
		for rows.Next() {
			numbers = append(numbers, rows.Number())
			var row []any
			for i := range fr.Channels {
				row = append(row, rows.Values(i))
			}
			values = append(values, row)
		}
		return numbers, values, rows.Err()
	}
	return nil, nil, nil
}

// curves expects the numbers of the rows of a frame, and its values.
func curves(frame string, numbers []int, values any) func(*File, error) string {
	return with(func(f *File) string {
		gotNumbers, got, err := table(f, frame)
		if err != nil {
			return err.Error()
		}
		return first(equal(gotNumbers, numbers), equal(got, values))
	})
}

// TestPeerCurves holds samples, and frames and channels.
func TestPeerCurves(t *testing.T) {
	const iflr, frames = "chap4-7/iflr/", "chap4-7/eflr/frames-and-channels/"
	const frame = "FRAME-REPRCODE"
	lenient := Options{Actions: damage.Lenient()}
	var cases []peerCase
	for i, c := range []struct {
		file          string
		first, second any
	}{
		{"fshort", -1, 153}, {"fsingl", 5.5, -13.75}, {"fsing1", Validated{-2, 2, 2}, Validated{-2, 3.5, 3.5}},
		{"fsing2", Validated{117, -13.25, 32444}, Validated{3524454, 10, 20}}, {"isingl", -12, 65536.5}, {"vsingl", 0.125, -21.25},
		{"fdoubl", 900000000000000.5, -153}, {"fdoub1", Validated{-13.5, -27670, -27670}, Validated{5673345, 14, 14}},
		{"fdoub2", Validated{6728332223, -45.75, -0.0625}, Validated{95637722454, 20, 5}}, {"csingl", complex(93, -14), complex(67, -37)},
		{"cdoubl", complex(125533556, -4.75), complex(67, -37)}, {"sshort", 89, -89}, {"snorm", -153, 153}, {"slong", 2147483647, -153},
		{"ushort", 6, 217}, {"unorm", 32921, 256}, {"ulong", 1, 4294967143}, {"uvari", 257, 65536}, {"ident", "VALUE", "SECOND-VALUE"},
		{"ascii", "Theory of mind", "this looks terrible"}, {"dtime", DateTime{1971, 0, 3, 21, 18, 4, 14, 386}, DateTime{1970, 0, 3, 21, 18, 4, 14, 0}},
		{"origin", 16777217, 3}, {"obname", ObName{18, 5, "OBNAME_I"}, ObName{18, 5, "OBNAME_K"}},
		{"objref", ObjRef{"OBJREF_I", ObName{25, 3, "OBJREF_OBNAME"}}, ObjRef{"OBJREF_I", ObName{25, 4, "OBJREF_OBNAME"}}},
		{"attref", AttRef{"FIRST_INDENT", ObName{3, 2, "ATTREF_OBNAME"}, "SECOND_INDENT"}, AttRef{"FIRST_INDENT", ObName{9, 2, "ATTREF_OBNAME"}, "SECOND_INDENT"}},
		{"status", true, false}, {"units", "unit", "unit2"},
	} {
		single := c.first
		if c.file == "ascii" {
			single = "Thou shalt not kill"
		}
		file := fmt.Sprintf("/%02d-%s.dlis", i+1, c.file)
		cases = append(cases,
			peerCase{name: iflr + "reprcodes" + file, check: curves(frame, []int{1}, [][][]any{{{single}}})},
			peerCase{name: iflr + "reprcodes-x2" + file, check: curves(frame, []int{1, 2}, [][][]any{{{c.first}}, {{c.second}}})})
	}
	d := func(year, milliseconds int) []any { return []any{DateTime{year, 0, 3, 21, 18, 4, 14, milliseconds}} }
	v := func(values ...any) []any { return values }
	cases = append(cases,
		peerCase{name: iflr + "all-reprcodes.dlis", check: curves(frame, []int{1}, [][][]any{{v(-1), v(5.5), v(Validated{-2, 2, 2}),
			v(Validated{117, -13.25, 32444}), v(-12), v(0.125), v(900000000000000.5), v(Validated{-13.5, -27670, -27670}),
			v(Validated{6728332223, -45.75, -0.0625}), v(complex(93, -14)), v(complex(125533556, -4.75)), v(89), v(-153), v(2147483647), v(6),
			v(32921), v(1), v(257), v("VALUE"), v("ASCII VALUE"), d(1971, 386), v(16777217), v(ObName{18, 5, "OBNAME_I"}),
			v(ObjRef{"OBJREF_I", ObName{25, 3, "OBJREF_OBNAME"}}), v(AttRef{"FIRST_INDENT", ObName{3, 2, "ATTREF_OBNAME"}, "SECOND_INDENT"}),
			v(true), v("unit")}})},
		peerCase{name: iflr + "various-fdata-in-one-iflr.dlis", check: curves(frame, []int{1, 2, 3}, [][][]any{
			{d(1971, 386), v("VALUE"), v(89)}, {d(1970, 0), v("SECOND-VALUE"), v(-89)}, {d(1969, 0), v("THIRD-VALUE"), v(122)}})},
		peerCase{name: iflr + "out-of-order-framenos-one-frame.dlis", check: curves(frame, []int{2, 1}, [][][]any{{v(true)}, {v(false)}})},
		peerCase{name: iflr + "out-of-order-framenos-two-frames.dlis", check: curves(frame, []int{2, 1}, [][][]any{{v(true)}, {v(false)}})},
		peerCase{name: iflr + "missing-framenos.dlis", check: curves(frame, []int{2, 4}, [][][]any{{v(true)}, {v(false)}})},
		peerCase{name: iflr + "duplicate-framenos.dlis", check: curves(frame, []int{1, 1}, [][][]any{{v(true)}, {v(false)}})},
		peerCase{name: iflr + "duplicate-framenos-same-frames.dlis", check: with(func(f *File) string {
			numbers, values, err := table(f, frame)
			return first(equal(err, nil), equal(len(numbers), 2), equal(values[0], values[1]))
		})},
		peerCase{name: iflr + "multidimensions-ints-various.dlis", check: with(func(f *File) string {
			_, values, err := table(f, "FRAME-DIMENSION")
			frames, _ := f.LogicalFiles[0].Frames()
			var shapes [][]int
			for _, c := range frames[0].Channels {
				shapes = append(shapes, c.Dimension)
			}
			return first(equal(err, nil), equal(shapes, [][]int{{2, 3}, {3, 2}, {4, 3, 2}, {1, 2}, {2, 1}, {1, 1}, {4}}),
				equal(values[0][:2], [][]int{{1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6}}), equal(values[0][3:], [][]int{{1, 2}, {1, 2}, {1}, {1, 2, 3, 4}}))
		})},
		peerCase{name: iflr + "multidimensions-validated.dlis", check: curves("FRAME-VALIDATE", []int{1}, [][][]any{
			{v(Validated{56, 0.0625, 0.0625}, Validated{43, 0.0625, 0.0625}, Validated{71, 0.5, 0.5})}})},
		peerCase{name: iflr + "multidimensions-multifdata.dlis", check: curves("FRAME-DIMENSION", []int{1, 2}, [][][]any{
			{v(1, 2, 3, 4, 5, 6)}, {v(7, 8, 9, 10, 11, 12)}})},
		peerCase{name: iflr + "big-ascii.dlis", check: with(func(f *File) string {
			_, values, err := table(f, frame)
			return first(equal(err, nil), equal(len(values[0][0].([]any)[0].(string)), 2004))
		})},
		peerCase{name: iflr + "broken-ascii.dlis", check: fails("shorter than its channels")},
		peerCase{name: iflr + "broken-fmt.dlis", check: fails("shorter than its channels")},
		peerCase{name: iflr + "broken-fmt.dlis", opt: lenient, check: with(func(f *File) string {
			numbers, _, err := table(f, frame)
			return first(equal(err, nil), equal(numbers, []int{1, 3}), says(f, damage.Critical, "shorter than its channels"))
		})},
		peerCase{name: iflr + "invalid-dtime.dlis", check: fails("day is out of range"),
			differs: "a date that does not exist comes as it is written; DateTime.Time says that it is none, and the other channels can be read"},
		peerCase{name: iflr + "noform.dlis", check: with(func(f *File) string {
			l := f.LogicalFiles[0]
			text, err := l.NoFormat(ObName{10, 0, "NOFORMAT-TEXT"}, 1<<20)
			image, _ := l.NoFormat(ObName{10, 0, "NOFORMAT-IMAGE"}, 1<<20)
			unused, _ := l.NoFormat(ObName{10, 0, "NOFORMAT-UNUSED"}, 1<<20)
			return first(equal(err, nil), equal(string(text), "This is a test data and it has no meaning."), equal(len(image), 12977), equal(len(unused), 0))
		})},
		peerCase{name: "chap4-7/encoded-obname.dlis", opt: Options{Encodings: []string{"koi8-r"}},
			check: curves("ENCODED-[Б╣дTУБ1", []int{1}, [][][]any{{v(32915)}})},
		peerCase{name: "chap4-7/invalid-date-in-origin.dlis", check: loads(1)},
		peerCase{name: "chap4-7/many-logical-files.dlis", check: with(func(f *File) string {
			var numbers []int
			for _, l := range f.LogicalFiles {
				objects, _ := l.Objects("")
				numbers = append(numbers, len(objects))
			}
			id, _ := f.LogicalFiles[1].Header()
			return first(equal(numbers, []int{8, 7, 1}), equal(f.LogicalFiles[0].Types(), []string{"ORIGIN", "CHANNEL", "FRAME"}),
				equal(f.LogicalFiles[1].data[ObName{10, 0, "FRAME-INC"}].records, 2), equal(id, "Yet another logical file"))
		})},
		peerCase{name: "chap4-7/many-logical-files-same-object.dlis", check: with(func(f *File) string {
			return first(equal(len(f.LogicalFiles), 2), equal(len(attribute(object(f, 0, "CHANNEL", "CHANN1"), "DIMENSION").([]any)), 3),
				equal(len(attribute(object(f, 1, "CHANNEL", "CHANN1"), "DIMENSION").([]any)), 1))
		})},
		peerCase{name: "chap4-7/many-logical-files-unnamed-fileheader.dlis", check: with(func(f *File) string {
			id, _ := f.LogicalFiles[0].Header()
			return first(equal(len(f.LogicalFiles), 2), equal(id, "some logical file"), says(f, damage.Minor, "says that it has a name, and has none"))
		})},
		peerCase{name: frames + "mainframe.dlis", check: channelsOf("MAINFRAME", "TIME.0.0 [1] FSINGL, TDEP.0.0 [2] SNORM, TIME.1.0 [1] SNORM", "TIME")},
		peerCase{name: frames + "nonindexed.dlis", check: with(func(f *File) string { return indexOf(f, 0, "none") })},
		peerCase{name: frames + "indexed-no-channels.dlis", check: with(func(f *File) string { return indexOf(f, 0, "none") })},
		peerCase{name: frames + "duplicated.dlis", check: with(func(f *File) string {
			frames, err := f.LogicalFiles[0].Frames()
			return first(equal(err, nil), equal(len(frames[0].Channels), 2), says(f, damage.Major, "has channel DUPL.0.0 twice"))
		})},
		peerCase{name: frames + "1-channel-2-frames.dlis", check: with(func(f *File) string { return equal(count(f, 0, "FRAME"), 2) })},
		peerCase{name: frames + "2-channels-same-content-diff-sign.dlis", check: with(func(f *File) string {
			frames, err := f.LogicalFiles[0].Frames()
			return first(equal(err, nil), equal(frames[0].Channels[0].Name, ObName{0, 1, "SAME"}), equal(frames[1].Channels[0].Name, ObName{0, 2, "SAME"}))
		})},
		peerCase{name: frames + "2-channels-same-sign-diff-content.dlis", check: with(func(f *File) string {
			_, err := f.LogicalFiles[0].Frames()
			return first(equal(err, nil), says(f, damage.Major, "in two ways"))
		})},
		peerCase{name: frames + "2-channels-same-sign-same-content.dlis", check: loads(1)},
		peerCase{name: frames + "channel-missing.dlis", check: with(func(f *File) string {
			frames, _ := f.LogicalFiles[0].Frames()
			_, err := frames[0].Rows()
			return equal(err != nil, true)
		})},
		peerCase{name: frames + "various.dlis", check: with(func(f *File) string {
			frames, err := f.LogicalFiles[0].Frames()
			if err != nil {
				return err.Error()
			}
			var elements []int
			for _, c := range frames[0].Channels {
				elements = append(elements, c.Elements())
			}
			return equal(elements, []int{5, 4, 8, 1, 6})
		})},
		peerCase{name: frames + "no-dimension.dlis", check: with(func(f *File) string {
			frames, err := f.LogicalFiles[0].Frames()
			if err != nil || len(frames) == 0 {
				return "no frames"
			}
			_, err = frames[0].Rows()
			return equal(err != nil, true)
		}), differs: "a channel without a dimension is taken as a scalar, with a warning"},
	)
	run(t, "curves", cases)
}

// indexOf expects the index of a frame.
func indexOf(f *File, frame int, want string) string {
	frames, err := f.LogicalFiles[0].Frames()
	if err != nil {
		return err.Error()
	}
	index := "none"
	if c := frames[frame].Index(); c != nil {
		index = c.Name.ID
	}
	return equal(index, want)
}

// channelsOf expects the channels of the first frame, and its index.
func channelsOf(frame, want, index string) func(*File, error) string {
	return with(func(f *File) string {
		frames, err := f.LogicalFiles[0].Frames()
		if err != nil {
			return err.Error()
		}
		text := ""
		for i, c := range frames[0].Channels {
			if i > 0 {
				text += ", "
			}
			text += fmt.Sprint(c.Name, " ", c.Dimension, " ", c.Code)
		}
		return first(equal(frames[0].Name.ID, frame), equal(text, want), indexOf(f, 0, index))
	})
}
