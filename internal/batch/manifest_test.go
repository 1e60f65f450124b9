package batch

import (
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var (
	testSettings = []string{"image-channel", "top", "null", "report"}
	testOutputs  = []string{"report"}
)

func readManifest(path, text string) (*Manifest, error) {
	return ReadManifest(strings.NewReader(text), path, testSettings, testOutputs)
}

func TestReadManifest(t *testing.T) {
	m, err := readManifest(filepath.Join("field", "wells.csv"), "\ufeff# north flank\r\nWell, Image_Channel ,output,top,null\r\n"+
		"a.dlis,\"FMI, dynamic\",,1200,\r\n\r\n,,,,\n"+
		"  sub/a.dlis , , a-lower.csv,,\"-1,-2\"\n/data/b.v2.las\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []Row{
		{0, 3, filepath.Join("field", "a.dlis"), "a", []Cell{{"image-channel", "FMI, dynamic"}, {"top", "1200"}}},
		{1, 6, filepath.Join("field", "sub", "a.dlis"), "a-lower", []Cell{{"null", "-1,-2"}}},
		{2, 7, "/data/b.v2.las", "b.v2", nil},
	}
	if !reflect.DeepEqual(m.Rows, want) {
		t.Errorf("got %+v\nwant %+v", m.Rows, want)
	}
	if m, err := readManifest("-", "well\na.dlis\n"); err != nil || m.Rows[0].Well != "a.dlis" {
		t.Errorf("from stdin: %+v, %v", m, err)
	}
}

func TestManifestErrors(t *testing.T) {
	for text, want := range map[string]struct {
		line  int
		cause string
	}{
		"":                         {0, "is empty"},
		"# nothing\n\n":            {0, "is empty"},
		"well\n":                   {0, "no row below its header"},
		"a.npz\nb.npz\n":           {1, `column "a.npz" is unknown: there are well, output, image-channel`},
		"top\n1\n":                 {1, "no column well"},
		"well,top,top\na.npz\n":    {1, "column top stands twice"},
		"well,top\n,1\n":           {2, "no path in column well"},
		"well,top\na.npz,1,2\n":    {2, "3 values under 2 columns"},
		"well\nx/a.npz\ny/A.las\n": {3, "writes A.csv, as line 2 does"},
		"well,report\na.npz,r.html\nb.npz,r.html": {3, "writes r.html, as line 2 does"},
		"well,report\na.npz,\nb.npz,a.csv":        {3, "writes a.csv, as line 2 does"},
		"well,report\na.npz,../r.html\n":          {2, `cannot be named "../r.html"`},
		"well,output\na.npz,sub/a\n":              {2, `cannot be named "sub/a.csv"`},
		"well,output\na.npz,..\n":                 {2, "begin with a dot"},
		"well\n\"a.npz\n":                         {2, "not CSV"},
	} {
		_, err := readManifest("wells.csv", text)
		var bad *ManifestError
		if !errors.As(err, &bad) || bad.Line != want.line || !strings.Contains(err.Error(), want.cause) || !strings.Contains(err.Error(), "wells.csv") {
			t.Errorf("%q: got %v, want line %d: %s", text, err, want.line, want.cause)
		}
	}
}

func FuzzReadManifest(f *testing.F) {
	f.Add("well,top\na.npz,1\n")
	f.Add("\"well\"\n\"a\nb\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := readManifest("wells.csv", text)
		if err != nil {
			return
		}
		files := map[string]bool{}
		for i, row := range m.Rows {
			if row.Index != i || row.Well == "" {
				t.Fatalf("row %d is %+v", i, row)
			}
			for _, file := range row.files(testOutputs) {
				if files[file] || !filepath.IsLocal(file) || filepath.Base(file) != file {
					t.Fatalf("row %d writes %q", i, file)
				}
				files[file] = true
			}
		}
	})
}
