package wellfile

import (
	"github.com/geobfdt/geobfdt/internal/dlis"
)

// Contents is what is in a file that can hold many things besides an image.
type Contents struct {
	Format       string        `json:"format"`
	LogicalFiles []LogicalFile `json:"logical_files"`
	Images       string        `json:"images"` // what could be the image, as --image-channel takes it
	Issues       []string      `json:"issues"` // what is wrong with the file, or worth knowing
}

// LogicalFile is a part of a file that is a file of its own.
type LogicalFile struct {
	Number           int     `json:"number"` // from 1
	ID               string  `json:"id"`
	Well             string  `json:"well"`
	Company          string  `json:"company"`
	EncryptedRecords int     `json:"encrypted_records"`
	Frames           []Frame `json:"frames"`
}

// Frame is a table of samples.
type Frame struct {
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Index       string    `json:"index"` // mnemonic; "" where rows have but a number
	IndexType   string    `json:"index_type"`
	Unit        string    `json:"unit"` // of the index
	Direction   string    `json:"direction"`
	Spacing     float64   `json:"spacing"` // 0 where it is not constant or not said
	SpacingUnit string    `json:"spacing_unit"`
	Range       []float64 `json:"range,omitempty"` // lowest and highest index as the file says them; nil where it does not
	RangeUnit   string    `json:"range_unit,omitempty"`
	Records     int       `json:"records"`
	Channels    []Channel `json:"channels"`
}

// Channel is a column of a frame.
type Channel struct {
	Name      string `json:"name"`
	LongName  string `json:"long_name"`
	Unit      string `json:"unit"`
	Code      string `json:"code"`      // how values are written
	Dimension []int  `json:"dimension"` // of one sample
}

// dlisContents describes a DLIS file as far as it could be read.
func dlisContents(file *dlis.File, images []*candidate) Contents {
	c := Contents{Format: "DLIS", Images: list(images), LogicalFiles: []LogicalFile{}, Issues: []string{}}
	for _, l := range file.LogicalFiles {
		id, _ := l.Header()
		origin, _ := l.Origin() // what cannot be read is an issue below
		frames, _ := l.Frames()
		out := LogicalFile{Number: l.Number, ID: id, Well: wellName(l), Company: origin.Company, EncryptedRecords: l.EncryptedRecords, Frames: []Frame{}}
		for _, f := range frames {
			frame := Frame{
				Name: f.Name.ID, Description: f.Description, IndexType: f.IndexType, Direction: f.Direction,
				Spacing: f.Spacing, SpacingUnit: f.SpacingUnit, Records: f.Records, Channels: []Channel{},
			}
			if !finite(frame.Spacing) { // JSON has no NaN and no infinity
				frame.Spacing = 0
			}
			if f.HasRange && finite(f.IndexMin) && finite(f.IndexMax) {
				frame.Range, frame.RangeUnit = []float64{f.IndexMin, f.IndexMax}, f.RangeUnit
			}
			if index := f.Index(); index != nil {
				frame.Index, frame.Unit = index.Name.ID, index.Units
			}
			for _, ch := range f.Channels {
				frame.Channels = append(frame.Channels, Channel{ch.Name.ID, ch.LongName, ch.Units, ch.Code.String(), ch.Dimension})
			}
			out.Frames = append(out.Frames, frame)
		}
		c.LogicalFiles = append(c.LogicalFiles, out)
	}
	for _, i := range file.Issues() {
		c.Issues = append(c.Issues, i.Severity.String()+": "+i.String())
	}
	return c
}

func finite(v float64) bool { return v-v == 0 }
