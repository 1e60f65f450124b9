package cliio

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestLogFormats(t *testing.T) {
	var text, js bytes.Buffer
	for _, test := range []struct {
		w   *bytes.Buffer
		opt LogOptions
	}{
		{&text, LogOptions{Level: "info", Format: "text"}},
		{&js, LogOptions{Level: "info", Format: "json"}},
	} {
		c, err := NewConsole(test.w, test.opt)
		if err != nil {
			t.Fatal(err)
		}
		c.Log.Debug().Msg("hidden")
		c.Log.Warn().Str("well", "A-1").Msg("no caliper")
	}
	if got := text.String(); !strings.Contains(got, "WRN no caliper well=A-1") || strings.Contains(got, "hidden") || strings.Contains(got, "\x1b") {
		t.Errorf("text log is %q", got)
	}
	var line map[string]any
	if err := json.Unmarshal(js.Bytes(), &line); err != nil {
		t.Fatalf("json log %q: %v", js.String(), err)
	}
	if line["level"] != "warn" || line["well"] != "A-1" || line["message"] != "no caliper" {
		t.Errorf("json log is %v", line)
	}
}

func TestQuiet(t *testing.T) {
	var b bytes.Buffer
	c, err := NewConsole(&b, LogOptions{Level: "debug", Format: "text", Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	c.Log.Warn().Msg("hidden")
	c.every = 0
	p := c.Start("pick", 10)
	p.Update(5, "")
	p.Finish()
	if b.Len() != 0 {
		t.Errorf("quiet console wrote %q", b.String())
	}
	c.Log.Error().Msg("shown")
	if !strings.Contains(b.String(), "shown") {
		t.Error("error not shown")
	}
}

func TestUnknownLevelAndFormat(t *testing.T) {
	for _, opt := range []LogOptions{{Level: "loud", Format: "text"}, {Level: "", Format: "text"}, {Level: "info", Format: "xml"}} {
		if _, err := NewConsole(nil, opt); ExitCode(err) != ExitUsage {
			t.Errorf("%+v: got %v", opt, err)
		}
	}
}

// Off a terminal a job writes a line every few seconds, never a bar.
func TestProgressLines(t *testing.T) {
	var b bytes.Buffer
	c, err := NewConsole(&b, LogOptions{Level: "info", Format: "json"})
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Unix(0, 0)
	c.now = func() time.Time { return clock }
	p := c.Start("train", 100)
	for done := range int64(13) {
		p.Update(done, "loss 1.5")
		clock = clock.Add(time.Second)
	}
	p.Finish()
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("12 s gave %d lines, want 2:\n%s", len(lines), b.String())
	}
	var line struct {
		Message, State, Left string
		Done, Total          int64
		Seconds              float64
	}
	if err := json.Unmarshal([]byte(lines[0]), &line); err != nil {
		t.Fatal(err)
	}
	// 5 of 100 in 5 s: 95 s are left.
	if line.Message != "train" || line.State != "loss 1.5" || line.Done != 5 || line.Total != 100 || line.Left != "1m35s" || line.Seconds != 5 {
		t.Errorf("got %+v", line)
	}
}

// A job that goes on did not do in this sitting what was done before it; fields stand in the line as they are.
func TestProgressOfResumedJob(t *testing.T) {
	var b bytes.Buffer
	c, err := NewConsole(&b, LogOptions{Level: "info", Format: "json"})
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Unix(0, 0)
	c.now = func() time.Time { return clock }
	p := c.Start("train", 100, "stage", "train", "well", "A-1")
	p.Update(50, "")
	clock = clock.Add(10 * time.Second)
	p.Update(60, "loss 1.5", "loss", 1.5, "cell", "baseline")
	var line struct {
		Stage, Well, Left, State, Cell string
		Loss, Seconds                  float64
	}
	if err := json.Unmarshal(b.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	// 10 in 10 s, 40 are left.
	if line.Left != "40.0s" || line.Loss != 1.5 || line.Cell != "baseline" || line.State != "" ||
		line.Stage != "train" || line.Well != "A-1" || line.Seconds != 10 {
		t.Errorf("got %+v", line)
	}
}

// On a terminal a log line does not run into the bar: the bar is cleared before it.
func TestBarMakesRoomForLogLines(t *testing.T) {
	var b bytes.Buffer
	c, err := NewConsole(&b, LogOptions{Level: "info", Format: "text"})
	if err != nil {
		t.Fatal(err)
	}
	c.bars = true // as on a terminal
	p := c.Start("train", 100)
	p.Update(50, "loss 1.5")
	c.Log.Info().Msg("saved")
	p.Finish()
	c.Log.Info().Msg("done")
	screen := strings.Split(b.String(), "\r")
	var lines []string
	for _, s := range screen {
		if strings.Contains(s, "INF") {
			lines = append(lines, s)
		}
	}
	if len(lines) != 2 || !strings.HasSuffix(strings.TrimRight(lines[0], "\n"), "saved") || !strings.Contains(b.String(), "train") {
		t.Errorf("screen is %q", b.String())
	}
}

func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		4200 * time.Millisecond: "4.2s",
		185 * time.Second:       "3m05s",
		130 * time.Minute:       "2h10m",
	} {
		if got := formatDuration(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
