package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/review"
)

type reviewOptions struct {
	out, journal, undecided, palette string
	tmpDir                           string
	memoryMB, port                   int
	export                           bool
}

// What becomes of picks that nobody has decided.
const (
	undecidedKeep = "keep"
	undecidedDrop = "drop"
)

func newReviewCmd(a *app) *cobra.Command {
	var opt reviewOptions
	cmd := &cobra.Command{
		Use:   "review WELL PICKS.csv",
		Short: "Go through the picks of a well by hand, in the browser",
		Long: `review serves a page on this machine on which the picks of a well are accepted, rejected, reclassed, dragged, snapped to the image and
added. Open the address that it prints; ? on the page lists the keys. It ends with Finish on the page or with Ctrl-C, exit
status 0 for both, or with SIGTERM, exit status 143; nothing is lost by any of them.

NOTHING IS LOST
  Every change is on the disk before the page shows it: in a journal beside the picks (PICKS.review.jsonl), which is only ever appended
  to. The same command goes on where the last one stopped, however that ended. PICKS.csv itself is never changed; a journal belongs to the
  very contents that it was begun with.

THE REVIEWED PICKS
  are written on exit, and by a button: to -o, or PICKS.reviewed.csv. Rejected picks are left out. The flags say who decided: decided_human,
  with human_moved, human_reclassed or human_added where more was done than accepting; decided_model for picks that nobody looked at, which
  --undecided drop leaves out. tile --labels takes the file as labels, for training. --export writes it from the journal, without a page.

PRIVACY
  The page answers 127.0.0.1 only, to whoever has the address with its token, loads nothing from elsewhere and sends nothing anywhere. For
  a well on another machine, forward the port: ssh -L 8080:127.0.0.1:8080 HOST, and --port 8080 there.

Give the flags that the well was picked with: dips of moved and added picks come from the same caliper, survey and reference.`,
		Example: `  geobfdt review well.npz picks.csv
  geobfdt review well.npz picks.csv -o reviewed.csv --port 8080
  geobfdt review well.npz picks.csv --export --undecided drop -o labels.csv
  geobfdt tile well.npz --labels labels.csv -o tiles`,
		Args: cobra.ExactArgs(2),
	}
	flags := cmd.Flags()
	flags.StringVarP(&opt.out, "output", "o", "", "reviewed picks to write, `file.csv`; default: PICKS.reviewed.csv; -: stdout, with --export")
	flags.StringVar(&opt.journal, "journal", "", "journal of the changes, `file`; default: PICKS.review.jsonl")
	flags.StringVar(&opt.undecided, "undecided", undecidedKeep, "keep | drop, picks that nobody has decided")
	flags.BoolVar(&opt.export, "export", false, "write the reviewed picks from the journal and end: no page")
	flags.IntVar(&opt.port, "port", 0, "`port` of the page; 0: any that is free")
	flags.StringVar(&opt.palette, "palette", "", "colours, `file.yaml`")
	flags.IntVar(&opt.memoryMB, "memory", imagelog.DefaultMemoryBytes>>20, "size of an image, in `MiB`, beyond which it goes to a temporary file; 0: never")
	flags.StringVar(&opt.tmpDir, "tmp-dir", "", "`folder` of the temporary file; default: that of the system")
	bind(flags, "threshold", "pick.threshold", "confidence at which picks are most doubtful")
	bind(flags, "diameter", "pick.diameter_in", "hole diameter in inches where the log has none")
	bind(flags, "electrical-diameter", "pick.electrical_factor", "of the diameter that the tool sees to that of the hole, where it reads deeper (1.08, say)")
	bind(flags, "assume-vertical", "pick.assume_vertical", "fill true dip as if the hole were vertical where deviation is not known")
	input := newInputFlags(flags)
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		return a.review(cmd.Context(), args[0], args[1], opt, input)
	})
	return cmd
}

// complete checks the options and fills in the names of the files.
func (o *reviewOptions) complete(picksPath string) error {
	stem := strings.TrimSuffix(picksPath, filepath.Ext(picksPath))
	if o.out == "" {
		o.out = stem + ".reviewed.csv"
	}
	if o.journal == "" {
		o.journal = stem + ".review.jsonl"
	}
	switch {
	case picksPath == "-":
		return cliio.Usagef("the picks to review must be a file: the journal belongs to it")
	case o.undecided != undecidedKeep && o.undecided != undecidedDrop:
		return cliio.Usagef("--undecided is %q, must be %s | %s", o.undecided, undecidedKeep, undecidedDrop)
	case o.port < 0 || o.port > 65535:
		return cliio.Usagef("--port is %d, must be from 0 to 65535", o.port)
	case o.memoryMB < 0:
		return cliio.Usagef("--memory is %d, must be a number of MiB, or 0 for all", o.memoryMB)
	case o.out == "-" && !o.export:
		return cliio.Usagef("-o - needs --export: a page writes its picks to a file")
	case sameFile(o.out, picksPath) || sameFile(o.journal, picksPath) || sameFile(o.journal, o.out):
		return cliio.Usagef("picks, reviewed picks and journal must be three files: the review belongs to picks that do not change")
	}
	return nil
}

// sameFile tells whether two names are of one file, which need not exist.
func sameFile(p, q string) bool {
	if filepath.Clean(p) == filepath.Clean(q) {
		return true
	}
	a, err1 := os.Stat(p)
	b, err2 := os.Stat(q)
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

func (a *app) review(ctx context.Context, wellPath, picksPath string, opt reviewOptions, input *inputFlags) error {
	if err := opt.complete(picksPath); err != nil {
		return err
	}
	palette, err := loadPalette(opt.palette)
	if err != nil {
		return err
	}
	contents, err := os.ReadFile(picksPath)
	if err != nil {
		return &cliio.InputError{Err: err}
	}
	table, err := picks.ReadCSV(bytes.NewReader(contents), picksPath)
	if err != nil {
		return &cliio.InputError{Err: err}
	}
	input.storage = imagelog.Storage{MemoryBytes: int64(opt.memoryMB) << 20, Dir: opt.tmpDir}
	log, err := input.open(a, wellPath)
	if err != nil {
		return err
	}
	defer log.Close() // what is wrong with a temporary file has shown when it was read
	if log.Well == "" {
		log.Well = baseName(wellPath)
	}
	if err := a.checkReviewed(log, table, wellPath, picksPath); err != nil {
		return err
	}
	wall, err := review.NewWall(log, a.cfg.Pick, a.cfg.Tile)
	if err != nil {
		return &cliio.UsageError{Err: err}
	}
	session, closeJournal, err := a.openReview(table, wall, review.NewHeader(picksPath, contents), opt)
	if err != nil {
		return err
	}
	defer closeJournal()
	unit := table.DepthUnit
	table.Command = strings.TrimPrefix(table.Command+" && "+a.commandLine(), " && ")
	save := func(t *picks.Table) error {
		return cliio.WriteFile(opt.out, a.stdout, func(w io.Writer) error { return picks.WriteCSV(w, t, unit) })
	}
	keepOpen := opt.undecided == undecidedKeep
	if opt.export {
		return save(session.Table(keepOpen))
	}
	server, err := review.Listen(review.Config{
		Log: log, Session: session, Palette: *palette, Journal: opt.journal, Output: opt.out,
		ThresholdOf: a.cfg.Pick.ThresholdOf, Save: save, KeepOpen: keepOpen,
	}, opt.port)
	if errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, os.ErrPermission) {
		return cliio.Usagef("%w: give another --port", err)
	}
	if err != nil {
		return err
	}
	return a.serveReview(ctx, server, session, opt)
}

// serveReview serves until it is interrupted or finished on the page.
func (a *app) serveReview(ctx context.Context, server *review.Server, session *review.Session, opt reviewOptions) error {
	a.console.Log.Info().Str("journal", opt.journal).Msg("open this address in a browser on this machine; Finish on the page, or Ctrl-C, ends the review")
	if _, err := fmt.Fprintln(a.stdout, server.URL()); err != nil {
		return err
	}
	if err := server.Serve(ctx); err != nil {
		return err
	}
	c := session.Counts()
	a.console.Log.Info().Int("accepted", c.Accepted).Int("added", c.Added).Int("rejected", c.Rejected).Int("undecided", c.Open).Msg("reviewed picks written to " + opt.out)
	cause := context.Cause(ctx)
	var signal *cliio.Interrupted
	if errors.As(cause, &signal) && signal.Signal == os.Interrupt {
		return nil // Ctrl-C is how a review ends
	}
	return cause
}

// openReview goes on with the journal, or begins one. The function that it returns closes the journal.
func (a *app) openReview(table *picks.Table, wall *review.Wall, header review.Header, opt reviewOptions) (*review.Session, func() error, error) {
	var journal *review.Journal
	var entries []review.Entry
	var err error
	shut := func() error { return nil }
	if opt.export {
		entries, err = review.ReadJournal(opt.journal, header)
	} else if journal, entries, err = review.OpenJournal(opt.journal, header); err == nil {
		shut = journal.Close
	}
	var damaged *review.DamageError
	switch {
	case errors.Is(err, review.ErrOtherPicks), errors.As(err, &damaged):
		return nil, nil, &cliio.InputError{Err: err}
	case errors.Is(err, os.ErrPermission), errors.Is(err, os.ErrNotExist):
		return nil, nil, cliio.Usagef("%w: name a place for it with --journal", err)
	case err != nil:
		return nil, nil, err
	}
	session, err := review.NewSession(table, wall, journal, entries, review.Doubt(a.cfg.Pick.ThresholdOf))
	if err != nil {
		return nil, nil, errors.Join(&cliio.InputError{Path: opt.journal, Err: err}, shut())
	}
	if len(entries) > 0 {
		a.console.Log.Info().Str("journal", opt.journal).Int("changes", len(entries)).Msg("going on with the review")
	}
	return session, shut, nil
}

// checkReviewed finds picks that cannot be of this image.
func (a *app) checkReviewed(log *imagelog.Log, table *picks.Table, wellPath, picksPath string) error {
	unknown := func(r imagelog.Reference) bool { return r == "" || r == imagelog.RefUnknown }
	if r := imagelog.Reference(table.Reference); r != log.Reference && !unknown(r) && !unknown(log.Reference) {
		return &cliio.InputError{Path: picksPath, Err: fmt.Errorf("its azimuths count from %s, those of the image %s from %s: give --reference, or the image that was picked", r, wellPath, log.Reference)}
	}
	if table.Well != "" && log.Well != table.Well {
		a.console.Log.Warn().Msgf("the picks are of well %s, the image is of %s", table.Well, log.Well)
	}
	outside := 0
	for i := range table.Picks {
		if d := table.Picks[i].DepthM; d < log.DepthM[0]-log.StepM() || d > log.DepthM[log.Rows()-1]+log.StepM() {
			outside++
		}
	}
	if outside > 0 && outside == len(table.Picks) {
		return &cliio.InputError{Path: picksPath, Err: fmt.Errorf("none of its %d picks lies in the image, %.2f to %.2f m: check the depth unit and that they are of this well", outside, log.DepthM[0], log.DepthM[log.Rows()-1])}
	}
	if outside > 0 {
		a.console.Log.Warn().Msgf("%d of %d picks lie outside the image and can only be accepted or rejected", outside, len(table.Picks))
	}
	return nil
}
