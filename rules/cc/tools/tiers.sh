#!/bin/sh
# Writes the linker script of a platform that has more memory than flash and ram: for GNU ld.
#   tiers.sh SCRIPT OUTPUT LONG|QUAD MEMORY...
# It is SCRIPT, with regions in place of its first line `/* tiers */` and sections in place of its second one. Of each
# memory there are two: `.bss.tier.<memory>` is cleared at the start, `.hot.<memory>` lies in flash and is copied. The
# table of them is read by start.c: where from, or 0, start and end. A script without such lines has what it has.
script=$1 output=$2 word=$3
shift 3

regions() {
    for memory; do
        echo "  $memory (rwx) : ORIGIN = __memory_${memory}_origin, LENGTH = __memory_${memory}_size"
    done
}

row() { # where from, section
    echo "    $word($1) $word(ADDR($2)) $word(ADDR($2) + SIZEOF($2))"
}

sections() {
    for memory; do
        for name in ".bss.tier.$memory (NOLOAD) > $memory" ".hot.$memory > $memory AT > flash"; do
            kind=${name#* } name=${name%% *}
            attribute=${kind%%>*}
            echo "  $name $attribute: ALIGN(16) { *($name $name.*) . = ALIGN(16); } ${kind#"$attribute"}"
        done
    done
    echo "  .tiers : ALIGN(8)"
    echo "  {"
    echo "    __tiers = .;"
    for memory; do
        row 0 ".bss.tier.$memory"
        row "LOADADDR(.hot.$memory)" ".hot.$memory"
    done
    echo "    __tiers_end = .;"
    echo "  } > flash"
}

next=regions
while IFS= read -r line; do
    if [ "$line" = '  /* tiers */' ]; then
        "$next" "$@"
        next=sections
    else
        printf '%s\n' "$line"
    fi
done <"$script" >"$output"
