package main

import (
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"geobfdt": main})
}

// TestScripts runs the sessions of testdata/script, one file per topic. $CONFIGS is the folder configs.
//
// Besides the commands of testscript there are `status N program args...`: run a program and check its exit code, and `rows A.csv B.csv`:
// compare two tables to the last byte, but for the command lines in their heads.
func TestScripts(t *testing.T) {
	configs, err := filepath.Abs("../../configs")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("CONFIGS", configs)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": checkStatus, "rows": checkRows},
	})
}

func checkStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

func checkRows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: rows A.csv B.csv")
	}
	var tables [2][]string
	for i, name := range args {
		for line := range strings.Lines(ts.ReadFile(name)) {
			if !strings.HasPrefix(line, "# command:") {
				tables[i] = append(tables[i], line)
			}
		}
		if len(tables[i]) < 20 {
			ts.Fatalf("%s: %d lines are too few to compare", name, len(tables[i]))
		}
	}
	if !slices.Equal(tables[0], tables[1]) {
		ts.Fatalf("%s and %s differ", args[0], args[1])
	}
}
