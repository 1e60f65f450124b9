package review

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// folderVariable makes the test binary a server of the test well, so that one can be killed.
const folderVariable = "GEOBFDT_TEST_REVIEW_FOLDER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(folderVariable); folder != "" {
		s, err := testServer(folder)
		if err == nil {
			fmt.Println(s.URL())
			err = s.Serve(context.Background())
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// startServer runs a server as a process of its own.
func startServer(t *testing.T, folder string) (url string, process *exec.Cmd) {
	t.Helper()
	process = exec.Command(os.Args[0])
	process.Env = append(os.Environ(), folderVariable+"="+folder)
	process.Stderr = os.Stderr
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = process.Process.Kill(); _ = process.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not start: %v", err)
	}
	return strings.TrimSpace(line), process
}

// itemsOf is what the server says of the picks.
func itemsOf(t *testing.T, url string) (items []Item, text string) {
	t.Helper()
	_, body := fetch(t, "GET", url+"api/review", "", nil)
	var r reviewJSON
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatal(err)
	}
	for _, shown := range r.Items {
		items = append(items, shown.Item)
	}
	again, err := json.Marshal(r.Items)
	if err != nil {
		t.Fatal(err)
	}
	return items, fmt.Sprint(r.Seq, r.Undo, r.Redo, string(again))
}

// place is where a point of the wall is in the window, once the page has scrolled to where it wants to.
func (b *tab) place(depthM, azimuthDeg float64) (x, y float64) {
	b.t.Helper()
	text := b.eval(fmt.Sprintf(`import("./view.js").then(async ({view}) => {
		for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
		const box = document.getElementById("view").getBoundingClientRect();
		return JSON.stringify([box.x + view.xOf(%g), box.y + view.y(%g)]);
	})`, azimuthDeg, depthM))
	var at [2]float64
	if err := json.Unmarshal([]byte(text), &at); err != nil {
		b.t.Fatal(err)
	}
	return at[0], at[1]
}

func (b *tab) chosen() string {
	b.t.Helper()
	return b.eval(`document.querySelector(".row.chosen").dataset.id`)
}

// waitSeq waits until the page knows so many changes.
func (b *tab) waitSeq(n int) {
	b.t.Helper()
	b.await(fmt.Sprintf(`import("./model.js").then(({review}) => review.seq === %d)`, n))
	b.await(`document.getElementById("saved").textContent === "all changes saved"`)
}

// A session as a person has it: accept, reject, reclass, drag, add, snap, undo; then the server is killed, and nothing is lost.
func TestSessionInChromium(t *testing.T) {
	b := newTab(t, 1400, 900)
	folder := t.TempDir()
	url, server := startServer(t, folder)
	b.open(url)

	// By doubt, the nearest to the threshold first; accepting and rejecting go on to the next at once, however fast one types.
	for i, want := range []string{"3", "1", "2"} {
		if got := b.chosen(); got != want {
			t.Fatalf("pick %s is chosen, want %s", got, want)
		}
		b.press([]string{"a", "r", "f"}[i])
	}
	b.waitSeq(3)
	items, _ := itemsOf(t, url)
	if items[3].Decision != Accepted || items[1].Decision != Rejected || items[2].Decision != Accepted || items[0].Decision != Open {
		t.Errorf("accepted, rejected, classed: %+v", items)
	}
	// The depth of pick 0, dragged by its square at azimuth 0 four centimetres down.
	b.press("j")
	x, y := b.place(1001, 0.5)
	_, y1 := b.place(1001.04, 0.5)
	b.drag(x+2, y, x+2, y1)
	b.waitSeq(4)
	items, _ = itemsOf(t, url)
	onePixelM := 0.04 / (y1 - y)
	if p := items[0].Pick; !near(p.DepthM, 1001.04, onePixelM) || !near(p.AmplitudeM, 0.1, 1e-6) || !items[0].Moved || items[0].Decision != Accepted {
		t.Errorf("dragged down: %+v", items[0])
	}
	// Its trough, 5 cm down and 30 degrees to the right: amplitude and azimuth at once.
	p := items[0].Pick
	x, y = b.place(p.DepthM+p.AmplitudeM, 90)
	x1, y1 := b.place(p.DepthM+p.AmplitudeM+0.05, 120)
	b.drag(x, y, x1, y1)
	b.waitSeq(5)
	items, _ = itemsOf(t, url)
	if q := items[0].Pick; !near(q.AmplitudeM, 0.15, 2*onePixelM) || !near(q.AzimuthDeg, 120, 1) || !near(q.DepthM, p.DepthM, 1e-6) {
		t.Errorf("trough dragged: %+v", q)
	}

	// A new bed by three clicks, a centimetre beside the boundary at 1004 m, then snapped to it.
	b.eval(`import("./view.js").then(({scrollToDepth}) => scrollToDepth(1004))`)
	b.await(`import("./view.js").then(({view}) => view.topM > 1003 && view.baseM > 1004.2)`)
	b.press("n")
	b.press("b")
	drawn := dip.NewCurve(1004.01, 0.09, 95)
	for _, azimuth := range []float64{40, 150, 250} {
		b.click(b.place(drawn.DepthAt(azimuth), azimuth))
	}
	b.waitSeq(6)
	items, _ = itemsOf(t, url)
	if len(items) != 5 || !items[4].Added || dip.CurveDistanceM(items[4].Pick.Trace(), drawn) > 2*onePixelM {
		t.Fatalf("drawn: %+v, want %+v", items[len(items)-1], drawn)
	}
	b.press("s")
	b.waitSeq(7)
	snapped, _ := itemsOf(t, url)
	if d := dip.CurveDistanceM(snapped[4].Pick.Trace(), dip.NewCurve(1004, 0.1, 90)); d > 0.003 {
		t.Errorf("snapped: %.4f m from the boundary", d)
	}
	b.screenshot(filepath.Join(t.ArtifactDir(), "review.png"))
	b.press("u")
	b.waitSeq(8)
	b.press("u")
	b.waitSeq(9)
	b.press("U")
	b.waitSeq(10)
	items, before := itemsOf(t, url)
	if items[4].Decision != Accepted || dip.CurveDistanceM(items[4].Pick.Trace(), drawn) > 2*onePixelM {
		t.Errorf("two undone, one redone: %+v", items[4])
	}
	b.quiet(url)

	// Killed in the middle of a line.
	if err := server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = server.Wait() // says that it was killed
	b.press("a")
	b.await(`document.getElementById("saved").textContent === "server ended"`)
	journal, err := os.OpenFile(filepath.Join(folder, "picks.review.jsonl"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.WriteString(`{"seq":11,"time":"2026-01-01T00:00:00Z","op":"acc`); err != nil {
		t.Fatal(err)
	}
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	b.trouble, b.requests = nil, nil // a server that has gone is an error of the console
	b.mu.Unlock()

	second, server := startServer(t, folder)
	if _, after := itemsOf(t, second); after != before {
		t.Errorf("after the kill\n%s\nbefore\n%s", after, before)
	}
	b.open(second)
	b.press("u")
	b.waitSeq(11)
	b.eval(`document.getElementById("finish").click()`)
	if err := server.Wait(); err != nil {
		t.Errorf("finished: %v", err)
	}
	b.quiet(second)
	table, err := picks.ReadFile(filepath.Join(folder, "reviewed.csv"))
	if err != nil {
		t.Fatal(err)
	}
	// Pick 1 was rejected, the new one undone.
	if len(table.Picks) != 3 || table.Picks[0].Class != dip.Bedding || !table.Picks[0].HasFlag(FlagMoved) || !table.Picks[1].HasFlag(FlagHuman) {
		t.Errorf("reviewed picks %+v", table.Picks)
	}
}
