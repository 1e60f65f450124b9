package las

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// writtenNull stands for missing values in files that Write makes.
const writtenNull = "-999.25"

// Write writes a LAS 2.0 file, unwrapped: the Version and Curve sections, STRT, STOP, STEP and NULL are made from the curves;
// well and parameter items and free text come from f.Sections. The index must ascend and have no missing values; it is
// written with 5 decimals, other values with the digits that a float32 holds.
func Write(w io.Writer, f *File) error {
	if err := checkWritable(f); err != nil {
		return fmt.Errorf("write LAS: %w", err)
	}
	b := bufio.NewWriterSize(w, 1<<16)
	writeHeader(b, f)
	index := f.Curves[0].Values
	var field []byte
	for i := range index {
		for c := range f.Curves {
			v := f.Curves[c].Values[i]
			field = field[:0]
			switch {
			case c == 0:
				field = strconv.AppendFloat(field, v, 'f', 5, 64)
			case v-v != 0:
				field = append(field, writtenNull...)
			default:
				field = strconv.AppendFloat(field, v, 'g', -1, 32)
			}
			for range 12 - len(field) {
				b.WriteByte(' ')
			}
			b.WriteByte(' ')
			b.Write(field)
		}
		b.WriteByte('\n')
	}
	if err := b.Flush(); err != nil { // bufio keeps the first error
		return fmt.Errorf("write LAS: %w", err)
	}
	return nil
}

func checkWritable(f *File) error {
	if f.Rows() == 0 {
		return fmt.Errorf("no curves or no rows")
	}
	rows := f.Rows()
	for _, c := range f.Curves {
		if len(c.Values) != rows {
			return fmt.Errorf("curve %s has %d values for %d rows", c.Mnemonic, len(c.Values), rows)
		}
		if c.Mnemonic == "" || strings.ContainsAny(c.Mnemonic, ".: \t\r\n") || strings.ContainsAny(c.Unit, ": \t\r\n") {
			return fmt.Errorf("curve %q in %q: a LAS mnemonic holds no period, colon or blank", c.Mnemonic, c.Unit)
		}
	}
	last := math.Inf(-1)
	for i, v := range f.Curves[0].Values {
		if !(v > last) || math.IsInf(v, 0) {
			return fmt.Errorf("index %s must ascend: %v at row %d after %v", f.Curves[0].Mnemonic, v, i, last)
		}
		last = v
	}
	return nil
}

func writeHeader(b *bufio.Writer, f *File) {
	index := f.Curves[0]
	n := len(index.Values)
	unit := index.Unit
	fmt.Fprintf(b, "~Version\n%s%s~Well\n",
		itemLine(Item{Mnemonic: "VERS", Value: "2.0", Description: "CWLS log ASCII standard, version 2.0"}),
		itemLine(Item{Mnemonic: "WRAP", Value: "NO", Description: "one line per depth step"}))
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', 5, 64) }
	for _, item := range []Item{
		{Mnemonic: "STRT", Unit: unit, Value: number(index.Values[0]), Description: "first index value"},
		{Mnemonic: "STOP", Unit: unit, Value: number(index.Values[n-1]), Description: "last index value"},
		{Mnemonic: "STEP", Unit: unit, Value: number(constantStep(index.Values)), Description: "step, 0 if irregular"},
		{Mnemonic: "NULL", Value: writtenNull, Description: "missing value"},
	} {
		b.WriteString(itemLine(item))
	}
	writeItems(b, f, Well)
	b.WriteString("~Curve\n")
	for _, c := range f.Curves {
		b.WriteString(itemLine(Item{Mnemonic: c.Mnemonic, Unit: c.Unit, Value: c.Code, Description: c.Description}))
	}
	for _, s := range f.Sections {
		if s.Kind == Parameter {
			b.WriteString("~Parameter\n")
			writeItems(b, f, Parameter)
			break
		}
	}
	for _, s := range f.Sections {
		if s.Kind != Other || len(s.Lines) == 0 {
			continue
		}
		b.WriteString("~Other\n")
		for _, line := range s.Lines {
			// A line of text must not start a section.
			fmt.Fprintf(b, "%s\n", strings.TrimLeft(oneLine(line), "~ "))
		}
	}
	b.WriteString("~A")
	for _, c := range f.Curves {
		fmt.Fprintf(b, " %12s", c.Mnemonic)
	}
	b.WriteByte('\n')
}

// writeItems writes the items of all sections of a kind, without those that Write makes itself.
func writeItems(b *bufio.Writer, f *File, kind byte) {
	for _, s := range f.Sections {
		if s.Kind != kind {
			continue
		}
		for _, item := range s.Items {
			if kind == Well && describesIndex(item.Mnemonic) {
				continue
			}
			b.WriteString(itemLine(item))
		}
	}
}

func itemLine(item Item) string {
	return fmt.Sprintf("%-8s.%-8s %s : %s\n", oneLine(item.Mnemonic), oneLine(item.Unit), oneLine(item.Value), oneLine(item.Description))
}

// oneLine keeps text from breaking out of its header line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// constantStep returns the step of an index if it is the same all along, to a thousandth of it, else 0.
func constantStep(index []float64) float64 {
	if len(index) < 2 {
		return 0
	}
	n := float64(len(index) - 1)
	step := (index[len(index)-1] - index[0]) / n
	for i, v := range index {
		if math.Abs(v-index[0]-step*float64(i)) > step/1000 {
			return 0
		}
	}
	return step
}
