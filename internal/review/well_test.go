package review

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/plot"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// The test well: 8 m of an 8 in hole, 30 degrees from vertical towards the east, in layers that draw sinusoids of 10 cm amplitude,
// deepest at azimuth 90, with a boundary at every half metre of midline; a gap from 270 to 300 degrees.
const (
	wellTopM, wellStepM  = 1000.0, 0.005
	wellRows, wellColumn = 1600, 96
	layerM               = 0.5
	diameterIn           = 8.0
)

var layers = dip.NewCurve(0, 0.1, 90)

// testLog is built once: nobody changes it.
var testLog = sync.OnceValues(func() (*imagelog.Log, error) {
	depthM, pixels := make([]float64, wellRows), make([]float32, wellRows*wellColumn)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range depthM {
		depthM[i] = wellTopM + (float64(i)+0.5)*wellStepM
		for j := range wellColumn {
			azimuth := (float64(j) + 0.5) * 360 / wellColumn
			layer := math.Floor((depthM[i] - layers.DepthAt(azimuth)) / layerM)
			pixels[i*wellColumn+j] = float32(10 + 10*math.Mod(layer, 2) + 0.5*random.NormFloat64())
			if azimuth > 270 && azimuth < 300 {
				pixels[i*wellColumn+j] = float32(math.NaN())
			}
		}
	}
	log, err := imagelog.New(depthM, pixels, wellColumn)
	if err != nil {
		return nil, err
	}
	log.Well, log.Reference = "T-1", imagelog.RefNorth
	log.DeviDeg, log.HaziDeg, log.C1In = make([]float64, wellRows), make([]float64, wellRows), make([]float64, wellRows)
	for i := range depthM {
		log.DeviDeg[i], log.HaziDeg[i], log.C1In[i] = 30, 90, diameterIn
	}
	return log, nil
})

func testTable() *picks.Table {
	pick := func(class dip.Class, depthM, confidence float64) picks.Pick {
		p := picks.New(class, layers.Sinusoid(diameterIn*0.0254))
		p.DepthM, p.Confidence, p.AmplitudeM, p.HoleDiameterM, p.Coverage = depthM, confidence, 0.1, diameterIn*0.0254, 0.9
		p.Quality, p.Flags = "B", []string{picks.FlagMerged}
		return p
	}
	return &picks.Table{
		Header: picks.Header{Well: "T-1", Reference: "north", ModelName: "m", Command: "geobfdt pick t.npz -o picks.csv", DepthUnit: picks.Metres},
		QC:     []string{"info: wall seen: 92 %"},
		Picks: []picks.Pick{
			pick(dip.Bedding, 1001, 0.9), pick(dip.Bedding, 1001.5, 0.55), pick(dip.Fracture, 1002, 0.7), pick(dip.Bedding, 1003.2, 0.52),
		},
	}
}

func threshold(dip.Class) float64 { return 0.5 }

// testSession reviews the test well with the journal of a folder.
func testSession(folder string) (*Session, *imagelog.Log, *Journal, error) {
	log, err := testLog()
	if err != nil {
		return nil, nil, nil, err
	}
	wall, err := NewWall(log, infer.Options{DiameterIn: 8.5, MinCoverage: 0.2}, tile.Options{Rows: 256, Columns: 96, RowM: 0.005, Image: tile.ImageTile})
	if err != nil {
		return nil, nil, nil, err
	}
	var text bytes.Buffer
	if err := picks.WriteCSV(&text, testTable(), picks.Metres); err != nil {
		return nil, nil, nil, err
	}
	journal, entries, err := OpenJournal(filepath.Join(folder, "picks.review.jsonl"), NewHeader("picks.csv", text.Bytes()))
	if err != nil {
		return nil, nil, nil, err
	}
	s, err := NewSession(testTable(), wall, journal, entries, Doubt(threshold))
	return s, log, journal, err
}

// openSession is testSession, closed when the test ends.
func openSession(t *testing.T, folder string) (*Session, *Journal) {
	t.Helper()
	s, _, journal, err := testSession(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = journal.Close() })
	return s, journal
}

// testServer serves a session of the test well; it writes reviewed.csv into the folder.
func testServer(folder string) (*Server, error) {
	s, log, journal, err := testSession(folder)
	if err != nil {
		return nil, err
	}
	palette, err := plot.DefaultPalette()
	if err != nil {
		return nil, err
	}
	return Listen(Config{
		Log: log, Session: s, Palette: palette, Journal: journal.path, Output: "reviewed.csv", ThresholdOf: threshold, KeepOpen: true,
		Save: func(t *picks.Table) error {
			var text bytes.Buffer
			if err := picks.WriteCSV(&text, t, picks.Metres); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(folder, "reviewed.csv"), text.Bytes(), 0o666)
		},
	}, 0)
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }
