package main

import (
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/synth"
)

// synthWells names synthetic wells: some of every preset, with seeds that count on from the first.
type synthWells struct {
	presets []string
	wells   int
	seed    uint64
	varied  bool // those of training worlds as one of the tools in use would have recorded them, and every other well of all disturbed
}

// each draws the wells one after the other, with progress, and hands them to visit with the index of their preset.
func (s synthWells) each(a *app, what string, visit func(preset int, log *imagelog.Log, truth []picks.Pick) error) error {
	if s.wells < 1 {
		return cliio.Usagef("--wells is %d, must be at least 1", s.wells)
	}
	progress := a.console.Start(what, int64(len(s.presets)*s.wells), "stage", what)
	for i, name := range s.presets {
		preset, err := synth.PresetByName(name)
		if err != nil {
			return &cliio.UsageError{Err: err}
		}
		for k := range s.wells {
			seed, recorded := s.seed+uint64(k), preset
			if s.varied && preset.World() {
				recorded = preset.Resampled(seed)
			}
			log, truth, err := recorded.Well(seed)
			if err != nil {
				return err
			}
			if s.varied && disturbed(k) {
				synth.Disturb(log, seed)
			}
			if err := visit(i, log, truth); err != nil {
				return err
			}
			progress.Update(int64(i*s.wells+k+1), log.Well, "well", log.Well)
		}
	}
	progress.Finish()
	return nil
}

// disturbed tells which wells of those that models learn from are: every other one.
func disturbed(i int) bool { return i%2 == 1 }

// inTurn is the kind of well i where kinds are taken in turn, and whether it is disturbed: every other well of each kind is, be there an odd
// number of kinds or an even one.
func inTurn(i, kinds int) (kind int, disturb bool) {
	round, kind := i/kinds, i%kinds
	return kind, disturbed(round + kind)
}
