package review

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"errors"
	"fmt"
	"image/color"
	"io"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/logpage"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/plot"
)

//go:embed page
var pageFiles embed.FS

// contentTypes are given rather than guessed: on some systems a script's is whatever was installed last.
var contentTypes = map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

// securityPolicy lets the page load what this server serves, and nothing else.
const securityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Config is what a page is about.
type Config struct {
	Log     *imagelog.Log
	Session *Session
	Palette plot.Palette
	// Journal and Output are the names of the files, for the page to show.
	Journal, Output string
	// ThresholdOf is the least confidence of a pick of a class, for the page to show.
	ThresholdOf func(dip.Class) float64
	// Save writes a reviewed table to Output.
	Save func(*picks.Table) error
	// KeepOpen: what nobody has decided is in the reviewed table too.
	KeepOpen bool
}

// Server serves the page of one review.
type Server struct {
	Config
	picture *picture
	token   string
	colours map[string]color.Palette

	listener net.Listener
	finish   chan struct{} // closed when a person has finished
	finished sync.Once
	saving   sync.Mutex
	changing sync.Mutex // so that nothing happens between looking at the last change and making the next
}

// Listen takes a port of 127.0.0.1; port 0 is any that is free. Nothing is answered before Serve.
func Listen(c Config, port int) (*Server, error) {
	p, err := newPicture(c.Log)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("serve the page: %w", err)
	}
	grey := []color.NRGBA{{A: 255}, {255, 255, 255, 255}}
	return &Server{
		Config: c, picture: p, token: rand.Text(), listener: listener, finish: make(chan struct{}),
		colours: map[string]color.Palette{"heat": newColours(c.Palette.Image, c.Palette.Gap), "grey": newColours(grey, c.Palette.Gap)},
	}, nil
}

// URL is the address of the page, with the token that opens it.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() + "/" + s.token + "/" }

// Serve answers until the context ends or a person finishes the review on the page, and then saves the reviewed table. It returns nil
// in both cases, unless saving fails.
func (s *Server) Serve(ctx context.Context) error {
	server := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(s.listener) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	case <-s.finish:
	}
	// Whatever is being answered gets a moment.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if server.Shutdown(last) != nil {
		_ = server.Close()
	}
	return errors.Join(err, s.save())
}

func (s *Server) save() error {
	s.saving.Lock()
	defer s.saving.Unlock()
	return s.Save(s.Session.Table(s.KeepOpen))
}

// handler checks who asks, and for what.
func (s *Server) handler() http.Handler {
	pages := http.NewServeMux()
	pages.HandleFunc("GET /{$}", s.servePage)
	pages.HandleFunc("GET /{name}", s.servePage)
	pages.HandleFunc("GET /"+logpage.Name, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentTypes[".js"])
		_, _ = io.WriteString(w, logpage.Module())
	})
	pages.HandleFunc("GET /tiles/{level}/{number}", s.serveTile)
	pages.HandleFunc("GET /api/review", s.serveReview)
	pages.HandleFunc("POST /api/change", s.serveChange)
	pages.HandleFunc("POST /api/save", s.serveSave)
	pages.HandleFunc("POST /api/finish", s.serveFinish)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", securityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer") // the address holds the token
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !s.ownHost(r.Host) {
			http.Error(w, "this page has another address", http.StatusForbidden)
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
			http.Error(w, "asked by another page", http.StatusForbidden)
			return
		}
		token, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) != 1 {
			http.Error(w, "open the address that geobfdt review has printed", http.StatusNotFound)
			return
		}
		r.URL.Path, r.URL.RawPath = "/"+rest, ""
		pages.ServeHTTP(w, r)
	})
}

// ownHost tells whether a request was addressed to this machine by a local name, and not by one that was made to point here.
func (s *Server) ownHost(host string) bool {
	_, port, err := net.SplitHostPort(s.listener.Addr().String())
	return err == nil && (host == "127.0.0.1:"+port || host == "localhost:"+port)
}

func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if name == "" {
		name = "index.html"
	}
	text, err := pageFiles.ReadFile("page/" + name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", contentTypes[path.Ext(name)])
	_, _ = w.Write(text) // a browser that has gone away is no fault of ours
}
