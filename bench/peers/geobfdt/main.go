// Command geobfdt is geobfdt's own engine as a peer of PyTorch and ONNX Runtime: it answers requests on standard input, one JSON
// object a line, as bench/peers/run.py sends them.
//
//	usage: geobfdt FOLDER THREADS
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/optim"
)

// trainedSteps are taken before the losses are compared, as STEPS in network.py.
const trainedSteps = 3

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "geobfdt peer:", err)
		os.Exit(1)
	}
}

// request is one line of standard input.
type request struct {
	Network string
	Task    string // forward | step
	Batch   int
	Do      string // check | time
	Seconds float64
}

func serve() error {
	if len(os.Args) != 3 {
		return errors.New("usage: geobfdt FOLDER THREADS")
	}
	threads, err := strconv.Atoi(os.Args[2])
	if err != nil {
		return fmt.Errorf("threads: %w", err)
	}
	if err := kernel.EnvError(); err != nil {
		return err
	}
	pool := kernel.NewPool(threads)
	defer pool.Close()
	var last request
	var p *peer
	in, out := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for in.Scan() {
		var q request
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			return err
		}
		if p == nil || q.Network != last.Network || q.Task != last.Task || q.Batch != last.Batch {
			if p, err = newPeer(os.Args[1], q, pool); err != nil {
				return fmt.Errorf("%s: %w", q.Network, err)
			}
		}
		last = q
		answer := p.check
		if q.Do == "time" {
			answer = func() []float64 { return p.time(q.Seconds) }
		}
		if err := out.Encode(answer()); err != nil {
			return err
		}
	}
	return in.Err()
}

// peer is one network at one batch size, ready for one task.
type peer struct {
	graph   *model.Graph
	opt     *optim.AdamW // nil for forward passes
	target  []float32    // [batch][queries][6*decoders]
	queries int
}

func newPeer(folder string, q request, pool *kernel.Pool) (*peer, error) {
	raw, err := os.ReadFile(filepath.Join("bench", "peers", "networks.json"))
	if err != nil {
		return nil, err
	}
	o, geo, err := options(raw, q.Network)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(folder, q.Network+".safetensors"))
	if err != nil {
		return nil, err
	}
	f, err := checkpoint.Decode(data)
	if err != nil {
		return nil, err
	}
	n, err := model.New(o, geo, 1)
	if err != nil {
		return nil, err
	}
	if err := n.LoadParams(f.Tensors); err != nil {
		return nil, err
	}
	p := &peer{graph: n.Build(pool, q.Batch, q.Task == "step"), target: floats(f.Tensors["target"]), queries: o.Queries}
	if q.Task == "step" {
		p.graph.Training = true
		p.opt = optim.NewAdamW(n.Params, 0.9, 0.999, 1e-4, pool)
	}
	p.setInput(floats(f.Tensors["x"]))
	return p, nil
}

// options reads a network of networks.json, whose keys are those of testdata/oracle.py in internal/model.
func options(raw []byte, name string) (model.Options, model.Geometry, error) {
	var all map[string]struct {
		Options struct {
			Channels, Rows, Columns, Dim, Heads, Encoders, Decoders, Queries int
			RowM                                                             float64 `json:"row_m"`
			Backbone, Decoder                                                string
			Widths                                                           []int
			Strides                                                          [][]int
			Wrap                                                             bool `json:"wrap_azimuth"`
			FeedForward                                                      int  `json:"feed_forward"`
			OffsetDim                                                        int  `json:"offset_dim"`
		}
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		return model.Options{}, model.Geometry{}, fmt.Errorf("networks.json: %w", err)
	}
	n, ok := all[name]
	if !ok {
		return model.Options{}, model.Geometry{}, errors.New("not in networks.json")
	}
	o := n.Options
	return model.Options{Backbone: o.Backbone, Widths: o.Widths, Strides: o.Strides, WrapAzimuth: o.Wrap, Dim: o.Dim, Heads: o.Heads,
			FeedForward: o.FeedForward, Encoders: o.Encoders, Decoders: o.Decoders, Queries: o.Queries, Decoder: o.Decoder, OffsetDim: o.OffsetDim},
		model.Geometry{Rows: o.Rows, Columns: o.Columns, Channels: o.Channels, RowM: o.RowM}, nil
}

func floats(d *tensor.Dense) []float32 {
	if d == nil {
		return nil
	}
	return d.Data().([]float32)
}

// setInput takes x, [batch, channels, rows, columns].
func (p *peer) setInput(x []float32) {
	in := p.graph.Input
	tile := make([]float32, in.H*in.W*in.C)
	for b := range in.B {
		for c := range in.C {
			for i, v := range x[(b*in.C+c)*in.H*in.W:][:in.H*in.W] {
				tile[i*in.C+c] = v
			}
		}
		p.graph.SetInput(b, tile)
	}
}

// run is one forward pass, or one training step, whose loss it returns.
func (p *peer) run() float64 {
	g := p.graph
	g.Forward()
	if p.opt == nil {
		return 0
	}
	g.ZeroGrad()
	loss := p.loss()
	g.Backward()
	p.opt.Clip(1)
	p.opt.Step(1e-3)
	return loss
}

// loss is the squared distance of all outputs from the target, by image; it writes the gradients.
func (p *peer) loss() (sum float64) {
	width := 6 * len(p.graph.Layers)
	scale := 1 / float64(p.graph.Batch())
	for i, l := range p.graph.Layers {
		for r := range l.Logits.N() {
			t := p.target[r*width+6*i:][:6]
			for k, m := range []struct{ y, d []float32 }{{l.Logits.Row(r), l.Logits.GradRow(r)}, {l.Params.Row(r), l.Params.GradRow(r)}} {
				for c, v := range m.y {
					e := float64(v - t[3*k+c])
					sum += e * e * scale
					m.d[c] = float32(2 * e * scale)
				}
			}
		}
	}
	return sum
}

// check returns all outputs, [batch][queries][6*decoders], or the losses of the first steps.
func (p *peer) check() (answer []float64) {
	if p.opt != nil {
		for range trainedSteps {
			answer = append(answer, p.run())
		}
		return answer
	}
	p.run()
	for r := range p.graph.Batch() * p.queries {
		for _, l := range p.graph.Layers {
			for c := range 3 {
				answer = append(answer, float64(l.Logits.Row(r)[c]))
			}
			for c := range 3 {
				answer = append(answer, float64(l.Params.Row(r)[c]))
			}
		}
	}
	return answer
}

// time returns the milliseconds of each run.
func (p *peer) time(seconds float64) (ms []float64) {
	for start := time.Now(); time.Since(start).Seconds() < seconds || len(ms) < 3; {
		t := time.Now()
		p.run()
		ms = append(ms, time.Since(t).Seconds()*1e3)
	}
	return ms
}
