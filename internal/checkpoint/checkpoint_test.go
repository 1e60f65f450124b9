package checkpoint

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

func dense(backing any, shape ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(backing))
}

// fileBytes joins a header and values as the format says, with the true header length.
func fileBytes(header string, values ...byte) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), values...)
}

func sameFiles(t *testing.T, got, want *File) {
	t.Helper()
	if !maps.Equal(got.Metadata, want.Metadata) {
		t.Errorf("metadata %v, want %v", got.Metadata, want.Metadata)
	}
	if g, w := slices.Sorted(maps.Keys(got.Tensors)), slices.Sorted(maps.Keys(want.Tensors)); !slices.Equal(g, w) {
		t.Fatalf("tensors %v, want %v", g, w)
	}
	for name, w := range want.Tensors {
		g := got.Tensors[name]
		if !g.Shape().Eq(w.Shape()) || g.Dtype() != w.Dtype() || !reflect.DeepEqual(g.Data(), w.Data()) {
			t.Errorf("tensor %s: %v of shape %v, want %v of shape %v", name, g.Data(), g.Shape(), w.Data(), w.Shape())
		}
	}
}

func TestRoundTrip(t *testing.T) {
	want := &File{
		Tensors: map[string]*tensor.Dense{
			"encoder.0.weight": dense([]float32{1, -2, 3.5, float32(math.Inf(1)), math.SmallestNonzeroFloat32, 0}, 2, 3),
			"encoder.0.bias":   dense([]float32{0.25}, 1),
			"scalar":           dense([]float32{7}),
			"ümlaut <&>":       dense([]float64{math.Pi, math.MaxFloat64}, 2, 1),
			"step":             dense([]int64{math.MinInt64, -1, math.MaxInt64}, 3),
		},
		Metadata: map[string]string{"config": "tile:\n  rows: 256\n", "empty": "", "quote": `"\`},
	}
	var out bytes.Buffer
	if err := Write(&out, want); err != nil {
		t.Fatal(err)
	}
	got, err := Decode(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	sameFiles(t, got, want)
}

// The literal is written by hand from the format's description: length, JSON padded with blanks to a multiple of 8, wide
// types first, little-endian values.
func TestByteLayout(t *testing.T) {
	f := &File{
		Tensors: map[string]*tensor.Dense{
			"a": dense([]float32{1, -2}, 1, 2),
			"b": dense([]int64{258}, 1),
		},
		Metadata: map[string]string{"k": "v"},
	}
	header := `{"__metadata__":{"k":"v"},` +
		`"b":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},` +
		`"a":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}}`
	header += strings.Repeat(" ", 7-(len(header)-1)%8)
	want := fileBytes(header,
		0x02, 0x01, 0, 0, 0, 0, 0, 0, // 258
		0, 0, 0x80, 0x3f, // 1
		0, 0, 0x00, 0xc0, // -2
	)
	var out bytes.Buffer
	if err := Write(&out, f); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("wrote\n%q, want\n%q", out.Bytes(), want)
	}
	got, err := Decode(want)
	if err != nil {
		t.Fatal(err)
	}
	sameFiles(t, got, f)
}

func TestWriteViews(t *testing.T) {
	base := dense([]float32{0, 1, 2, 3, 4, 5}, 2, 3)
	columns, err := base.Slice(nil, tensor.S(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	row, err := base.Slice(tensor.S(1))
	if err != nil {
		t.Fatal(err)
	}
	turned := dense([]float32{0, 1, 2, 3, 4, 5}, 2, 3)
	if err := turned.T(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	f := &File{Tensors: map[string]*tensor.Dense{
		"columns": columns.(*tensor.Dense), "row": row.(*tensor.Dense), "turned": turned}}
	if err := Write(&out, f); err != nil {
		t.Fatal(err)
	}
	got, err := Decode(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	sameFiles(t, got, &File{Tensors: map[string]*tensor.Dense{
		"columns": dense([]float32{1, 2, 4, 5}, 2, 2),
		"row":     dense([]float32{3, 4, 5}, 3),
		"turned":  dense([]float32{0, 3, 1, 4, 2, 5}, 3, 2),
	}})
}

func TestWriteRefuses(t *testing.T) {
	for name, d := range map[string]*tensor.Dense{
		"nil":          nil,
		"int32":        dense([]int32{1}, 1),
		"column major": tensor.New(tensor.WithShape(2, 2), tensor.AsFortran([]float32{1, 2, 3, 4})),
	} {
		var out bytes.Buffer
		err := Write(&out, &File{Tensors: map[string]*tensor.Dense{"bad one": d}})
		if !errors.Is(err, ErrType) || !strings.Contains(err.Error(), "bad one") {
			t.Errorf("%s: error %v, want one about the type that names the tensor", name, err)
		}
		if out.Len() > 0 {
			t.Errorf("%s: %d bytes written before the refusal", name, out.Len())
		}
	}
	for _, name := range []string{metadataKey, "\xff"} {
		err := Write(&bytes.Buffer{}, &File{Tensors: map[string]*tensor.Dense{name: dense([]float32{1}, 1)}})
		if !errors.Is(err, ErrType) {
			t.Errorf("name %q: error %v", name, err)
		}
	}
	if err := Write(&bytes.Buffer{}, nil); err == nil {
		t.Error("nil file accepted")
	}
}

func TestDecodeRefuses(t *testing.T) {
	four := []byte{0, 0, 128, 63}
	eight := append(four, four...)
	cases := []struct {
		name string
		data []byte
		want error
		text string // part of the message
	}{
		{"empty", nil, ErrFormat, "cut short"},
		{"length cut", []byte{1, 2, 3}, ErrFormat, "cut short"},
		{"other kind of file", []byte("PK\x03\x04 some zip archive"), ErrFormat, "other kind"},
		{"header longer than file", append(binary.LittleEndian.AppendUint64(nil, 500), '{', '}'), ErrFormat, "cut short"},
		{"no header", fileBytes(""), ErrFormat, "start"},
		{"leading blank", fileBytes(" {}"), ErrFormat, "start"},
		{"broken JSON", fileBytes(`{"a":`), ErrFormat, ""},
		{"text after header", fileBytes(`{} x`), ErrFormat, ""},
		{"entry is no object", fileBytes(`{"a":3}`), ErrFormat, ""},
		{"metadata is no text", fileBytes(`{"__metadata__":{"k":1}}`), ErrFormat, "k"},
		{"metadata null", fileBytes(`{"__metadata__":{"k":null}}`), ErrFormat, "null"},
		{"name twice", fileBytes(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`,
			eight...), ErrFormat, "twice"},
		{"no shape", fileBytes(`{"a":{"dtype":"F32","data_offsets":[0,4]}}`, four...), ErrFormat, "needed"},
		{"one offset", fileBytes(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}`, four...), ErrFormat, "needed"},
		{"half precision", fileBytes(`{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`, four...), ErrType, "F16"},
		{"empty tensor", fileBytes(`{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`), ErrType, "empty"},
		{"many dimensions", fileBytes(`{"a":{"dtype":"F32","shape":[1`+strings.Repeat(",1", 40)+`],"data_offsets":[0,4]}}`, four...), ErrType, "41"},
		{"negative dimension", fileBytes(`{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}`, four...), ErrFormat, "negative"},
		{"shape overflows", fileBytes(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}`, four...), ErrFormat, "overflow"},
		{"shape against offsets", fileBytes(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, four...), ErrFormat, "span"},
		{"offsets reversed", fileBytes(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, four...), ErrFormat, "span"},
		{"negative offset", fileBytes(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, four...), ErrFormat, ""},
		{"past the end", fileBytes(`{"a":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}`, four...), ErrFormat, "cut short"},
		{"overlap", fileBytes(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`,
			four...), ErrFormat, "inside"},
		{"hole", fileBytes(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, eight...), ErrFormat, "none"},
		{"trailing bytes", fileBytes(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, eight...), ErrFormat, "after"},
	}
	for _, c := range cases {
		f, err := Decode(c.data)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: error %v, want %v with %q", c.name, err, c.want, c.text)
		}
		if f != nil {
			t.Errorf("%s: a file came back with the error", c.name)
		}
	}
}

func TestDecodeEveryTruncation(t *testing.T) {
	var out bytes.Buffer
	if err := Write(&out, &File{Tensors: map[string]*tensor.Dense{"a": dense([]float32{1, 2, 3}, 3)}}); err != nil {
		t.Fatal(err)
	}
	whole := out.Bytes()
	for n := range whole {
		if _, err := Decode(whole[:n]); !errors.Is(err, ErrFormat) {
			t.Errorf("%d of %d bytes: error %v", n, len(whole), err)
		}
	}
}

func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	first := &File{Tensors: map[string]*tensor.Dense{"a": dense([]float32{1}, 1)}, Metadata: map[string]string{}}
	if err := WriteFile(path, first); err != nil {
		t.Fatal(err)
	}
	before, err := Hash(path)
	if err != nil {
		t.Fatal(err)
	}

	// A failed write leaves the file as it was and nothing beside it.
	bad := &File{Tensors: map[string]*tensor.Dense{"a": dense([]int32{1}, 1)}}
	if err := WriteFile(path, bad); !errors.Is(err, ErrType) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want one about the type that names %s", err, path)
	}
	got, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sameFiles(t, got, first)
	if names, _ := os.ReadDir(filepath.Dir(path)); len(names) != 1 {
		t.Errorf("%d files in the folder, want 1", len(names))
	}

	second := &File{Tensors: map[string]*tensor.Dense{"a": dense([]float32{2}, 1)}}
	if err := WriteFile(path, second); err != nil {
		t.Fatal(err)
	}
	if after, err := Hash(path); err != nil || after == before {
		t.Errorf("hash %s after the change was %s before (%v)", after, before, err)
	}
}

func TestFileErrors(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none", "x.safetensors")
	if _, err := ReadFile(missing); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("read: %v", err)
	}
	if err := WriteFile(missing, &File{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("write: %v", err)
	}
	if _, err := Hash(missing); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("hash: %v", err)
	}
}

// SHA-256 of "abc": FIPS 180-2, appendix B.1.
func TestHash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "abc")
	if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Hash(path)
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if err != nil || got != want {
		t.Errorf("hash %s, %v; want %s", got, err, want)
	}
}

func TestWriteIsDeterministic(t *testing.T) {
	f := &File{Tensors: map[string]*tensor.Dense{}, Metadata: map[string]string{}}
	for _, name := range strings.Split("q w e r t y u i o p a s d f g h", " ") {
		f.Tensors[name] = dense([]float32{1, 2}, 2)
		f.Metadata[name] = name
	}
	var first bytes.Buffer
	if err := Write(&first, f); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		var again bytes.Buffer
		if err := Write(&again, f); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), again.Bytes()) {
			t.Fatal("two writes of one file differ")
		}
	}
}

// What Decode accepts, Write writes, and Decode reads the same again.
func FuzzDecode(f *testing.F) {
	var out bytes.Buffer
	seed := &File{
		Tensors:  map[string]*tensor.Dense{"a": dense([]float32{1, 2}, 2), "b": dense([]int64{3}, 1, 1), "c": dense([]float64{4})},
		Metadata: map[string]string{"k": "v"},
	}
	if err := Write(&out, seed); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Add(fileBytes("{}"))
	f.Add(fileBytes(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 0, 0, 0, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := Decode(data)
		if err != nil {
			if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrType) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		var one, two bytes.Buffer
		if err := Write(&one, first); err != nil {
			t.Fatal(err)
		}
		second, err := Decode(one.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if err := Write(&two, second); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Fatal("a round trip changed the file")
		}
	})
}
