#!/bin/sh
# Boots an image on one of QEMU's boards:  qemu_board.sh QEMU [OPTION...] -- IMAGE [WORD...]
# (the `--` is optional: the image is the first word that ends in .elf). The image's exit code is this script's.
# After a fault, says in which function the program counter stands, and the address to return to. Where the processor
# locks up, or has not ended after two seconds, it says which memory of the platform's the board does not have.
# Writes how many instructions the program retired to $ETBUILD_INSTRUCTIONS, if there is such a variable and QEMU tells it.
# After $ETBUILD_TIMEOUT seconds, if there is such a variable, it ends the program with code 124 and says where it stands.
set -u
qemu=$1
shift
set -- "$@" end-of-words
options=
while [ "$1" != end-of-words ]; do
    case $1 in
    *.elf) break ;;
    esac
    options="$options $1"
    shift
done
image=$1
shift
config=enable=on,target=native
count=0
set -- "${image##*/}" "$@"
while [ $# -gt 1 ]; do
    word=$1
    case $word in
    '' | *[!A-Za-z0-9_./:=+@%-]*) # As start.c takes them: in quotes. A comma is two in QEMU's options.
        word=$(printf '%s.' "$word" | sed 's/["\\]/\\&/g; s/,/,,/g')
        word=\"${word%.}\"
        ;;
    esac
    config=$config,arg=$word
    count=$((count + 1))
    shift
done
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

# Runs an nm that reads the image; its lines are in $log/symbols.
list_symbols() {
    for nm in nm arm-none-eabi-nm riscv64-unknown-elf-nm; do
        command -v "$nm" >"$log/null" && "$nm" -n -C "$image" >"$log/symbols" 2>"$log/null" && return
    done
}

# Compares the memory that the image was linked for with what QEMU says the board has.
check_memory() {
    # shellcheck disable=SC2086 # Options hold no spaces.
    printf 'info mtree -f\nquit\n' | "$qemu" $options -S -nographic -serial null -monitor stdio >"$log/board" 2>"$log/null"
    list_symbols
    while read -r address _ name; do
        case $name in __memory_*_origin) ;; *) continue ;; esac
        name=${name#__memory_} name=${name%_origin}
        size=$(sed -n "s/ A __memory_${name}_size$//p" "$log/symbols")
        last=$((0x$address + 0x${size:-1} - 1))
        awk -v first="$(printf %016x "0x$address")" -v last="$(printf %016x $last)" '
            / \(prio [0-9]*, (ram|rom|romd)\)|: tz-mpc-upstream/ { # The last is memory that TrustZone guards.
                split($1, ends, "-")
                if (ends[1] <= first && first <= ends[2]) begins = 1
                if (ends[1] <= last && last <= ends[2]) stops = 1
            }
            END { exit begins && stops }' "$log/board" &&
            printf "the board has no memory from 0x%x to 0x%x, where the platform has '%s'\n" \
                "0x$address" "$last" "$name" >&2
    done <"$log/symbols"
}

# Ends a program that has had its time; what the processor holds is in $log/standing.
watch_time() {
    waited=0
    while [ "$waited" -lt "$1" ]; do
        sleep 1
        waited=$((waited + 1))
        if [ -e "$log/code" ] || [ ! -e "$log" ]; then return; fi
    done
    guard=
    list_symbols && grep -q ' bare_guard_is_whole$' "$log/symbols" && guard=$(sed -n 's/ A __stack_guard$//p' "$log/symbols")
    # Opened for both, pipes are there even if QEMU has just ended; and open before it is asked to end, none is emptied.
    exec 8<>"$log/monitor.out" 9<"$log/monitor.out" 8>&-
    timeout 9 cat <&9 >"$log/standing" &
    printf 'stop\ninfo registers\n%bquit\n' "${guard:+x /64xw 0x$guard\n}" 1<>"$log/monitor.in"
    wait $!
}

# Prints how many instructions a run took, one a nanosecond of the board's time, by the log that QEMU recorded of it: that
# has their number between events. What is not known of a log, as of another QEMU's, is not guessed.
count_instructions() {
    od -An -v -t u1 -w1 "$log/record" | awk '
        NR <= 4 { version = version * 256 + $1 }
        NR <= 12 { if (NR == 12 && version != 14688268) exit; next }
        left > 0 {
            value = value * 256 + $1
            if (--left > 0) next
            if (event == 0) count += value
            if (event == 27 && ++part <= 2) { left = part == 1 ? 4 : value; value = 0 }
            next
        }
        { event = $1; value = part = 0 }
        event == 0 || event == 27 { left = 4; next } # Instructions; random bytes: a code, how many, and they.
        event == 28 || event == 29 || event == 30 { left = 8; next } # A clock.
        event != 1 && event != 2 && event != 14 && (event < 31 || event > 39) { exit }
        event == 39 { whole = 1; exit }
        END { if (whole) printf "%.0f\n", count }'
}

# Refuses words for which the image has no room: they go where its heap begins.
if [ "$count" -gt 1 ] && list_symbols; then
    heap=$(sed -n 's/^\([0-9a-f]*\) [A-Za-z] __heap_start$/\1/p' "$log/symbols")
    end=$(sed -n 's/^\([0-9a-f]*\) [A-Za-z] __heap_end$/\1/p' "$log/symbols")
    needed=$((${#config} + 8 * (count + 2)))
    if [ "$heap" ] && [ $((0x$end - 0x$heap)) -lt $needed ]; then
        printf 'the words for the program must fit into its heap of %s bytes, take up to %s\n' \
            $((0x$end - 0x$heap)) $needed >&2
        exit 2
    fi
fi

mkfifo "$log/monitor.in" "$log/monitor.out"
{ sleep 2 >"$log/null" 2>&1 && check_memory; } &
watch=$!
record=
[ -z "${ETBUILD_INSTRUCTIONS:-}" ] || record="-icount shift=0,rr=record,rrfile=$log/record"
[ -z "${ETBUILD_TIMEOUT:-}" ] || watch_time "$ETBUILD_TIMEOUT" >"$log/null" 2>&1 &
{
    {
        # shellcheck disable=SC2086 # Options hold no spaces.
        "$qemu" $options $record -nographic -monitor "pipe:$log/monitor" -serial null \
            -semihosting-config "$config" -kernel "$image" 2>&1 >&3 3>&-
        echo $? >"$log/code"
    } | tee "$log/errors" >&2
} 3>&1
code=$(cat "$log/code")
kill "$watch" 2>"$log/null"
! grep -q '^qemu: fatal: Lockup' "$log/errors" || check_memory
if [ -e "$log/standing" ]; then
    wait
    code=124
    printf 'the program must end within %s s, and had not\n' "$ETBUILD_TIMEOUT" >&2
fi

# Prints the function that holds an address, after a word that says what the address is.
name_symbol() {
    list_symbols &&
        awk -v at="$2" -v what="$1" '
            function padded(digits) { while (length(digits) < 16) digits = "0" digits; return digits }
            BEGIN { at = padded(at); page = substr(at, 1, 11) }
            tolower($2) ~ /[tw]/ && $3 !~ /^(__|\$)/ && padded($1) "" <= at "" { where = padded($1); $1 = $2 = ""; name = $0 }
            END { if (substr(where, 1, 11) == page) print what name }' "$log/symbols" | tr -s ' ' >&2
}

# Says which function a register points into, if it has a value: 0 is none.
name_register() { # what it is, value
    case $2 in
    *[1-9a-f]*) name_symbol "$1" "$(printf '%x' $((0x$2 | 1)))" ;; # Thumb functions have odd addresses in some lists.
    esac
}

[ -z "$record" ] || count_instructions >"$log/count"
[ ! -s "$log/count" ] || cp "$log/count" "$ETBUILD_INSTRUCTIONS"

if grep -q '^hard fault' "$log/errors"; then
    for register in pc callee lr ra; do
        value=$(sed -n "s/.*[ ]$register=0x0*\([0-9a-f][0-9a-f]*\).*/\1/p" "$log/errors" | head -n 1)
        case $register in
        pc) name_register "at the fault:" "$value" ;;
        callee) name_register "the stack ends in this function, or in what it called:" "$value" ;;
        *) name_register "called from:" "$value" ;;
        esac
    done
elif [ -e "$log/standing" ]; then
    for register in R15 pc R14 x1/ra; do
        # Of several processors, the first runs the program.
        value=$(tr -d '\r' <"$log/standing" | sed -n "s|.*\<$register[= ] *\([0-9a-f][0-9a-f]*\).*|\1|p")
        value=${value%%[!0-9a-f]*}
        case $register in
        R15 | pc) name_register "it stands in:" "$value" ;;
        *) name_register "called from:" "$value" ;;
        esac
    done
    ! tr -d '\r' <"$log/standing" | sed -n 's/^[0-9a-f]*: \(0x.*\)/\1/p' | grep -qv '^\(0xa5a5a5a5 *\)*$' ||
        echo "its stack has outgrown its place: words below the limit are written" >&2
fi
exit "$code"
