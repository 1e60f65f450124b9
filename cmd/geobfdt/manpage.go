package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/geobfdt/geobfdt/internal/cliio"
)

// Manual pages are written here and not by cobra/doc, which takes help texts for Markdown: ours are plain text, and their tables and
// file samples would be run together.

// writeManPage writes the page of one command for man(7): what --help says, and what it belongs to.
func writeManPage(w io.Writer, cmd *cobra.Command) error {
	b := bufio.NewWriter(w)
	date := ""
	if _, when := sourceCommit(); !when.IsZero() {
		date = when.UTC().Format(time.DateOnly)
	}
	fmt.Fprintf(b, ".TH \"%s\" \"1\" \"%s\" \"geobfdt %s\" \"geobfdt\"\n", roff(strings.ToUpper(manName(cmd))), roff(date), roff(version))
	// No hyphenation, and no spaces to fill a line: the texts are full of names that must stay as they are.
	fmt.Fprint(b, ".nh\n.ad l\n")
	fmt.Fprintf(b, ".SH NAME\n%s \\- %s\n", roff(manName(cmd)), roff(cmd.Short))
	fmt.Fprintf(b, ".SH SYNOPSIS\n%s\n", roff(cmd.UseLine()))
	fmt.Fprint(b, ".SH DESCRIPTION\n")
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	writeManText(b, text)
	writeManFlags(b, "OPTIONS", cmd.NonInheritedFlags())
	writeManFlags(b, "COMMON OPTIONS", cmd.InheritedFlags())
	if cmd.Example != "" {
		fmt.Fprint(b, ".SH EXAMPLES\n")
		writeManLiteral(b, strings.Split(strings.Trim(cmd.Example, "\n"), "\n"))
	}
	fmt.Fprint(b, ".SH EXIT STATUS\n")
	_, status, _ := strings.Cut(strings.TrimSpace(cliio.ExitStatusHelp), "\n")
	writeManLiteral(b, strings.Split(status, "\n"))
	if others := manNeighbours(cmd); len(others) > 0 {
		for i, name := range others {
			others[i] = `\fB` + roff(name) + `\fR(1)`
		}
		fmt.Fprintf(b, ".SH SEE ALSO\n%s\n", strings.Join(others, ",\n"))
	}
	return b.Flush()
}

// manNeighbours are the pages of the command above and of those below.
func manNeighbours(cmd *cobra.Command) (names []string) {
	if cmd.HasParent() {
		names = append(names, manName(cmd.Parent()))
	}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, manName(sub))
		}
	}
	return names
}

// writeManText writes a help text: paragraphs, headings in capitals, and what is laid out in columns, which stays as it is.
func writeManText(b *bufio.Writer, text string) {
	for _, block := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		lines := strings.Split(strings.Trim(block, "\n"), "\n")
		if isManHeading(lines[0]) {
			fmt.Fprintf(b, ".SS %s\n", roff(lines[0]))
			lines = lines[1:]
		} else {
			fmt.Fprint(b, ".PP\n")
		}
		for len(lines) > 0 {
			n := manRun(lines)
			if isLaidOut(lines[:n]) {
				writeManLiteral(b, lines[:n])
			} else {
				for _, line := range lines[:n] {
					fmt.Fprintln(b, roff(strings.TrimSpace(line)))
				}
			}
			lines = lines[n:]
			if len(lines) > 0 {
				fmt.Fprint(b, ".PP\n")
			}
		}
	}
}

// manRun counts the first lines that are either all indented or all not.
func manRun(lines []string) int {
	indented := strings.HasPrefix(lines[0], " ")
	for i, line := range lines {
		if strings.HasPrefix(line, " ") != indented {
			return i
		}
	}
	return len(lines)
}

func isManHeading(line string) bool {
	return line != "" && line == strings.ToUpper(line) && line[0] >= 'A' && line[0] <= 'Z'
}

// isLaidOut tells a table or a sample from a paragraph: columns, list items, or lines that begin at different places.
func isLaidOut(lines []string) bool {
	indent := func(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }
	for _, line := range lines {
		text := strings.TrimSpace(line)
		if strings.Contains(text, "  ") || strings.HasPrefix(text, "- ") || indent(line) != indent(lines[0]) {
			return true
		}
	}
	return false
}

// writeManLiteral writes lines as they are, indented by their own blanks.
func writeManLiteral(b *bufio.Writer, lines []string) {
	fmt.Fprint(b, ".nf\n")
	for _, line := range lines {
		fmt.Fprintln(b, roff(line))
	}
	fmt.Fprint(b, ".fi\n")
}

func writeManFlags(b *bufio.Writer, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := `\fB` + roff("--"+f.Name) + `\fR`
		if f.Shorthand != "" {
			name = `\fB` + roff("-"+f.Shorthand) + `\fR, ` + name
		}
		if value != "" && f.Value.Type() != "bool" {
			name += ` \fI` + roff(value) + `\fR`
		}
		fmt.Fprintf(b, ".TP\n%s\n%s%s\n", name, roff(usage), roff(manDefault(f)))
	})
}

// manDefault says the default of a flag, as --help does, where it is not plain from "not given".
func manDefault(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "0", "false", "[]":
		return ""
	}
	return " (default " + f.DefValue + ")"
}

// roffEscapes keep characters that roff or its fonts would change into others.
var roffEscapes = strings.NewReplacer(`\`, `\e`, `-`, `\-`, `'`, `\(aq`, "`", `\(ga`, `^`, `\(ha`, `~`, `\(ti`, `"`, `\(dq`)

// roff escapes a line of text.
func roff(s string) string {
	s = roffEscapes.Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
