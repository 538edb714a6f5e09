#!/bin/sh
# Runs a Windows program below Wine:  wine.sh PROGRAM.exe [WORD...]; its exit code is Wine's.
set -u
home=$(mktemp -d)
export HOME="$home" WINEPREFIX="$home/wine" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml,winemenubuilder.exe="
trap 'rm -rf "$home"' EXIT
/usr/lib/wine/wine64 "$@"
