package logpage

import (
	"strings"
	"testing"
)

// One text serves both kinds of page: what the module exports, the script declares.
func TestScriptDeclaresWhatTheModuleExports(t *testing.T) {
	names := 0
	for line := range strings.Lines(Module()) {
		if rest, ok := strings.CutPrefix(line, "export "); ok {
			names++
			if !strings.Contains(Script(), "\n"+rest) {
				t.Errorf("the script lacks %s", rest)
			}
		}
	}
	if names < 10 || strings.Contains(Script(), "\nexport ") || strings.Contains(Module(), "\nimport ") {
		t.Errorf("%d names; the script must not export, and the module not import", names)
	}
}
