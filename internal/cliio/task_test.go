package cliio

import (
	"testing"
)

func TestTaskIndex(t *testing.T) {
	for _, c := range []struct {
		environ  []string
		index    int
		variable string
		fails    bool
	}{
		{nil, 0, "", false},
		{[]string{"PATH=x", "SLURM_ARRAY_TASK_ID=7"}, 7, "SLURM_ARRAY_TASK_ID", false},
		{[]string{"JOB_COMPLETION_INDEX=0"}, 0, "JOB_COMPLETION_INDEX", false},
		{[]string{"SLURM_ARRAY_TASK_ID="}, 0, "", false},
		{[]string{"SLURM_ARRAY_TASK_ID=-1"}, 0, "SLURM_ARRAY_TASK_ID", true},
		{[]string{"JOB_COMPLETION_INDEX=first"}, 0, "JOB_COMPLETION_INDEX", true},
	} {
		index, variable, err := TaskIndex(c.environ)
		if index != c.index || variable != c.variable || (err != nil) != c.fails {
			t.Errorf("%v: %d from %q, %v", c.environ, index, variable, err)
		}
		if err != nil && ExitCode(err) != ExitUsage {
			t.Errorf("%v: exit code %d", err, ExitCode(err))
		}
	}
}

func TestParseShard(t *testing.T) {
	array := []string{"JOB_COMPLETION_INDEX=2"}
	for text, want := range map[string]Shard{"0/1": {0, 1}, "3/4": {3, 4}, "5": {2, 5}} {
		if got, err := ParseShard(text, array); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "4/4", "-1/4", "1/0", "a/b", "0", "2"} {
		if got, err := ParseShard(text, array); ExitCode(err) != ExitUsage {
			t.Errorf("%q is read as %v, %v", text, got, err)
		}
	}
	if _, err := ParseShard("5", nil); ExitCode(err) != ExitUsage {
		t.Errorf("no index: %v", err)
	}
}

// The parts are disjoint and cover the list.
func TestShardsCover(t *testing.T) {
	for item := range 20 {
		in := 0
		for i := range 3 {
			if (Shard{i, 3}).Has(item) {
				in++
			}
		}
		if in != 1 {
			t.Errorf("item %d is in %d parts", item, in)
		}
	}
}
