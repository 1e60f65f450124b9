package main

import (
	"github.com/spf13/pflag"

	"github.com/geobfdt/geobfdt/internal/calibrate"
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/labels"
)

// labelledWells are the flags of commands that take wells with their labels beside a model.
type labelledWells struct {
	labels []string
	input  *inputFlags
	tables *labelFlags
}

func newLabelledWells(set *pflag.FlagSet) *labelledWells {
	w := &labelledWells{}
	set.StringArrayVar(&w.labels, "labels", nil, "labels of a well, `file.csv`; once for every well, in order")
	w.input, w.tables = newInputFlags(set), newLabelFlags(set)
	return w
}

// read reads the wells and their labels.
func (w *labelledWells) read(a *app, wells []string) ([]calibrate.Well, error) {
	if len(w.labels) != len(wells) {
		return nil, cliio.Usagef("%d wells and %d --labels: give --labels once for every well, in the same order", len(wells), len(w.labels))
	}
	var out []calibrate.Well
	for i, path := range wells {
		log, err := w.input.open(a, path)
		if err != nil {
			return nil, err
		}
		table, err := w.tables.readApparent(a, w.labels[i], labels.Hole{
			OrientationAt: log.OrientationAt, Reference: log.Reference, DeclinationDeg: log.DeclinationDeg,
		})
		if err != nil {
			return nil, err
		}
		out = append(out, calibrate.Well{Log: log, Truth: table.Picks})
	}
	return out, nil
}
