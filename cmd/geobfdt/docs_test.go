package main

import (
	"bufio"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const repository = "../.."

var (
	codeSpan = regexp.MustCompile("`([^`]+)`")         // text between backquotes
	joint    = regexp.MustCompile(`\.\.\.|; |: |, |"`) // where a message is put together
)

// Messages of the first column of docs/errors.md are in the program, piece by piece between what differs.
func TestErrorPageIsTrue(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(repository, "docs", "errors.md"))
	if err != nil {
		t.Fatal(err)
	}
	program := programText(t)
	// Of libraries, the operating system and names that are put together.
	others := []string{"unknown flag", "no space left on device", "permission denied", "taken as degrees"}
	checked := 0
	for line := range strings.Lines(string(page)) {
		cell, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, span := range codeSpan.FindAllStringSubmatch(cell, -1) {
			for _, piece := range joint.Split(span[1], -1) {
				if piece = strings.TrimSpace(piece); len(piece) < 8 || slices.Contains(others, piece) {
					continue
				}
				checked++
				if !strings.Contains(program, piece) {
					t.Errorf("no message of the program holds %q", piece)
				}
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d pieces found: has the form of the page changed?", checked)
	}
}

// programText is the source of the program without its tests.
func programText(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, top := range []string{"cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join(repository, top), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			b.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// Every geobfdt command in a code block of README and docs names a command that exists, with flags that it has.
func TestCommandsInDocs(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(repository, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, path := range append(pages, filepath.Join(repository, "README.md")) {
		for _, line := range commandsOf(t, path) {
			checked++
			root := newRootCmd(&app{})
			cmd, rest, err := root.Find(shellWords(line)[1:])
			if err == nil {
				err = cmd.ParseFlags(rest)
			}
			if err == nil && cmd.HasSubCommands() && cmd.RunE == nil {
				t.Errorf("%s: %s: no command", filepath.Base(path), line)
			}
			if err != nil {
				t.Errorf("%s: %s: %v", filepath.Base(path), line, err)
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d commands found", checked)
	}
}

// commandsOf lists the lines of code blocks that begin with geobfdt, continued lines as one.
func commandsOf(t *testing.T, path string) (lines []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	code := false
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		line := strings.TrimSpace(s.Text())
		if strings.HasPrefix(line, "```") {
			code = !code
			continue
		}
		if !code || !strings.HasPrefix(line, "geobfdt ") {
			continue
		}
		for strings.HasSuffix(line, `\`) && s.Scan() {
			line = strings.TrimSuffix(line, `\`) + " " + strings.TrimSpace(s.Text())
		}
		lines = append(lines, line)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// shellWords splits a command line up to its first pipe, redirection or comment. Quotes hold words together.
func shellWords(line string) (words []string) {
	word, quote, inWord := "", byte(0), false
	end := func() {
		if inWord {
			words = append(words, word)
		}
		word, inWord = "", false
	}
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word += string(c)
		case c == '\'' || c == '"':
			quote, inWord = c, true
		case c == ' ':
			end()
		case !inWord && strings.IndexByte("#|>&;", c) >= 0:
			return words
		default:
			word, inWord = word+string(c), true
		}
	}
	end()
	return words
}
