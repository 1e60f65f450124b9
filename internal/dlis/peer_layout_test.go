package dlis

import (
	"errors"
	"testing"

	"github.com/geobfdt/geobfdt/internal/damage"
)

// TestPeerLayout holds chapter 2: storage unit, visible records, segments, and tape images.
func TestPeerLayout(t *testing.T) {
	lenient := Options{Actions: damage.Lenient()}
	label := Label{1, "V1.00", 8192, "Default Storage Set"}
	run(t, "layout", []peerCase{
		{name: "chap2/small.dlis", check: with(func(f *File) string {
			if f.Label == nil {
				return "no label"
			}
			return equal(*f.Label, label)
		})},
		{name: "chap2/7K-file.dlis", check: loads(1)},
		{name: "chap2/ends-on-FF-01.dlis", check: loads(1)},
		{name: "chap2/3lrs-in-vr.dlis", check: loads(1)},
		{name: "chap2/2lr-in-vr.dlis", check: loads(1)},
		{name: "chap2/1lr-in-2vrs.dlis", check: loads(1)},
		{name: "chap2/attrs-inconsistency-type-pred.dlis", check: loads(1)},
		{name: "chap2/lf-lrs-inconsistency.dlis", check: fails("is not finished where the next logical file starts")},
		{name: "chap2/padbytes-large-as-record.dlis", check: with(func(f *File) string {
			return first(equal(count(f, 0, ""), 0), equal(len(f.LogicalFiles[0].data), 0), says(f, damage.Minor, "padding from end to end"))
		})},
		{name: "chap2/padbytes-large-as-seg-explict.dlis", check: with(func(f *File) string {
			return first(equal(count(f, 0, ""), 0), equal(len(f.LogicalFiles[0].data), 0))
		})},
		{name: "chap2/padbytes-large-as-seg-implicit.dlis", check: with(func(f *File) string {
			return first(equal(count(f, 0, ""), 0), equal(len(f.LogicalFiles[0].data), 0))
		})},
		{name: "chap2/padbytes-encrypted.dlis", check: loads(1)},
		{name: "chap2/nondlis.txt", opt: lenient, check: func(f *File, err error) string {
			return equal(errors.Is(err, ErrFormat), true)
		}},
		{name: "chap2/old-vr.dlis", check: fails("not a DLIS file")},
		{name: "chap2/incomplete-sul.dlis", check: with(func(f *File) string {
			return first(equal(f.Label == nil, true), says(f, damage.Minor, "label is missing or damaged"),
				equal(attribute(object(f, 0, "RANDOM_SET3", "RANDOM_OBJECT3"), "RANDOM_ATTRIBUTE3"), []int{3}))
		})},
		{name: "chap2/truncated-in-sul.dlis", check: with(func(f *File) string {
			return first(equal(len(f.LogicalFiles), 0), says(f, damage.Major, "ends in its label"))
		})},
		{name: "chap2/truncated-in-second-lr.dlis", check: fails("the file is cut")},
		{name: "chap2/truncated-in-lrsh-vr-over.dlis", opt: Options{Actions: damage.Lenient()}, check: with(func(f *File) string {
			return says(f, damage.Critical, "stray bytes")
		})},
		{name: "chap2/truncated-after-lrsh.dlis", check: fails("the file is cut")},
		{name: "chap2/truncated-lr-no-lrs-vr-over.dlis", check: fails("ends in the middle of a record")},
		{name: "chap2/too-small-record.dlis", check: with(func(f *File) string {
			return equal(attribute(object(f, 0, "VALID-SET", "VALID-OBJ"), "PARAM"), []string{"PARAM-VALUE"})
		})},
		{name: "chap2/zeroed-in-1st-lr.dlis", check: fails("a segment of 0 bytes")},
		{name: "chap2/pre-sul-garbage.dlis", check: with(func(f *File) string {
			return first(equal(*f.Label, label), says(f, damage.Minor, "12 bytes stand before the label"))
		})},
		{name: "chap2/missing-sul.dlis", check: with(func(f *File) string {
			return first(equal(f.Label == nil, true), equal(len(f.LogicalFiles), 2), says(f, damage.Minor, "label is missing"))
		})},
		// What is left to read when damage does not count.
		{name: "chap2/truncated-in-second-lr.dlis", opt: lenient, check: with(func(f *File) string {
			return first(equal(count(f, 0, "CHANNEL"), 1), says(f, damage.Critical, "is cut"))
		})},
		{name: "chap2/truncated-lr-no-lrs-vr-over.dlis", opt: lenient, check: with(func(f *File) string {
			return first(says(f, damage.Critical, "middle of a record"), equal(len(f.LogicalFiles), 0))
		})},
		{name: "chap2/zeroed-in-1st-lr.dlis", opt: lenient, check: with(func(f *File) string {
			return first(equal(count(f, 0, "CHANNEL"), 0), says(f, damage.Critical, "segment of 0 bytes"))
		})},
		{name: "tif/templates/1.dlis", check: loads(2)},
		{name: "tif/templates/2.dlis", check: loads(2)},
		{name: "tif/templates/3.dlis", check: loads(2)},
		{name: "tif/templates/4.dlis", check: with(func(f *File) string {
			return first(loads(2)(f, nil), equal(f.TIF, true), equal(len(f.Issues()), 0))
		})},
		{name: "tif/templates/5.dlis", check: loads(2)},
		{name: "tif/templates/6.dlis", check: loads(2)},
		{name: "tif/templates/7.dlis", check: loads(2)},
		{name: "tif/templates/8.dlis", check: loads(2)},
		{name: "tif/templates/9.dlis", check: loads(2)},
		{name: "tif/templates/inconsistency.dlis", check: loads(2)},
		{name: "tif/irregular/misalignment.dlis", check: loads(2)}, // the peer marks it as expected to fail, for now
		{name: "tif/irregular/padding.dlis", check: fails("zeros"),
			differs: "zeros behind the two tape marks that end a tape lose nothing: the file is read, with a note"},
		{name: "tif/irregular/padding.dlis", opt: lenient, check: with(func(f *File) string {
			return equal(len(f.LogicalFiles), 2)
		})},
		{name: "tif/irregular/suls.dlis", check: with(func(f *File) string { // as misalignment.dlis
			return first(loads(2)(f, nil), twoLabels(f))
		})},
		{name: "tif/irregular/suls-file-TM.dlis", check: with(func(f *File) string {
			return first(loads(2)(f, nil), twoLabels(f))
		})},
		{name: "tif/layout/LR-aligned.dlis", check: loads(1)},
		{name: "tif/layout/LR-disaligned.dlis", check: loads(1)},
		{name: "tif/layout/TM-contains-FF-01.dlis", check: loads(1)},
		{name: "tif/layout/ends-on-FF-01.dlis", check: loads(1)},
		{name: "tif/layout/fdata-aligned.dlis", check: with(func(f *File) string { return rowsOf(f, "FRAME-REPRCODE", 1) })},
		{name: "tif/layout/fdata-disaligned.dlis", check: with(func(f *File) string { return rowsOf(f, "FRAME-REPRCODE", 1) })},
		{name: "tif/layout/truncated-in-data.dlis", check: fails("cut in a TIF block")},
		{name: "tif/layout/truncated-in-data.dlis", opt: lenient, check: with(func(f *File) string {
			return first(equal(len(f.LogicalFiles), 1), says(f, damage.Critical, "the file is cut in a visible record"))
		})},
		{name: "tif/layout/truncated-in-header.dlis", check: fails("cut in a TIF header")},
		{name: "tif/layout/truncated-after-header.dlis", check: fails("is cut")},
	})
}

// twoLabels tells that each logical file has a label of its own.
func twoLabels(f *File) string {
	if f.LogicalFiles[0].Label == nil || f.LogicalFiles[1].Label == nil {
		return "a logical file has no label"
	}
	return first(says(f, damage.Info, "another storage unit label"),
		equal(f.LogicalFiles[0].Label.Set[:4], "TIF1"), equal(f.LogicalFiles[1].Label.Set[:4], "TIF2"))
}

// rowsOf reads all of a frame.
func rowsOf(f *File, frame string, want int) string {
	frames, err := f.LogicalFiles[0].Frames()
	if err != nil {
		return err.Error()
	}
	for _, fr := range frames {
		if fr.Name.ID != frame {
			continue
		}
		rows, err := fr.Rows()
		if err != nil {
			return err.Error()
		}
		n := 0
		for rows.Next() {
			n++
		}
		if rows.Err() != nil {
			return rows.Err().Error()
		}
		return equal(n, want)
	}
	return "no frame " + frame
}
