package onnx

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/shareddata"
	"github.com/geobfdt/geobfdt/internal/synth"
	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/wellfile"
)

// These tests hold the files to programs that we did not write. They are skipped, with a reason, where those are not installed:
// python3 with onnx (Debian: python3-onnx), and node with onnxruntime-node from npm, in the folder of GEOBFDT_NODE_MODULES or
// where `make bench-peers` puts it.

// parity is how far ONNX Runtime's answers may lie from our engine's, of the largest value.
const parity = 1e-4

// exported is a file and what it holds.
type exported struct {
	name   string
	bundle *model.Bundle
	file   *Model
}

// exports are all kinds of files.
func exports(t *testing.T) []exported {
	t.Helper()
	def, paper := defaultBundle(t), configBundle(t, "paper.yaml")
	var out []exported
	for _, e := range []struct {
		name   string
		bundle *model.Bundle
		make   func(*model.Bundle, string) (*Model, error)
	}{{"default", def, Detector}, {"verifier", def, Verifier}, {"paper", paper, Detector}} {
		m, err := e.make(e.bundle, "test")
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, exported{e.name, e.bundle, m})
	}
	return out
}

// write puts the file into a folder of the test.
func (e exported) write(t *testing.T) (path string) {
	t.Helper()
	data, err := e.file.Encode()
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), e.name+".onnx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// python finds a Python with onnx.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("PYTHON"), "python3", "/usr/bin/python3"} {
		if name != "" && exec.Command(name, "-c", "import onnx").Run() == nil {
			return name
		}
	}
	t.Skip("no python3 with the package onnx (Debian: python3-onnx)")
	return ""
}

func TestChecker(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Python")
	}
	args, want := []string{"testdata/check.py"}, ""
	program := python(t)
	for _, e := range exports(t) {
		args = append(args, e.write(t))
		for _, source := range []string{"declared ", "inferred "} {
			for _, o := range e.file.Graph.Outputs {
				want += source + o.text() + "\n"
			}
		}
	}
	cmd := exec.Command(program, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	if string(out) != want {
		t.Errorf("the checker sees\n%swant\n%s", out, want)
	}
}

// nodeModules is the folder that holds onnxruntime-node.
func nodeModules(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no node to run ONNX Runtime with")
	}
	dir := os.Getenv("GEOBFDT_NODE_MODULES")
	if dir == "" {
		dir = filepath.Join("..", "..", "out", "peers", "node_modules")
	}
	if _, err := os.Stat(filepath.Join(dir, "onnxruntime-node")); err != nil {
		t.Skipf("no onnxruntime-node (npm): %v; make bench-peers installs it, or GEOBFDT_NODE_MODULES says where it is", err)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// onnxRuntime computes the outputs of a file in ONNX Runtime.
func onnxRuntime(t *testing.T, modules, path string, in map[string]array, outputs []Value) map[string]array {
	t.Helper()
	dir := t.TempDir()
	type source struct {
		File string `json:"file"`
		Dims []int  `json:"dims"`
	}
	job := struct {
		Model   string            `json:"model"`
		Inputs  map[string]source `json:"inputs"`
		Outputs map[string]string `json:"outputs"`
	}{path, map[string]source{}, map[string]string{}}
	for name, a := range in {
		file := filepath.Join(dir, name+".in")
		raw, err := binary.Append(nil, binary.LittleEndian, a.data)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		job.Inputs[name] = source{file, a.dims}
	}
	for _, o := range outputs {
		job.Outputs[o.Name] = filepath.Join(dir, o.Name+".out")
	}
	text, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "testdata/run.js")
	cmd.Env = append(os.Environ(), "GEOBFDT_NODE_MODULES="+modules)
	cmd.Stdin = bytes.NewReader(text)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	shapes, err := cmd.Output()
	if err != nil {
		t.Fatalf("ONNX Runtime: %v\n%s", err, stderr.String())
	}
	var dims map[string][]int
	if err := json.Unmarshal(shapes, &dims); err != nil {
		t.Fatalf("%v: %s", err, shapes)
	}
	out := map[string]array{}
	for name, file := range job.Outputs {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a := array{dims: dims[name]}
		for ; len(raw) >= 4; raw = raw[4:] {
			a.data = append(a.data, math.Float32frombits(binary.LittleEndian.Uint32(raw)))
		}
		out[name] = a
	}
	return out
}

// logs are a real televiewer image, where it is at hand, and a synthetic well.
func logs(t *testing.T) []*imagelog.Log {
	t.Helper()
	preset, err := synth.PresetByName("vertical")
	if err != nil {
		t.Fatal(err)
	}
	preset.LengthM = 6
	well, _, err := preset.Well(7)
	if err != nil {
		t.Fatal(err)
	}
	out := []*imagelog.Log{well}
	const name = "televiewer/obi_nm.npz"
	if !shareddata.Has(name) {
		return out
	}
	televiewer, err := wellfile.Open(shareddata.Path(t, name), wellfile.Options{TopM: new(float64(33)), BaseM: new(float64(36)), Reference: imagelog.RefNorth})
	if err != nil {
		t.Fatal(err)
	}
	return append(out, televiewer)
}

// perLog is how many tiles or strips are taken of a log.
const perLog = 8

// inputs are what a file is given: tiles of logs, or strips along curves on them.
func (e exported) inputs(t *testing.T) (images [][]float32, first array) {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, 6))
	for _, log := range logs(t) {
		grid, err := tile.NewGrid(log, e.bundle.Tile)
		if err != nil {
			t.Fatal(err)
		}
		if e.name != "verifier" {
			starts := grid.Starts(0.5)
			for _, start := range starts[:min(perLog, len(starts))] {
				x := make([]float32, e.bundle.Tile.Size())
				grid.Fill(x, start)
				images = append(images, x)
			}
			continue
		}
		s := e.bundle.Verifier.Strip
		cutter := infer.NewStraightener(infer.Raster{Image: grid.Image(), Mask: grid.Mask(), Rows: grid.Rows(), Columns: s.Columns}, s)
		for range perLog {
			x := make([]float32, s.Size())
			cutter.Cut(x, infer.Curve{D: rng.Float64() * float64(grid.Rows()), A: 20 * rng.NormFloat64(), B: 20 * rng.NormFloat64()})
			images = append(images, x)
		}
	}
	if e.name == "verifier" {
		s := e.bundle.Verifier.Strip
		return images, channelsFirst(images, s.Rows, s.Columns, model.VerifierChannels)
	}
	g := e.bundle.Net.Geometry
	return images, channelsFirst(images, g.Rows, g.Columns, g.Channels)
}

// TestONNXRuntime holds ONNX Runtime's answers to our engine's, for a batch and for one image, on tiles of a synthetic and a real log.
func TestONNXRuntime(t *testing.T) {
	if testing.Short() {
		t.Skip("starts node")
	}
	modules := nodeModules(t)
	for _, e := range exports(t) {
		path := e.write(t)
		images, in := e.inputs(t)
		var want map[string]array
		if e.name == "verifier" {
			want = engineVerifier(e.bundle.Verifier, images)
		} else {
			want = engine(e.bundle.Net, images)
		}
		got := onnxRuntime(t, modules, path, map[string]array{e.file.Graph.Inputs[0].Name: in}, e.file.Graph.Outputs)
		one := got // starting node takes longer than all the networks: one file is enough to see that the batch is free
		if e.name == "default" {
			one = onnxRuntime(t, modules, path, map[string]array{e.file.Graph.Inputs[0].Name: in.head(1)}, e.file.Graph.Outputs)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes, %d nodes, %d images", e.name, info.Size(), len(e.file.Graph.Nodes), len(images))
		for name, w := range want {
			t.Logf("%s %s: largest difference %.1e", e.name, name, same(t, e.name+" "+name, got[name], w, parity))
			same(t, e.name+" "+name+" of one image", one[name].head(1), w.head(1), parity)
		}
	}
}

// head is the first n images of a batch.
func (a array) head(n int) array {
	dims := append([]int{n}, a.dims[1:]...)
	return array{dims: dims, data: a.data[:len(a.data)/a.dims[0]*n]}
}
