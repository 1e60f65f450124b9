package npz

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// WriteLog writes an image log as .npz: image as float32 with NaN in the gaps, depth as float64, the curves that the log has as
// float64, well and azimuth reference as strings. The same log gives the same bytes.
func WriteLog(w io.Writer, l *imagelog.Log) error {
	archive := zip.NewWriter(w)
	add := func(key, descr string, shape []int, body func(io.Writer) error) error {
		member, err := archive.CreateHeader(&zip.FileHeader{Name: key + ".npy", Method: zip.Deflate})
		if err != nil {
			return fmt.Errorf("write %s: %w", key, err)
		}
		buffered := bufio.NewWriterSize(member, 1<<16)
		if _, err := buffered.Write(headerBytes(descr, shape)); err != nil {
			return fmt.Errorf("write %s: %w", key, err)
		}
		if err := body(buffered); err != nil {
			return fmt.Errorf("write %s: %w", key, err)
		}
		if err := buffered.Flush(); err != nil {
			return fmt.Errorf("write %s: %w", key, err)
		}
		return nil
	}
	floats := func(v []float64) func(io.Writer) error {
		return func(w io.Writer) error { return binary.Write(w, binary.LittleEndian, v) }
	}

	columns := l.Columns()
	err := add("image", "<f4", []int{l.Rows(), columns}, func(w io.Writer) error {
		row := make([]float32, columns)
		for i := range l.Rows() {
			copy(row, l.Pixels()[i*columns:])
			for j := range row {
				if !l.Mask[i*columns+j] {
					row[j] = float32(math.NaN())
				}
			}
			if err := binary.Write(w, binary.LittleEndian, row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := add("depth_m", "<f8", []int{l.Rows()}, floats(l.DepthM)); err != nil {
		return err
	}
	for _, c := range logCurves(l) {
		if len(*c.values) == 0 {
			continue
		}
		if err := add(c.key, "<f8", []int{l.Rows()}, floats(*c.values)); err != nil {
			return err
		}
	}
	for _, s := range [][2]string{{"well", l.Well}, {"azimuth_reference", string(l.Reference)}} {
		text := strings.ToValidUTF8(s[1], "?")
		descr := fmt.Sprintf("<U%d", max(1, utf8.RuneCountInString(text)))
		err := add(s[0], descr, nil, func(w io.Writer) error {
			runes := []rune(text)
			if len(runes) == 0 {
				runes = []rune{0} // NumPy has no strings of width 0
			}
			return binary.Write(w, binary.LittleEndian, runes)
		})
		if err != nil {
			return err
		}
	}
	if l.DeclinationDeg != 0 {
		if err := add("declination_deg", "<f8", nil, floats([]float64{l.DeclinationDeg})); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("write npz: %w", err)
	}
	return nil
}

// headerBytes returns the preamble of a version 1.0 .npy file, padded so that the data starts at a multiple of 64 bytes.
func headerBytes(descr string, shape []int) []byte {
	var dims strings.Builder
	for _, n := range shape {
		fmt.Fprintf(&dims, "%d,", n)
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, dims.String())
	const fixed = len(Magic) + 2 + 2
	padding := 63 - (fixed+len(text))%64
	text += strings.Repeat(" ", padding) + "\n"
	out := append([]byte(Magic), 1, 0, byte(len(text)), byte(len(text)>>8))
	return append(out, text...)
}
