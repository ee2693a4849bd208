import type { Context } from '../context.ts';

/** Prints the script that a shell reads once; every candidate comes from `backlot __complete`, and so from the table. */
export async function run({ given, data }: Context): Promise<number> {
  await data.write(SCRIPTS[given.operands[0] as keyof typeof SCRIPTS]);
  return 0;
}

const SCRIPTS = {
  bash: `# bash completion of backlot: source <(backlot completion bash)
_backlot() {
  local line
  COMPREPLY=()
  while IFS='' read -r line; do
    [ -n "$line" ] && COMPREPLY+=("$(printf '%q' "\${line%%$'\\t'*}")")
  done < <("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _backlot backlot
`,
  zsh: `#compdef backlot
# zsh completion of backlot: source <(backlot completion zsh)
_backlot() {
  local line
  local -a candidates
  while IFS='' read -r line; do
    [[ -n $line ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#candidates} )); then
    _describe backlot candidates
  else
    _files
  fi
}
if [ "$funcstack[1]" = _backlot ]; then
  _backlot "$@"
else
  compdef _backlot backlot
fi
`,
  fish: `# fish completion of backlot: backlot completion fish | source
function __backlot_complete
  set -l words (commandline --tokenize --cut-at-cursor)
  $words[1] __complete -- $words[2..-1] (commandline --current-token --cut-at-cursor) 2>/dev/null
end
complete --command backlot --no-files --arguments '(__backlot_complete)'
`,
} as const;
