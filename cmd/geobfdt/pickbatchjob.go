package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/geobfdt/geobfdt/internal/batch"
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/config"
)

// batchRun is pick over a manifest.
type batchRun struct {
	*app
	opt      pickOptions // out is the folder of the results, or the merged table
	manifest *batch.Manifest
	given    *pflag.FlagSet // the command line
	flags    []config.Flag  // configuration in it
	methods  map[[2]string]*method
}

// wellJob is a row made ready: an app, options and flags of its own.
type wellJob struct {
	row        batch.Row
	app        *app
	opt        pickOptions
	input      *inputFlags
	settings   string   // batch.Key.Settings
	companions []string // files beside the log whose content decides the picks
	with       []string // outputs beside the picks
	err        error    // the row cannot be picked, its model cannot be read; the rest can
}

// Columns whose values are files of the manifest's folder, and those that name outputs in the folder of results. A tool is a file or
// the name of a built-in one.
const (
	columnModel  = "model"
	columnSurvey = "survey"
	columnTool   = "tool"
)

var columnOutputs = []string{"picture", "report", "qc-json"}

func (a *app) newBatch(cmd *cobra.Command, opt pickOptions, path string) (*batchRun, error) {
	b := &batchRun{app: a, opt: opt, given: cmd.Flags(), methods: map[[2]string]*method{}}
	var err error
	if b.flags, err = a.configFlags(b.given); err != nil {
		return nil, err
	}
	var settings []string
	of := pflag.NewFlagSet("", pflag.ContinueOnError)
	newWellFlags(of, new(pickOptions))
	of.VisitAll(func(f *pflag.Flag) { settings = append(settings, f.Name) })
	in := a.stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, &cliio.InputError{Err: fmt.Errorf("manifest: %w", err)}
		}
		defer file.Close()
		in = file
	}
	b.manifest, err = batch.ReadManifest(in, path, settings, columnOutputs)
	var bad *batch.ManifestError
	switch {
	case errors.As(err, &bad):
		return nil, &cliio.UsageError{Err: err}
	case err != nil:
		return nil, &cliio.InputError{Err: err}
	}
	return b, nil
}

// job resolves a row: the command line with the row's cells over it. Its error is a mistake of command line or manifest and stops the
// batch before anything is picked.
func (b *batchRun) job(row batch.Row) (*wellJob, error) {
	well := *b.app // streams and console are shared
	j := &wellJob{row: row, app: &well, opt: b.opt}
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	j.input = newWellFlags(set, &j.opt)
	if err := copyFlags(set, b.given); err != nil {
		return nil, err
	}
	refuse := func(cell batch.Cell, err error) error {
		return &cliio.UsageError{Err: &batch.ManifestError{Path: b.manifest.Path, Line: row.Line, Err: fmt.Errorf("column %s: %w", cell.Column, err)}}
	}
	flags, ownModel := b.flags, false
	for _, cell := range row.Cells {
		value := cell.Value
		switch {
		case cell.Column == columnModel || cell.Column == columnSurvey:
			value = b.manifest.Resolve(value)
		case cell.Column == columnTool && isFile(b.manifest.Resolve(value)):
			value = b.manifest.Resolve(value)
		case slices.Contains(columnOutputs, cell.Column):
			value = filepath.Join(b.opt.out, value)
			j.with = append(j.with, value)
		}
		ownModel = ownModel || cell.Column == columnModel || cell.Column == "method"
		if err := set.Set(cell.Column, value); err != nil {
			return nil, refuse(cell, err)
		}
		if key := set.Lookup(cell.Column).Annotations[keyAnnotation]; len(key) == 1 {
			flags = append(slices.Clip(flags), config.Flag{Key: key[0], Value: value, Name: fmt.Sprintf("line %d, column %s", row.Line, cell.Column)})
		}
	}
	if len(flags) > len(b.flags) {
		cfg, err := config.Load(config.Inputs{Path: b.configPath, Env: b.environ, Flags: flags})
		if err != nil {
			return nil, &cliio.UsageError{Err: fmt.Errorf("manifest %s: %w", b.manifest.Path, err)}
		}
		well.cfg = cfg
	}
	j.opt.out = batch.ResultPath(b.opt.out, row.Name)
	if _, err := j.opt.check(); err != nil {
		return nil, &cliio.UsageError{Err: &batch.ManifestError{Path: b.manifest.Path, Line: row.Line, Err: err}}
	}
	var err error
	if j.opt.loaded, err = b.method(j.opt.method, j.opt.model); err != nil {
		if !ownModel { // that of the command line: no well can be picked
			return nil, err
		}
		j.err = err
		return j, nil
	}
	j.companions = companions(set)
	j.settings = j.hash(set)
	well.args = b.wellCommand(row, set)
	return j, nil
}

// method loads a method once, however many rows have it.
func (b *batchRun) method(name, modelPath string) (*method, error) {
	key := [2]string{name, modelPath}
	if m := b.methods[key]; m != nil {
		return m, nil
	}
	m, err := loadMethod(name, modelPath)
	if err != nil {
		return nil, err
	}
	b.methods[key] = &m
	return &m, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// companions are the files that the flags name whose content decides the picks; that of the model is in its hash.
func companions(set *pflag.FlagSet) (paths []string) {
	if path := set.Lookup(columnSurvey).Value.String(); path != "" {
		paths = append(paths, path)
	}
	if path := set.Lookup(columnTool).Value.String(); isFile(path) {
		paths = append(paths, path)
	}
	return paths
}

// hash is batch.Key.Settings: everything that decides the picks but the files that are hashed by content.
func (j *wellJob) hash(set *pflag.FlagSet) string {
	cfg := j.app.cfg.Config
	cfg.Threads = 0 // the same picks with any number
	items := []string{version, j.opt.loaded.hash, cfg.Hash()}
	set.Visit(func(f *pflag.Flag) {
		byContent := f.Name == columnModel || f.Name == columnSurvey || f.Name == columnTool && isFile(f.Value.String())
		if !byContent && f.Annotations[keyAnnotation] == nil && !slices.Contains(columnOutputs, f.Name) {
			items = append(items, f.Name+"="+f.Value.String())
		}
	})
	return batch.HashSettings(items...)
}

// copyFlags sets in dst what was given of its flags in src.
func copyFlags(dst, src *pflag.FlagSet) (err error) {
	src.Visit(func(f *pflag.Flag) {
		to := dst.Lookup(f.Name)
		if to == nil || err != nil {
			return
		}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			// The text of a list has brackets that Set does not read.
			err = dst.Set(f.Name, strings.Join(list.GetSlice(), ","))
			return
		}
		err = dst.Set(f.Name, f.Value.String())
	})
	return err
}

// wellCommand is the command line that makes the picks of one row alone, for their head. It does not say who made them, this process or
// that task, so that the same picks are the same file.
func (b *batchRun) wellCommand(row batch.Row, set *pflag.FlagSet) []string {
	words := []string{"pick", row.Well}
	add := func(f *pflag.Flag) {
		switch list, ok := f.Value.(pflag.SliceValue); {
		case ok && f.Value.Type() == "stringArray":
			for _, v := range list.GetSlice() {
				words = append(words, "--"+f.Name+"="+v)
			}
		case ok:
			words = append(words, "--"+f.Name+"="+strings.Join(list.GetSlice(), ","))
		case slices.Contains(columnOutputs, f.Name):
			words = append(words, "--"+f.Name+"="+filepath.Base(f.Value.String())) // beside the picks, wherever those are
		default:
			words = append(words, "--"+f.Name+"="+f.Value.String())
		}
	}
	b.given.Visit(func(f *pflag.Flag) {
		if f.Name == "config" || f.Name == "set" {
			add(f)
		}
	})
	set.Visit(add)
	return append(words, "-o", row.Name+".csv")
}
