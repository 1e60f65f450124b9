package review

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// tab is a page in headless Chromium, driven by the DevTools protocol over a pipe: messages are JSON, each ended by a zero byte.
type tab struct {
	t       *testing.T
	in      *os.File
	session string

	mu      sync.Mutex
	next    int
	answers map[int]chan devtoolsMessage

	requests []string // addresses that the page asked for
	trouble  []string // errors and warnings of the console, exceptions
}

type devtoolsMessage struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// newTab starts Chromium, or skips the test where there is none.
func newTab(t *testing.T, width, height int) *tab {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser: not with -short")
	}
	names := []string{os.Getenv("GEOBFDT_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"}
	i := slices.IndexFunc(names, func(n string) bool { _, err := exec.LookPath(n); return n != "" && err == nil })
	if i < 0 {
		t.Skip("no Chromium found: install it, or name it in GEOBFDT_CHROMIUM")
	}
	commandR, commandW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	answerR, answerW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "chromium")
	if err != nil {
		t.Fatal(err)
	}
	// Unlike t.TempDir, no failure of the test where a child of the browser still writes while the folder is removed.
	t.Cleanup(func() { _ = os.RemoveAll(profile) })
	cmd := exec.Command(names[i], "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run",
		"--remote-debugging-pipe", "--user-data-dir="+profile, fmt.Sprintf("--window-size=%d,%d", width, height), "about:blank")
	cmd.ExtraFiles = []*os.File{commandR, answerW} // 3 and 4, which the browser expects
	if err := cmd.Start(); err != nil {
		t.Skipf("Chromium does not start: %v", err)
	}
	_, _ = commandR.Close(), answerW.Close()
	b := &tab{t: t, in: commandW, answers: map[int]chan devtoolsMessage{}}
	go b.listen(answerR)
	t.Cleanup(func() {
		_ = commandW.Close() // ends the browser
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Network", "Log"} {
		b.call(domain+".enable", nil, nil)
	}
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
	return b
}

func (b *tab) listen(pipe *os.File) {
	defer pipe.Close()
	in := bufio.NewReader(pipe)
	for {
		text, err := in.ReadBytes(0)
		if err != nil {
			return
		}
		var m devtoolsMessage
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue
		}
		b.mu.Lock()
		if answer, ok := b.answers[m.ID]; ok && m.ID > 0 {
			delete(b.answers, m.ID)
			answer <- m
		} else {
			b.note(m)
		}
		b.mu.Unlock()
	}
}

// note keeps what a quiet page does not cause.
func (b *tab) note(m devtoolsMessage) {
	var p struct {
		Type    string
		Request struct{ URL string }
		Entry   struct{ Level, Text, URL string }
	}
	if json.Unmarshal(m.Params, &p) != nil {
		return
	}
	switch m.Method {
	case "Network.requestWillBeSent":
		b.requests = append(b.requests, p.Request.URL)
	case "Runtime.exceptionThrown":
		b.trouble = append(b.trouble, string(m.Params))
	case "Runtime.consoleAPICalled":
		if p.Type == "error" || p.Type == "warning" || p.Type == "assert" {
			b.trouble = append(b.trouble, string(m.Params))
		}
	case "Log.entryAdded":
		if p.Entry.Level == "error" || p.Entry.Level == "warning" {
			b.trouble = append(b.trouble, p.Entry.Text+" "+p.Entry.URL)
		}
	}
}

func (b *tab) call(method string, params map[string]any, result any) {
	b.t.Helper()
	b.mu.Lock()
	b.next++
	id, answer := b.next, make(chan devtoolsMessage, 1)
	b.answers[id] = answer
	b.mu.Unlock()
	message := map[string]any{"id": id, "method": method}
	if params != nil {
		message["params"] = params
	}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	text, err := json.Marshal(message)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(text, 0)); err != nil {
		b.t.Fatalf("%s: the browser has gone: %v", method, err)
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				b.t.Fatal(err)
			}
		}
	case <-time.After(60 * time.Second):
		b.t.Fatalf("%s: no answer", method)
	}
}

// eval is the value of an expression, or of the promise that it is, as text.
func (b *tab) eval(expression string) string {
	b.t.Helper()
	var out struct {
		Result           struct{ Value any }
		ExceptionDetails *struct{ Text string }
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &out)
	if out.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, out.ExceptionDetails.Text)
	}
	return fmt.Sprint(out.Result.Value)
}

// await waits until an expression is true.
func (b *tab) await(expression string) {
	b.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if b.eval(expression) == "true" {
			return
		}
	}
	b.t.Fatalf("never true: %s", expression)
}

func (b *tab) open(url string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": url}, nil)
	b.await(`document.querySelectorAll("#rows .row").length > 0 && document.querySelector("#card h2") !== null`)
}

// press types a key, in capitals with Shift.
func (b *tab) press(key string) {
	b.t.Helper()
	p := map[string]any{"type": "keyDown", "key": key}
	if len(key) == 1 {
		p["text"] = key
	}
	b.call("Input.dispatchKeyEvent", p, nil)
	b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key}, nil)
}

func (b *tab) mouse(kind string, x, y float64, held int) {
	b.t.Helper()
	b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": "left", "buttons": held, "clickCount": 1}, nil)
}

func (b *tab) click(x, y float64) {
	b.t.Helper()
	b.mouse("mouseMoved", x, y, 0)
	b.mouse("mousePressed", x, y, 1)
	b.mouse("mouseReleased", x, y, 0)
}

func (b *tab) drag(x0, y0, x1, y1 float64) {
	b.t.Helper()
	b.mouse("mouseMoved", x0, y0, 0)
	b.mouse("mousePressed", x0, y0, 1)
	b.mouse("mouseMoved", (x0+x1)/2, (y0+y1)/2, 1)
	b.mouse("mouseMoved", x1, y1, 1)
	b.mouse("mouseReleased", x1, y1, 0)
}

// screenshot writes a PNG.
func (b *tab) screenshot(path string) {
	b.t.Helper()
	var out struct{ Data string }
	b.call("Page.captureScreenshot", nil, &out)
	png, err := base64.StdEncoding.DecodeString(out.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o666); err != nil {
		b.t.Fatal(err)
	}
}

// quiet fails where the page complained, or asked for anything but what its own server has.
func (b *tab) quiet(hosts ...string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, line := range b.trouble {
		b.t.Errorf("console: %s", line)
	}
	for _, url := range b.requests {
		if url != "about:blank" && !slices.ContainsFunc(hosts, func(h string) bool { return strings.HasPrefix(url, h) }) {
			b.t.Errorf("the page asked for %s", url)
		}
	}
	if len(b.requests) == 0 {
		b.t.Error("no request was seen at all")
	}
}
