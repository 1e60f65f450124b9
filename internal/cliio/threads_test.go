package cliio

import (
	"runtime"
	"testing"
)

func TestThreads(t *testing.T) {
	for _, c := range []struct {
		configured int
		environ    []string
		n          int
		from       string
		fails      bool
	}{
		{0, nil, runtime.GOMAXPROCS(0), "processors", false},
		{0, []string{"GOMAXPROCS=", "SLURM_CPUS_PER_TASK="}, runtime.GOMAXPROCS(0), "processors", false},
		{0, []string{"SLURM_CPUS_PER_TASK=6"}, 6, "SLURM_CPUS_PER_TASK", false},
		{0, []string{"SLURM_CPUS_PER_TASK=6", "GOMAXPROCS=3"}, 3, "GOMAXPROCS", false},
		{2, []string{"SLURM_CPUS_PER_TASK=6", "GOMAXPROCS=x"}, 2, "configuration", false},
		{0, []string{"SLURM_CPUS_PER_TASK=0"}, 0, "SLURM_CPUS_PER_TASK", true},
		{0, []string{"GOMAXPROCS=all"}, 0, "GOMAXPROCS", true},
		{0, []string{"GOMAXPROCS=100000"}, 0, "GOMAXPROCS", true},
	} {
		n, from, err := Threads(c.configured, c.environ)
		if n != c.n || from != c.from || (err != nil) != c.fails {
			t.Errorf("%d, %v: %d from %s, %v", c.configured, c.environ, n, from, err)
		}
		if err != nil && ExitCode(err) != ExitUsage {
			t.Errorf("%v: exit code %d", err, ExitCode(err))
		}
	}
}
