#compdef qtool
# Install: qtool completion zsh > a folder of $fpath/_qtool, such as ~/.zsh/_qtool, before compinit runs, and open a new shell.
_qtool() {
  local line kind
  local -a lines texts shown options
  lines=("${(@f)$(command qtool complete zsh "$QIPREFIX$PREFIX" "${(@)words[1,CURRENT-1]}" 2>/dev/null </dev/null)}")
  kind=$lines[1]
  if [[ $kind == files ]]; then
    [[ $PREFIX == --*=* ]] && compset -P '*='
    _files
    return
  fi
  for line in "${(@)lines[2,-1]}"; do
    texts+=("${line%%$'\t'*}")
    if [[ -n ${line#*$'\t'} ]]; then shown+=("${line%%$'\t'*}  -- ${line#*$'\t'}"); else shown+=("${line%%$'\t'*}"); fi
  done
  [[ $kind == part ]] && options=(-S '')
  (( $#texts )) && compadd -U -V qtool -l "${(@)options}" -d shown -a texts
}
# Loaded from $fpath the file is the function itself; read with "source" it defines one
if [[ ${funcstack[1]} == _qtool ]]; then _qtool "$@"; else compdef _qtool qtool; fi
