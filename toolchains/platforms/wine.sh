#!/bin/sh
# Runs a Windows program below Wine, in a Windows of its own:  wine.sh PROGRAM.exe [WORD...]; its exit code is Wine's.
set -u
wine=/usr/lib/wine
home=$(mktemp -d)
export HOME="$home" WINEPREFIX="$home/wine" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml,winemenubuilder.exe="
"$wine/wine64" wineboot --init >"$home/log" 2>&1 || cat "$home/log" >&2
"$wine/wine64" "$@"
code=$?
"$wine/wineserver64" --kill
rm -rf "$home"
exit "$code"
