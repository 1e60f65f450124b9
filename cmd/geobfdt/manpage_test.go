package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// A help text of all that there is in ours: paragraphs are filled by man, tables and samples stay as they are.
func TestManText(t *testing.T) {
	const text = `It reads a "log",
and writes picks.

FILES
  config.yaml  the configuration
  .hidden      another

UNITS
  Depths are metres,
  dips are degrees.
They say so:
  a: 1
    b: C:\x
`
	const want = `.PP
It reads a \(dqlog\(dq,
and writes picks.
.SS FILES
.nf
  config.yaml  the configuration
  .hidden      another
.fi
.SS UNITS
Depths are metres,
dips are degrees.
.PP
They say so:
.PP
.nf
  a: 1
    b: C:\ex
.fi
`
	var out bytes.Buffer
	b := bufio.NewWriter(&out)
	writeManText(b, text)
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

// What roff takes for requests and changes into other characters, by groff_char(7).
func TestRoffEscapes(t *testing.T) {
	for text, want := range map[string]string{
		".nf":       `\&.nf`,
		"--x 'a'":   `\-\-x \(aqa\(aq`,
		"~/`^`":     `\(ti/\(ga\(ha\(ga`,
		`C:\n "q"`:  `C:\en \(dqq\(dq`,
		"plain 1.5": "plain 1.5",
	} {
		if got := roff(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

// Every command has its page, and no line of one begins with a request that man does not know.
func TestManPages(t *testing.T) {
	dir := t.TempDir()
	root := newRootCmd(&app{})
	if err := writeManPages(root, dir); err != nil {
		t.Fatal(err)
	}
	eachCommand(root, func(cmd *cobra.Command) {
		page, err := os.ReadFile(filepath.Join(dir, manName(cmd)+".1"))
		if err != nil {
			t.Error(err)
			return
		}
		for line := range strings.Lines(string(page)) {
			request, _, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
			switch request {
			case ".TH", ".SH", ".SS", ".PP", ".TP", ".nf", ".fi", ".nh", ".ad":
				continue
			}
			if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
				t.Errorf("%s: line %q", cmd.CommandPath(), line)
			}
		}
		for _, section := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "COMMON OPTIONS", "EXIT STATUS", "SEE ALSO"} {
			if !bytes.Contains(page, []byte("\n.SH "+section+"\n")) {
				t.Errorf("%s: no section %s", cmd.CommandPath(), section)
			}
		}
	})
}
