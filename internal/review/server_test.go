package review

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// serve runs a server of the test well until the test ends.
func serve(t *testing.T) (s *Server, folder string, ended chan error) {
	t.Helper()
	folder = t.TempDir()
	s, err := testServer(folder)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended = make(chan error, 1)
	var served sync.WaitGroup
	served.Go(func() { ended <- s.Serve(ctx) })
	t.Cleanup(func() {
		cancel()
		served.Wait() // a server that ends saves, into the folder that is removed next
	})
	return s, folder, ended
}

// fetch sends a request; edit, if not nil, changes it first.
func fetch(t *testing.T, method, url, body string, edit func(r *http.Request)) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(r)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

func TestOnlyTheOwnPageIsAnswered(t *testing.T) {
	s, _, _ := serve(t)
	base := strings.TrimSuffix(s.URL(), s.token+"/")
	if !strings.HasPrefix(base, "http://127.0.0.1:") {
		t.Errorf("served at %s", base)
	}
	port := strings.TrimSuffix(strings.TrimPrefix(base, "http://127.0.0.1:"), "/")
	host := func(h string) func(*http.Request) { return func(r *http.Request) { r.Host = h } }
	origin := func(o string) func(*http.Request) { return func(r *http.Request) { r.Header.Set("Origin", o) } }
	for name, tc := range map[string]struct {
		method, url string
		edit        func(*http.Request)
		want        int
	}{
		"page":              {"GET", s.URL(), nil, 200},
		"script":            {"GET", s.URL() + "main.js", nil, 200},
		"by its local name": {"GET", s.URL() + "api/review", host("localhost:" + port), 200},
		"rebound name":      {"GET", s.URL() + "api/review", host("evil.example:" + port), 403},
		"other port":        {"GET", s.URL() + "api/review", host("127.0.0.1:1"), 403},
		"other page":        {"POST", s.URL() + "api/save", origin("http://evil.example"), 403},
		"no origin at all":  {"POST", s.URL() + "api/save", origin("null"), 403},
		"own origin":        {"POST", s.URL() + "api/save", origin(strings.TrimSuffix(base, "/")), 200},
		"no token":          {"GET", base, nil, 404},
		"wrong token":       {"GET", base + strings.Repeat("A", len(s.token)) + "/api/review", nil, 404},
		"token and more":    {"GET", base + s.token + "x/api/review", nil, 404},
		"no such file":      {"GET", s.URL() + "secret.txt", nil, 404},
		"climbing":          {"GET", s.URL() + "..%2f..%2fserver.go", nil, 404},
		"no such tile":      {"GET", s.URL() + "tiles/0/99?contrast=blend&colours=heat", nil, 404},
		"no such level":     {"GET", s.URL() + "tiles/-1/0?contrast=blend&colours=heat", nil, 404},
		"no such contrast":  {"GET", s.URL() + "tiles/0/0?contrast=x&colours=heat", nil, 404},
		"change by GET":     {"GET", s.URL() + "api/change", nil, 405},
	} {
		answer, _ := fetch(t, tc.method, tc.url, "", tc.edit)
		if answer.StatusCode != tc.want {
			t.Errorf("%s: %d, want %d", name, answer.StatusCode, tc.want)
		}
		if policy := answer.Header.Get("Content-Security-Policy"); policy != securityPolicy {
			t.Errorf("%s: policy %q", name, policy)
		}
	}
	answer, page := fetch(t, "GET", s.URL(), "", nil)
	if got := answer.Header.Get("Content-Type"); got != "text/html; charset=utf-8" || !strings.Contains(page, `src="main.js"`) {
		t.Errorf("content type %q", got)
	}
	if strings.Contains(page, "://") {
		t.Error("the page names an address elsewhere")
	}
}

func TestChanges(t *testing.T) {
	s, folder, ended := serve(t)
	for _, tc := range []struct {
		name, body string
		status     int
		says       string
	}{
		{"accept", `{"seq":0,"op":"accept","id":0}`, 200, `"decision":"accepted"`},
		{"reject", `{"seq":1,"op":"reject","id":1}`, 200, `"decision":"rejected"`},
		{"reopen", `{"seq":2,"op":"reopen","id":1}`, 200, `"decision":"open"`},
		{"class", `{"seq":3,"op":"class","id":2,"class":"bedding"}`, 200, `"reclassed":true`},
		{"move", `{"seq":4,"op":"move","id":3,"curve":{"depth_m":1003.25,"amplitude_m":0.12,"azimuth_deg":80}}`, 200, `"moved":true`},
		{"snap", `{"seq":5,"op":"snap","id":0}`, 200, `"id":0`},
		{"add", `{"seq":6,"op":"add","class":"fracture","points":[{"depth_m":1004.1,"azimuth_deg":90},{"depth_m":1003.9,"azimuth_deg":270},{"depth_m":1004,"azimuth_deg":0}]}`, 200, `"amplitude_m":0.1`},
		{"undo", `{"seq":7,"op":"undo"}`, 200, `"decision":"absent"`},
		{"redo", `{"seq":8,"op":"redo"}`, 200, `"added":true`},
		{"stale", `{"seq":8,"op":"accept","id":1}`, 409, "another page"},
		{"redo nothing", `{"seq":9,"op":"redo"}`, 422, "nothing to undo or redo"},
		{"no such pick", `{"seq":9,"op":"accept","id":77}`, 422, "there is no pick 77"},
		{"outside", `{"seq":9,"op":"move","id":0,"curve":{"depth_m":10,"amplitude_m":0.1,"azimuth_deg":0}}`, 422, "outside the image"},
		{"upside down", `{"seq":9,"op":"move","id":0,"curve":{"depth_m":1001,"amplitude_m":-1,"azimuth_deg":0}}`, 422, "amplitude"},
		{"two points", `{"seq":9,"op":"add","class":"bedding","points":[{"depth_m":1001,"azimuth_deg":0},{"depth_m":1001,"azimuth_deg":90}]}`, 422, "three points"},
		{"no class", `{"seq":9,"op":"class","id":0}`, 422, "does not exist"},
		{"unknown class", `{"seq":9,"op":"class","id":0,"class":"vug"}`, 400, "unknown class"},
		{"unknown key", `{"seq":9,"op":"accept","id":0,"force":true}`, 400, "force"},
		{"too long", `{"seq":9,"op":"` + strings.Repeat("x", maxRequest) + `"}`, 400, "too large"},
	} {
		answer, text := fetch(t, "POST", s.URL()+"api/change", tc.body, nil)
		if answer.StatusCode != tc.status || !strings.Contains(text, tc.says) {
			t.Errorf("%s: %d %s, want %d with %s", tc.name, answer.StatusCode, text, tc.status, tc.says)
		}
	}
	var now reviewJSON
	_, text := fetch(t, "GET", s.URL()+"api/review", "", nil)
	if err := json.Unmarshal([]byte(text), &now); err != nil {
		t.Fatal(err)
	}
	if now.Seq != 9 || len(now.Items) != 5 || now.Items[4].Item.Decision != Accepted || !now.Undo || now.Well != "T-1" {
		t.Errorf("review %+v", now)
	}

	if answer, text := fetch(t, "POST", s.URL()+"api/finish", "{}", nil); answer.StatusCode != 200 || !strings.Contains(text, `"picks":5`) {
		t.Errorf("finish: %d %s", answer.StatusCode, text)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	table, err := picks.ReadFile(filepath.Join(folder, "reviewed.csv"))
	if err != nil || len(table.Picks) != 5 {
		t.Errorf("written: %+v, %v", table, err)
	}
}

func TestServeSavesWhenStopped(t *testing.T) {
	folder := t.TempDir()
	s, err := testServer(folder)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Serve(ctx); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "reviewed.csv")); err != nil {
		t.Error(err)
	}
	full := errors.New("disk full")
	s, err = testServer(folder)
	if err != nil {
		t.Fatal(err)
	}
	s.Save = func(*picks.Table) error { return full }
	if err := s.Serve(ctx); !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
}

func TestTiles(t *testing.T) {
	s, _, _ := serve(t)
	get := func(path string) image.Image {
		t.Helper()
		answer, text := fetch(t, "GET", s.URL()+path, "", nil)
		if answer.Header.Get("Content-Type") != "image/png" {
			t.Fatalf("%s: %d %s", path, answer.StatusCode, answer.Header.Get("Content-Type"))
		}
		img, err := png.Decode(bytes.NewReader([]byte(text)))
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	// 1600 rows are tiles of 512, 512, 512 and 64 rows, and one coarser tile of 400.
	for path, rows := range map[string]int{"tiles/0/0": 512, "tiles/0/3": 64, "tiles/1/0": 400} {
		img := get(path + "?contrast=static&colours=grey")
		if size := img.Bounds().Size(); size != (image.Point{wellColumn, rows}) {
			t.Errorf("%s is %v", path, size)
		}
	}
	img := get("tiles/0/0?contrast=static&colours=grey")
	grey := func(row, column int) uint8 { return color.GrayModel.Convert(img.At(column, row)).(color.Gray).Y }
	// At azimuth 0 the boundaries lie at every half metre, 100 rows.
	if dark, light := grey(50, 0), grey(150, 0); dark+60 > light {
		t.Errorf("layers of grey %d and %d", dark, light)
	}
	if got, want := img.At(285*wellColumn/360, 50), s.Palette.Gap; color.NRGBAModel.Convert(got) != want {
		t.Errorf("gap is %v, want %v", got, want)
	}
}

// Rows that are missing from a log are a gap, not what lies beside them.
func TestHoleInTheLog(t *testing.T) {
	var depthM []float64
	for i := range 600 {
		if i < 200 || i >= 300 {
			depthM = append(depthM, 100+0.01*float64(i))
		}
	}
	pixels := make([]float32, 8*len(depthM))
	for i := range pixels {
		pixels[i] = float32(i % 5)
	}
	log, err := imagelog.New(depthM, pixels, 8)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPicture(log)
	if err != nil {
		t.Fatal(err)
	}
	colours := newColours([]color.NRGBA{{A: 255}, {255, 255, 255, 255}}, color.NRGBA{200, 0, 0, 255})
	img, err := p.tile(0, 0, contrasts["blend"], colours)
	if err != nil {
		t.Fatal(err)
	}
	for row, gap := range map[int]bool{0: false, 198: false, 210: true, 290: true, 301: false, 511: false} {
		if got := img.ColorIndexAt(3, row) == 255; got != gap {
			t.Errorf("row %d: gap %v, want %v", row, got, gap)
		}
	}
}

// The coarse levels of a long log take some rows of each pixel, and still show where it is dark.
func TestCoarseLevel(t *testing.T) {
	const rows, columns, stepM = 70000, 8, 0.0025
	depthM, pixels := make([]float64, rows), make([]float32, rows*columns)
	for i := range depthM {
		depthM[i] = 500 + stepM*float64(i)
		for j := range columns {
			pixels[i*columns+j] = float32(2*(i/(rows/4)%2)) + float32((i+j)%3)/100 // four parts, dark and light in turn
		}
	}
	log, err := imagelog.New(depthM, pixels, columns)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPicture(log)
	if err != nil {
		t.Fatal(err)
	}
	last := len(p.levels) - 1
	if got := 1 / p.levels[last].PxPerM; !near(got, stepM*256, 1e-9) {
		t.Fatalf("coarsest pixel is %g m", got)
	}
	img, err := p.tile(last, 0, contrasts["static"], newColours([]color.NRGBA{{A: 255}, {255, 255, 255, 255}}, color.NRGBA{200, 0, 0, 255}))
	if err != nil {
		t.Fatal(err)
	}
	height := img.Bounds().Dy()
	for part := range 4 {
		v := img.ColorIndexAt(2, (2*part+1)*height/8)
		if light := v > 150; light != (part%2 == 1) || v == 255 {
			t.Errorf("part %d has colour %d", part, v)
		}
	}
}
