package main

import (
	"github.com/spf13/pflag"

	"github.com/geobfdt/geobfdt/internal/calibrate"
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/labels"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// labelledWells are the flags of commands that take wells with their labels.
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

// check says what is wrong with the number of labels.
func (w *labelledWells) check(wells []string) error {
	if len(w.labels) != len(wells) {
		return cliio.Usagef("%d wells and %d --labels: give --labels once for every well, in the same order", len(wells), len(w.labels))
	}
	return nil
}

// open reads well i and its labels.
func (w *labelledWells) open(a *app, wells []string, i int) (*imagelog.Log, []picks.Pick, error) {
	log, err := w.input.open(a, wells[i])
	if err != nil {
		return nil, nil, err
	}
	table, err := w.tables.readApparent(a, w.labels[i], labels.HoleOf(log))
	if err != nil {
		return nil, nil, err
	}
	return log, table.Picks, nil
}

// read reads all wells and their labels.
func (w *labelledWells) read(a *app, wells []string) ([]calibrate.Well, error) {
	if err := w.check(wells); err != nil {
		return nil, err
	}
	var out []calibrate.Well
	for i := range wells {
		log, truth, err := w.open(a, wells, i)
		if err != nil {
			return nil, err
		}
		out = append(out, calibrate.Well{Log: log, Truth: truth})
	}
	return out, nil
}
