# Install: qtool completion fish > ~/.config/fish/completions/qtool.fish
function __qtool_complete
    set -l current (commandline -ct)
    set -l words (commandline -opc)
    set -l lines (command qtool complete fish "$current" $words 2>/dev/null </dev/null)
    if test "$lines[1]" = files
        set -l flag (string match -r -- '^--[^=]*=' "$current")
        for path in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' "$current"))
            printf '%s%s\n' "$flag" $path
        end
    else if test (count $lines) -gt 1
        printf '%s\n' $lines[2..-1]
    end
end
complete -c qtool -f -k -a '(__qtool_complete)'
