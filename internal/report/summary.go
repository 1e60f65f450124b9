package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/plot"
)

// Summary is the head of the page, in words.
type Summary struct {
	Title     string
	Interval  string
	Reference string
	Dips      string // which dips the figures show
	Total     int
	LengthM   float64
	Classes   []ClassSummary
	Grades    []GradeCount // A to D, where picks are graded
	Warnings  int          // lines of quality control
}

// ClassSummary is a class in the head of the page.
type ClassSummary struct {
	Name      string
	Index     int
	Count     int
	PerM      string
	MeanPlane string // empty where there is none
}

// GradeCount is how many picks have a grade.
type GradeCount struct {
	Grade string
	Count int
	Share float64 // percent
}

func summarise(in Input) Summary {
	log := in.Log
	topM, baseM := log.DepthM[0], log.DepthM[log.Rows()-1]
	s := Summary{
		Title: log.Well, LengthM: baseM - topM, Interval: fmt.Sprintf("%.2f to %.2f m measured depth", topM, baseM),
		Reference: reference(log), Total: len(in.Table.Picks),
	}
	if s.Title == "" {
		s.Title = "Picked well"
	}
	kind := plot.DipKindOf(in.Table.Picks)
	s.Dips = string(kind)
	for class := range dip.NumClasses {
		c := ClassSummary{Name: dip.Class(class).String(), Index: class}
		for i := range in.Table.Picks {
			if in.Table.Picks[i].Class == dip.Class(class) {
				c.Count++
			}
		}
		if s.LengthM > 0 {
			c.PerM = fmt.Sprintf("%.2g per metre", float64(c.Count)/s.LengthM)
		}
		mean, share, ok := plot.MeanPlane(plot.Attitudes(in.Table.Picks, dip.Class(class), kind))
		if ok && share >= plot.PreferredShare {
			c.MeanPlane = fmt.Sprintf("%.0f° to %03.0f°", mean.DipDeg, math.Mod(math.Round(mean.AzimuthDeg), 360))
		}
		s.Classes = append(s.Classes, c)
	}
	s.Grades = grades(in)
	for _, line := range in.QC {
		if line.Level == LevelWarn {
			s.Warnings++
		}
	}
	return s
}

func grades(in Input) []GradeCount {
	counts := map[string]int{}
	graded := 0
	for i := range in.Table.Picks {
		if q := in.Table.Picks[i].Quality; q != "" {
			counts[q]++
			graded++
		}
	}
	if graded == 0 {
		return nil
	}
	var out []GradeCount
	for _, g := range []string{"A", "B", "C", "D"} {
		out = append(out, GradeCount{g, counts[g], 100 * float64(counts[g]) / float64(graded)})
	}
	return out
}

func reference(log *imagelog.Log) string {
	switch log.Reference {
	case imagelog.RefNorth:
		return "azimuth from true north"
	case imagelog.RefMagnetic:
		return fmt.Sprintf("azimuth from magnetic north, declination %g°", log.DeclinationDeg)
	case imagelog.RefHighSide:
		return "azimuth from high side"
	}
	return "azimuth reference unknown"
}

// grouped writes a count with thin spaces between thousands.
func grouped(n int) string {
	digits := fmt.Sprint(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteRune('\u202f')
		}
		b.WriteRune(d)
	}
	return b.String()
}
