package las

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const diverted = "~V\nVERS. 2.0 : v\nWRAP. %s : w\n~W\nNULL. -9 : n\n~C\nDEPT.m : d\nA. : a\nB1. : b\nB2. : b\nC. : c\n~A\n%s"

// TestDivert: diverted values come row by row, missing ones as NaN, and nothing of them is kept; the other curves stay as they are.
func TestDivert(t *testing.T) {
	for name, text := range map[string]string{
		"plain":   fmt.Sprintf(diverted, "NO", "1 10 100 1000 5\n2 20 -9 word 6\n3 30 300\n"),
		"wrapped": fmt.Sprintf(diverted, "YES", "1\n10 100\n1000 5\n2\n20 -9 word\n6\n3\n30 300\n"),
	} {
		var asked []string
		var rows []string
		f, err := Read(strings.NewReader(text), Options{Divert: func(set int, curves []Curve) ([]int, func([]float64) error) {
			for _, c := range curves {
				asked = append(asked, c.Mnemonic)
			}
			return []int{3, 2}, func(values []float64) error {
				rows = append(rows, fmt.Sprint(set, values))
				return nil
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(asked, []string{"DEPT", "A", "B1", "B2", "C"}) || !slices.Equal(rows, []string{"0 [1000 100]", "0 [NaN NaN]", "0 [NaN 300]"}) {
			t.Errorf("%s: asked of %v, rows %v", name, asked, rows)
		}
		if f.Rows() != 3 || f.Curves[2].Values != nil || f.Curves[3].Values != nil || f.Curves[3].HasText() {
			t.Errorf("%s: diverted values were kept", name)
		}
		if !slices.Equal(f.Curves[1].Values, []float64{10, 20, 30}) || f.Curves[4].Values[1] != 6 {
			t.Errorf("%s: other curves are %v and %v", name, f.Curves[1].Values, f.Curves[4].Values)
		}
	}
}

func TestDivertFails(t *testing.T) {
	full := errors.New("disk full")
	for _, at := range []string{"1 2 3 4 5\n6 7 8 9 10\n", "1 2 3"} { // in the data, and with the row that the file is cut in
		text := fmt.Sprintf(diverted, "YES", at)
		_, err := Read(strings.NewReader(text), Options{Divert: func(int, []Curve) ([]int, func([]float64) error) {
			return []int{1}, func([]float64) error { return full }
		}})
		if !errors.Is(err, full) || errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v, want the error as it is", at, err)
		}
	}
}
