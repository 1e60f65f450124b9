package dlis

import (
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/damage"
)

const eflr = "chap4-7/eflr/"

// semantic holds one fragment of each type of object that the standard has, after the envelope.
var semantic = []string{
	"file-header", "origin", "well-reference-point", "axis", "long-name-record", "channel", "frame", "fdata-frame1-1", "fdata-frame1-2",
	"fdata-frame1-3", "path", "zone", "parameter", "equipment", "tool", "tool-wrong", "process", "computation", "measurement",
	"coefficient", "calibration", "group", "splice", "message", "comment", "update", "no-format", "unknown",
}

func fragments(names ...string) string {
	return eflr + "envelope " + eflr + strings.Join(names, " "+eflr)
}

func many(name string, check func(*File, error) string, names ...string) peerCase {
	return peerCase{name: eflr + name, parts: fragments(names...), join: manyRecord, check: check}
}

// all expects values of attributes of one object: label, values, label, values, ...
func all(typ, id string, want ...any) func(*File, error) string {
	return with(func(f *File) string {
		o := object(f, 0, typ, id)
		if o == nil {
			return "no object " + id
		}
		for i := 0; i < len(want); i += 2 {
			if d := equal(attribute(o, want[i].(string)), want[i+1]); d != "" {
				return want[i].(string) + ": " + d
			}
		}
		return ""
	})
}

func names(ids ...string) []ObName {
	out := make([]ObName, len(ids))
	for i, id := range ids {
		out[i] = ObName{10, 0, id}
	}
	return out
}

// TestPeerObjects holds chapters 5 and 6: each kind of object.
func TestPeerObjects(t *testing.T) {
	one := func(name string, check func(*File, error) string) peerCase { return many(name, check, semantic...) }
	text := func(s ...string) []string { return s }
	cases := []peerCase{
		one("file-header", with(func(f *File) string {
			id, sequence := f.LogicalFiles[0].Header()
			return first(equal(id, "some logical file"), equal(sequence, "8"), equal(len(f.LogicalFiles), 1))
		})),
		one("origin", with(func(f *File) string {
			o, err := f.LogicalFiles[0].Origin()
			return first(equal(err, nil), equal(o, Origin{"some logical file", "SET-NAME", "CRUCIAL", "fantasy", "-1.0", "Test Production",
				"The Company", "SECRET-WELL", "WILDCAT", "", o.Created}), equal(o.Created.Month, 5), equal(count(f, 0, "ORIGIN"), 2))
		})),
		one("origin", all("ORIGIN", "DEFINING_ORIGIN", "FILE-SET-NUMBER", []int{1042}, "DESCENT-NUMBER", text("DESNUM"), "RUN-NUMBER", []int{17},
			"PRODUCER-CODE", []int{307}, "NAME-SPACE-VERSION", []int{6})),
		one("axis", all("AXIS", "AXIS2", "AXIS-ID", text("AX2"), "COORDINATES", text("very near", "not so far"), "SPACING", text("a bit"))),
		one("long-name-record", all("LONG-NAME", "CHANN1-LONG-NAME", "GENERAL-MODIFIER", text("channel 1 long name"), "QUANTITY", text("color"),
			"ENTITY-NUMBER", text("21"), "CONDITIONS", text("at standard temperature"), "PRIVATE-SYMBOL", text("BOL"))),
		one("channel", with(func(f *File) string {
			channels, err := f.LogicalFiles[0].Channels()
			if err != nil {
				return err.Error()
			}
			c := channels[0]
			return first(equal(len(channels), 4), equal(c.Name, ObName{10, 0, "CHANN1"}), equal(c.Dimension, []int{4, 3, 2}), equal(c.Code, UNORM),
				equal(c.LongName, "CHANN1-LONG-NAME"), equal(c.Properties, text("AVERAGED", "DERIVED", "PATCHED")), equal(c.Units, "custom unit°"))
		})),
		one("channel", all("CHANNEL", "CHANN1", "DIMENSION", []int{2, 3, 4}, "AXIS", names("AXIS1", "AXIS2", "AXIS3"), "ELEMENT-LIMIT", []int{10, 15, 11})),
		one("frame", with(func(f *File) string {
			frames, err := f.LogicalFiles[0].Frames()
			if err != nil || len(frames) != 2 {
				return "no frames"
			}
			a, b := frames[0], frames[1]
			return first(equal(a.Description, "Main frame"), equal(len(a.Channels), 2), equal(a.IndexType, "BOREHOLE-DEPTH"),
				equal(a.Direction, "DECREASING"), equal(a.Spacing, 119), equal(a.Encrypted, false), equal(a.IndexMin, 1), equal(a.IndexMax, 100),
				equal(a.Records, 3), equal(a.Index().Name.ID, "CHANN1"), equal(b.Description, "Secondary frame"), equal(len(b.Channels), 0),
				equal(b.IndexType+b.Direction, ""), equal(b.Encrypted, true), equal(b.HasRange, false), equal(b.Index() == nil, true))
		})),
		one("fdata-frame1-1", with(func(f *File) string {
			frames, _ := f.LogicalFiles[0].Frames()
			rows, err := frames[0].Rows(1, 0)
			if err != nil {
				return err.Error()
			}
			for n := 0; rows.Next(); n++ {
				for i := range 24 { // CHANN1 counts on from 1, CHANN2 from 257, the next row from 513
					want := float32(1 + i + 512*n)
					if got := rows.Float32s(nil, 1)[i]; got != want {
						return equal(got, want)
					}
					if got := rows.Float32s(nil, 0)[i]; got != want+256 {
						return equal(got, want+256)
					}
				}
			}
			return equal(rows.Err(), nil)
		})),
		one("zone", all("ZONE", "ZONE-A", "DESCRIPTION", text("Some along zone"), "DOMAIN", text("VERTICAL-DEPTH"), "MAXIMUM", []int{13398}, "MINIMUM", []int{8603})),
		one("parameter", all("PARAMETER", "PARAM3", "LONG-NAME", names("PARAM3-LONG"), "DIMENSION", []int{3, 2}, "AXIS", names("AXIS2", "AXIS3"))),
		one("parameter", with(func(f *File) string {
			a, ok := f.LogicalFiles[0].Parameter("PARAM1")
			return first(equal(ok, true), equal(a.Integers(), []int{101, 120}))
		})),
		one("equipment", all("EQUIPMENT", "EQUIP1", "TRADEMARK-NAME", text("some equipment"), "STATUS", []bool{true}, "TYPE", text("Pad"), "HEIGHT", []int{120},
			"WEIGHT", []int{121}, "HOLE-SIZE", []int{137}, "ANGULAR-DRIFT", []int{41})),
		one("tool", all("TOOL", "TOOL1", "TRADEMARK-NAME", text("TOOL123"), "PARTS", names("EQUIP1"), "CHANNELS", names("CHANN1", "CHANN2"), "STATUS", []bool{true})),
		one("tool-wrong", with(func(f *File) string { return equal(count(f, 0, "TOOL"), 2) })),
		one("message", all("MESSAGE", "MESSAGE1", "TYPE", text("SYSTEM"), "TIME", []DateTime{{1990, 0, 4, 20, 12, 58, 59, 1}}, "TEXT", text("System says hi!"))),
		one("comment", with(func(f *File) string { return equal(count(f, 0, "COMMENT"), 1) })),
		one("update", with(func(f *File) string { return equal(count(f, 0, "UPDATE"), 1) })),
		one("no-format", with(func(f *File) string { return equal(count(f, 0, "NO-FORMAT"), 2) })),
		one("unknown", with(func(f *File) string { return equal(count(f, 0, "UNKNOWN_SET"), 1) })),
		one("measurement", all("CALIBRATION-MEASUREMENT", "MEAS1", "PHASE", text("MASTER"), "TYPE", text("Zero"), "DIMENSION", []int{2, 3}, "SAMPLE-COUNT", []int{4})),
		one("coefficient", all("CALIBRATION-COEFFICIENT", "COEFF1", "LABEL", text("GAIN"), "COEFFICIENTS", []int{18, 25}, "REFERENCES", []int{18, 32},
			"PLUS-TOLERANCES", []int{1, 1}, "MINUS-TOLERANCES", []int{2, 1})),
		one("calibration", all("CALIBRATION", "CALIBR1", "CALIBRATED-CHANNELS", names("CHANN1", "CHANN2"), "METHOD", text("USELESS"),
			"PARAMETERS", names("PARAM1", "PARAM2", "PARAM3"))),
		one("computation", all("COMPUTATION", "COMPUT2", "LONG-NAME", text("computation object 2"), "DIMENSION", []int{2, 4}, "ZONES", names("ZONE-A"),
			"VALUES", []int{140, 99, 144, 172, 202, 52, 109, 120})),
		one("splice", all("SPLICE", "SPLICE1", "OUTPUT-CHANNEL", names("CHANN-NEW"), "INPUT-CHANNELS", names("CHANN4", "CHANN1"), "ZONES", names("ZONE-A", "ZONE-B"))),
		one("well-reference-point", all("WELL-REFERENCE", "THE-WELL", "PERMANENT-DATUM", text("Ground Level"), "PERMANENT-DATUM-ELEVATION", []int{-89},
			"MAGNETIC-DECLINATION", []int{-22}, "COORDINATE-1-NAME", text("longitude"), "COORDINATE-1-VALUE", []float64{-11.25})),
		one("group", all("GROUP", "GROUP3", "DESCRIPTION", text("messed up group"), "GROUP-LIST", names("GROUP1", "GROUP2"))),
		one("process", all("PROCESS", "PROC1", "DESCRIPTION", text("Random process"), "STATUS", text("COMPLETE"), "INPUT-CHANNELS", names("CHANN1"),
			"COMMENTS", text("It was", "nicely", "executed", "??"))),
		one("path", all("PATH", "PATH1", "FRAME-TYPE", names("FRAME1"), "VALUE", names("CHANN2", "CHANN1"), "ANGULAR-DRIFT", names("CHANN1"))),
		many("unknown2", with(func(f *File) string { return equal(count(f, 0, "UNKNOWN_SET"), 2) }), "file-header", "unknown", "unknown2"),
		many("match/T.CHANNEL-I.MATCH1-O.127-C.0", with(func(f *File) string {
			return first(equal(count(f, 0, "CHANNEL"), 3), equal(count(f, 0, ""), 8), equal(object(f, 0, "440-TYPE", "440.MATCH1") != nil, true),
				equal(object(f, 0, "440.TYPE", "440-MATCH1") != nil, true))
		}), "file-header", "match/T.CHANNEL-I.MATCH1-O.16-C.0", "match/T.CHANNEL-I.MATCH111-O.16-C.0", "match/T.CHANNEL-I.MATCH1-O.127-C.0",
			"match/T.440-TYPE-I.440.MATCH1-O.16-C.0", "match/T.440.TYPE-I.440-MATCH1-O.16-C.0", "match/T.FRAME-I.MATCH22-O.16-C.0", "match/T.MATCH-I.MATCH22-O.16-C.0"),
		many("channel-same-objects", with(func(f *File) string {
			frames, err := f.LogicalFiles[0].Frames()
			return first(equal(err, nil), equal(len(frames), 2), says(f, damage.Major, "CHANN1.10.0 is described in two ways"))
		}), "file-header", "channel", "channel-same-objects", "frame"),
		many("axis-encrypted", with(func(f *File) string {
			return first(equal(count(f, 0, "AXIS"), 0), equal(f.LogicalFiles[0].EncryptedRecords, 1))
		}), "file-header", "axis-encrypted"),
		many("channel-empty-source", with(func(f *File) string {
			objects, err := f.LogicalFiles[0].Objects("CHANNEL")
			return first(equal(err, nil), equal(len(objects), 2), equal(attribute(objects[0], "SOURCE"), "none"), equal(attribute(objects[1], "SOURCE"), "none"))
		}), "file-header", "channel-empty-source"),
		many("coefficient-wrong", loads(1), "file-header", "coefficient-wrong"),
		many("frame-inc", with(func(f *File) string {
			return first(equal(len(f.LogicalFiles), 2), equal(f.LogicalFiles[1].data[ObName{10, 0, "FRAME-INC"}].records, 2))
		}), "file-header", "origin", "channel", "frame", "file-header2", "origin2", "channel-inc", "frame-inc", "fdata-frame-inc-1", "fdata-frame-inc-2"),
		many("update", loads(1), "file-header", "update"),
	}
	run(t, "objects", cases)
}

// TestPeerDimensions holds the attributes of PARAMETER, COMPUTATION and CALIBRATION-MEASUREMENT that have a dimension.
func TestPeerDimensions(t *testing.T) {
	const nd = "ndattrs/"
	dtime := func(year, month, day int) DateTime { return DateTime{Year: year, Month: month, Day: day} }
	var cases []peerCase
	for _, set := range []string{"parameter", "computation"} {
		for _, c := range []struct {
			values, dimension, zones string
			want                     any
		}{
			{"empty-INT", "empty-INT", "empty-OBNAME", "none"},
			{"2", "1", "empty-OBNAME", []int{2}},
			{"1-2", "2", "empty-OBNAME", []int{1, 2}},
			{"1-2-3", "2-3", "zones-2", []int{1, 2, 3}},
			{"1-2-3-4", "2", "zones-2", []int{1, 2, 3, 4}},
			{"1-2-3-4-5", "empty-INT", "zones-5", []int{1, 2, 3, 4, 5}},
			{"1", "empty-INT", "zones-4", []int{1}},
			{"4", "1", "empty-OBNAME", []int{4}},
			{"1-2-3-4-5-6-7-8-9-10-11-12", "2-3", "empty-OBNAME", []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
			{"0.5", "1", "empty-OBNAME", []float64{0.5}},
			{"0.5-1.5", "2", "empty-OBNAME", []float64{0.5, 1.5}},
			{"0.5-1.5-2.5", "2", "empty-OBNAME", []float64{0.5, 1.5, 2.5}},
			{"0.5-1.5-2.5-3.5", "2", "empty-OBNAME", []float64{0.5, 1.5, 2.5, 3.5}},
			{"False", "1", "empty-OBNAME", []bool{false}},
			{"False-True", "2", "empty-OBNAME", []bool{false, true}},
			{"string-val1", "1", "empty-OBNAME", []string{"val1"}},
			{"string-val1,val2", "2", "empty-OBNAME", []string{"val1", "val2"}},
			{"validated-(0.5-1.5)", "1", "empty-OBNAME", []Validated{{0.5, 1.5, 1.5}}},
			{"validated-(0.5-1.5),(2.5-3.5)", "2", "empty-OBNAME", []Validated{{0.5, 1.5, 1.5}, {2.5, 3.5, 3.5}}},
			{"complex-(0.5-1.5)", "1", "empty-OBNAME", []complex128{complex(0.5, 1.5)}},
			{"complex-(0.5-1.5),(2.5-3.5)", "2", "empty-OBNAME", []complex128{complex(0.5, 1.5), complex(2.5, 3.5)}},
			{"2001-Jan-1", "1", "empty-OBNAME", []DateTime{dtime(2001, 1, 1)}},
			{"2001-Jan-1,2002-Feb-2", "2", "empty-OBNAME", []DateTime{dtime(2001, 1, 1), dtime(2002, 2, 2)}},
		} {
			p := nd + "objattr/"
			parts := strings.Split(strings.TrimSpace(fragments(nd+"set/"+set, nd+"template/values", nd+"template/dimension", nd+"template/zones", nd+"object",
				p+c.values, p+c.dimension, p+c.zones)), " ")
			cases = append(cases, peerCase{name: eflr + p + c.values, parts: strings.Join(parts, " "), join: oneRecord,
				check: all(strings.ToUpper(set), "OBJECT", "VALUES", c.want)})
		}
	}
	measurement := []string{nd + "set/calibration-measurement", nd + "template/measurement", nd + "template/reference", nd + "template/dimension",
		nd + "template/maximum-deviation", nd + "template/standard-deviation", nd + "template/plus-tolerance", nd + "template/minus-tolerance", nd + "object"}
	cases = append(cases, peerCase{name: eflr + nd + "template/measurement", join: oneRecord,
		parts: fragments(slices.Concat(measurement, []string{nd + "objattr/1-2-3-4", nd + "objattr/1-2", nd + "objattr/2"})...),
		check: all("CALIBRATION-MEASUREMENT", "OBJECT", "MEASUREMENT", []int{1, 2, 3, 4}, "REFERENCE", []int{1, 2}, "DIMENSION", []int{2})})
	run(t, "dimensions", cases)
}
