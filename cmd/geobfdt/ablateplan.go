package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/ablate"
	"github.com/geobfdt/geobfdt/internal/cliio"
)

func newAblatePlanCmd(a *app, opt *ablateOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plan --config ABLATION.yaml [-o DIR]",
		Short: "List the cells, what each costs and what is done of them",
		Long: `plan checks the ablation file with all its configurations and lists the cells in the order in which they run, with their index (for run
--cell), hash, and the time that training takes, estimated from the size of the network. With -o it says how far each has come:
new, started (it goes on), failed or done; and once a cell is done its speed stands in for the assumed one. It trains nothing and
writes nothing.` + ablationHelp,
		Example: `  geobfdt ablate plan --config configs/ablate-seed.yaml
  geobfdt ablate plan --config configs/ablate-seed.yaml -o runs/seed --json | jq length`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error { return a.ablatePlan(cmd, opt) })
	return cmd
}

// plannedCell is a line of ablate plan.
type plannedCell struct {
	Index    int          `json:"index"`
	Cell     string       `json:"cell"`
	Seed     int64        `json:"seed"`
	Variants []string     `json:"variants"`
	Hash     string       `json:"hash"`
	State    ablate.State `json:"state"`
	Cost     ablate.Cost  `json:"cost"`
}

func (a *app) ablatePlan(cmd *cobra.Command, opt *ablateOptions) error {
	e, err := a.experiment(cmd, opt, false)
	if err != nil {
		return err
	}
	costs, basis, err := e.Costs(a.ablationThreads())
	if err != nil {
		return &cliio.InputError{Err: err}
	}
	planned := make([]plannedCell, len(e.Cells))
	variants, done, left := 0, 0, 0.0
	for i, c := range e.Cells {
		p := plannedCell{Index: i, Cell: c.Name, Seed: c.Seed, Hash: c.Hash, State: ablate.StateNew, Cost: costs[i]}
		if opt.dir != "" {
			if p.State, err = e.State(c); err != nil {
				return &cliio.InputError{Err: err}
			}
		}
		for _, v := range c.Variants {
			p.Variants = append(p.Variants, v.Name)
		}
		variants += len(c.Variants)
		if p.State == ablate.StateDone {
			done++
		} else {
			left += p.Cost.Seconds
		}
		planned[i] = p
	}
	return cliio.WriteFile("-", a.stdout, func(w io.Writer) error {
		if opt.json {
			return writeJSON(w, planned)
		}
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "INDEX\tCELL\tSTATE\tSAMPLES\tGFLOP EACH\tTRAINING\tHASH\tSERVES")
		for _, p := range planned {
			fmt.Fprintf(table, "%d\t%s\t%s\t%d\t%.2f\t%s\t%.12s\t%s\n", p.Index, p.Cell, p.State, p.Cost.Samples, p.Cost.GFLOP,
				seconds(p.Cost.Seconds), p.Hash, strings.Join(p.Variants, " "))
		}
		if err := table.Flush(); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w, "%d cells (%d done) with %d variants, scored on %s; about %s of training left %s\n",
			len(planned), done, variants, strings.Join(e.TestWells(), ", "), seconds(left), basis)
		return err
	})
}

// seconds as people say them.
func seconds(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(time.Second).String()
}
