package cliio

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// SignalContext returns a context that SIGINT or SIGTERM ends with an *Interrupted as its cause. A second signal kills the
// process at once. Stop releases it.
func SignalContext(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			cancel(&Interrupted{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}

// WithCause puts the signal that ended ctx into an error that only says that the context was cancelled.
func WithCause(ctx context.Context, err error) error {
	var interrupted *Interrupted
	if errors.Is(err, context.Canceled) && errors.As(context.Cause(ctx), &interrupted) {
		return interrupted
	}
	return err
}
