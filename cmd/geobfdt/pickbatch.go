package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/geobfdt/geobfdt/internal/batch"
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// batchFlags are the flags of pick for many wells.
type batchFlags struct {
	manifest, shard, merge string
	task                   int // -1: not given
}

func newBatchFlags(set *pflag.FlagSet) *batchFlags {
	f := new(batchFlags)
	set.StringVar(&f.manifest, "manifest", "", "pick the wells of this list, a CSV `file`; see MANY WELLS")
	set.IntVar(&f.task, "task", -1, "with --manifest: pick row `N` only, from 0; default in a job array: its index")
	set.StringVar(&f.shard, "shard", "", "with --manifest: pick part `i/n` of the rows, i from 0; n alone in a job array")
	set.StringVar(&f.merge, "merge", "", "with --manifest: merge the results in this `folder` into one table, and pick nothing")
	return f
}

func (f *batchFlags) asked() bool {
	return f.manifest != "" || f.task != -1 || f.shard != "" || f.merge != ""
}

func (f *batchFlags) check(args []string, opt *pickOptions) error {
	switch {
	case f.manifest == "":
		return cliio.Usagef("--task, --shard and --merge go with a list of wells: give --manifest WELLS.csv")
	case len(args) > 0:
		return cliio.Usagef("give a well or --manifest, not both: %s can be a row of %s", args[0], f.manifest)
	case f.task != -1 && f.shard != "":
		return cliio.Usagef("give --task or --shard, not both")
	case f.merge != "" && (f.task != -1 || f.shard != ""):
		return cliio.Usagef("--merge merges all rows: leave --task and --shard out")
	case opt.picture != "" || opt.report != "" || opt.qc != "":
		return cliio.Usagef("--picture, --report and --qc-json name one file: with --manifest give them as columns, a name for each well")
	case opt.json:
		return cliio.Usagef("--json is for one well: --manifest prints a line of JSON for each well anyway")
	case f.merge != "" && opt.out == "":
		return cliio.Usagef("give the table to write with -o ALL.csv, or -o - for stdout")
	case f.merge == "" && (opt.out == "" || opt.out == "-"):
		return cliio.Usagef("give the folder of the results with -o DIR")
	}
	return nil
}

// chosen are the rows that the command line or the job array asks for.
func (f *batchFlags) chosen(a *app, m *batch.Manifest) ([]batch.Row, error) {
	one := f.task
	switch {
	case f.shard != "":
		shard, err := cliio.ParseShard(f.shard, a.environ)
		if err != nil {
			return nil, err
		}
		var rows []batch.Row
		for _, row := range m.Rows {
			if shard.Has(row.Index) {
				rows = append(rows, row)
			}
		}
		a.console.Log.Info().Str("shard", shard.String()).Int("wells", len(rows)).Msg("batch")
		return rows, nil
	case one == -1:
		index, variable, err := cliio.TaskIndex(a.environ)
		if err != nil {
			return nil, err
		}
		if variable == "" {
			return m.Rows, nil
		}
		a.console.Log.Info().Str("from", variable).Int("index", index).Msg("the row of this task")
		one = index
	}
	if one < 0 || one >= len(m.Rows) {
		return nil, cliio.Usagef("row %d: manifest %s has rows 0 to %d", one, m.Path, len(m.Rows)-1)
	}
	return m.Rows[one : one+1], nil
}

// pickMany picks the wells of a manifest, or merges their results.
func (a *app) pickMany(cmd *cobra.Command, args []string, opt pickOptions, many *batchFlags) error {
	if err := many.check(args, &opt); err != nil {
		return err
	}
	b, err := a.newBatch(cmd, opt, many.manifest)
	if err != nil {
		return err
	}
	if many.merge != "" {
		return b.merge(many.merge)
	}
	rows, err := many.chosen(a, b.manifest)
	if err != nil {
		return err
	}
	// A folder that cannot be written shows before hours of work, once and not for every well.
	if err := os.MkdirAll(opt.out, 0o755); err != nil {
		return fmt.Errorf("create the folder of the results: %w", err)
	}
	probe, err := cliio.CreateAtomic(batch.ResultPath(opt.out, "probe"), nil)
	if err != nil {
		return err
	}
	probe.Abort()
	return b.run(cmd.Context(), rows)
}

// run picks rows one after the other; each has all threads.
func (b *batchRun) run(ctx context.Context, rows []batch.Row) error {
	started := time.Now()
	jobs := make([]*wellJob, len(rows))
	for i, row := range rows {
		job, err := b.job(row)
		if err != nil {
			return err
		}
		jobs[i] = job
	}
	lines := json.NewEncoder(b.stdout)
	count := map[batch.State]int{}
	var failed []error
	for _, job := range jobs {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		status, err := b.attempt(ctx, job)
		if err != nil && ctx.Err() != nil {
			b.console.Log.Info().Str("well", job.row.Name).Msg("stopped: the same command goes on with this well")
			return context.Cause(ctx)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("well %s: %w", job.row.Name, err))
			b.console.Log.Error().Str("well", job.row.Name).Float64("seconds", status.Seconds).Err(err).Msg("failed")
		}
		count[status.State]++
		if lost := lines.Encode(status); lost != nil {
			b.console.Log.Warn().Str("well", job.row.Name).Err(lost).Msg("status line")
		}
		if cliio.DiskFull(err) {
			return failed[len(failed)-1]
		}
	}
	b.console.Log.Info().Int("wells", len(rows)).Int("done", count[batch.StateDone]).Int("skipped", count[batch.StateSkipped]).
		Int("failed", len(failed)).Float64("seconds", tenths(time.Since(started).Seconds())).Msg("batch")
	switch {
	case len(failed) == 0:
		return nil
	case len(failed) == len(rows):
		return errors.Join(failed...)
	}
	return &cliio.PartialError{Done: len(rows) - len(failed), Failed: len(failed), Err: errors.Join(failed...)}
}

// attempt brings a well to its result and leaves, if that fails, the reason beside it. The error is that of the well.
func (b *batchRun) attempt(ctx context.Context, job *wellJob) (status batch.Status, err error) {
	began := time.Now()
	name, dir := job.row.Name, b.opt.out
	status = batch.Status{Index: job.row.Index, Well: name, Input: job.row.Well, Output: batch.ResultPath(dir, name)}
	err = b.bring(ctx, job, &status)
	status.Time, status.Seconds = time.Now().UTC().Truncate(time.Second), tenths(time.Since(began).Seconds())
	if err != nil && ctx.Err() != nil {
		return status, err
	}
	failure := batch.FailurePath(dir, name)
	if err == nil {
		if err = os.Remove(failure); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return status, err
	}
	status.State, status.Error = batch.StateFailed, err.Error()
	lost := cliio.WriteFile(failure, nil, func(w io.Writer) error { return json.NewEncoder(w).Encode(status) })
	if lost != nil {
		b.console.Log.Warn().Str("well", name).Err(lost).Msg("the reason of the failure cannot be kept")
	}
	return status, err
}

// bring picks a well unless its result is there. What goes wrong in one well, a panic included, must not end the others.
func (b *batchRun) bring(ctx context.Context, job *wellJob, status *batch.Status) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v: please report it with the command line and the input", p)
		}
	}()
	if job.err != nil {
		return job.err
	}
	input, err := batch.HashFiles(append([]string{job.row.Well}, job.companions...)...)
	if err != nil {
		return &cliio.InputError{Err: err}
	}
	key := batch.Key{Settings: job.settings, Input: input}
	status.Key = key.String()
	done, err := batch.Done(status.Output, key, job.with...)
	if err != nil {
		return err
	}
	if done {
		// A table that has been damaged since is made again.
		if table, err := picks.ReadFile(status.Output); err == nil {
			status.State, status.Picks = batch.StateSkipped, len(table.Picks)
			return nil
		}
	}
	opt := job.opt
	opt.head = key.Head()
	summary, err := job.app.pickWell(ctx, job.row.Well, opt, job.input)
	if err != nil {
		return err
	}
	status.State, status.Picks = batch.StateDone, summary.Picks
	return job.app.reportPick(summary, false)
}

// merge writes the results of all rows as one table.
func (b *batchRun) merge(dir string) error {
	unit, err := b.opt.check()
	if err != nil {
		return err
	}
	all := make([]batch.Found, len(b.manifest.Rows))
	var missing []error
	for i, row := range b.manifest.Rows {
		job, err := b.job(row)
		if err != nil {
			return err
		}
		if job.err != nil {
			all[i] = batch.Found{Row: row, Why: job.err.Error()}
		} else if all[i], err = batch.Collect(dir, row, job.settings); err != nil {
			return &cliio.InputError{Err: err}
		}
		if all[i].Table == nil {
			missing = append(missing, fmt.Errorf("well %s: %s", row.Name, all[i].Why))
		}
	}
	if len(missing) == len(all) {
		return cliio.Usagef("nothing to merge in %s: %w", dir, errors.Join(missing...))
	}
	err = cliio.WriteFile(b.opt.out, b.stdout, func(w io.Writer) error { return batch.Merge(w, all, unit, b.commandLine()) })
	if err != nil {
		return err
	}
	b.console.Log.Info().Int("wells", len(all)).Int("merged", len(all)-len(missing)).Int("missing", len(missing)).Msg("merge")
	if len(missing) > 0 {
		return &cliio.PartialError{Done: len(all) - len(missing), Failed: len(missing), Err: errors.Join(missing...)}
	}
	return nil
}
