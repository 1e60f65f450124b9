package card

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/geobfdt/geobfdt/internal/tile"
)

// section is a part of a card: names with values, under a title.
type section struct {
	title string
	rows  [][2]string
}

// sections are what the text and the Markdown of a card share.
func (c *Card) sections() []section {
	n, t, r := c.Network, c.Tile, c.Training
	wrapped := "zeros beyond the first and the last column"
	if n.WrapAzimuth {
		wrapped = "the image is a cylinder"
	}
	image := map[string]string{
		tile.ImageTile: "image normalised tile by tile", tile.ImageStatic: "static image", tile.ImageDynamic: fmt.Sprintf("dynamic image, window of %g m", t.DynamicM),
		tile.ImageBoth: fmt.Sprintf("static and dynamic image, window of %g m", t.DynamicM),
	}[t.Image]
	mask := "no mask"
	if t.MaskChannel {
		mask = "a mask of wall seen"
	}
	what := section{"What it is", [][2]string{
		{"file", fmt.Sprintf("%d bytes, SHA-256 %s", c.Bytes, c.SHA256)},
		{"network", fmt.Sprintf("GeoBFDT, %s decoder, %s of widths %s", n.Decoder, n.Backbone, join(n.Widths))},
		{"transformer", fmt.Sprintf("width %d, %d heads, %d encoder and %d decoder layers, %d queries", n.Dim, n.Heads, n.Encoders, n.Decoders, n.Queries)},
		{"parameters", fmt.Sprint(n.Parameters)},
		{"tile", fmt.Sprintf("%d rows of %g mm (%.2f m) x %d columns of %.3g degrees", t.Rows, 1000*t.RowM, n.HeightM, t.Columns, 360/float64(t.Columns))},
		{"input", fmt.Sprintf("%s, %s; in azimuth %s", image, mask, wrapped)},
		{"geometry", fmt.Sprintf("blind to hole size: works as in a hole of radius %g m", n.RadiusM)},
	}}
	if v := c.Verifier; v != nil {
		what.rows = append(what.rows, [2]string{"second look", fmt.Sprintf("verifier on strips of 2 x %d rows x %d columns, coarse rows x %d, %d parameters", v.Rows, v.Columns, v.Coarse, v.Parameters)})
	} else {
		what.rows = append(what.rows, [2]string{"second look", "none: the detector's word is taken"})
	}
	confidence := "the network's score"
	if k := c.Calibration; k != nil {
		confidence = fmt.Sprintf("probability, from %s; fitted on %s", strings.Join(k.Features, ", "), k.Wells)
	}
	what.rows = append(what.rows, [2]string{"confidence", confidence})

	how := section{"How it was made", [][2]string{{"data", r.Data}}}
	for _, row := range [][2]string{
		{"data hash", r.DataHash}, {"seed", fmt.Sprint(r.Seed)}, {"configuration", r.ConfigHash}, {"started from", r.Init},
		{"program", r.Version}, {"threads", fmt.Sprint(r.Threads)}, {"instruction set", r.ISA},
	} {
		if row[1] != "" {
			how.rows = append(how.rows, row)
		}
	}
	scores := section{title: "Scores on held-out tiles", rows: [][2]string{{"", "none: nothing was held out"}}}
	if s := c.Scores; s != nil {
		class := func(p, r, f float64, hits, picks, truths int) string {
			return fmt.Sprintf("F1 %.3f, precision %.3f, recall %.3f (%d of %d picks right, %d sinusoids)", f, p, r, hits, picks, truths)
		}
		b, f := s.Bedding, s.Fracture
		scores.rows = [][2]string{
			{"measure", "curve@5cm of the network alone: no merging, refinement or calibration"},
			{"bedding", class(b.Precision, b.Recall, b.F1, b.Hits, b.Picks, b.Truths)},
			{"fracture", class(f.Precision, f.Recall, f.F1, f.Hits, f.Picks, f.Truths)},
			{"class error", fmt.Sprintf("%.2f %%", 100*s.ClassError)},
			{"tiles", fmt.Sprint(s.Tiles)},
		}
	}
	return []section{what, how, scores}
}

func join(v []int) string { return strings.ReplaceAll(strings.Trim(fmt.Sprint(v), "[]"), " ", "/") }

// WriteText writes the card for a terminal, without the configuration's text.
func (c *Card) WriteText(w io.Writer) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\n", c.Name)
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	for _, s := range c.sections() {
		fmt.Fprintf(table, "\n%s\n", s.title)
		for _, row := range s.rows {
			fmt.Fprintf(table, "  %s\t%s\n", row[0], row[1])
		}
	}
	if r := c.Run; r != nil {
		fmt.Fprintf(table, "\nThe run\n")
		for _, row := range r.rows() {
			fmt.Fprintf(table, "  %s\t%s\n", row[0], row[1])
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(&out, "\nWhere not to trust it\n")
	for _, l := range c.Limits {
		fmt.Fprintf(&out, "  - %s\n", l)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// WriteMarkdown writes the card as Markdown, with the whole configuration.
func (c *Card) WriteMarkdown(w io.Writer) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Model card: %s\n", cell(c.Name))
	for _, s := range c.sections() {
		fmt.Fprintf(&out, "\n## %s\n\n", s.title)
		markdownTable(&out, s.rows)
	}
	fmt.Fprintf(&out, "\n## Where not to trust it\n\n")
	for _, l := range c.Limits {
		fmt.Fprintf(&out, "- %s\n", cell(l))
	}
	if r := c.Run; r != nil {
		fmt.Fprintf(&out, "\n## The run\n\n")
		markdownTable(&out, r.rows())
		r.evaluations(&out)
	}
	if text := c.Training.Config; text != "" {
		fmt.Fprintf(&out, "\n## Configuration\n\n    %s\n", strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    "))
	}
	_, err := w.Write(out.Bytes())
	return err
}

// markdownTable writes names and values.
func markdownTable(out *bytes.Buffer, rows [][2]string) {
	out.WriteString("| | |\n|---|---|\n")
	for _, row := range rows {
		fmt.Fprintf(out, "| %s | %s |\n", row[0], cell(row[1]))
	}
}

// cell keeps text of anybody's model file from breaking a table or becoming markup.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ", "<", "&lt;", "`", "'").Replace(s)
}

func (r *Run) rows() [][2]string {
	rows := [][2]string{
		{"samples", fmt.Sprint(r.Samples)},
		{"time", fmt.Sprintf("%.1f min", r.Seconds/60)},
		{"last loss", fmt.Sprintf("%.4g", r.Loss)},
	}
	if best := r.best(); best >= 0 {
		rows = append(rows, [2]string{"best state", fmt.Sprintf("after %d samples, score %.3f", r.Evaluations[best].Samples, r.Evaluations[best].Score)})
	}
	return rows
}

// evaluations writes the looks at the held-out tiles.
func (r *Run) evaluations(out *bytes.Buffer) {
	if len(r.Evaluations) == 0 {
		return
	}
	out.WriteString("\n| samples | loss | bedding F1 | fracture F1 | class error | score |\n|---|---|---|---|---|---|\n")
	for _, i := range r.shown() {
		e := r.Evaluations[i]
		score := fmt.Sprintf("%.3f", e.Score)
		if i == r.best() {
			score = "**" + score + "**"
		}
		fmt.Fprintf(out, "| %d | %.3f | %.3f | %.3f | %.2f %% | %s |\n", e.Samples, e.Scores.Loss, e.Scores.Bedding.F1, e.Scores.Fracture.F1, 100*e.Scores.ClassError, score)
	}
}
