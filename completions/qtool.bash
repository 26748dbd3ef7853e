# Install: qtool completion bash > ~/.local/share/bash-completion/completions/qtool (or >> ~/.bashrc), and open a new shell.
_qtool() {
  local line kind=
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $kind ]]; then kind=$line; else COMPREPLY+=("$line"); fi
  done < <(command qtool complete bash "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null </dev/null)
  case $kind in
    files) compopt -o default 2>/dev/null ;;
    part) compopt -o nospace 2>/dev/null ;;
  esac
  return 0
}
complete -F _qtool qtool
