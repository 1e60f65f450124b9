package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestCommitted: regenerating changes nothing.
func TestCommitted(t *testing.T) {
	dir := t.TempDir()
	names := []string{"kernels_arm64.s", "stubs_arm64.go"}
	if err := write(filepath.Join(dir, names[0]), filepath.Join(dir, names[1])); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		have, err := os.ReadFile(committed(name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(have, want) {
			t.Errorf("%s is not what the generator writes: run go generate ./internal/kernel", name)
		}
	}
}

func committed(name string) string { return filepath.Join("..", "..", "internal", "kernel", name) }

// TestEncodings holds the code of every instruction that Go's assembler lacks to that of llvm-mc 14, on registers whose numbers need all bits.
func TestEncodings(t *testing.T) {
	f := &function{w: new(bytes.Buffer)}
	const d, n, m = vec(31), vec(10), vec(17)
	f.fadd(d, n, m)
	f.fsub(d, n, m)
	f.fmul(d, n, m)
	f.fdiv(d, n, m)
	f.fmax(d, n, m)
	f.fmin(d, n, m)
	f.faddp(d, n, m)
	f.fmaxp(d, n, m)
	f.fcmeq(d, n, m)
	f.fmlaLane(d, n, m)
	f.fadd64(d, n, m)
	f.faddp64(d, n)
	f.fsqrt(d, n)
	f.frintn(d, n)
	f.fcvtns(d, n)
	f.positive(d, n)
	f.half(d, n)
	f.widen(d, n, false)
	f.widen(d, n, true)
	want := strings.Split(strings.TrimSpace(`
$0x4e31d55f // FADD V31.4S, V10.4S, V17.4S
$0x4eb1d55f // FSUB V31.4S, V10.4S, V17.4S
$0x6e31dd5f // FMUL V31.4S, V10.4S, V17.4S
$0x6e31fd5f // FDIV V31.4S, V10.4S, V17.4S
$0x4e31f55f // FMAX V31.4S, V10.4S, V17.4S
$0x4eb1f55f // FMIN V31.4S, V10.4S, V17.4S
$0x6e31d55f // FADDP V31.4S, V10.4S, V17.4S
$0x6e31f55f // FMAXP V31.4S, V10.4S, V17.4S
$0x4e31e55f // FCMEQ V31.4S, V10.4S, V17.4S
$0x4f91115f // FMLA V31.4S, V10.4S, V17.S[0]
$0x4e71d55f // FADD V31.2D, V10.2D, V17.2D
$0x7e70d95f // FADDP D31, V10.2D
$0x6ea1f95f // FSQRT V31.4S, V10.4S
$0x4e21895f // FRINTN V31.4S, V10.4S
$0x4e21a95f // FCVTNS V31.4S, V10.4S
$0x4ea0c95f // FCMGT V31.4S, V10.4S, #0.0
$0x4f3f055f // SSHR V31.4S, V10.4S, #1
$0x0e61795f // FCVTL V31.2D, V10.2S
$0x4e61795f // FCVTL2 V31.2D, V10.4S
`), "\n")
	got := strings.Split(strings.TrimSpace(f.w.String()), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d instructions, want %d", len(got), len(want))
	}
	for i := range want {
		if line := strings.TrimSpace(got[i]); line != "WORD "+want[i] {
			t.Errorf("%s, want %s", line, want[i])
		}
	}
}

var wordLine = regexp.MustCompile(`^\tWORD \$0x([0-9a-f]{8}) // (.+)$`)

// TestEncodingsAgainstLLVM compares every word of the committed assembly with what LLVM's assembler makes of the comment beside it.
func TestEncodingsAgainstLLVM(t *testing.T) {
	llvm, err := exec.LookPath("llvm-mc")
	if err != nil {
		t.Skip("no llvm-mc (Debian: llvm)")
	}
	text, err := os.ReadFile(committed("kernels_arm64.s"))
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]string{} // by instruction
	var instructions []string
	for line := range strings.Lines(string(text)) {
		w := wordLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if w == nil {
			if strings.Contains(line, "WORD") {
				t.Errorf("a word without its instruction: %s", line)
			}
			continue
		}
		if _, seen := codes[w[2]]; !seen {
			instructions = append(instructions, w[2])
		}
		codes[w[2]] = w[1]
	}
	cmd := exec.Command(llvm, "-triple=aarch64", "-show-encoding")
	cmd.Stdin = strings.NewReader(strings.Join(instructions, "\n") + "\n")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("llvm-mc: %v", err)
	}
	i := 0
	for scan := bufio.NewScanner(bytes.NewReader(out)); scan.Scan(); {
		_, encoding, ok := strings.Cut(scan.Text(), "encoding: [")
		if !ok {
			continue
		}
		var b [4]uint32
		if _, err := fmt.Sscanf(encoding, "0x%x,0x%x,0x%x,0x%x]", &b[0], &b[1], &b[2], &b[3]); err != nil {
			t.Fatalf("%s: %v", scan.Text(), err)
		}
		code := fmt.Sprintf("%08x", b[3]<<24|b[2]<<16|b[1]<<8|b[0])
		if in := instructions[i]; codes[in] != code {
			t.Errorf("%s is %s, LLVM says %s", in, codes[in], code)
		}
		i++
	}
	if i != len(instructions) || i == 0 {
		t.Errorf("LLVM encoded %d instructions of %d", i, len(instructions))
	}
}

// TestRegisters: nothing uses the registers of the linker (R16, R17), the platform (R18), the assembler, the goroutine or the stack.
func TestRegisters(t *testing.T) {
	text, err := os.ReadFile(committed("kernels_arm64.s"))
	if err != nil {
		t.Fatal(err)
	}
	if bad := regexp.MustCompile(`\b(R1[678]|R2[6-9]|R3[01]|RSP|g)\b`).FindAll(text, -1); bad != nil {
		t.Errorf("reserved registers are used: %s", bad)
	}
}
