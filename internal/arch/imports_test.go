package arch

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module = "github.com/geobfdt/geobfdt"
	root   = "../.."
)

// layers is the picture of the packages in docs/design.md, from the bottom up. A package imports packages of lower layers
// only. Rows of the picture whose packages build on each other are split here into several layers.
var layers = [][]string{
	{"kernel", "match", "dip", "damage", "atomicfile", "logpage", "shareddata", "memtest"},
	{"imagelog", "las", "dlis", "lis"},
	{"npz", "raster", "csvmat", "pads", "picks", "survey", "qc"},
	{"metrics", "wellfile", "nn", "checkpoint", "labels"},
	{"tile", "synth", "optim", "loss"},
	{"model", "plot", "hough", "ablate/chart"},
	{"train", "infer", "export", "derived", "defaultmodel", "batch", "onnx"},
	{"segment"},
	{"report", "review", "ablate", "calibrate", "matched", "card"},
	{"config", "cliio"},
}

// forbidden lists imports that would point down and are wrong all the same.
var forbidden = []struct {
	from, to []string
	reason   string
}{
	{[]string{"las", "dlis", "lis", "npz", "raster", "csvmat", "pads", "wellfile", "imagelog"}, []string{"dip", "picks"}, "readers know no geology"},
	{[]string{"dip", "match"}, []string{"las", "dlis", "lis", "npz", "raster", "csvmat", "wellfile", "imagelog"}, "geometry knows no files"},
	{[]string{"kernel", "nn", "optim"}, []string{"dip", "picks", "imagelog", "las", "dlis", "lis", "npz", "raster", "csvmat", "wellfile"}, "the numeric stack knows neither geology nor files"},
	{[]string{"checkpoint"}, []string{"nn", "kernel"}, "a file format knows no network"},
}

// libraries lists libraries that one place only may use, so that they can be replaced there.
var libraries = []struct {
	prefix string
	users  []string
	reason string
}{
	{"github.com/spf13/viper", []string{"internal/config"}, "configuration is a typed struct for everyone else"},
	{"github.com/spf13/cobra", []string{"cmd/geobfdt"}, "only commands know flags"},
	{"github.com/spf13/pflag", []string{"cmd/geobfdt"}, "only commands know flags"},
	{"github.com/schollz/progressbar", []string{"internal/cliio"}, "progress is shown by cliio.Console"},
	{"gonum.org/v1/plot", []string{"internal/plot"}, "figures are drawn in one place"},
	{"github.com/rs/zerolog", []string{"internal/cliio", "cmd/geobfdt"}, "packages below return errors and warnings, commands log them"},
}

// source is one Go file: the folder of its package from the root of the module, and what it imports.
type source struct {
	path, folder string
	test, doc    bool // a test file; a file that carries the package comment
	imports      []string
}

func readSources(t *testing.T) []source {
	t.Helper()
	var sources []source
	for _, top := range []string{"cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			// The go command leaves these out too.
			if name := entry.Name(); entry.IsDir() && (name == "testdata" || name[0] == '_' || name[0] == '.') {
				return fs.SkipDir
			}
			if entry.IsDir() || filepath.Ext(path) != ".go" {
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			s := source{path: rel, folder: filepath.ToSlash(filepath.Dir(rel)), test: strings.HasSuffix(path, "_test.go"), doc: file.Doc != nil}
			for _, i := range file.Imports {
				name, err := strconv.Unquote(i.Path.Value)
				if err != nil {
					return err
				}
				s.imports = append(s.imports, name)
			}
			sources = append(sources, s)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return sources
}

func layerOf(pkg string) int {
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, pkg) })
}

// Tests may look up, to compare a package with what is built on it; code may not.
func TestImportsPointDown(t *testing.T) {
	for _, s := range readSources(t) {
		pkg, internal := strings.CutPrefix(s.folder, "internal/")
		if !internal || pkg == "arch" || s.test {
			continue
		}
		from := layerOf(pkg)
		if from < 0 {
			t.Errorf("%s: package %s has no layer: give it one here and in docs/design.md", s.path, pkg)
			continue
		}
		for _, path := range s.imports {
			if path == module+"/cmd/geobfdt" {
				t.Errorf("%s imports the command", s.path)
			}
			target, ours := strings.CutPrefix(path, module+"/internal/")
			if !ours {
				continue
			}
			switch to := layerOf(target); {
			case to > from:
				t.Errorf("%s imports %s, which is above it (layer %d, this is %d)", s.path, target, to, from)
			case to == from:
				t.Errorf("%s imports %s, which stands beside it (layer %d)", s.path, target, to)
			}
			for _, rule := range forbidden {
				if slices.Contains(rule.from, pkg) && slices.Contains(rule.to, target) {
					t.Errorf("%s imports %s: %s", s.path, target, rule.reason)
				}
			}
		}
	}
}

func TestLibrariesStayInTheirPlace(t *testing.T) {
	for _, s := range readSources(t) {
		for _, path := range s.imports {
			for _, l := range libraries {
				if strings.HasPrefix(path, l.prefix) && !slices.Contains(l.users, s.folder) {
					t.Errorf("%s imports %s, which is for %s: %s", s.path, path, strings.Join(l.users, ", "), l.reason)
				}
			}
		}
	}
}

// Every package says what it is for, and no package stands in two layers.
func TestPackagesAreDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range readSources(t) {
		if s.test {
			continue
		}
		documented[s.folder] = documented[s.folder] || s.doc
	}
	for folder, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment", folder)
		}
	}
	seen := map[string]bool{}
	for _, pkg := range slices.Concat(layers...) {
		if seen[pkg] {
			t.Errorf("%s is in two layers", pkg)
		}
		seen[pkg] = true
	}
}
