// Command geobfdt picks sinusoids on borehole image logs: image log in, a table of depth, dip, azimuth and class out.
//
// Run geobfdt --help, or geobfdt COMMAND --help: the help texts are the manual.
package main

import (
	"context"
	"os"

	"github.com/geobfdt/geobfdt/internal/cliio"
)

// version is set by the linker (see Makefile).
var version = "dev"

func main() {
	ctx, stop := cliio.SignalContext(context.Background())
	a := &app{
		args: os.Args[1:], environ: os.Environ(),
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
	}
	code := a.main(ctx)
	stop()
	os.Exit(code)
}
