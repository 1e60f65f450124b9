package wellfile

import (
	"strings"

	"github.com/geobfdt/geobfdt/internal/dlis"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/las"
)

// Parameters that files of geobfdt say the azimuth reference with: its name, and the magnetic declination in degrees east.
const (
	referenceParameter   = "AZREF"
	declinationParameter = "MDEC"
)

// statedReference is what the parameters of a file say of its azimuths; the zero value says nothing.
type statedReference struct {
	reference      imagelog.Reference
	declinationDeg float64
}

// stated makes a statedReference of what a file says, where that is a reference.
func stated(reference string, declinationDeg float64) statedReference {
	switch r := imagelog.Reference(strings.ToLower(strings.TrimSpace(reference))); r {
	case imagelog.RefNorth, imagelog.RefMagnetic, imagelog.RefHighSide:
		return statedReference{r, declinationDeg}
	}
	return statedReference{}
}

// set gives a log the reference, if one was stated.
func (s statedReference) set(l *imagelog.Log) {
	if s.reference != "" {
		l.Reference, l.DeclinationDeg = s.reference, s.declinationDeg
	}
}

func dlisReference(l *dlis.LogicalFile) statedReference {
	a, ok := l.Parameter(referenceParameter)
	if !ok {
		return statedReference{}
	}
	declination := 0.0
	if d, ok := l.Parameter(declinationParameter); ok {
		if v, ok := d.Number(); ok && finite(v) {
			declination = v
		}
	}
	return stated(a.Text(), declination)
}

func lasReference(file *las.File) statedReference {
	item, ok := file.Item(las.Parameter, referenceParameter)
	if !ok {
		return statedReference{}
	}
	declination := 0.0
	if d, ok := file.Item(las.Parameter, declinationParameter); ok {
		if v, ok := las.ParseFloat([]byte(d.Value)); ok && finite(v) {
			declination = v
		}
	}
	return stated(item.Value, declination)
}
