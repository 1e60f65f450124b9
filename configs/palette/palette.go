// Package palette carries the default colours of the figures in the binary.
package palette

import _ "embed" // the file beside

//go:embed default.yaml
var file []byte

// Default returns the palette file, YAML.
func Default() []byte { return file }
