// Package logpage is the JavaScript that the web pages of a log share: canvases, scales, and drawing an image by its tiles.
package logpage

import (
	_ "embed"
	"strings"
)

// Name is what a page that loads modules imports Module by.
const Name = "logpage.js"

//go:embed logpage.js
var module string

// Module is the text as an ECMAScript module.
func Module() string { return module }

// Script is the text for the beginning of a script that is one file.
func Script() string { return strings.ReplaceAll(module, "\nexport ", "\n") }
