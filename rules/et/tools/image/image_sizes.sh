#!/bin/sh
# Says what of a linked program is runtime, kernels and programs, for the end of a build. What the linker shares between
# them, such as strings, and all that is neither, such as the C library, is the rest.
#   image_sizes.sh IMAGE MAP SUMMARY
# MAP is the linker's, in GNU ld's form, or empty: then $CC_NM lists the image's symbols, if there is such a program.
# $RUNTIME and $KERNELS are archives, a line each.
image=$1 map=$2
list() { # archives, a line each: what they define, as `kind symbol`
    printf '%s' "$2" | while read -r archive; do
        $CC_NM --defined-only "$archive" 2>/dev/null | awk -v kind="$1" 'NF == 3 { print kind, $3 }'
    done
}
{
    if [ -n "$map" ]; then
        cat "$map"
    elif [ -n "$CC_NM" ]; then
        list runtime "$RUNTIME"
        list kernels "$KERNELS"
        # shellcheck disable=SC2086 # They are words.
        $CC_NM -S -t d "$image" | awk 'NF == 4 && $3 !~ /[bBdDuUwN]/ && !seen[$1]++ { print "symbol", $2 + 0, $4 }'
    fi
} | awk -v bytes="$(wc -c <"$image")" -v runtime="$RUNTIME" -v kernels="$KERNELS" '
function number(text) { # Not every awk knows hexadecimal.
    value = 0
    for (place = 3; place <= length(text); place++) value = value * 16 + index("0123456789abcdef", substr(text, place, 1)) - 1
    return value
}
function named(symbol) { # By C++: what is optimized when linked has no archive.
    if (symbol ~ /etbuild_(program|file)_/) return "programs"
    if (symbol ~ /7etbuild(7kernels|5boxed)/) return "kernels"
    return symbol ~ /10executorch|5torch8executor/ ? "runtime" : ""
}
function human(bytes,   text) {
    if (bytes < 1024) return bytes " B"
    text = bytes < 1048576 ? sprintf("%.1f KiB", bytes / 1024) : sprintf("%.1f MiB", bytes / 1048576)
    sub(/\.0 /, " ", text)
    return text
}
BEGIN {
    for (one = split(runtime, files, "\n"); one; one--) if (files[one] != "") owner[files[one]] = "runtime"
    for (one = split(kernels, files, "\n"); one; one--) if (files[one] != "") owner[files[one]] = "kernels"
}
$1 == "runtime" || $1 == "kernels" { if (!($2 in kind)) kind[$2] = $1; next }
$1 == "symbol" {
    name = $3
    found = named(name) == "programs" ? "programs" : name in kind ? kind[name] : named(name)
    if (found == "") { sub(/\..*/, "", name); found = kind[name] }
    used[found] += $2
    next
}
/^Linker script and memory map/ { placed = 1 }
!placed { next }
NF == 1 && /^ ?[._a-zA-Z]/ { pending = $1; next }
pending != "" && $1 ~ /^0x/ { $0 = " " pending " " $0 }
{ pending = "" }
/^ [._a-zA-Z][^ ]* +0x[0-9a-f]+ +0x[0-9a-f]+ / && $1 !~ /^\.(debug|comment|bss|sbss|tbss|note|ARM\.attributes|riscv)/ && number($2) {
    archive = $4
    sub(/\(.*/, "", archive)
    found = $4 ~ /programs\.s\.o$/ ? "programs" : archive in owner ? owner[archive] : named($1)
    used[found] += number($3)
}
END {
    line = "program " human(bytes)
    for (one = split("runtime kernels programs", parts, " "); one; one--) known += used[parts[one]]
    if (known) {
        line = line ": "
        for (one = 1; one <= 3; one++) line = line parts[one] " " human(used[parts[one]]) " · "
        line = line "rest " human(bytes - known)
    }
    printf "{\"lines\": [\"%s\"], \"short\": \"%s\"}\n", line, line
}' >"$3"
