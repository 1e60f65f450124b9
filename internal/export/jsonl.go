package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"math"

	"github.com/geobfdt/geobfdt/internal/picks"
)

// writeJSONLines writes one object a line. Every line carries the well and the azimuth reference, so that lines of several
// wells can be joined and filtered.
func writeJSONLines(w io.Writer, t *picks.Table, opt Options) error {
	out := bufio.NewWriter(w)
	for i := range t.Picks {
		line, err := jsonLine(&t.Header, &t.Picks[i], opt)
		if err != nil {
			return err
		}
		out.Write(line) // bufio keeps the first error for Flush
	}
	return out.Flush()
}

// jsonLine writes the keys in the order of the field table, which a map would lose.
func jsonLine(h *picks.Header, p *picks.Pick, opt Options) ([]byte, error) {
	var line bytes.Buffer
	member := func(key string, value any) error {
		text, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if line.Len() == 0 {
			line.WriteByte('{')
		} else {
			line.WriteByte(',')
		}
		line.WriteString(`"` + key + `":`)
		line.Write(text)
		return nil
	}
	if err := member("well", h.Well); err != nil {
		return nil, err
	}
	if err := member("azimuth_reference", h.Reference); err != nil {
		return nil, err
	}
	if err := member("class", p.Class); err != nil {
		return nil, err
	}
	for _, f := range fieldsOf(opt.Form) {
		key := f.name
		if f.quantity == depth {
			key += "_" + string(opt.DepthUnit)
		}
		var number any // null
		if v := f.value(p, opt.DepthUnit); !math.IsNaN(v) {
			number = json.Number(f.fixed(v, f.decimals))
		}
		if err := member(key, number); err != nil {
			return nil, err
		}
	}
	if err := member("quality", p.Quality); err != nil {
		return nil, err
	}
	flags := p.Flags
	if flags == nil {
		flags = []string{} // [] rather than null
	}
	if err := member("flags", flags); err != nil {
		return nil, err
	}
	line.WriteString("}\n")
	return line.Bytes(), nil
}
