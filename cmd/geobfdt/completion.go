package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/cliio"
)

// shells are those that completions can be written for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func newCompletionCmd(a *app) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "completion SHELL",
		Short: "Write the completion of commands and flags for a shell",
		Long: `completion writes a script that lets a shell complete the commands and flags of geobfdt. SHELL is one of bash, zsh, fish, powershell.

WHERE IT GOES
  bash        ~/.local/share/bash-completion/completions/geobfdt (package bash-completion), or source it in ~/.bashrc
  zsh         a file _geobfdt in a folder of $fpath, before compinit
  fish        ~/.config/fish/completions/geobfdt.fish
  powershell  a line in $PROFILE: geobfdt completion powershell | Out-String | Invoke-Expression`,
		Example: `  geobfdt completion bash -o ~/.local/share/bash-completion/completions/geobfdt
  source <(geobfdt completion bash)
  geobfdt completion zsh -o "${fpath[1]}/_geobfdt"`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: shells,
	}
	cmd.Flags().StringVarP(&out, "output", "o", "-", "`file` to write; -: stdout")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		a.started = true
		return cliio.WriteFile(out, a.stdout, func(w io.Writer) error { return writeCompletion(cmd.Root(), args[0], w) })
	}
	return cmd
}

func writeCompletion(root *cobra.Command, shell string, w io.Writer) error {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(w, true)
	case "zsh":
		return root.GenZshCompletion(w)
	case "fish":
		return root.GenFishCompletion(w, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(w)
	}
	return cliio.Usagef("shell is %q, must be %s", shell, strings.Join(shells, " | "))
}
