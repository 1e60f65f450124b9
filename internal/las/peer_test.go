package las

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/shareddata"
)

// The example files of the peer (kinverarity1/lasio): curves, rows, first value of the index and last value of the last curve, as
// a count by another program gives them (one value per blank, comma or tab). docs/las.md lists where lasio itself reads otherwise.
//
// These all hold its standard example: 8 curves, 3 rows, from 1670 m, ILD last.
const sampleFiles = `
UWI_API_leading_zero.las
barebones2.las
blank_line_start.las
colon_pick_end.las
colon_pick_start.las
comma_decimal_mark.las
dodgy_param_sect.las
duplicate_step.las
emptyparam.las
encodings_cp1252.las
encodings_iso88591.las
encodings_utf16be.las
encodings_utf16bebom.las
encodings_utf16le.las
encodings_utf16lebom.las
encodings_utf8.las
encodings_utf8wbom.las
missing_null.las
missing_vers.las
missing_wrap.las
mnemonic_duplicate.las
mnemonic_duplicate2.las
mnemonic_good.las
mnemonic_leading_period.las
mnemonic_missing.las
mnemonic_missing_multiple.las
non-standard-header-section.las
non-standard-header-sections.las
null_policy_(null).las
null_policy_-999.25.las
null_policy_9999.las
null_policy_ERR.las
null_policy_dashes.las
sample.las
sample_2.1.las
sample_TVD.las
sample_bracketed_units.las
sample_cyrillic_depth_unit.las
sample_lastcolblanked.las
sample_write_empty_params.las
sample_write_sect_widths.las
sample_write_sect_widths_12.las
sample_write_sect_widths_20_narrow.las
sample_write_sect_widths_20_wide.las
sparse_curves.las
1.2/sample.las
1.2/sample_curve_api.las
1.2/sample_inf_api_leading_zero.las
1.2/sample_inf_uwi_leading_zero.las
2.0/sample_2.0-small-neg-values.las
2.0/sample_2.0.las
2.0/sample_2.0_empty_other_section.las
2.0/sample_2.0_inf_api_leading_zero.las
2.0/sample_2.0_inf_uwi.las
2.0/sample_2.0_inf_uwi_leading_zero.las
2.0/sample_2.0_tab_dlm.las
2.0/sample_2.0_universal_newline.las
2.0/sample_2.0_wrong_stop_value.las
`

// Name, curves, rows, first and last value; "" where the last value is missing, or is not to be looked at.
var otherFiles = []struct {
	name         string
	curves, rows int
	first, last  string
}{
	{"1001178549.las", 27, 5, "1783.5000", ""},
	{"6038187_v1.2.las", 9, 2732, "0.0500000", "-99999.0"},
	{"6038187_v1.2_short.las", 9, 121, "12.0000", "65.3776"},
	{"alog.las", 9, 24, "0.00", "886.21"},
	{"autodepthindex_F.las", 2, 101, "0", "0.959183036405"},
	{"autodepthindex_FEET.las", 2, 101, "0", "0.959183036405"},
	{"autodepthindex_FT.las", 2, 101, "0", "0.959183036405"},
	{"autodepthindex_M.las", 2, 101, "0", "0.959183036405"},
	{"autodepthindex_M_FT.las", 2, 101, "0", "0.959183036405"},
	{"autodepthindex_M_lower.las", 2, 101, "0", "0.959183036405"},
	{"autodepthindex_point_one_inch.las", 2, 8063, "986904.0000", "0.8662"},
	{"barebones.las", 1, 2, "200.0", "201.0"},
	{"blank_line.las", 1, 0, "", ""},
	{"data_characters.las", 4, 2, "00:00:00", "126.56"},
	{"data_characters_numeric.las", 4, 2, "00:00:00", "126.56"},
	{"excess_curves.las", 6, 2, "19160.0", "-999.25"}, // 4 values a row,
	{"index_null.las", 4, 3, "999.00", "-999.25"},     // its NULL is 999.25,
	{"issue83.las", 6, 2, "19160", "-999.25"},         // the same,
	{"lasio_issue_271.las", 3, 5, "321.16", "pick_epsilon"},
	{"missing_a_section.las", 1, 0, "", ""},
	{"mnemonic_case.las", 7, 3, "1670.000", "110.200"},
	{"multi_channel.las", 15, 5, "7508.0", "0.0048"},
	{"multi_channel_natural_sorting.las", 15, 5, "7508.0", "0.0048"},
	{"multi_channel_out_of_order.las", 15, 5, "7508.0", "0.0048"},
	{"null_policy_ind.las", 4, 10, "2450.000", "-1.#IND0000"},
	{"null_policy_runon.las", 7, 5, "7686.000", "10.515"},
	{"sample_issue105_a.las", 5, 3, "1670.000", "0.3"},
	{"sample_issue105_b.las", 5, 3, "1670.000", "0.3"},
	{"sample_issue105_c.las", 9, 3, "1670.000", "4"},
	{"sample_null.las", 8, 3, "1670.000", "-999.2500"},
	{"sample_rev.las", 8, 11, "1670.000", "105.600"},
	{"sample_str_in_data.las", 4, 3, "1670.000", "0.450"},
	{"single_step_20.las", 8, 1, "1670.000", "105.600"},
	{"skip_data_section_comments.las", 6, 4, "0.300", "0.000"},
	{"1.2/issue-264-dot-delimiter.las", 5, 3, "1670.000", "123.450"},
	{"1.2/sample_big.las", 8, 29897, "1670.000", "105.600"},
	{"1.2/sample_minimal.las", 8, 2, "635.0000", "123.4"},
	{"1.2/sample_wrapped.las", 36, 5, "910.000000", ""},
	{"2.0/sample_2.0_based.las", 3, 6, "0.0000", "16564.0435"},
	{"2.0/sample_2.0_minimal.las", 8, 2, "635.0000", "123.4"},
	{"2.0/sample_2.0_wrapped.las", 36, 2, "910.000000", ""},
	{"3.0/Curve-Param Error #10 (SS).LAS", 36, 145, "0.0000", "-999.25"},
	{"3.0/Curve-Param Error #11 (SS).las", 31, 96, "1480.0", "-999.2500"},
	{"3.0/Curve-Param Error #12 (SS).LAS", 57, 113, "0.0000", "0.00"},
	{"3.0/Curve-Param Error #13 (SS).LAS", 36, 129, "0.0000", "-999.25"},
	{"3.0/Curve-Param Error #14 (SS).LAS", 36, 145, "0.0000", "-999.25"},
	{"3.0/Curve-Param Error #15 (SS).LAS", 36, 129, "0.0000", "-999.25"},
	{"3.0/Curve-Param Error #16 (SS).LAS", 35, 145, "0.0000", "18.06"},
	{"3.0/Curve-Param Error #6 (SS).LAS", 36, 129, "0.0000", "-999.25"},
	{"3.0/Curve-Param Error #7 (SS).LAS", 35, 145, "0.0000", "11.27"},
	{"3.0/Curve-Param Error #8 (SS).las", 10, 201, "1450.0", "6.5690"},
	{"3.0/Curve-Param Error #9 (SS).LAS", 34, 145, "0.0000", "17.97"},
	{"3.0/Curve-Param Unknown #1(SS).las", 16, 101, "0.00", "-999.25"},
	{"3.0/Curve-Param Unknown #2 (SS).LAS", 45, 71, "0", "0.1493"},
	{"3.0/Good File (SS).las", 6, 161, "0", "22045.49"},
	{"3.0/Reshape Error #1 (SS).las", 6, 401, "18400.0000", "-999.25"},
	{"3.0/Reshape Error #2 (SS).las", 23, 93, "18127.0000", "03/01/2021 11:33:03"},
	{"3.0/Reshape Error #3 (SS).las", 12, 93, "18327.0000", "1.0530"},
	{"header_only.las", 21, 0, "", ""},
	{"issue79.las", 6, 2, "1088.1737", "776.7905"},
	{"issue92.las", 16, 1, "27.50", "3.4027"},
}

// Files with several data sections: curves x rows and the last row's first and last value of each.
var setFiles = map[string]string{
	"3.0/0-d Array #1 (MS).las":         "5x82 10631.1 8025.44472; 7x145 340.0000032808399 -0.001323952882411375; 5x166 3050 -52.7338; 7x33 300 -0.000000064135021; 10x65 300.0000032808399 -0.0002615215594075434; 1x1 0.0 0.0",
	"3.0/0-d Array #2 (MS).las":         "5x44 9150 8603.65; 7x85 310.0000032808399 -0.0004505117435889581; 2x54 4893.5 SS6; 11x109 4500 -9999; 7x63 330 -0.000000124261603; 10x105 320.0000032808399 -0.0006905803717799082; 1x1 0.0 0.0",
	"3.0/0-d Array #3 (MS).las":         "5x47 4633 4363.19799; 7x101 50 0.01056029647975901; 2x50 979.4999 SH; 23x61 530 -9999; 7x51 50 0.000000153846154; 10x71 35 0.005174545321441071; 1x1 0.0 0.0",
	"3.0/Curve-Param Error #1 (MS).LAS": "4x6 0.00 2.00; 4x33 5.00 466.00",
	"3.0/Curve-Param Error #2 (MS).LAS": "4x10 0.00 2.00; 4x47 5.00 446.00",
	"3.0/Curve-Param Error #3 (MS).LAS": "4x14 2.00 2.00; 4x33 5.00 467.00",
	"3.0/Curve-Param Error #4 (MS).LAS": "4x8 0.00 -999.25; 4x17 4.00 411.00",
	"3.0/Curve-Param Error #5 (MS).LAS": "4x7 0.00 2.00; 4x34 5.00 445.00",
	"3.0/las-30a-revised-2010.las":      "12x2 323.05 202; 3x3 575.00 Debris only; 3x3 675.00 Debris only; 4x7 600.00 7.41; 6x3 3 Blow Out; 3x3 615.00 Basal Quartz; 4x3 575.00 BIG HOLE; 15x3 1669.750 17",
	"3.0/sample_3.0.las":                "12x2 323.05 202; 3x3 575.00 Debris only; 3x3 675.00 Debris only; 4x7 600.00 7.41; 6x3 3 Blow Out; 3x3 615.00 Basal Quartz; 4x3 575.00 BIG HOLE; 15x3 1669.750 17",
	"3.0/sample_3.0_tab_dlm.las":        "12x2 323.05 202; 3x3 575.00 Debris only; 3x3 675.00 Debris only; 4x7 600.00 7.41; 6x3 3 Blow Out; 3x3 615.00 Basal Quartz; 4x3 575.00 BIG HOLE; 15x3 1669.750 17",
}

func TestPeerFiles(t *testing.T) {
	root := shareddata.Path(t, "las/lasio")
	want := map[string]bool{"not_a_las_file.las": true}
	for _, name := range strings.Fields(sampleFiles) {
		want[name] = true
		checkFile(t, name, 8, 3, "1670.000", "105.600")
	}
	for _, c := range otherFiles {
		want[c.name] = true
		checkFile(t, c.name, c.curves, c.rows, c.first, c.last)
	}
	for name, sets := range setFiles {
		want[name] = true
		f := mustRead(t, "las/lasio/"+name)
		var got []string
		for i := range f.Sets {
			s := &f.Sets[i]
			last := s.Rows() - 1
			got = append(got, fmt.Sprintf("%dx%d %s %s", len(s.Curves), s.Rows(), s.Curves[0].Text(last), s.Curves[len(s.Curves)-1].Text(last)))
		}
		for i, text := range strings.Split(sets, "; ") {
			if i >= len(got) || !sameRow(got[i], text) {
				t.Errorf("%s: sets %q, want %q", name, got, sets)
				break
			}
		}
	}
	if _, err := readFile(t, filepath.Join(root, "not_a_las_file.las")); !errors.Is(err, ErrFormat) {
		t.Errorf("not a LAS file: %v", err)
	}
	files := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || strings.ToLower(filepath.Ext(path)) != ".las" {
			return err
		}
		files++
		name, err := filepath.Rel(root, path)
		if !want[filepath.ToSlash(name)] {
			t.Errorf("%s is in no table", name)
		}
		return err
	})
	if err != nil || files < 131 {
		t.Errorf("%d files: %v", files, err)
	}
}

func checkFile(t *testing.T, name string, curves, rows int, first, last string) {
	t.Helper()
	f, err := readFile(t, shareddata.Path(t, "las/lasio/"+name))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if len(f.Curves) != curves || f.Rows() != rows {
		t.Errorf("%s: %d curves, %d rows; want %d, %d", name, len(f.Curves), f.Rows(), curves, rows)
		return
	}
	if rows == 0 {
		return
	}
	if got := f.Curves[0].Text(0); !sameValue(got, first) {
		t.Errorf("%s: starts at %s, want %s", name, got, first)
	}
	if got := f.Curves[curves-1].Text(rows - 1); last != "" && !sameValue(got, last) {
		t.Errorf("%s: ends in %q, want %q", name, got, last)
	}
}

// sameRow compares "CxR first last".
func sameRow(got, want string) bool {
	g, w := strings.SplitN(got, " ", 3), strings.SplitN(want, " ", 3)
	return g[0] == w[0] && sameValue(g[1], w[1]) && sameValue(g[2], w[2])
}

// sameValue compares numbers as numbers; a missing value is "", whatever number stands for it.
func sameValue(got, want string) bool {
	if got == want {
		return true
	}
	w, err := strconv.ParseFloat(want, 64)
	if got == "" {
		return err != nil || w < -999
	}
	g, err2 := strconv.ParseFloat(got, 64)
	return err == nil && err2 == nil && math.Abs(g-w) <= 1e-12*math.Abs(w)
}
