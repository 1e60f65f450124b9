package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/tile"
)

func tinyOptions(decoder string) Options {
	return Options{Backbone: "resnet10", Widths: []int{32, 32, 32, 32}, Strides: [][]int{{1, 1}, {2, 2}, {1, 2}, {1, 1}}, WrapAzimuth: true,
		Dim: 32, Heads: 4, FeedForward: 32, Encoders: 1, Decoders: 1, Queries: 8, Decoder: decoder, EmptyBias: 2, OffsetDim: 32}
}

func tinyTile() tile.Options {
	return tile.Options{Rows: 64, Columns: 48, RowM: 0.005, Overlap: 0.5, Image: tile.ImageTile, MaskChannel: true, Split: tile.SplitWell, Seed: 1}
}

func tinyNet(tb testing.TB, decoder string) *Net {
	tb.Helper()
	t := tinyTile()
	n, err := New(tinyOptions(decoder), Geometry{Rows: t.Rows, Columns: t.Columns, Channels: t.Channels(), RowM: t.RowM}, 1)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// tinyFile is a bundle's checkpoint, for tests to spoil.
func tinyFile(tb testing.TB, decoder string) *checkpoint.File {
	tb.Helper()
	b := Bundle{Net: tinyNet(tb, decoder), Tile: tinyTile(), Record: Record{Version: "test", Seed: 1, DataHash: "d"}}
	f, err := b.File()
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func encode(tb testing.TB, f *checkpoint.File) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := checkpoint.Write(&b, f); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// outputs of a network for one fixed input.
func outputs(t *testing.T, n *Net) []float32 {
	t.Helper()
	pool := kernel.NewPool(1)
	defer pool.Close()
	g := n.Build(pool, 2, false)
	fillRandom(g)
	g.Forward()
	var out []float32
	for _, l := range g.Layers {
		out = append(append(out, l.Logits.Data...), l.Params.Data...)
	}
	return out
}

func TestBundleRoundTrip(t *testing.T) {
	for _, decoder := range []string{"refine", "plain"} {
		f := tinyFile(t, decoder)
		if err := SetMeta(f, MetaScores, map[string]int{"tiles": 3}); err != nil {
			t.Fatal(err)
		}
		f.Tensors["adamw.m.somewhere"] = tensor.New(tensor.WithShape(2), tensor.WithBacking([]float32{1, 2})) // an optimiser's
		data := encode(t, f)
		b, err := Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		if b.Tile != tinyTile() || b.Record != (Record{Version: "test", Seed: 1, DataHash: "d"}) || string(b.Scores) != `{"tiles":3}` || len(b.Hash) != 64 {
			t.Errorf("%s: bundle %+v", decoder, b)
		}
		want := outputs(t, tinyNet(t, decoder))
		if got := outputs(t, b.Net); !slices.Equal(got, want) {
			t.Errorf("%s: the network read back computes something else", decoder)
		}
		again, err := b.File()
		if err != nil {
			t.Fatal(err)
		}
		delete(f.Tensors, "adamw.m.somewhere")
		if !bytes.Equal(encode(t, again), encode(t, f)) {
			t.Errorf("%s: the same model gives another file", decoder)
		}
	}
}

// TestDecodeRefuses spoils a model file in every way that a file from elsewhere may be spoilt.
func TestDecodeRefuses(t *testing.T) {
	meta := func(key string, change func(map[string]any)) func(*checkpoint.File) {
		return func(f *checkpoint.File) {
			var v map[string]any
			if err := json.Unmarshal([]byte(f.Metadata[key]), &v); err != nil {
				t.Fatal(err)
			}
			change(v)
			raw, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			f.Metadata[key] = string(raw)
		}
	}
	set := func(key, field string, value any) func(*checkpoint.File) {
		return meta(key, func(v map[string]any) { v[field] = value })
	}
	cases := map[string]struct {
		spoil func(*checkpoint.File)
		want  string
	}{
		"another format":    {func(f *checkpoint.File) { f.Metadata[MetaFormat] = "pt" }, `its format is "pt"`},
		"no metadata":       {func(f *checkpoint.File) { clear(f.Metadata) }, `its format is ""`},
		"no options":        {func(f *checkpoint.File) { delete(f.Metadata, MetaModel) }, "options"},
		"no geometry":       {func(f *checkpoint.File) { f.Metadata[MetaGeometry] = "{" }, "geometry"},
		"no tile options":   {func(f *checkpoint.File) { delete(f.Metadata, MetaTile) }, "metadata tile"},
		"no record":         {func(f *checkpoint.File) { f.Metadata[MetaRun] = "x" }, "metadata run"},
		"no tensor":         {func(f *checkpoint.File) { delete(f.Tensors, "head.class.weight") }, "head.class.weight is missing"},
		"no tensors at all": {func(f *checkpoint.File) { clear(f.Tensors) }, "it holds 0"},
		"another shape": {func(f *checkpoint.File) {
			f.Tensors["head.class.bias"] = tensor.New(tensor.WithShape(1, 3), tensor.WithBacking([]float32{1, 2, 3}))
		}, "head.class.bias"},
		"another type": {func(f *checkpoint.File) {
			f.Tensors["head.class.bias"] = tensor.New(tensor.WithShape(3), tensor.WithBacking([]float64{1, 2, 3}))
		}, "head.class.bias"},
		"a value that is not finite": {func(f *checkpoint.File) {
			f.Tensors["head.class.bias"].Data().([]float32)[1] = float32(math.NaN())
		}, "head.class.bias: a value is not finite"},
		"another decoder":        {set(MetaModel, "Decoder", "plain"), "missing"},
		"an unknown decoder":     {set(MetaModel, "Decoder", "rnn"), "model.decoder"},
		"an unknown backbone":    {set(MetaModel, "Backbone", "vgg"), "model.backbone"},
		"strides without stages": {set(MetaModel, "Strides", [][]int{{1}}), "four stages"},
		"a stride of no pair":    {set(MetaModel, "Strides", [][]int{{1, 1}, {}, {1, 1}, {1, 1}}), "model.strides"},
		"no heads":               {set(MetaModel, "Heads", 0), "model.heads"},
		"more layers":            {set(MetaModel, "Encoders", 1<<40), "takes"},
		"more queries":           {set(MetaModel, "Queries", 1<<40), "takes"},
		"more than it holds":     {set(MetaModel, "FeedForward", 1<<20), "parameters"},
		"a wider network":        {set(MetaModel, "Widths", []int{32, 32, 32, 1 << 30}), "takes"},
		"a huge tile":            {set(MetaGeometry, "Rows", 1<<40), "takes"},
		"a tile of no rows":      {set(MetaGeometry, "Rows", -64), "too small"},
		"no channels":            {set(MetaGeometry, "Channels", 0), "too small"},
		"rows of no height":      {set(MetaGeometry, "RowM", 0), "row_m"},
		"rows without end":       {set(MetaGeometry, "RowM", 1e308), "row_m"},
		"other rows":             {set(MetaTile, "rows", 128), "128 x 48"},
		"other columns":          {set(MetaTile, "columns", 96), "64 x 96"},
		"other channels":         {set(MetaTile, "mask_channel", false), "64 x 48 x 1"},
		"other heights":          {set(MetaTile, "row_m", 0.01), "rows of 0.01 m"},
		"an unknown image":       {set(MetaTile, "image", "colour"), `image "colour"`},
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		tc := cases[name]
		f := tinyFile(t, "refine")
		tc.spoil(f)
		_, err := Decode(encode(t, f))
		if !errors.Is(err, ErrNotModel) {
			t.Errorf("%s: error %v, want ErrNotModel", name, err)
			continue
		}
		if !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %q does not say %q", name, err, tc.want)
		}
	}
	whole := encode(t, tinyFile(t, "refine"))
	for name, data := range map[string][]byte{"nothing": nil, "text": []byte("depth_m,class\n1,bedding\n"), "half": whole[:len(whole)/2], "cut": whole[:len(whole)-1]} {
		if _, err := Decode(data); !errors.Is(err, ErrNotModel) {
			t.Errorf("%s: error %v, want ErrNotModel", name, err)
		}
	}
}

// TestOddOptionsWork: widths that are no multiple of a panel, where Validate lets them through, still make a network.
func TestOddOptionsWork(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"feed forward of 33":      func(o *Options) { o.FeedForward = 33 },
		"offset width of 5":       func(o *Options) { o.OffsetDim = 5 },
		"heads of one":            func(o *Options) { o.Heads = 32 },
		"no encoder, one query":   func(o *Options) { o.Encoders, o.Queries = 0, 1 },
		"resnet18, three layers":  func(o *Options) { o.Backbone, o.Decoders = "resnet18", 3 },
		"all strides, no wrap":    func(o *Options) { o.WrapAzimuth, o.Strides = false, [][]int{{2, 2}, {2, 2}, {2, 2}, {2, 2}} },
		"wide stage in the midst": func(o *Options) { o.Widths = []int{32, 64, 32, 96} },
	} {
		o := tinyOptions("refine")
		change(&o)
		n, err := New(o, Geometry{Rows: 64, Columns: 48, Channels: 2, RowM: 0.005}, 1)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, v := range outputs(t, n) {
			if v-v != 0 {
				t.Errorf("%s: output %g", name, v)
				break
			}
		}
		if least, have := n.Options.leastParameters(), parameters(n); least > float64(have) {
			t.Errorf("%s: at least %g parameters said, %d are there", name, least, have)
		}
	}
}

func parameters(n *Net) int {
	sum := 0
	for _, p := range n.Params.List {
		sum += p.Len()
	}
	return sum
}

// TestLeastParameters holds the lower bound below the truth, but not far below, for the networks in use.
func TestLeastParameters(t *testing.T) {
	for i, n := range []*Net{defaultNet(t), tinyNet(t, "refine"), tinyNet(t, "plain")} {
		least, have := n.Options.leastParameters(), float64(parameters(n))
		if least > have || least < have/4 {
			t.Errorf("network %d: at least %g parameters said, %g are there", i, least, have)
		}
		if floats := n.Options.tileFloats(n.Geometry); floats > maxTileFloats/10 {
			t.Errorf("network %d: a tile is said to take %g values", i, floats)
		}
	}
}

// FuzzDecode varies what a model file says of itself, and where it is cut. The tensors stay: FuzzDecode of package checkpoint varies
// the format beneath.
func FuzzDecode(f *testing.F) {
	for _, decoder := range []string{"refine", "plain"} {
		m := tinyFile(f, decoder).Metadata
		f.Add(m[MetaFormat], m[MetaModel], m[MetaGeometry], m[MetaTile], m[MetaRun], uint(0))
		f.Add("", "{}", "null", "[]", "", uint(100))
	}
	tensors := tinyFile(f, "refine").Tensors
	f.Fuzz(func(t *testing.T, format, options, geometry, tileOptions, record string, cut uint) {
		data := encode(t, &checkpoint.File{Tensors: tensors, Metadata: map[string]string{
			MetaFormat: format, MetaModel: options, MetaGeometry: geometry, MetaTile: tileOptions, MetaRun: record,
		}})
		b, err := Decode(data[:len(data)-int(cut%uint(len(data)))])
		if err != nil {
			if !errors.Is(err, ErrNotModel) {
				t.Fatalf("error %v, want ErrNotModel", err)
			}
			return
		}
		// What is accepted can be picked with.
		if g := b.Net.Geometry; b.Tile.Size() != g.Rows*g.Columns*g.Channels || b.Hash == "" {
			t.Fatalf("bundle %+v of a network for %+v", b, g)
		}
	})
}
