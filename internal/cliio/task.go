package cliio

import (
	"fmt"
	"strconv"
	"strings"
)

// taskVariables are where batch systems say which task of an array a process is: Slurm job arrays, Kubernetes indexed jobs.
var taskVariables = []string{"SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"}

// TaskIndex is the index of this process in its job array, with the variable that says so; an empty name where there is none.
// environ holds KEY=value, as os.Environ does.
func TaskIndex(environ []string) (index int, variable string, err error) {
	for _, name := range taskVariables {
		value := lookup(environ, name)
		if value == "" {
			continue
		}
		index, err := strconv.Atoi(value)
		if err != nil || index < 0 {
			return 0, name, Usagef("%s is %q, must be a number from 0", name, value)
		}
		return index, name, nil
	}
	return 0, "", nil
}

// lookup is the value of an environment variable, "" where it is not set.
func lookup(environ []string, name string) string {
	for _, pair := range environ {
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}

// Shard is one of N equal parts of a list: every Nth item, from Index on.
type Shard struct{ Index, N int }

// ParseShard reads i/n, with i from 0 to n-1, or n alone: then the index is that of the job array.
func ParseShard(text string, environ []string) (Shard, error) {
	bad := func() (Shard, error) {
		return Shard{}, Usagef("shard %q: must be i/n with i from 0 to n-1, such as 0/4, or n alone in a job array", text)
	}
	first, second, both := strings.Cut(text, "/")
	if !both {
		second = first
	}
	n, err := strconv.Atoi(second)
	if err != nil || n < 1 {
		return bad()
	}
	if both {
		i, err := strconv.Atoi(first)
		if err != nil || i < 0 || i >= n {
			return bad()
		}
		return Shard{i, n}, nil
	}
	i, variable, err := TaskIndex(environ)
	switch {
	case err != nil:
		return Shard{}, err
	case variable == "":
		return Shard{}, Usagef("shard %q: no index, as neither of %s is set: give i/n", text, strings.Join(taskVariables, ", "))
	case i >= n:
		return Shard{}, Usagef("shard %q: %s is %d: number the tasks from 0 to %d", text, variable, i, n-1)
	}
	return Shard{i, n}, nil
}

// Has tells whether item i of the list is in the part.
func (s Shard) Has(i int) bool { return i%s.N == s.Index }

func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.N) }
