package lis

import (
	"encoding/hex"
	"math"
	"testing"
)

// Examples of LIS79, appendix B: 153 and -153 in each code, and the ends of the ranges.
func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		code Code
		hex  string
		want float64
	}{
		{F16, "4c88", 153}, {F16, "b388", -153}, {F16, "4001", 1}, {F16, "0000", 0}, {F16, "800f", -32768},
		{F32Low, "00084c80", 153}, {F32Low, "0008b380", -153}, {F32Low, "ffffc000", -0.25},
		{I8, "59", 89}, {I8, "a7", -89}, {U8, "d9", 217},
		{F32, "444c8000", 153}, {F32, "bbb38000", -153}, {F32, "bf800000", -1}, {F32, "40000000", 0}, {F32, "00000000", 0},
		{F32Fix, "00994000", 153.25}, {F32Fix, "ff66c000", -153.25},
		{I32, "00000099", 153}, {I32, "ffffff67", -153}, {I16, "0099", 153}, {I16, "ff67", -153},
	} {
		b, err := hex.DecodeString(c.hex)
		if err != nil || len(b) != c.code.Bytes() {
			t.Fatalf("code %d: %d bytes: %v", c.code, len(b), err)
		}
		if got := c.code.number(b); got != c.want {
			t.Errorf("code %d, %s: %v, want %v", c.code, c.hex, got, c.want)
		}
	}
	for _, code := range []Code{Text, Mask, Dip130, DipHDT, 0, 255} {
		if code.numeric() || !math.IsNaN(code.number(nil)) {
			t.Errorf("code %d gives a number", code)
		}
	}
}

// The absent value is not a number, in the form that each code gives it.
func TestAbsent(t *testing.T) {
	f := &Format{Absent: -999.25}
	for code, text := range map[Code]string{F32: "ba831800", F16: "831a"} {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		if v := code.number(b); !f.absent(v, code) || f.absent(v+1, code) {
			t.Errorf("code %d: %v", code, v)
		}
	}
}
