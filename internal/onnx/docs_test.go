package onnx

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/npz"
	"github.com/geobfdt/geobfdt/internal/synth"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// TestDocumentedPython runs the Python of docs/onnx.md, as it stands there, on a synthetic well, and holds what it picks to the detections of
// our engine on the same tiles. The well has the model's rows and columns, so that nothing is resampled.
func TestDocumentedPython(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Python and node")
	}
	program, modules := python(t), nodeModules(t)
	if exec.Command(program, "-c", "import numpy").Run() != nil {
		t.Skip("no numpy")
	}
	b := defaultBundle(t)
	preset, err := synth.PresetByName("vertical")
	if err != nil {
		t.Fatal(err)
	}
	preset.LengthM, preset.RowM, preset.Columns = 4, b.Tile.RowM, b.Tile.Columns
	well, _, err := preset.Well(3)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var file bytes.Buffer
	if err := npz.WriteLog(&file, well); err != nil {
		t.Fatal(err)
	}
	m, err := Detector(b, "test")
	if err != nil {
		t.Fatal(err)
	}
	net, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	script := documentedPython(t) + "\nprint(json.dumps([list(map(float, v)) for v in (kind, picks_m, amplitude_m, azimuth_deg)]))\n"
	for name, data := range map[string][]byte{"well.npz": file.Bytes(), "default.onnx": net, "script.py": []byte(script)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shim, err := filepath.Abs(filepath.Join("testdata", "shim"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "script.py")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PYTHONPATH="+shim, "PYTHONDONTWRITEBYTECODE=1", "GEOBFDT_NODE_MODULES="+modules)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var got [4][]float64
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}

	grid, err := tile.NewGrid(well, b.Tile)
	if err != nil {
		t.Fatal(err)
	}
	pool := kernel.NewPool(1)
	defer pool.Close()
	g := b.Net.Build(pool, 1, false)
	n := 0
	for start := 0; start+b.Tile.Rows <= grid.Rows(); start += b.Tile.Rows / 2 {
		x := make([]float32, b.Tile.Size())
		grid.Fill(x, start)
		g.SetInput(0, x)
		g.Forward()
		for _, d := range b.Net.Detections(nil, g, 0, 0.5) {
			if n == len(got[0]) {
				t.Fatalf("Python finds %d sinusoids, the engine more", n)
			}
			azimuthDeg := math.Mod(math.Atan2(d.B, d.A)*180/math.Pi+360, 360)
			amplitudeM := math.Hypot(d.A, d.B) * b.Tile.RowM
			off := math.Abs(math.Remainder(got[3][n]-azimuthDeg, 360)) * math.Pi / 180 * amplitudeM // of a flat bed the azimuth means nothing
			if int(got[0][n]) != d.Class || math.Abs(got[1][n]-grid.DepthM(float64(start)+d.D)) > 1e-3 || math.Abs(got[2][n]-amplitudeM) > 1e-3 || off > 1e-3 {
				t.Errorf("pick %d: Python has class %g at %g m, %g m high, azimuth %g; the engine %d, %g, %g, %g", n, got[0][n], got[1][n], got[2][n], got[3][n],
					d.Class, grid.DepthM(float64(start)+d.D), amplitudeM, azimuthDeg)
			}
			n++
		}
	}
	if n != len(got[0]) || n < 10 {
		t.Errorf("Python finds %d sinusoids, the engine %d", len(got[0]), n)
	}
}

// documentedPython is the Python of docs/onnx.md.
func documentedPython(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "onnx.md"))
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for _, part := range strings.Split(string(page), "```python\n")[1:] {
		code, _, ok := strings.Cut(part, "```")
		if !ok {
			t.Fatal("docs/onnx.md: code without an end")
		}
		script.WriteString(code + "\n")
	}
	return script.String()
}
