package wellfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

// tapeRecord is a logical record of LIS79 in one physical record.
func tapeRecord(kind byte, body []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(6+len(body)))
	return append(append(b, 0, 0, kind, 0), body...)
}

// lisChannel describes a channel of 16-bit integers.
type lisChannel struct {
	mnemonic, unit   string
	samples, entries int
}

// lisFile is a file logged up in 0.1 inch, two frames a record, one row in 2.54 mm times spacing: frame i holds 100*i + position.
func lisFile(frames, spacing int, channels ...lisChannel) []byte {
	out := tapeRecord(128, fmt.Appendf(nil, "%-56s", "TEST  .001"))
	cell := func(kind byte, mnemonic, unit, value string) []byte {
		return append([]byte{kind, 65, byte(len(value)), 0}, fmt.Sprintf("%-4s%-4s%s", mnemonic, unit, value)...)
	}
	table := cell(73, "TYPE", "", "CONS")
	for _, row := range [][2]string{{"WN", "FORGE 16A"}, {"CN", "ACME"}} {
		table = append(append(table, cell(0, "MNEM", "", row[0])...), cell(69, "VALU", "", row[1])...)
	}
	table = append(table, cell(0, "MNEM", "", "BS")...)
	table = append(table, 69, 79, 2, 0)
	table = append(append(table, "VALUIN  "...), 0, 12)
	out = append(out, tapeRecord(34, table)...)
	spec := []byte{4, 1, 66, 1, 8, 2, 79, 0, byte(spacing), 9, 4, 65, '.', '1', 'I', 'N', 13, 1, 66, 1, 14, 4, 65, '.', '1', 'I', 'N', 15, 1, 66, 73, 0, 1, 66, 0}
	values := 0
	for _, c := range channels {
		block := fmt.Appendf(nil, "%-4s%-6s%-8s%-4s", c.mnemonic, "TOOL", "", c.unit)
		block = append(block, make([]byte, 18)...)
		binary.BigEndian.PutUint16(block[28:], uint16(2*c.samples*c.entries))
		block[33], block[34] = byte(c.samples), 79
		spec = append(spec, block...)
		values += c.samples * c.entries
	}
	out = append(out, tapeRecord(64, spec)...)
	for first := 0; first < frames; first += 2 {
		body := binary.BigEndian.AppendUint32(nil, uint32(400000-first*spacing))
		for i := first; i < min(first+2, frames); i++ {
			for k := range values {
				body = binary.BigEndian.AppendUint16(body, uint16(100*i+k))
			}
		}
		out = append(out, tapeRecord(0, body)...)
	}
	return append(out, tapeRecord(129, fmt.Appendf(nil, "%-56s", "TEST  .001"))...)
}

// readLIS reads a LIS79 file in memory as Read does.
func readLIS(name string, b []byte, opt Options) (*imagelog.Log, error) {
	log, err := fromLIS(name, bytes.NewReader(b), int64(len(b)), las.DefaultNulls(), opt)
	if err != nil {
		return nil, failed(name, formatLIS, err)
	}
	return log, finish(log, name, opt)
}

func TestReadLIS(t *testing.T) {
	b := lisFile(5, 10, lisChannel{"FMI", "OHMM", 1, 16}, lisChannel{"P1AZ", "DEG", 1, 1}, lisChannel{"C1", "IN", 1, 1})
	var contents Contents
	l, err := readLIS("a.lis", b, Options{OnContents: func(c Contents) { contents = c }})
	if err != nil {
		t.Fatal(err)
	}
	if l.Rows() != 5 || l.Columns() != 16 || l.Well != "FORGE 16A" || l.Reference != imagelog.RefUnknown {
		t.Fatalf("%d x %d, well %q", l.Rows(), l.Columns(), l.Well)
	}
	// Logged up: the last frame is the shallowest.
	if math.Abs(l.DepthM[0]-399960*0.00254) > 1e-9 || math.Abs(l.DepthM[4]-400000*0.00254) > 1e-9 || l.Pixels()[0] != 400 || l.Pixels()[16+3] != 303 {
		t.Errorf("depth %v, pixels %v", l.DepthM, l.Pixels()[:20])
	}
	if l.P1NODeg[4] != 16 || l.C1In[4] != 17 || l.P1NODeg[0] != 416 || l.BSIn[2] != 12 {
		t.Errorf("curves %v %v %v", l.P1NODeg, l.C1In, l.BSIn)
	}
	if contents.Format != "LIS79" || contents.Images != "FMI (16 columns)" || len(contents.LogicalFiles) != 1 {
		t.Fatalf("%+v", contents)
	}
	if one := contents.LogicalFiles[0]; one.Well != "FORGE 16A" || one.Company != "ACME" || one.ID != "TEST  .001" || len(one.Frames) != 1 ||
		one.Frames[0].Direction != "up" || one.Frames[0].Spacing != 10 || one.Frames[0].Unit != ".1IN" || len(one.Frames[0].Channels) != 3 {
		t.Errorf("%+v", one)
	}
}

// A fast image channel gives several rows a frame; the last one at the frame's depth.
func TestReadFastLIS(t *testing.T) {
	l, err := readLIS("a.lis", lisFile(4, 10, lisChannel{"FMI", "", 5, 8}, lisChannel{"RB", "DEG", 1, 1}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if l.Rows() != 20 || l.Columns() != 8 || math.Abs(l.DepthM[1]-l.DepthM[0]-2*0.00254) > 1e-9 || math.Abs(l.DepthM[0]-399970*0.00254) > 1e-9 {
		t.Fatalf("%d x %d, depth %v", l.Rows(), l.Columns(), l.DepthM)
	}
	if l.Pixels()[0] != 332 || l.RBDeg[0] != 340 || l.RBDeg[4] != 340 || l.RBDeg[5] != 240 {
		t.Errorf("pixels %v, RB %v", l.Pixels()[:8], l.RBDeg)
	}
}

func TestReadLISFamily(t *testing.T) {
	channels := []lisChannel{{"GR", "GAPI", 1, 1}}
	for i := range 9 {
		channels = append(channels, lisChannel{fmt.Sprintf("B%d", i+1), "", 1, 1})
	}
	l, err := readLIS("a.lis", lisFile(3, 1, channels...), Options{ImageChannel: "1/B"})
	if err != nil || l.Columns() != 9 || l.Pixels()[0] != 201 || l.Pixels()[8] != 209 {
		t.Errorf("%v", err)
	}
}

func TestLISErrors(t *testing.T) {
	two := lisFile(2, 1, lisChannel{"FMI", "", 1, 16}, lisChannel{"FMS", "", 1, 16}, lisChannel{"WF1", "", 1, 16})
	for _, c := range []struct {
		name  string
		bytes []byte
		opt   Options
		want  error
		say   string
	}{
		{"two images", two, Options{}, ErrAmbiguous, "1/1/FMI (16 columns), 1/1/FMS (16 columns)"},
		{"another name", two, Options{ImageChannel: "CMI"}, ErrNoImage, "1/1/WF1"},
		{"no image", lisFile(2, 1, lisChannel{"GR", "", 1, 1}), Options{}, ErrNoImage, "geobfdt info"},
		{"cut", two[:len(two)-80], Options{}, ErrDamaged, "--on-damage warn"},
	} {
		_, err := readLIS(c.name+".lis", c.bytes, c.opt)
		var typed *Error
		if !errors.Is(err, c.want) || !errors.As(err, &typed) || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	l, err := readLIS("cut.lis", two[:len(two)-80], Options{ImageChannel: "1/1/fms", ReadDamaged: true})
	if err != nil || l.Rows() != 1 || !strings.Contains(strings.Join(l.Warnings, "\n"), "truncated") {
		t.Errorf("what is left: %v", err)
	}
	// The dipmeter run has four pads of one button: no image.
	dipmeter := shareddata.Bytes(t, "lis/DILLSON-1_WELL_LOGS_FILE-049.LIS")
	if _, err := readLIS("049.LIS", dipmeter, Options{}); !errors.Is(err, ErrNoImage) {
		t.Errorf("dipmeter: %v", err)
	}
}
