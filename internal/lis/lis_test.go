package lis

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/damage"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

// folder of the peer's (equinor/dlisio) LIS test files; their README.rst files say what is in each.
const peer = "dlis/dlisio/lis/"

// joined returns files one behind the other, as the peer's tests join their fragments.
func joined(t testing.TB, names ...string) []byte {
	t.Helper()
	var out []byte
	for _, name := range names {
		b := shareddata.Bytes(t, name)
		out = append(out, b...)
	}
	return out
}

func open(t testing.TB, b []byte, opt Options) *File {
	t.Helper()
	f, err := Open(bytes.NewReader(b), int64(len(b)), opt)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// lenient reads what can be read.
func lenient() Options { return Options{Actions: damage.Lenient()} }

// none is less than any severity.
const none = damage.Info - 1

func (f *File) worst() damage.Severity {
	worst := none
	for _, p := range f.Issues {
		worst = max(worst, p.Severity)
	}
	return worst
}

// shape tells a file's structure: per logical file its number of records and, of reel and tape, header and trailer as present.
func shape(f *File) string {
	var out []string
	mark := func(label *VolumeLabel, letter string) string {
		if label == nil {
			return "-"
		}
		return letter
	}
	for _, l := range f.LogicalFiles {
		out = append(out, string(rune('0'+len(l.Records)))+mark(l.Reel.Header, "R")+mark(l.Tape.Header, "T")+mark(l.Tape.Trailer, "t")+mark(l.Reel.Trailer, "r"))
	}
	return strings.Join(out, " ")
}

// What the peer expects of its layout files. Where we read more, the comment says so; docs/lis.md says why.
func TestLayouts(t *testing.T) {
	const whole, noTrailers = "2RTtr", "1RT--"
	for name, want := range map[string]struct {
		shape string
		worst damage.Severity // at least
	}{
		"attributes_01": {whole, none}, "attributes_02": {whole, none}, "attributes_03": {whole, none},
		"attributes_04": {whole, damage.Minor}, "attributes_05": {whole, damage.Minor}, "attributes_06": {noTrailers, damage.Critical},
		"layout_00": {whole, none}, "layout_01": {whole, none}, "layout_tif_00": {whole, none},
		"layout_tif_01": {"2RTtr 2RTtr 2RTtr 2RTtr", none}, "layout_tif_02": {whole, none}, "layout_tif_03": {whole, none}, "layout_tif_04": {whole, none},
		"layout_tif_05": {"2RT--", none}, "layout_tif_06": {"2RT--", none}, "layout_tif_07": {"2RT--", none}, "layout_tif_08": {"2RT-- 2RTtr", none},
		"layout_tif_09": {"2RTt-", none},
		"padding_01":    {whole, none}, "padding_02": {whole, none}, "padding_03": {whole, none}, "padding_04": {whole, none}, "padding_06": {whole, none},
		"padding_05":   {whole, none}, // the peer wants this too, but cannot
		"successor_00": {"3RTtr", none},
		"successor_01": {"3RTtr", damage.Critical},       // the peer stops
		"successor_02": {noTrailers, damage.Critical},    //
		"successor_03": {"1RT-r", damage.Critical},       // the peer stops
		"successor_04": {"1RTtr 2RTtr", damage.Critical}, // the peer stops
		"truncated_01": {noTrailers, damage.Critical}, "truncated_02": {noTrailers, damage.Critical}, "truncated_03": {noTrailers, damage.Critical},
		"truncated_04": {noTrailers, damage.Critical}, "truncated_05": {noTrailers, damage.Critical}, "truncated_06": {noTrailers, damage.Critical},
		"truncated_07": {noTrailers, damage.Critical}, "truncated_08": {noTrailers, damage.Critical}, "truncated_09": {noTrailers, damage.Critical},
		"truncated_10": {noTrailers, damage.Critical}, "truncated_11": {noTrailers, damage.Critical}, "truncated_12": {noTrailers, damage.Critical},
		"truncated_13": {noTrailers, damage.Critical}, "truncated_14": {noTrailers, damage.Critical}, "truncated_16": {noTrailers, damage.Critical},
		"truncated_15": {"2RT-- 2RT--", damage.Critical},
		"wrong_01":     {"not LIS", none}, "wrong_02": {"not LIS", none},
		"wrong_03": {"2RT--", damage.Info},
		"wrong_04": {whole, damage.Minor}, // only the mark's backward offset is wrong; the peer stops
		"wrong_05": {noTrailers, damage.Critical}, "wrong_06": {noTrailers, damage.Critical},
	} {
		b := joined(t, peer+"layouts/"+name+".lis")
		f, err := Open(bytes.NewReader(b), int64(len(b)), lenient())
		if want.shape == "not LIS" {
			if !errors.Is(err, ErrFormat) {
				t.Errorf("%s: %v, want ErrFormat", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := shape(f); got != want.shape || f.worst() < want.worst || want.worst == none && f.worst() > damage.Minor {
			t.Errorf("%s: %s, %v; want %s, %v", name, got, f.Issues, want.shape, want.worst)
		}
		if f.TIF != (strings.Contains(name, "tif") || binary.LittleEndian.Uint32(b) == 0) {
			t.Errorf("%s: tape marks %v", name, f.TIF)
		}
	}
}

func records(names ...string) (out []string) {
	for _, name := range names {
		out = append(out, peer+"records/"+name+".lis.part")
	}
	return out
}

// The peer's test_file_partitioning: delimiter records that are missing.
func TestPartition(t *testing.T) {
	for _, c := range []struct{ records, want string }{
		{"RHLR-1 THLR-1 FHLR-1 FTLR-1 FHLR-2 FTLR-2 TTLR-1 RTLR-1", "2RTtr 2RTtr"},
		{"RHLR-1 THLR-1 FHLR-1 FTLR-1 TTLR-1 THLR-2 FHLR-2 FTLR-2 TTLR-2 RTLR-1", "2RTtr 2RTtr"},
		{"RHLR-1 THLR-1 FHLR-1 FTLR-1 TTLR-1 RTLR-1 RHLR-2 THLR-2 FHLR-2 FTLR-2 TTLR-2 RTLR-2", "2RTtr 2RTtr"},
		{"RHLR-1 THLR-1 FTLR-1 TTLR-1 RTLR-1 RHLR-2 THLR-2 FHLR-2 FTLR-2 TTLR-2 RTLR-2", "1RTtr 2RTtr"},
		{"RHLR-1 THLR-1 FHLR-1 TTLR-1 RTLR-1 RHLR-2 THLR-2 FHLR-2 FTLR-2 TTLR-2 RTLR-2", "1RTtr 2RTtr"},
		{"THLR-1 FHLR-1 FTLR-1 TTLR-1 RTLR-1 RHLR-2 THLR-2 FHLR-2 FTLR-2 TTLR-2 RTLR-2", "2-Ttr 2RTtr"},
		{"RHLR-1 THLR-1 FHLR-1 FTLR-1 TTLR-1 RTLR-1 THLR-2 FHLR-2 FTLR-2 TTLR-2 RTLR-2", "2RTtr 2-Ttr"},
		{"RHLR-1 THLR-1 FHLR-1 FTLR-1 TTLR-1 RTLR-1 RHLR-2 THLR-2 FHLR-2 FTLR-2 TTLR-2", "2RTtr 2RTt-"},
		{"RHLR-1 THLR-1 FHLR-1 FTLR-1 TTLR-1 RHLR-2 THLR-2 FHLR-2 FTLR-2 TTLR-2 RTLR-2", "2RTt- 2RTtr"},
		{"RHLR-1 THLR-1 FHLR-1 FTLR-1 TTLR-1 RTLR-1 RHLR-2 FHLR-2 FTLR-2 TTLR-2 RTLR-2", "2RTtr 2R-tr"},
		{"RHLR-1 THLR-1 FHLR-1 FTLR-1 RTLR-1 RHLR-2 THLR-2 FHLR-2 FTLR-2 TTLR-2 RTLR-2", "2RT-r 2RTtr"},
		{"FHLR-1 FTLR-1 TTLR-1 RHLR-2 FHLR-2 FTLR-2", "2--t- 2R---"},
		{"FHLR-1 FTLR-1 FHLR-2 FTLR-2", "2---- 2----"},
		{"RHLR-1 THLR-1 wellsite-data FHLR-1 FTLR-1 TTLR-1 RTLR-1", "1RTtr 2RTtr"},
	} {
		f := open(t, joined(t, records(strings.Fields(c.records)...)...), lenient())
		if got := shape(f); got != c.want {
			t.Errorf("%s: %s, want %s", c.records, got, c.want)
		}
	}
}

func TestLabels(t *testing.T) {
	f := open(t, joined(t, records("RHLR-1", "THLR-1", "FHLR-1", "FTLR-1", "TTLR-1", "RTLR-1")...), lenient())
	l := f.LogicalFiles[0]
	if l.Header.Name != "LISTST.001" || l.Trailer.Name != "LISTST.001" || l.Tape.Header.OtherName != "" || l.Tape.Trailer.OtherName != "Tape0002" ||
		l.Reel.Trailer.OtherName != "Reel5678" || l.Reel.Header.Name != "Reel1234" {
		t.Errorf("%+v %+v %+v", l.Header, l.Tape.Trailer, l.Reel.Trailer)
	}
	mud := open(t, joined(t, peer+"MUD_LOG_1.LIS"), lenient()).LogicalFiles[0]
	if h := mud.Header; h.Name != "LIS1  .001" || h.MaxRecord != "1024" || h.Date != "" {
		t.Errorf("file header %+v", h)
	}
	if h := mud.Reel.Header; h.Date != "09/11/17" || h.Name != "Georeel" || h.Continuation != "01" || h.Comment != "" {
		t.Errorf("reel header %+v", h)
	}
	for _, name := range []string{"FHLR-too-long", "FHLR-too-short", "FTLR-broken-structure", "TTLR-too-long", "TTLR-too-short"} {
		files := []string{"RHLR-1", "THLR-1", "FHLR-1", "FTLR-1", "TTLR-1", "RTLR-1"}
		for i := range files {
			if files[i][:2] == name[:2] {
				files[i] = name
			}
		}
		f := open(t, joined(t, records(files...)...), lenient())
		if strings.Contains(name, "too") != (f.worst() == damage.Minor) {
			t.Errorf("%s: %v", name, f.Issues)
		}
	}
}

func TestEncodings(t *testing.T) {
	b := joined(t, records("RHLR-1", "THLR-1", "FHLR-1", "inforec-encoded", "curves/dfsr-encoded", "curves/fdata-encoded", "FTLR-1", "TTLR-encoded", "RTLR-1")...)
	f := open(t, b, Options{Actions: damage.Lenient(), Encodings: []string{"koi8-r"}})
	l := f.LogicalFiles[0]
	if name := l.Tape.Trailer.Name; name != "Лента001" {
		t.Errorf("tape %q", name)
	}
	tables := l.Tables()
	if len(tables) != 1 || tables[0].Name != "КОИ8" || tables[0].Rows[0][0].Mnemonic != "НАЗВ" || tables[0].Rows[0][0].Text != "ЗНАЧ" {
		t.Errorf("tables %+v", tables)
	}
	if c := l.Formats[0].Channels[0]; c.Mnemonic != "КАН1" || c.Unit != "изме" {
		t.Errorf("channel %+v", c)
	}
	if l := open(t, b, lenient()).LogicalFiles[0]; l.Tape.Trailer.Name != "ìÅÎÔÁ001" {
		t.Errorf("without encodings the text is Latin-1, not %q", l.Tape.Trailer.Name)
	}
	if _, err := Open(bytes.NewReader(b), int64(len(b)), Options{Encodings: []string{"klingon"}}); err == nil {
		t.Error("unknown encoding accepted")
	}
}

func TestTables(t *testing.T) {
	texts := func(table Table, column string) (out []string) {
		for _, row := range table.Rows {
			cell, ok := row.Cell(column)
			if !ok {
				cell.Text = "none"
			}
			out = append(out, cell.Text)
		}
		return out
	}
	for _, c := range []struct {
		name, table string // "" for records that are no tables
		components  int
		mnem, valu  []string
	}{
		{"inforec_01", "CONS", 16, []string{"WN", "CN", "SRVC"}, []string{"15/9-F-15", "StatoilHydro", "Geoservices"}},
		{"inforec_02", "CONS", 0, []string{"none", "CN", "SRVC"}, []string{"15/9-F-15", "StatoilHydro", "none"}},
		{"inforec_03", "", 15, nil, nil}, {"inforec_04", "", 15, nil, nil}, {"inforec_05", "", 0, nil, nil},
		{"inforec_06", "", 0, nil, nil}, {"inforec_07", "CONS", 1, nil, nil},
		{"inforec_08", "TEST", 7, []string{"MN1", "MN2"}, []string{"val1", "val2"}}, // and a column ATTR of no bytes
	} {
		f := open(t, joined(t, peer+"records/"+c.name+".lis"), lenient())
		record := f.LogicalFiles[0].Records[0]
		components, err := f.Components(record)
		if record.Type != WellsiteData || err != nil || c.components > 0 && len(components) != c.components {
			t.Errorf("%s: %s, %d components, %v", c.name, record.Type, len(components), err)
		}
		table, err := TableOf(components)
		if (err == nil) != (c.table != "") || len(f.LogicalFiles[0].Tables()) != map[bool]int{true: 1}[err == nil] {
			t.Errorf("%s: table %v, %v", c.name, table, err)
		}
		if err == nil && (table.Name != c.table || !slices.Equal(texts(table, "MNEM"), c.mnem) || !slices.Equal(texts(table, "VALU"), c.valu)) {
			t.Errorf("%s: %+v", c.name, table)
		}
	}
	for name, left := range map[string]string{"inforec-cut-in-fixed": "10 bytes left", "inforec-cut-in-value": "2 left"} {
		f := open(t, joined(t, peer+"records/"+name+".lis.part"), lenient())
		if _, err := f.Components(f.LogicalFiles[0].Records[0]); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), left) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := open(t, joined(t, records("RHLR-1", "THLR-1", "FHLR-1", "job-identification", "wellsite-data", "tool-string-info", "encrypted-table-dump", "table-dump", "FTLR-1", "TTLR-1", "RTLR-1")...), lenient())
	tables := f.LogicalFiles[0].Tables()
	if len(tables) != 3 || len(f.LogicalFiles[0].Records) != 7 {
		t.Fatalf("%d tables of %d records", len(tables), len(f.LogicalFiles[0].Records))
	}
	for i, name := range []string{"JOB", "WELL", "TOOL"} {
		row := tables[i].Rows[0]
		if tables[i].Name != name || row[0].Text != "VALue1" || row[0].Category != 1 || row[1].Number != 89 || row[1].Unit != "unit" {
			t.Errorf("table %+v", tables[i])
		}
	}
	if well, ok := Constant(open(t, joined(t, peer+"records/inforec_01.lis"), lenient()).LogicalFiles[0].Tables(), "wn"); !ok || well.Text != "15/9-F-15" {
		t.Errorf("well %+v", well)
	}
}

func TestComments(t *testing.T) {
	f := open(t, joined(t, records("RHLR-1", "THLR-1", "FHLR-1", "op-command-inputs", "op-response-inputs", "system-outputs", "flic-comment", "FTLR-1")...), lenient())
	for _, want := range []struct {
		kind Type
		text string
	}{
		{OperatorCommand, "Operator Command Inputs: this can be trash or something readable\r Don't read that?"},
		{OperatorResponse, "Operator Response Inputs: this can be trash or something readable."},
		{SystemOutput, "System Outputs to Operator: trash or not trash?"},
		{Comment, "FLIC Comment: good comment"},
	} {
		i := slices.IndexFunc(f.LogicalFiles[0].Records, func(r Record) bool { return r.Type == want.kind })
		b, err := f.Read(f.LogicalFiles[0].Records[i])
		if err != nil || !strings.HasPrefix(string(b), want.text) {
			t.Errorf("%s: %q, %v", want.kind, b, err)
		}
	}
}

func TestPolicy(t *testing.T) {
	open := func(name string, actions map[damage.Severity]damage.Action) (*File, error) {
		b := joined(t, peer+"layouts/"+name+".lis")
		return Open(bytes.NewReader(b), int64(len(b)), Options{Actions: actions})
	}
	_, err := open("truncated_02", nil)
	var issue *damage.Error
	if !errors.As(err, &issue) || !errors.Is(err, ErrDamaged) || issue.Issue.Offset != 96 || !strings.Contains(err.Error(), "lacks its last 16") {
		t.Errorf("critical issues fail unless allowed: %v", err)
	}
	if f, err := open("attributes_04", nil); err != nil || f.worst() != damage.Minor {
		t.Errorf("minor issues are kept: %v", err)
	}
	if _, err := open("attributes_04", map[damage.Severity]damage.Action{damage.Minor: damage.Fail}); !errors.As(err, &issue) || issue.Issue.Severity != damage.Minor {
		t.Errorf("remapped to fail: %v", err)
	}
	if f, err := open("truncated_02", map[damage.Severity]damage.Action{damage.Critical: damage.Ignore, damage.Minor: damage.Ignore, damage.Info: damage.Ignore}); err != nil || len(f.Issues) != 0 || len(f.LogicalFiles) != 1 {
		t.Errorf("ignored: %v", err)
	}
	for _, name := range []string{"wrong_01", "wrong_02"} {
		for _, actions := range []map[damage.Severity]damage.Action{nil, damage.Lenient(), {damage.Critical: damage.Ignore}} {
			if _, err := open(name, actions); !errors.Is(err, ErrFormat) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, err := open("layout_00", map[damage.Severity]damage.Action{7: damage.Fail}); err == nil {
		t.Error("unknown severity accepted")
	}
}
