package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/card"
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/defaultmodel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/train"
)

// cardName is the model card in a run folder.
const cardName = "card.md"

func newModelShowCmd(a *app) *cobra.Command {
	var asJSON, asMarkdown bool
	cmd := &cobra.Command{
		Use:   "show [MODEL]",
		Short: "Say what a trained model is",
		Long: `show prints the card of a model: network and parameters, tile geometry, calibration, second look, what it was trained on and with
which seeds and configuration, its scores on held-out tiles, hashes, and where it must not be trusted.

MODEL is a model file, a run folder of geobfdt train (its best model, and how training went), or - for standard input; without it, the
model in the binary. --markdown prints the card with the whole configuration, as train writes it into the run folder (card.md).`,
		Example: `  geobfdt model show
  geobfdt model show runs/mine
  geobfdt model show mine.safetensors --markdown > mine.md
  geobfdt model show mine.safetensors --json | jq .scores.bedding.f1`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the card as JSON")
	cmd.Flags().BoolVar(&asMarkdown, "markdown", false, "print the card as Markdown")
	cmd.MarkFlagsMutuallyExclusive("json", "markdown")
	cmd.RunE = a.run(func(_ *cobra.Command, args []string) error {
		m, err := a.readModel(args)
		if err != nil {
			return err
		}
		c, err := m.card()
		switch {
		case err != nil:
			return err
		case asJSON:
			out := json.NewEncoder(a.stdout)
			out.SetIndent("", "  ")
			return out.Encode(c)
		case asMarkdown:
			return c.WriteMarkdown(a.stdout)
		}
		return c.WriteText(a.stdout)
	})
	return cmd
}

// modelFile is a model and the file that it was read from.
type modelFile struct {
	data       []byte
	bundle     *model.Bundle
	name, path string // path is for messages
	run        string // folder of the run that it is the best model of; "" for files
}

// maxModelBytes is the largest model that is read from standard input.
const maxModelBytes = 2 << 30

// readModel reads the model that the arguments of a command name: a file, a run folder, - for standard input, or none for the model in
// the binary.
func (a *app) readModel(args []string) (*modelFile, error) {
	switch {
	case len(args) == 0:
		return decodeModel(modelFile{data: defaultmodel.Bytes(), name: defaultmodel.Name, path: defaultmodel.Name})
	case args[0] != "-":
		return openModel(args[0])
	}
	m := modelFile{name: "stdin", path: "stdin"}
	var err error
	if m.data, err = io.ReadAll(io.LimitReader(a.stdin, maxModelBytes+1)); err == nil && len(m.data) > maxModelBytes {
		err = fmt.Errorf("is larger than %d GiB: this is no model", maxModelBytes>>30)
	}
	if err != nil {
		return nil, &cliio.InputError{Path: m.path, Err: err}
	}
	return decodeModel(m)
}

// openModel reads a model file, or the best model of a run folder.
func openModel(path string) (*modelFile, error) {
	m := modelFile{name: baseName(path), path: path}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		m = modelFile{run: path, name: filepath.Base(filepath.Clean(path)), path: filepath.Join(path, train.BestName)}
	}
	var err error
	if m.data, err = os.ReadFile(m.path); err != nil {
		return nil, &cliio.InputError{Err: err}
	}
	return decodeModel(m)
}

func decodeModel(m modelFile) (*modelFile, error) {
	var err error
	if m.bundle, err = model.Decode(m.data); err != nil {
		return nil, &cliio.InputError{Path: m.path, Err: err}
	}
	return &m, nil
}

// card is what is known of the model, and of its run where it lies in a run folder.
func (m *modelFile) card() (*card.Card, error) {
	c, err := card.New(m.bundle, m.name, len(m.data))
	if err != nil {
		return nil, &cliio.InputError{Path: m.path, Err: err}
	}
	if m.run == "" {
		return c, nil
	}
	if c.Run, err = card.ReadRun(m.run); err != nil && !errors.Is(err, card.ErrNoRun) {
		return nil, &cliio.InputError{Err: err}
	}
	return c, nil
}

// writeRunCard writes the card of a finished run into its folder.
func (a *app) writeRunCard(dir string) error {
	m, err := openModel(dir)
	if err != nil {
		return err
	}
	c, err := m.card()
	if err != nil {
		return err
	}
	return cliio.WriteFile(filepath.Join(dir, cardName), a.stdout, c.WriteMarkdown)
}
