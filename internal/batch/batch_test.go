package batch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

func writeFile(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// The hash of a file is that of sha256sum over its length, a colon and its content; of settings likewise.
func TestHashes(t *testing.T) {
	dir := t.TempDir()
	a, b := writeFile(t, filepath.Join(dir, "a"), "abc"), writeFile(t, filepath.Join(dir, "b"), "")
	// printf '3:abc0:' | sha256sum
	const want = "bdf1004d3099a7a3712d12c456e15ebb"
	if got, err := HashFiles(a, b); err != nil || got != want {
		t.Errorf("files: %s, %v, want %s", got, err, want)
	}
	if got := HashSettings("abc", ""); got != want {
		t.Errorf("settings: %s, want %s", got, want)
	}
	if HashSettings("a", "bc") == HashSettings("ab", "c") {
		t.Error("the border between items does not count")
	}
	if _, err := HashFiles(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := HashFiles(dir); err == nil {
		t.Error("a folder was hashed")
	}
}

var testKey = Key{HashSettings("settings"), HashSettings("input")}

func TestKeyInTheHead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	if _, err := ReadKey(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	writeFile(t, path, "# well: A-1\n"+testKey.Head()+"depth_m,class\n")
	if got, err := ReadKey(path); err != nil || got != testKey {
		t.Errorf("got %v, %v", got, err)
	}
	for name, text := range map[string]string{
		"no key":        "# well: A-1\ndepth_m\n",
		"in the body":   "depth_m\n" + testKey.Head(),
		"half a key":    "# batch_key: 0123-4567\n",
		"another file":  strings.Repeat("\x00", 1<<20),
		"an empty file": "",
	} {
		if _, err := ReadKey(writeFile(t, path, text)); !errors.Is(err, ErrNoKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDone(t *testing.T) {
	dir := t.TempDir()
	path, report := ResultPath(dir, "a"), filepath.Join(dir, "a.html")
	check := func(when string, want bool, key Key, with ...string) {
		t.Helper()
		if done, err := Done(path, key, with...); err != nil || done != want {
			t.Errorf("%s: %v, %v", when, done, err)
		}
	}
	check("nothing there", false, testKey)
	writeFile(t, path, testKey.Head()+"depth_m\n")
	check("there", true, testKey)
	check("input changed", false, Key{testKey.Settings, HashSettings("other")})
	check("settings changed", false, Key{HashSettings("other"), testKey.Input})
	check("report is missing", false, testKey, report)
	writeFile(t, report, "")
	check("report is there", true, testKey, report)
}

// result writes the picks of a row as pick does.
func result(t *testing.T, dir, name string, key Key, depthsM ...float64) {
	t.Helper()
	table := &picks.Table{Header: picks.Header{Well: "Well " + name, Reference: "magnetic", DeclinationDeg: 3.5, ModelName: "default", ModelHash: "abc"}}
	for _, d := range depthsM {
		table.Picks = append(table.Picks, picks.New(dip.Fracture, dip.Sinusoid{DepthM: d, DipDeg: 30, AzimuthDeg: 10}))
	}
	var b bytes.Buffer
	b.WriteString(key.Head())
	if err := picks.WriteCSV(&b, table, picks.Metres); err != nil {
		t.Fatal(err)
	}
	writeFile(t, ResultPath(dir, name), b.String())
}

func failure(t *testing.T, dir, name string, key Key) {
	t.Helper()
	raw, err := json.Marshal(Status{Well: name, State: StateFailed, Key: key.String(), Error: "no curve\nFMI"})
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, FailurePath(dir, name), string(raw))
}

func TestCollectAndMerge(t *testing.T) {
	dir := t.TempDir()
	stale := Key{HashSettings("another model"), testKey.Input}
	result(t, dir, "b", testKey, 20.5)
	result(t, dir, "a", testKey, 11, 10.25)
	result(t, dir, "stale", stale, 1)
	result(t, dir, "failed-later", stale, 1)
	failure(t, dir, "failed-later", testKey)
	failure(t, dir, "failed", Key{})
	// Two processes on one well: one failed, the other made it.
	result(t, dir, "made-by-another", testKey, 30)
	failure(t, dir, "made-by-another", testKey)
	writeFile(t, ResultPath(dir, "by-hand"), "depth_m,class,apparent_dip_deg,apparent_azimuth_deg\n1,bedding,1,1\n")
	writeFile(t, ResultPath(dir, "damaged"), testKey.Head()+"depth_m,class,apparent_dip_deg,apparent_azimuth_deg\n1,bedd")

	var all []Found
	why := map[string]string{}
	for i, name := range []string{"b", "a", "stale", "failed-later", "failed", "made-by-another", "by-hand", "damaged", "absent"} {
		f, err := Collect(dir, Row{Index: i, Name: name}, testKey.Settings)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all, why[name] = append(all, f), f.Why
	}
	for name, want := range map[string]string{
		"a": "", "b": "", "made-by-another": "", "stale": "made with another", "failed-later": "failed: no curve", "failed": "failed: no curve",
		"by-hand": "no result of a batch", "damaged": "bedd", "absent": "not picked yet",
	} {
		if got := why[name]; (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}

	var b bytes.Buffer
	if err := Merge(&b, []Found{all[0], all[1], all[4]}, picks.Feet, "geobfdt pick"); err != nil {
		t.Fatal(err)
	}
	const want = `# merged: 2 of 3 wells
# command: geobfdt pick
# part: b: well Well b, azimuth_reference magnetic, declination_deg 3.5, model default abc
# part: a: well Well a, azimuth_reference magnetic, declination_deg 3.5, model default abc
# missing: failed: failed: no curve FMI
well,depth_ft,class,confidence,apparent_dip_deg,apparent_azimuth_deg,true_dip_deg,true_azimuth_deg,amplitude_m,hole_diameter_m,coverage,quality,flags
b,67.2572,fracture,1.0000,30.000,10.00,,,,,,,
a,33.6286,fracture,1.0000,30.000,10.00,,,,,,,
a,36.0892,fracture,1.0000,30.000,10.00,,,,,,,
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	// What reads picks reads the merged table: the first column is one more.
	if table, err := picks.ReadCSV(&b, "merged"); err != nil || len(table.Picks) != 3 {
		t.Errorf("read back: %v", err)
	}
}

func TestDamagedFailureRecord(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, FailurePath(dir, "a"), "{")
	if _, err := ReadFailure(dir, "a"); err == nil || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("got %v", err)
	}
	if s, err := ReadFailure(dir, "b"); s != nil || err != nil {
		t.Errorf("no record: %v, %v", s, err)
	}
}
