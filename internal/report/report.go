package report

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/logpage"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/plot"
)

// Level of a line of quality control.
const (
	LevelInfo = "info"
	LevelWarn = "warn"
)

// QCLine is one finding of quality control: one sentence.
type QCLine struct {
	Level string // LevelInfo or LevelWarn
	Text  string
}

// Input is what a page shows.
type Input struct {
	Log   *imagelog.Log // image, curves, azimuth reference
	Table *picks.Table  // picks, with the model's name and hash and the command line in the header
	QC    []QCLine
	// Model is the model's card, name and value; ModelNotes is text beneath it. Either may be empty.
	Model      []plot.Field
	ModelNotes string
	// Run is how the picks were made, name and value; Config is the effective configuration, as text. Either may be empty.
	Run    []plot.Field
	Config string
}

// Options of a page.
type Options struct {
	ImageBytes int           // bound of the image's tiles before their text encoding, bytes; 0: 15 MiB, which makes a page of about 21 MiB
	Palette    *plot.Palette // nil: plot.DefaultPalette
}

const defaultImageBytes = 15 << 20

//go:embed page
var pageFiles embed.FS

// scripts are joined in this order, behind logpage.Script, into one closure.
var scripts = []string{"model.js", "tiles.js", "tracks.js", "log.js", "figures.js", "table.js", "main.js"}

// Write writes the page. It fails where log or picks are missing or cannot be used, and with imagelog.ErrNoData where the log is
// empty.
func Write(w io.Writer, in Input, opt Options) error {
	if err := write(w, in, opt); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

func write(w io.Writer, in Input, opt Options) error {
	if in.Log == nil || in.Table == nil {
		return errors.New("no log or no picks given")
	}
	if err := in.Log.Validate(); err != nil {
		return err
	}
	palette := opt.Palette
	if palette == nil {
		p, err := plot.DefaultPalette()
		if err != nil {
			return err
		}
		palette = &p
	}
	if opt.ImageBytes == 0 {
		opt.ImageBytes = defaultImageBytes
	}
	levels, err := newPyramid(in.Log, opt.ImageBytes)
	if err != nil {
		return err
	}
	data, err := json.Marshal(newData(in, levels, *palette))
	if err != nil {
		return err
	}
	page, err := template.New("page").Funcs(template.FuncMap{"grouped": grouped}).ParseFS(pageFiles, "page/page.html")
	if err != nil {
		return err
	}
	style, script, err := assets()
	if err != nil {
		return err
	}
	view := struct {
		Input
		Summary
		Style                         template.CSS
		Script, Data                  template.JS
		BeddingColour, FractureColour template.CSS
	}{
		in, summarise(in), style, script, template.JS(data),
		template.CSS(plot.Hex(palette.Class[dip.Bedding])), template.CSS(plot.Hex(palette.Class[dip.Fracture])),
	}
	if err := page.ExecuteTemplate(w, "top", view); err != nil {
		return err
	}
	// Tiles are text that the template need not look through.
	for number, l := range levels {
		if err := l.write(w, number); err != nil {
			return err
		}
	}
	return page.ExecuteTemplate(w, "bottom", view)
}

// assets returns the style sheet and the scripts of the page.
func assets() (template.CSS, template.JS, error) {
	style, err := pageFiles.ReadFile("page/style.css")
	if err != nil {
		return "", "", err
	}
	var script bytes.Buffer
	script.WriteString("\"use strict\";\n(() => {\n" + logpage.Script())
	for _, name := range scripts {
		text, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			return "", "", err
		}
		script.Write(text)
	}
	script.WriteString("})();\n")
	return template.CSS(style), template.JS(script.String()), nil
}
