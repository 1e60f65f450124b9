package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/defaultmodel"
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/plot"
	"github.com/geobfdt/geobfdt/internal/qc"
)

type pickOptions struct {
	out, model, method, picture, report, unit, qc string
	tmpDir                                        string
	memoryMB                                      int
	topM, baseM                                   float64
	json                                          bool

	loaded *method // what method and model mean; nil: pick loads it
	head   string  // comment lines to write before the table
}

func newPickCmd(a *app) *cobra.Command {
	var opt pickOptions
	cmd := &cobra.Command{
		Use:   "pick WELL -o PICKS.csv | pick --manifest WELLS.csv -o DIR",
		Short: "Pick the sinusoids of a well",
		Long: `pick reads an image log, finds its sinusoids, refines each on the image, and writes them as CSV: depth, class, confidence,
apparent dip and azimuth, true dip and azimuth where the log says how the hole lies, amplitude, coverage, quality A to D, flags.

WHAT THE NUMBERS REFER TO
  Azimuths count from what the image's columns count from: north, magnetic or highside (--reference where the file does not
  say). True dip stays empty where deviation or reference is not known; --survey FILE says how the hole lies, --assume-vertical
  takes it to be vertical. Without caliper the hole is as wide as its bit (flag bit_size; --bit-size); without either it is taken to
  be --diameter wide and the picks are flagged assumed_diameter: amplitudes hold, dips may not.

QUALITY CONTROL
  Before it is picked, the log is checked: wall seen, grey range, polarity, dead buttons, depth sampling, stick and slip, orientation,
  tool rotation, caliper. Each finding is a line on stderr and in the head of the CSV ("# qc: warn: ..."); --qc-json writes
  them with their figures. docs/orientation.md says what each means.

LONG WELLS
  An image of more than --memory MiB (at 4 bytes a pixel) is kept in a temporary file, and worked through in parts: 5 km take about as
  much memory as 500 m. The picks are the same. --tmp-dir says where; there must be room for the image. The file is gone when pick
  ends, however it ends. docs/engine.md has figures.

MANY WELLS
  --manifest WELLS.csv picks the wells of a list into the folder -o DIR, each once: what is done is not done again, a well that fails
  does not stop the rest (exit status 3). The list is CSV with a header: column well (path, relative to the list), optionally output
  (name of the result; default: that of the file) and any flag of one well, such as image-channel, reference, survey, top, base,
  diameter or report; an empty cell leaves it as on the command line. A line of JSON for each well goes to stdout. In a job array
  (SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX) a run without --task and --shard takes the row of that index, from 0. --merge DIR
  makes one table of the results and names what is missing. docs/batch.md has the whole of it.

MODEL
  Without --model, the model in the binary is used. Class thresholds are pick.threshold and pick.threshold_fracture. --method
  matched-filter picks without a network: matched filters along every sinusoid, and a rule (docs/picks.md, The classical floor).`,
		Example: `  geobfdt pick well.npz -o picks.csv --picture picks.png
  geobfdt pick well.npz -o picks.csv --report well.html
  geobfdt pick well.las --image-channel ABDC --reference highside -o picks.csv
  geobfdt pick fmi.dlis --survey F-12.csv --survey-unit m --reference magnetic --declination 3.2 -o picks.csv
  geobfdt pick core.png --image-top 33 --image-base 36 --reference north --diameter 4 -o - | head
  geobfdt pick well.npz --model runs/mine/best.safetensors --threshold 0.4 -o picks.csv
  geobfdt pick --manifest wells.csv -o picks > status.jsonl
  geobfdt pick --manifest wells.csv --merge picks -o all.csv`,
		Args: cobra.MaximumNArgs(1),
	}
	flags := cmd.Flags()
	flags.StringVarP(&opt.out, "output", "o", "", "picks to write, `file.csv`; -: stdout; with --manifest a folder")
	flags.IntVar(&opt.memoryMB, "memory", imagelog.DefaultMemoryBytes>>20, "size of an image, in `MiB`, beyond which it goes to a temporary file; 0: never")
	flags.StringVar(&opt.tmpDir, "tmp-dir", "", "`folder` of the temporary file; default: that of the system")
	flags.BoolVar(&opt.json, "json", false, "print a summary as JSON to stdout")
	input, many := newWellFlags(flags, &opt), newBatchFlags(flags)
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		if many.asked() {
			return a.pickMany(cmd, args, opt, many)
		}
		if len(args) == 0 {
			return cliio.Usagef("give the well to pick, or a list of wells with --manifest")
		}
		return a.pick(cmd, args[0], opt, input)
	})
	return cmd
}

// newWellFlags declares the flags that decide what is picked of one well, and how. They are the columns of a manifest too.
func newWellFlags(flags *pflag.FlagSet, opt *pickOptions) *inputFlags {
	flags.StringVar(&opt.model, "model", "", "model `file`; default: the one in the binary")
	methodFlag(flags, &opt.method)
	flags.StringVar(&opt.picture, "picture", "", "picture of the log with its picks to write, `file.png` or .svg")
	flags.StringVar(&opt.report, "report", "", "web page to write, `file.html`: log with picks, figures, table; one file, opens offline")
	flags.StringVar(&opt.qc, "qc-json", "", "what quality control found of the log, to write as JSON, `file`")
	flags.StringVar(&opt.unit, "depth-unit", "m", "m | ft, of the depth column")
	flags.Float64Var(&opt.topM, "top", 0, "top of the interval to pick, `metres`; neither top nor base: all")
	flags.Float64Var(&opt.baseM, "base", 0, "base of the interval to pick, `metres`")
	bind(flags, "threshold", "pick.threshold", "least class score of a pick")
	bind(flags, "diameter", "pick.diameter_in", "hole diameter in inches where the log has none")
	bind(flags, "electrical-diameter", "pick.electrical_factor", "of the diameter that the tool sees to that of the hole, where it reads deeper (1.08, say)")
	bind(flags, "assume-vertical", "pick.assume_vertical", "fill true dip as if the hole were vertical where deviation is not known")
	bind(flags, "refine", "pick.refine", "refine on the image after the network")
	return newInputFlags(flags)
}

// pickSummary is what pick says of its work, on stderr or, with --json, on stdout.
type pickSummary struct {
	Well            string    `json:"well"`
	LengthM         float64   `json:"length_m"`
	Tiles           int       `json:"tiles"`
	Picks           int       `json:"picks"`
	Bedding         int       `json:"bedding"`
	Fracture        int       `json:"fracture"`
	Seconds         float64   `json:"seconds"`
	MetresPerSecond float64   `json:"metres_per_second"`
	PadShiftMM      float64   `json:"pad_shift_mm,omitempty"` // how far the farthest pad recorded from the mean depth of all
	QC              qc.Report `json:"qc"`
	Model           string    `json:"model"`
	ModelHash       string    `json:"model_hash"`
}

// longLogGCPercent is GOGC while a long log is picked. Little is allocated then, and next to nothing has pointers: it costs no time.
const longLogGCPercent = 15

// picturePixels are as many as a picture of a long well can show.
const picturePixels = 4 << 20

func (a *app) pick(cmd *cobra.Command, path string, opt pickOptions, input *inputFlags) error {
	summary, err := a.pickWell(cmd.Context(), path, opt, input)
	if err != nil {
		return err
	}
	return a.reportPick(summary, opt.json)
}

// pickWell picks one well and writes what opt asks for; the picks are put in place last.
func (a *app) pickWell(ctx context.Context, path string, opt pickOptions, input *inputFlags) (s pickSummary, err error) {
	started := time.Now()
	unit, err := opt.check()
	if err != nil {
		return s, err
	}
	method := opt.loaded
	if method == nil {
		m, err := loadMethod(opt.method, opt.model)
		if err != nil {
			return s, err
		}
		method = &m
	}
	input.storage = imagelog.Storage{MemoryBytes: int64(opt.memoryMB) << 20, Dir: opt.tmpDir}
	log, err := input.open(a, path)
	if err != nil {
		return s, err
	}
	defer log.Close() // what is wrong with a temporary file has shown when it was read
	if !log.InMemory() {
		// The curves of a long log are most of the memory: without this, as much again would be left to garbage.
		defer debug.SetGCPercent(debug.SetGCPercent(longLogGCPercent))
	}
	if opt.topM != 0 || opt.baseM != 0 {
		if log, err = log.Slice(opt.topM, opt.baseM); err != nil {
			return s, &cliio.UsageError{Err: fmt.Errorf("--top %g --base %g: %w", opt.topM, opt.baseM, err)}
		}
	}
	if log.Well == "" {
		log.Well = baseName(path)
	}
	// Outputs are opened before the work, so that a folder that is missing shows at once.
	out, err := cliio.CreateAtomic(opt.out, a.stdout)
	if err != nil {
		return s, err
	}
	defer out.Abort()
	var picture *cliio.Output
	if opt.picture != "" {
		if picture, err = cliio.CreateAtomic(opt.picture, a.stdout); err != nil {
			return s, err
		}
		defer picture.Abort()
	}

	var page *cliio.Output
	if opt.report != "" {
		if page, err = cliio.CreateAtomic(opt.report, a.stdout); err != nil {
			return s, err
		}
		defer page.Abort()
	}

	var quality *cliio.Output
	if opt.qc != "" {
		if quality, err = cliio.CreateAtomic(opt.qc, a.stdout); err != nil {
			return s, err
		}
		defer quality.Abort()
	}
	pool := a.newPool()
	defer pool.Close()
	check := a.startQuality(log, pool.Threads())
	defer check.wait() // before the log is closed
	picker, err := method.picker(a, pool)
	if err != nil {
		return s, err
	}
	progress := a.console.Start("pick "+log.Well, 0, "stage", "pick", "well", log.Well)
	result, err := picker.Pick(ctx, log, func(done, _ int) { progress.Update(int64(done), "tiles") })
	switch {
	case errors.Is(err, imagelog.ErrNoData):
		return s, &cliio.InputError{Path: path, Err: err}
	case err != nil:
		return s, err
	}
	found, err := check.wait()
	if err != nil {
		return s, err
	}
	progress.Finish()
	for _, w := range result.Warnings {
		a.console.Log.Warn().Str("well", log.Well).Msg(w)
	}

	table := &picks.Table{Header: picks.Header{Well: log.Well, Reference: string(log.Reference), DeclinationDeg: log.DeclinationDeg,
		ModelName: method.name, ModelHash: method.hash, Command: a.commandLine()}, QC: found.Lines(), Picks: result.Picks}
	if _, err := io.WriteString(out, opt.head); err != nil {
		return s, err
	}
	if err := picks.WriteCSV(out, table, unit); err != nil {
		return s, err
	}
	if picture != nil {
		draw := plot.LogPNG
		if isSVG(opt.picture) {
			draw = plot.LogSVG
		}
		shown, err := log.Thinned(picturePixels)
		if err != nil {
			return s, fmt.Errorf("picture: %w", err)
		}
		if err := draw(picture, shown, result.Picks, plot.Options{}); err != nil {
			return s, fmt.Errorf("picture: %w", err)
		}
		if err := picture.Commit(); err != nil {
			return s, err
		}
	}
	if page != nil {
		if err := a.writeReport(page, log, table, method.bundle, reportLines(found)); err != nil {
			return s, err
		}
		if err := page.Commit(); err != nil {
			return s, err
		}
	}
	if quality != nil {
		if err := writeQuality(quality, log.Well, found); err != nil {
			return s, err
		}
	}
	if err := out.Commit(); err != nil {
		return s, err
	}
	s = summarise(log, result, method.name, method.hash, time.Since(started))
	s.QC = found
	return s, nil
}

func (o pickOptions) check() (picks.Unit, error) {
	if o.memoryMB < 0 {
		return "", cliio.Usagef("--memory is %d, must be a number of MiB, or 0 for all", o.memoryMB)
	}
	if o.out == "" {
		return "", cliio.Usagef("give the picks to write with -o PICKS.csv, or -o - for stdout")
	}
	onStdout := 0
	for _, it := range []bool{o.out == "-", o.picture == "-", o.report == "-", o.qc == "-", o.json} {
		if it {
			onStdout++
		}
	}
	if onStdout > 1 {
		return "", cliio.Usagef("of picks, picture, report, --qc-json and --json only one can go to stdout")
	}
	switch u := picks.Unit(o.unit); u {
	case picks.Metres, picks.Feet:
		return u, nil
	}
	return "", cliio.Usagef("--depth-unit is %q, must be m | ft", o.unit)
}

// loadModel reads a model file, or takes the one in the binary.
func loadModel(path string) (b *model.Bundle, name string, err error) {
	if path == "" {
		b, err = defaultmodel.Load()
		return b, defaultmodel.Name, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, "", &cliio.InputError{Err: err}
	}
	if b, err = model.Decode(data); err != nil {
		return nil, "", &cliio.InputError{Path: path, Err: err}
	}
	return b, baseName(path), nil
}

func summarise(log *imagelog.Log, r *infer.Result, name, hash string, took time.Duration) pickSummary {
	s := pickSummary{Well: log.Well, LengthM: r.Grid.BaseM() - r.Grid.TopM(), Tiles: r.Tiles, Picks: len(r.Picks), Model: name, ModelHash: hash, Seconds: took.Seconds()}
	s.MetresPerSecond = s.LengthM / s.Seconds
	s.PadShiftMM = math.Round(1e4*r.PadShiftM) / 10
	for _, p := range r.Picks {
		if p.Class == dip.Bedding {
			s.Bedding++
		} else {
			s.Fracture++
		}
	}
	return s
}

func (a *app) reportPick(s pickSummary, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(a.stdout).Encode(s)
	}
	a.console.Log.Info().Str("stage", "pick").Str("well", s.Well).Int("bedding", s.Bedding).Int("fracture", s.Fracture).
		Float64("seconds", tenths(s.Seconds)).Int("threads", runtime.GOMAXPROCS(0)).Str("isa", kernel.ISA()).
		Msgf("%d picks in %.1f m, %.1f s (%.0f m/s)", s.Picks, s.LengthM, s.Seconds, s.MetresPerSecond)
	return nil
}

// tenths is a time for a log line.
func tenths(seconds float64) float64 { return math.Round(10*seconds) / 10 }

// newPool starts as many workers as the configuration says, or one per core.
func (a *app) newPool() *kernel.Pool { return kernel.NewPool(a.cfg.Threads) }
