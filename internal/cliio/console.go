package cliio

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// LogOptions say what is logged and how.
type LogOptions struct {
	Level  string // debug | info | warn | error
	Format string // text | json
	Quiet  bool   // errors only, whatever the level; no progress
}

// Console is stderr: the log, and the progress of long jobs. A job has a bar where a person watches (a terminal, text logs,
// not quiet), else a log line every few seconds.
type Console struct {
	Log zerolog.Logger

	w     io.Writer
	bars  bool
	every time.Duration
	now   func() time.Time

	mu  sync.Mutex
	bar *progressbar.ProgressBar // on screen now, or nil
}

// NewConsole returns the console on w, normally stderr. Text is coloured on a terminal only, and not when the environment
// variable NO_COLOR is set.
func NewConsole(w io.Writer, opt LogOptions) (*Console, error) {
	level, err := zerolog.ParseLevel(opt.Level)
	if err != nil || opt.Level == "" {
		return nil, Usagef("log level is %q, must be debug | info | warn | error", opt.Level)
	}
	if opt.Quiet {
		level = max(level, zerolog.ErrorLevel)
	}
	terminal := isTerminal(w)
	c := &Console{w: w, every: logEvery, now: time.Now}
	switch opt.Format {
	case "json":
		c.Log = zerolog.New(c)
	case "text":
		noColour := !terminal || os.Getenv("NO_COLOR") != ""
		c.Log = zerolog.New(zerolog.ConsoleWriter{Out: c, NoColor: noColour, TimeFormat: time.TimeOnly})
		c.bars = terminal && !opt.Quiet
	default:
		return nil, Usagef("log format is %q, must be text | json", opt.Format)
	}
	c.Log = c.Log.Level(level).With().Timestamp().Logger()
	return c, nil
}

// Write writes one log line. A bar on screen makes room for it.
func (c *Console) Write(line []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bar == nil {
		return c.w.Write(line)
	}
	// A bar that cannot be drawn is no reason to lose the line.
	_ = c.bar.Clear()
	n, err := c.w.Write(line)
	_ = c.bar.RenderBlank()
	return n, err
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
