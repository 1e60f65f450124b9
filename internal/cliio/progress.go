package cliio

import (
	"fmt"
	"math"
	"time"

	"github.com/schollz/progressbar/v3"
)

// logEvery is the time between two log lines of a job without a bar.
const logEvery = 5 * time.Second

// Progress is one job under way. It is used by one goroutine at a time, and one job is under way at a time.
type Progress struct {
	c           *Console
	what        string
	total       int64
	fields      []any                    // of every log line
	bar         *progressbar.ProgressBar // nil: log lines
	start, last time.Time
	first       int64 // units that were done at the first Update: a job that goes on did not do them now
	begun       bool
}

// Start begins a job of total units; what is its name, such as "train". A total of 0 or less is not known. fields, names and values in
// turn, stand in every log line of the job: stage, well.
func (c *Console) Start(what string, total int64, fields ...any) *Progress {
	now := c.now()
	p := &Progress{c: c, what: what, total: total, fields: fields, start: now, last: now}
	if c.bars {
		if total <= 0 {
			total = -1 // progressbar's way to say not known
		}
		p.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(c.w),
			progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionFullWidth(),
		)
		c.setBar(p.bar)
	}
	return p
}

// Update says how many units are done, with a short note such as the loss for the bar. fields, names and values in turn, stand in its
// place in a log line, where they can be searched; without them the note does.
func (p *Progress) Update(done int64, note string, fields ...any) {
	if p.bar != nil {
		p.c.mu.Lock()
		defer p.c.mu.Unlock()
		if note != "" {
			p.bar.Describe(p.what + " " + note)
		}
		// A bar that cannot be drawn is no reason to stop the job.
		_ = p.bar.Set64(done)
		return
	}
	now := p.c.now()
	if !p.begun {
		p.first, p.begun = done, true
	}
	if now.Sub(p.last) < p.c.every {
		return
	}
	p.last = now
	elapsed := now.Sub(p.start)
	line := p.c.Log.Info().Fields(p.fields).Float64("seconds", math.Round(10*elapsed.Seconds())/10).Int64("done", done)
	if p.total > 0 {
		line = line.Int64("total", p.total)
		if done > p.first {
			left := time.Duration(float64(elapsed) * float64(p.total-done) / float64(done-p.first))
			line = line.Str("left", formatDuration(max(left, 0)))
		}
	}
	if len(fields) > 0 {
		line = line.Fields(fields)
	} else if note != "" {
		line = line.Str("state", note)
	}
	line.Msg(p.what)
}

// Finish removes the bar. Defer it: it is right after an error too.
func (p *Progress) Finish() {
	if p.bar == nil {
		return
	}
	p.c.mu.Lock()
	_ = p.bar.Clear()
	p.c.mu.Unlock()
	p.c.setBar(nil)
}

func (c *Console) setBar(bar *progressbar.ProgressBar) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bar = bar
}

// formatDuration renders a time as people say it: 4.2s, 3m05s, 2h10m.
func formatDuration(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}
