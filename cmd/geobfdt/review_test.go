package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/review"
)

// A review that is interrupted writes the reviewed picks, and the next one goes on from there until it is finished on the page.
func TestReviewServes(t *testing.T) {
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	run := func(ctx context.Context, stdout io.Writer, args ...string) int {
		var stderr bytes.Buffer
		code := (&app{args: args, stdin: strings.NewReader(""), stdout: stdout, stderr: &stderr}).main(ctx)
		t.Log(stderr.String())
		return code
	}
	if code := run(t.Context(), io.Discard, "synth", "--preset", "vertical", "--seed", "3", "--length", "3", "-o", in("well.npz"), "--truth", in("picks.csv")); code != cliio.ExitDone {
		t.Fatalf("synth ended with %d", code)
	}
	// start returns the page's address and, later, the exit code.
	start := func(ctx context.Context) (string, chan int) {
		out, stdout := io.Pipe()
		code := make(chan int, 1)
		go func() {
			code <- run(ctx, stdout, "review", in("well.npz"), in("picks.csv"), "-o", in("reviewed.csv"))
			_ = stdout.Close()
		}()
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			t.Fatalf("no address: %v", err)
		}
		return strings.TrimSpace(line), code
	}
	post := func(url, body string) {
		t.Helper()
		answer, err := http.Post(url, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			text, _ := io.ReadAll(answer.Body)
			t.Fatalf("%d: %s", answer.StatusCode, text)
		}
	}
	flagged := func(flag string) (n int) {
		t.Helper()
		table, err := picks.ReadFile(in("reviewed.csv"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range table.Picks {
			if table.Picks[i].HasFlag(flag) {
				n++
			}
		}
		return n
	}

	ctx, interrupt := context.WithCancelCause(t.Context())
	url, code := start(ctx)
	post(url+"api/change", `{"seq":0,"op":"accept","id":0}`)
	interrupt(&cliio.Interrupted{Signal: syscall.SIGTERM})
	if got := <-code; got != cliio.ExitTerminated {
		t.Errorf("terminated: exit code %d", got)
	}
	if n := flagged(review.FlagHuman); n != 1 {
		t.Errorf("%d picks decided by a person, want 1", n)
	}

	ctx, interrupt = context.WithCancelCause(t.Context())
	url, code = start(ctx)
	post(url+"api/change", `{"seq":1,"op":"accept","id":1}`)
	interrupt(&cliio.Interrupted{Signal: os.Interrupt})
	if got := <-code; got != cliio.ExitDone {
		t.Errorf("ended by Ctrl-C: exit code %d", got)
	}
	if n := flagged(review.FlagHuman); n != 2 {
		t.Errorf("%d picks decided by a person, want 2", n)
	}

	url, code = start(t.Context())
	post(url+"api/change", `{"seq":2,"op":"accept","id":2}`)
	post(url+"api/finish", `{}`)
	if got := <-code; got != cliio.ExitDone {
		t.Errorf("finished: exit code %d", got)
	}
	if n := flagged(review.FlagHuman); n != 3 {
		t.Errorf("%d picks decided by a person, want 3", n)
	}
	if _, err := os.Stat(in("picks.review.jsonl")); err != nil {
		t.Error(err)
	}
}
