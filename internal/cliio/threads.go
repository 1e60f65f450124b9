package cliio

import (
	"runtime"
	"strconv"
)

// MaxThreads is the largest number of worker threads that Threads takes from the environment.
const MaxThreads = 1024

// threadVariables limit the processors of a program: Go's own, and the share of a node that Slurm gave to the task. The first that is
// set decides: the user's word goes before that of the batch system.
var threadVariables = []string{"GOMAXPROCS", "SLURM_CPUS_PER_TASK"}

// Threads is the number of worker threads, and what decided it: the configuration where configured is above 0, else an environment
// variable, else the processors that this process may use (its affinity and the limit of its container count). environ holds KEY=value,
// as os.Environ does.
func Threads(configured int, environ []string) (n int, from string, err error) {
	if configured > 0 {
		return configured, "configuration", nil
	}
	for _, name := range threadVariables {
		value := lookup(environ, name)
		if value == "" {
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > MaxThreads {
			return 0, name, Usagef("%s is %q, must be a number from 1 to %d: correct it, or give --threads", name, value, MaxThreads)
		}
		return n, name, nil
	}
	return runtime.GOMAXPROCS(0), "processors", nil
}
