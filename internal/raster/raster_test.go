package raster

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math"
	"testing"

	"golang.org/x/image/tiff"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

// ramp draws a picture 4 wide and 3 high whose grey is 20 * (4 y + x).
func ramp(picture interface {
	image.Image
	Set(x, y int, c color.Color)
}) image.Image {
	for y := range 3 {
		for x := range 4 {
			picture.Set(x, y, color.Gray{uint8(20 * (4*y + x))})
		}
	}
	return picture
}

func encodePNG(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadKinds(t *testing.T) {
	box := image.Rect(0, 0, 4, 3)
	palette := make(color.Palette, 256)
	for i := range palette {
		palette[i] = color.Gray{uint8(i)}
	}
	var asTIFF bytes.Buffer
	if err := tiff.Encode(&asTIFF, ramp(image.NewGray(box)), &tiff.Options{Compression: tiff.Deflate}); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"gray":     encodePNG(t, ramp(image.NewGray(box))),
		"gray16":   encodePNG(t, ramp(image.NewGray16(box))),
		"nrgba":    encodePNG(t, ramp(image.NewNRGBA(box))),
		"rgba64":   encodePNG(t, ramp(image.NewRGBA64(box))),
		"paletted": encodePNG(t, ramp(image.NewPaletted(box, palette))),
		"tiff":     asTIFF.Bytes(),
	} {
		if !IsPicture(data) {
			t.Errorf("%s: not recognised", name)
		}
		l, err := Read(bytes.NewReader(data), 100, 103, imagelog.Storage{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, v := range l.Pixels() {
			if math.Abs(float64(v)-float64(20*257*i)) > 1 {
				t.Errorf("%s: pixel %d is %v, want %d", name, i, v, 20*257*i)
			}
		}
		if l.Columns() != 4 || l.DepthM[0] != 100.5 || l.DepthM[2] != 102.5 {
			t.Errorf("%s: %d columns, depth %v", name, l.Columns(), l.DepthM)
		}
	}
}

func TestTransparentIsGap(t *testing.T) {
	picture := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	picture.SetNRGBA(0, 0, color.NRGBA{200, 200, 200, 255})
	l, err := Read(bytes.NewReader(encodePNG(t, picture)), 0, 1, imagelog.Storage{})
	if err != nil {
		t.Fatal(err)
	}
	if !l.Mask[0] || l.Mask[1] {
		t.Errorf("mask %v", l.Mask)
	}
	blank := encodePNG(t, image.NewNRGBA(image.Rect(0, 0, 2, 1)))
	if _, err := Read(bytes.NewReader(blank), 0, 1, imagelog.Storage{}); !errors.Is(err, imagelog.ErrNoData) {
		t.Errorf("blank picture: %v", err)
	}
}

func TestReadRefuses(t *testing.T) {
	good := encodePNG(t, ramp(image.NewGray(image.Rect(0, 0, 4, 3))))
	huge := bytes.Clone(good) // claims 30000 x 30000 pixels
	binary.BigEndian.PutUint32(huge[16:], 30000)
	binary.BigEndian.PutUint32(huge[20:], 30000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for name, data := range map[string][]byte{
		"empty": nil, "text": []byte("depth,1,2"), "cut": good[:40], "huge": huge, "BigTIFF": []byte("II+\x00\x08\x00\x00\x00"),
	} {
		if _, err := Read(bytes.NewReader(data), 0, 1, imagelog.Storage{}); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Read(bytes.NewReader(good), 5, 5, imagelog.Storage{}); err == nil {
		t.Error("an empty depth range passed")
	}
}

func TestTeleviewer(t *testing.T) {
	data := shareddata.Bytes(t, "televiewer/obi_nm.png")
	l, err := Read(bytes.NewReader(data), 33, 36, imagelog.Storage{})
	if err != nil {
		t.Fatal(err)
	}
	if l.Rows() != 1428 || l.Columns() != 360 || math.Abs(l.StepM()-3.0/1428) > 1e-9 {
		t.Errorf("%d x %d, step %v", l.Rows(), l.Columns(), l.StepM())
	}
}
