#!/bin/sh
# Says what an image holds: bytes of each memory, section, source folder and symbol. Reads the linker's map of GNU ld.
#   sizes.sh MAP MEMORY             the largest pieces in a memory, for a link that failed
#   sizes.sh MAP IMAGE OUT SUMMARY  the whole report, with $CC_NM to list symbols, and what a build says of it
map=$1
report() { # map, how many of the largest pieces or 0 for all, of which memory
    awk -v largest="$2" -v memory="$3" '
    function number(text) { # Not every awk knows hexadecimal.
        value = 0
        for (place = 3; place <= length(text); place++)
            value = value * 16 + index("0123456789abcdef", substr(text, place, 1)) - 1
        return value
    }
    function folder(object) {
        sub(/\(.*/, "", object)
        if (object ~ /^\//) return "(the compiler)"
        sub(/^.*\/?_cc\/[^\/]*\/_of\//, "", object)
        if (object ~ /\/_cc\/.*\//) { sub(/\/_cc\/[^\/]*/, "", object) }
        if (object ~ /^_cc\//) { sub(/^_cc\/[^\/]*\//, "", object) }
        sub(/\/?[^\/]*$/, "", object)
        sub(/\/_cc$/, "", object)
        return object == "" ? "." : object
    }
    function piece(name, size, object) {
        if (!size || section ~ /^\.(debug|comment|ARM\.attributes|riscv)/ || name ~ /^\.ARM\.attributes|^\.riscv/) return
        folders[folder(object)] += size
        if (holds(address) || holds(loaded)) pieces[sprintf("%9d  %s of %s", size, name, object)] = 1
    }
    function holds(place,   each, found) { # What does not fit lies beyond the end.
        for (each in origin) if (place >= origin[each] && (found == "" || origin[each] > origin[found])) found = each
        return found == memory
    }
    function region(address, size,   each) {
        for (each in origin) if (address >= origin[each] && address < origin[each] + total[each]) used[each] += size
    }
    /^Memory Configuration/ { part = 1 }
    /^Linker script and memory map/ { part = 2 }
    part == 1 && /0x/ && $1 != "*default*" { origin[$1] = number($2); total[$1] = number($3) }
    part != 2 { next }
    NF == 1 && /^ ?[._a-zA-Z]/ { pending = $1; outer = !/^ /; next }
    pending != "" && $1 ~ /^0x/ { $0 = (outer ? "" : " ") pending " " $0 }
    { pending = "" }
    /^[._a-zA-Z][^ ]* +0x[0-9a-f]+ +0x[0-9a-f]+/ {
        section = $1; address = loaded = number($2); size = number($3)
        if (/load address/ && section !~ /bss|noinit|heap|stack/) loaded = number($NF)
        if (size && section !~ /^\.(debug|comment|ARM\.attributes|riscv)/) {
            sections[sprintf("%9d  %s", size, section)] = 1
            region(address, size)
            if (section ~ /stack/ && holds(address)) pieces[sprintf("%9d  %s", size, section)] = 1
            # What is copied or cleared at the start lies in a second memory, too; what is cleared takes nothing there.
            if (loaded != address) region(loaded, size)
        }
        next
    }
    /^ [._a-zA-Z][^ ]* +0x[0-9a-f]+ +0x[0-9a-f]+ / { piece($1, number($3), $4) }
    END {
        order = "sort -k1,1nr -k2"
        if (largest) {
            for (each in pieces) print each | (order " | head -n " largest)
            exit
        }
        print "memory"
        for (each in origin) printf "%9d  %s of %d (%.1f%%)\n", used[each], each, total[each], 100 * used[each] / total[each] | order
        close(order)
        print "\nsections"
        for (each in sections) print each | order
        close(order)
        print "\nfolders"
        for (each in folders) printf "%9d  %s\n", folders[each], each | order
        close(order)
    }' "$1"
}
if [ $# = 2 ]; then
    report "$map" 5 "$2"
    exit
fi
{
    report "$map" 0 || exit
    printf '\nsymbols\n'
    # shellcheck disable=SC2086 # They are words.
    $CC_NM -C -S --size-sort -r -t d "$2" | sed 's/^[0-9]* 0*\([0-9]*\) [A-Za-z] \(.*\)/\1 \2/' |
        while read -r size name; do printf '%9d  %s\n' "$size" "$name"; done
} >"$3"
# flash 6.5 KiB of 512 KiB · ram 65.6 KiB of 4 MiB (stack 64 KiB)
awk '
function size(bytes,   text) {
    if (bytes < 1024) return bytes " B"
    text = bytes < 1048576 ? sprintf("%.1f KiB", bytes / 1024) : sprintf("%.1f MiB", bytes / 1048576)
    sub(/\.0 /, " ", text)
    return text
}
/^$/ { part++ }
!part && NF == 5 && ($1 || $2 == "flash" || $2 == "ram") { said[$2] = $2 " " size($1) " of " size($4); regions[++count] = $2 }
part == 1 && $2 == ".stack" { stack = " (stack " size($1) ")" }
END {
    for (one = 1; one <= count; one++) for (other = one + 1; other <= count; other++)
        if (regions[other] < regions[one]) { held = regions[one]; regions[one] = regions[other]; regions[other] = held }
    for (one = 1; one <= count; one++)
        line = line (line ? " · " : "") said[regions[one]] (regions[one] == "ram" ? stack : "")
    printf "{\"lines\": [\"%s\"], \"short\": \"%s\"}\n", line, line
}' "$3" >"$4"
