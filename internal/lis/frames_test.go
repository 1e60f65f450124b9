package lis

import (
	"bytes"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/damage"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

// curves joins fragments of the peer's curve tests between headers and trailers.
func curves(t *testing.T, names ...string) *File {
	t.Helper()
	all := []string{"RHLR-1", "THLR-1", "FHLR-1"}
	for _, name := range names {
		all = append(all, "curves/"+name)
	}
	return open(t, joined(t, records(append(all, "FTLR-1", "TTLR-1", "RTLR-1")...)...), lenient())
}

// read returns the index and each channel's values of all frames.
func read(t *testing.T, f *Format) (index []float64, values [][]float64) {
	t.Helper()
	r, err := f.NewReader()
	if err != nil {
		t.Fatal(err)
	}
	values = make([][]float64, len(f.Channels))
	for r.Next() {
		index = append(index, r.Index())
		for i := range f.Channels {
			values[i] = append(values[i], r.Values(i)...)
		}
	}
	if r.Err() != nil || int64(len(index)) != f.Frames {
		t.Errorf("%d of %d frames: %v", len(index), f.Frames, r.Err())
	}
	return index, values
}

func numbers(text string) (out []float64) {
	for _, field := range strings.Fields(text) {
		v, err := strconv.ParseFloat(field, 64)
		if err != nil {
			panic(err)
		}
		out = append(out, v)
	}
	return out
}

// What the peer's README and tests say of its curve fragments: index, then the channels.
func TestCurves(t *testing.T) {
	for _, c := range []struct {
		files string
		index string
		want  []string
	}{
		{"dfsr-simple fdata-simple", "1", []string{"1", "2", "3"}},
		{"dfsr-simple fdata-frames-in-record", "1 4 7 10", []string{"1 4 7 10", "2 5 8 11", "3 6 9 12"}},
		{"dfsr-subtype0", "", []string{""}},
		{"dfsr-subtype1", "", []string{""}},
		{"dfsr-repcodes-fixed fdata-repcodes-fixed", "89", []string{"89", "-128", "153", "-153", "1", "-1", "-0.25", "153.25"}},
		{"dfsr-dimensional-int fdata-dimensional-int", "12 10", []string{"12 10", "1 2 4 5", "3 6"}},
		{"dfsr-suppressed fdata-suppressed", "1", []string{"1", "3"}},
		{"dfsr-suppressed-bad fdata-suppressed", "1", []string{"1", "3"}}, // the peer minds the size of what is suppressed
		{"dfsr-mnemonics-same", "", []string{"", "", "", ""}},
		{"dfsr-depth-dir-down fdata-depth-down-PR-2 fdata-depth-down-PR-1 fdata-depth-down-PR1 fdata-depth-down-PR2 fdata-depth-down-PR3",
			"-3 -2 -1 0 1 2 3 4 5", []string{"12 13 14 15 16 17 18 19 20"}},
		{"dfsr-depth-reprc-size fdata-depth-down-PR-2 fdata-depth-down-PR-1", "-3 -2 -1 0", []string{"12 13 14 15"}},
		{"dfsr-depth-dir-up fdata-depth-up-PR1 fdata-depth-up-PR2 fdata-depth-up-PR3", "53 52 51 50 49", []string{"37 36 35 34 33"}},
		{"dfsr-depth-dir-no fdata-depth-up-PR1 fdata-depth-up-PR2 fdata-depth-up-PR3", "53 52 51 50 49", []string{"37 36 35 34 33"}},
		{"dfsr-depth-conversion fdata-depth-down-PR1", "1 1.25", []string{"16 17"}}, // the peer has no fractional index
		{"dfsr-fast-int fdata-fast-int", "1 5", []string{"1 5", "2 3 6 7", "4 8"}},
		{"dfsr-fast-dimensional fdata-fast-dimensional", "1 9", []string{"1 9", "2 3 4 5 6 7 10 11 12 13 14 15", "8 16"}},
		{"dfsr-fast-depth fdata-fast-depth-1 fdata-fast-depth-2", "1 3 5 7", []string{"2 3 5 6 8 9 11 12", "4 7 10 13"}},
		{"dfsr-fast-two-diff fdata-fast-two-diff", "1 7", []string{"1 7", "2 3 8 9", "4 5 6 10 11 12", "13 14"}},
		{"dfsr-fast-two-same fdata-fast-two-same", "1 9", []string{"1 9", "2 3 10 11", "4 5 12 13"}},
		{"dfsr-fast-index-down fdata-fast-index-2 fdata-fast-index-1 fdata-fast-index1 fdata-fast-index2",
			"-5 -1 1 5", []string{"-5 -1 1 5", "-6 -7 -2 -3 2 3 6 7", "-8 -4 4 8"}},
		{"dfsr-fast-index-up fdata-fast-index2 fdata-fast-index1 fdata-fast-index-1 fdata-fast-index-2",
			"5 1 -1 -5", []string{"5 1 -1 -5", "6 7 2 3 -2 -3 -6 -7", "8 4 -4 -8"}},
		{"dfsr-fast-conversion fdata-fast-conversion", "1 2", []string{"1 2", "5 6 7 8"}},
	} {
		f := curves(t, strings.Fields(c.files)...)
		format := f.LogicalFiles[0].Formats[0]
		index, values := read(t, format)
		if !slices.Equal(index, numbers(c.index)) || len(values) != len(c.want) {
			t.Errorf("%s: index %v, %d channels", c.files, index, len(values))
			continue
		}
		for i, want := range c.want {
			if !slices.Equal(values[i], numbers(want)) {
				t.Errorf("%s: %s is %v, want %s", c.files, format.Channels[i].Mnemonic, values[i], want)
			}
		}
		if f.worst() > damage.Minor {
			t.Errorf("%s: %v", c.files, f.Issues)
		}
	}
}

// Formats that the peer refuses: ours say why and keep to themselves; other formats of the file are read.
func TestFormatErrors(t *testing.T) {
	for name, want := range map[string]string{
		"dfsr-cut":               "32 of 40 bytes",
		"dfsr-entries-cut-fixed": "without their terminator",
		"dfsr-entries-cut-value": "6 left",
		"dfsr-entries-cut-end":   "without their terminator",
		"dfsr-entries-bad-reprc": "representation code 83",
		"dfsr-repcodes-invalid":  "representation code 170",
		"dfsr-samples-0":         "0 samples",
		"dfsr-size-0-one-block":  "no channels with data",
		"dfsr-size-0-two-blocks": "no bytes",
		"dfsr-entries-default":   "no channels with data",
		"dfsr-size-lt-repcode":   "does not hold values of 4",
		"dfsr-depth-spacing-no":  "spacing",
		"dfsr-depth-dir-none":    "neither up nor down",
		"dfsr-depth-dir-invalid": "neither up nor down",
		"dfsr-depth-reprc-bad":   "representation code",
		"dfsr-depth-reprc-none":  "representation code",
		"dfsr-fast-first":        "one number is needed",
		"dfsr-entries-defined":   "no channels with data",
		"dfsr-entries-size-0":    "no channels with data",
		"dfsr-encoded":           "one number is needed", // of text: the peer cannot read it either
		"dfsr-dimensional-bad":   "does not hold values of 2",
		"dfsr-entries-bad-type":  "is cut",
		"dfsr-entries-same-type": "no channels with data",
	} {
		f := curves(t, name)
		format := f.LogicalFiles[0].Formats[0]
		if format.Err == nil || !strings.Contains(format.Err.Error(), want) || f.worst() != damage.Major {
			t.Errorf("%s: %v, want %q; problems %v", name, format.Err, want, f.Issues)
		}
		if _, err := format.NewReader(); err != format.Err {
			t.Errorf("%s: reader: %v", name, err)
		}
	}
}

// Channels that cannot be read do not keep others from being read.
func TestChannelErrors(t *testing.T) {
	for name, want := range map[string]string{"dfsr-fast-int-bad": "CH02", "dfsr-size-0-string": "STR"} {
		f := curves(t, name)
		format := f.LogicalFiles[0].Formats[0]
		bad := 0
		for _, c := range format.Channels {
			if c.Err != nil {
				bad++
				if c.Mnemonic != want && want != "STR" {
					t.Errorf("%s: %s: %v", name, c.Mnemonic, c.Err)
				}
			}
		}
		if bad != 1 || f.worst() != damage.Major {
			t.Errorf("%s: %d bad channels, %v", name, bad, f.Issues)
		}
	}
}

func TestEntries(t *testing.T) {
	format := curves(t, "dfsr-entries-defined").LogicalFiles[0].Formats[0]
	if len(format.Entries) != 17 || format.Direction != NoDirection || format.Spacing != 60 || format.IndexUnit != "INCH" ||
		math.Abs(format.Absent+15988) > 1e-3 || !format.IndexInRecord || format.indexCode != I32 {
		t.Errorf("%+v", format)
	}
	format = curves(t, "dfsr-entries-default").LogicalFiles[0].Formats[0]
	if format.Direction != Up || format.IndexUnit != ".1IN" || format.Absent != -999.25 || format.IndexInRecord || !math.IsNaN(format.Spacing) {
		t.Errorf("%+v", format)
	}
	channel := curves(t, "dfsr-subtype1").LogicalFiles[0].Formats[0].Channels[0]
	if channel.Mnemonic != "CH01" || channel.ServiceID != "testCH" || channel.ServiceOrder != "1234" || channel.Unit != "INCH" || channel.FileNumber != 1 {
		t.Errorf("%+v", channel)
	}
}

func TestTexts(t *testing.T) {
	f := curves(t, "dfsr-repcodes-string", "fdata-repcodes-string")
	r, err := f.LogicalFiles[0].Formats[0].NewReader()
	if err != nil || !r.Next() || r.Text(1, 0) != "Now this is a string of size 32" || !math.IsNaN(r.Values(1)[0]) {
		t.Errorf("%q, %v", r.Text(1, 0), err)
	}
	f = curves(t, "dfsr-fast-str", "fdata-fast-str")
	r, err = f.LogicalFiles[0].Formats[0].NewReader()
	if err != nil || !r.Next() || r.Text(1, 0) != "STR sample 1" || r.Text(1, 1) != "STR sample 2" || r.Text(2, 0) != "STR not sampled" {
		t.Errorf("%q, %v", r.Text(1, 0), err)
	}
	f = curves(t, "dfsr-repcodes-mask", "fdata-repcodes-mask")
	r, err = f.LogicalFiles[0].Formats[0].NewReader()
	if err != nil || !r.Next() || !bytes.Equal(r.Bytes(1, 0), []byte{255, 255, 255, 255}) {
		t.Errorf("mask %v, %v", r.Bytes(1, 0), err)
	}
}

// Data belong to the format before them.
func TestSeveralFormats(t *testing.T) {
	f := curves(t, "dfsr-simple", "dfsr-simple", "fdata-simple", "dfsr-simple", "dfsr-simple", "fdata-simple", "fdata-simple")
	for i, want := range []int64{0, 1, 0, 2} {
		if got := f.LogicalFiles[0].Formats[i].Frames; got != want {
			t.Errorf("format %d has %d frames, want %d", i, got, want)
		}
	}
	f = curves(t, "fdata-simple", "fdata-simple", "dfsr-simple")
	if f.worst() != damage.Major || f.LogicalFiles[0].Formats[0].Frames != 0 {
		t.Errorf("data without a format: %v", f.Issues)
	}
	f = curves(t, "dfsr-simple", "fdata-bad-fdata")
	if f.worst() != damage.Major || f.LogicalFiles[0].Formats[0].Frames != 0 {
		t.Errorf("half a frame: %v", f.Issues)
	}
}

// Data records of type 1 belong to the format that says so, though records of type 0 stand between them.
func TestAlternateData(t *testing.T) {
	record := func(kind byte, body ...byte) []byte {
		return append([]byte{0, byte(6 + len(body)), 0, 0, kind, 0}, body...)
	}
	format := func(dataType byte, mnemonic string) []byte {
		block := make([]byte, specBlockBytes)
		copy(block, mnemonic)
		block[29], block[33], block[34] = 1, 1, byte(U8)
		return record(64, append([]byte{entryDataType, 1, byte(U8), dataType, 0, 0, byte(U8)}, block...)...)
	}
	b := slices.Concat(record(128), format(0, "A"), format(1, "B"), record(0, 1, 2), record(1, 9), record(0, 3), record(1, 8, 7), record(232, 'x'), record(0, 4))
	formats := open(t, b, lenient()).LogicalFiles[0].Formats
	for i, want := range []string{"1 2 3 4", "9 8 7"} {
		if index, _ := read(t, formats[i]); !slices.Equal(index, numbers(want)) {
			t.Errorf("format %d: %v, want %s", i, index, want)
		}
	}
	// A format for normal data is taken for alternate data too where there is no other.
	b = slices.Concat(record(128), format(0, "A"), record(1, 1, 2), record(0, 3))
	if index, _ := read(t, open(t, b, lenient()).LogicalFiles[0].Formats[0]); !slices.Equal(index, numbers("1 2 3")) {
		t.Errorf("%v", index)
	}
}

func TestSampleIndex(t *testing.T) {
	format := curves(t, "dfsr-fast-depth", "fdata-fast-depth-1", "fdata-fast-depth-2").LogicalFiles[0].Formats[0]
	r, err := format.NewReader()
	if err != nil {
		t.Fatal(err)
	}
	var got []float64
	for r.Next() {
		got = append(got, r.SampleIndex(0, 0), r.SampleIndex(0, 1))
	}
	if want := numbers("0 1 2 3 4 5 6 7"); !slices.Equal(got, want) { // the peer's test_fdata_fast_channel_depth
		t.Errorf("%v, want %v", got, want)
	}
}

// Where the spacing is not written it is that of the frames, and the first frame has none before it.
func TestSampleIndexWithoutSpacing(t *testing.T) {
	format := curves(t, "dfsr-fast-index-up", "fdata-fast-index2", "fdata-fast-index1").LogicalFiles[0].Formats[0]
	r, err := format.NewReader()
	if err != nil || !r.Next() || !math.IsNaN(r.SampleIndex(1, 0)) || r.SampleIndex(1, 1) != 5 {
		t.Fatalf("first frame: %v, %v, %v", r.SampleIndex(1, 0), r.SampleIndex(1, 1), err)
	}
	if !r.Next() || r.SampleIndex(1, 0) != 3 || r.SampleIndex(1, 1) != 1 {
		t.Errorf("second frame: %v, %v", r.SampleIndex(1, 0), r.SampleIndex(1, 1))
	}
}

func TestMudLog(t *testing.T) {
	l := open(t, joined(t, peer+"MUD_LOG_1.LIS"), lenient()).LogicalFiles[0]
	index, values := read(t, l.Formats[1])
	if len(index) != 3946 || !slices.Equal(index[:5], numbers("145 146 147 148 149")) {
		t.Errorf("%d frames from %v", len(index), index[:5])
	}
	bit := slices.IndexFunc(l.Formats[1].Channels, func(c Channel) bool { return c.Mnemonic == "BDIA" })
	if got := values[bit][:5]; !slices.Equal(got, numbers("36 36 36 36 36")) {
		t.Errorf("BDIA %v", got)
	}
}

// The real files agree with their LAS conversions (TotalDepth's, 3 decimals, the first sample of each frame).
func TestRealFiles(t *testing.T) {
	for _, name := range []string{"lis/DILLSON-1_WELL_LOGS_FILE-013.LIS", "lis/DILLSON-1_WELL_LOGS_FILE-049.LIS"} {
		formats := open(t, joined(t, name), Options{Actions: map[damage.Severity]damage.Action{damage.Info: damage.Fail, damage.Minor: damage.Fail, damage.Major: damage.Fail}}).LogicalFiles[0].Formats
		format := formats[1]
		text, err := os.Open(shareddata.Path(t, name+"_0.las"))
		if err != nil {
			t.Fatal(err)
		}
		defer text.Close()
		want, err := las.Read(text, las.Options{NullValues: []float64{}})
		if err != nil {
			t.Fatal(err)
		}
		if len(want.Curves) != len(format.Channels)+1 || int64(want.Rows()) != format.Frames || formats[0].Frames != 0 || format.Direction != Up {
			t.Fatalf("%s: %d channels, %d frames; want %d, %d", name, len(format.Channels), format.Frames, len(want.Curves)-1, want.Rows())
		}
		r, err := format.NewReader()
		if err != nil {
			t.Fatal(err)
		}
		checked := 0
		for row := 0; r.Next(); row++ {
			if got := r.Index(); got != want.Curves[0].Values[row] {
				t.Fatalf("%s: row %d: index %v, want %v", name, row, got, want.Curves[0].Values[row])
			}
			for i, c := range format.Channels {
				curve := want.Curves[i+1]
				got, value := r.Values(i)[0], curve.Values[row]
				if c.Mnemonic != curve.Mnemonic {
					t.Fatalf("%s: channel %s, want %s", name, c.Mnemonic, curve.Mnemonic)
				}
				if !(math.Abs(got-value) <= 0.00051) && !(math.IsNaN(got) && math.IsNaN(value)) {
					t.Fatalf("%s: row %d: %s is %v, want %v", name, row, c.Mnemonic, got, value)
				}
				checked++
			}
		}
		t.Logf("%s: %d values agree", name, checked)
	}
}

// The five fast channels of the dipmeter: bytes taken from the file by hand.
func TestDipmeter(t *testing.T) {
	l := open(t, joined(t, "lis/DILLSON-1_WELL_LOGS_FILE-049.LIS"), lenient()).LogicalFiles[0]
	format := l.Formats[1]
	r, err := format.NewReader()
	if err != nil {
		t.Fatal(err)
	}
	for range 101 {
		r.Next()
	}
	if got, want := r.Values(4), numbers("93 100 94 88 80 68 75 93 109 127 117 116 112 100 95 110"); !slices.Equal(got, want) {
		t.Errorf("FC4 %v, want %v", got, want)
	}
	if c := format.Channels[4]; c.Mnemonic != "FC4" || c.Parent != "RHDT" || c.Samples != 16 {
		t.Errorf("%+v", c)
	}
	// Logged up: the earlier samples of a frame are the deeper ones.
	if metres, ok := format.MetresPer(); !ok || metres != 0.00254 || r.SampleIndex(0, 15) != 630495 || r.SampleIndex(0, 0) != 630495+30 {
		t.Errorf("unit %v, samples at %v to %v", metres, r.SampleIndex(0, 0), r.SampleIndex(0, 15))
	}
	if well, ok := Constant(l.Tables(), "WN"); !ok || well.Text != "DILLSON #1" {
		t.Errorf("well %+v", well)
	}
}
