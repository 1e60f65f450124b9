package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/matched"
	"github.com/geobfdt/geobfdt/internal/model"
)

// wellPicker is what picks a well: a network or the classical filter.
type wellPicker interface {
	Pick(ctx context.Context, log *imagelog.Log, progress func(done, total int)) (*infer.Result, error)
}

// methodModel is the method that is not matched.Name.
const methodModel = "model"

// method is a way of picking, as files and tables name it.
type method struct {
	name, hash string
	bundle     *model.Bundle // nil where no network picks
}

// methodFlag declares --method of one command that picks one well.
func methodFlag(flags *pflag.FlagSet, name *string) {
	flags.StringVar(name, "method", methodModel, methodModel+" | "+matched.Name+", the classical picker: no network")
}

// loadMethod finds a method; modelPath is the file of its model, "" for the one in the binary.
func loadMethod(name, modelPath string) (method, error) {
	switch name {
	case methodModel:
		bundle, modelName, err := loadModel(modelPath)
		if err != nil {
			return method{}, err
		}
		return method{modelName, bundle.Hash, bundle}, nil
	case matched.Name:
		if modelPath != "" {
			return method{}, cliio.Usagef("--method %s has no model: leave --model out", matched.Name)
		}
		return method{name: matched.Name, hash: matched.Hash()}, nil
	}
	return method{}, cliio.Usagef("--method is %q, must be %s | %s", name, methodModel, matched.Name)
}

// picker prepares the method.
func (m method) picker(a *app, pool *kernel.Pool) (p wellPicker, err error) {
	if m.bundle != nil {
		p, err = infer.NewPicker(m.bundle, a.cfg.Pick, pool)
	} else {
		p, err = matched.NewPicker(a.cfg.Matched, a.cfg.Pick, pool)
	}
	if err != nil {
		return nil, &cliio.UsageError{Err: err}
	}
	return p, nil
}

// contestants are the methods that eval --suite compares: the models, with the one in the binary where no other is named or it is asked
// for by its method, then the classical picker.
func contestants(models, methods []string) ([]method, error) {
	type entry struct{ method, model string }
	var entries []entry
	if len(models) == 0 && len(methods) == 0 {
		methods = []string{methodModel}
	}
	var others []entry
	for _, name := range methods {
		if name == methodModel {
			entries = append(entries, entry{name, ""})
		} else {
			others = append(others, entry{name, ""})
		}
	}
	for _, path := range models {
		entries = append(entries, entry{methodModel, path})
	}
	var out []method
	seen := map[string]bool{}
	for _, e := range append(entries, others...) {
		m, err := loadMethod(e.method, e.model)
		if err != nil {
			return nil, err
		}
		// Models of one file name in several folders (best.safetensors) are told apart by their hash.
		if seen[m.name] {
			m.name = fmt.Sprintf("%s %.6s", m.name, m.hash)
		}
		seen[m.name] = true
		out = append(out, m)
	}
	return out, nil
}
