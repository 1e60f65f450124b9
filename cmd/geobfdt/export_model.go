package main

import (
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/export"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/onnx"
)

// Formats of a model, and its parts.
const (
	formatSafetensors = "safetensors"
	formatONNX        = "onnx"
	partDetector      = "detector"
	partVerifier      = "verifier"
)

type exportModelOptions struct{ format, part, out, card string }

func newExportModelCmd(a *app) *cobra.Command {
	var opt exportModelOptions
	cmd := &cobra.Command{
		Use:   "model [MODEL] -o FILE",
		Short: "Write a trained model as safetensors or ONNX",
		Long: `model writes a trained model for use without geobfdt. Without MODEL it writes the model in the binary; - is standard input.

FORMATS
  safetensors  the tensors, named and laid out as in PyTorch, both parts of the model in one file: for any library of that format, and
               for geobfdt itself
  onnx         a graph (opset 17, batches of any size) that ONNX Runtime, TensorRT, OpenVINO and others run, on a GPU where they
               have one. The detector and the verifier, which looks at every pick a second time, are files of their own (--part)
The format follows from the name of the file (.onnx) where --format is not given. Configuration, tile options, calibration and origin
stand in the metadata of both. docs/onnx.md says what goes in and what comes out, with the code to do it.`,
		Example: `  geobfdt export model -o default.safetensors
  geobfdt export model runs/mine/best.safetensors -o mine.onnx --card mine.md
  geobfdt export model mine.safetensors --part verifier -o mine-verifier.onnx`,
		Args: cobra.MaximumNArgs(1),
	}
	flags := cmd.Flags()
	flags.StringVarP(&opt.out, "output", "o", "", "`file` to write; -: stdout")
	flags.StringVar(&opt.format, "format", "", formatSafetensors+" | "+formatONNX+"; default: by the name of the file")
	flags.StringVar(&opt.part, "part", "", partDetector+" | "+partVerifier+": the network of an ONNX file; default: "+partDetector)
	flags.StringVar(&opt.card, "card", "", "model card to write beside, `file.md`")
	cmd.RunE = a.run(func(_ *cobra.Command, args []string) error { return a.exportModel(args, opt) })
	return cmd
}

func (a *app) exportModel(args []string, opt exportModelOptions) error {
	if err := opt.complete(); err != nil {
		return err
	}
	source, err := a.readModel(args)
	if err != nil {
		return err
	}
	write, err := source.writer(opt)
	if err != nil {
		return err
	}
	if err := cliio.WriteFile(opt.out, a.stdout, write); err != nil || opt.card == "" {
		return err
	}
	c, err := source.card()
	if err != nil {
		return err
	}
	return cliio.WriteFile(opt.card, a.stdout, c.WriteMarkdown)
}

// complete fills in what follows from the rest, and refuses what makes no sense.
func (o *exportModelOptions) complete() error {
	switch {
	case o.out == "":
		return cliio.Usagef("give the file to write: -o model.safetensors, -o model.onnx")
	case o.out == "-" && o.card == "-":
		return cliio.Usagef("model and card cannot both go to stdout: give --card a file")
	}
	if o.format == "" {
		o.format = formatSafetensors
		if strings.EqualFold(filepath.Ext(o.out), ".onnx") {
			o.format = formatONNX
		}
	}
	err := checkChoices(
		choice{"--format", o.format, []string{formatSafetensors, formatONNX}},
		choice{"--part", o.part, []string{"", partDetector, partVerifier}},
	)
	if err == nil && o.part != "" && o.format != formatONNX {
		return cliio.Usagef("--part is for --format onnx: a safetensors file holds all parts of a model")
	}
	return err
}

// writer prepares the file in the format that is asked for.
func (m *modelFile) writer(opt exportModelOptions) (func(io.Writer) error, error) {
	if opt.format == formatSafetensors {
		file, err := checkpoint.Decode(m.data)
		if err != nil {
			return nil, &cliio.InputError{Path: m.path, Err: err}
		}
		return func(w io.Writer) error { return export.WriteModel(w, file) }, nil
	}
	data, err := m.onnx(opt.part)
	switch {
	case errors.Is(err, onnx.ErrNoVerifier) || errors.Is(err, onnx.ErrTooLarge):
		return nil, &cliio.InputError{Path: m.path, Err: err}
	case err != nil:
		return nil, err
	}
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}, nil
}

// onnx is a part of the model as an ONNX file.
func (m *modelFile) onnx(part string) ([]byte, error) {
	build := map[string]func(*model.Bundle, string) (*onnx.Model, error){"": onnx.Detector, partDetector: onnx.Detector, partVerifier: onnx.Verifier}[part]
	graph, err := build(m.bundle, version)
	if err != nil {
		return nil, err
	}
	return graph.Encode()
}
