#!/bin/sh
# Makes an archive, and a list of the strong symbols that it defines. The words are the archiver's command.
#   $CC_ARCHIVE  the archive
#   $CC_SYMBOLS  the list
#   $CC_NM       the words that start nm
"$@" || exit
# shellcheck disable=SC2086 # They are words.
$CC_NM -C "$CC_ARCHIVE" >"$CC_SYMBOLS.all" || exit
sed -n 's/^[0-9a-f]* [TDBRSG] //p' "$CC_SYMBOLS.all" | sort -u >"$CC_SYMBOLS"
rm "$CC_SYMBOLS.all"
