// Package tools holds the geometry of pad imaging tools, one YAML file each, so that the binary carries them. See docs/pads.md for
// the keys, and internal/pads for their meaning.
package tools

import "embed"

// Files are the tool files, NAME.yaml.
//
//go:embed *.yaml
var Files embed.FS
