#!/bin/sh
# Compiles one source, and refuses an include that no direct dependency exports. The words are the compiler's command.
#   $CC_TARGET       who compiles
#   $CC_OWN          its own headers, one a line, with a line break before and after each
#   $CC_MAY_INCLUDE  what its direct dependencies export, in the same way
#   $CC_FOLDERS      folders of both, each with a slash at the end
#   $CC_USED         where the compiler writes down what it read, if it is asked to
#   $CC_ASSEMBLER    "gnu": its assembler writes that down, too
# -H says who includes what: a dot for each level, a space, the header. No process but the compiler is started: a
# thousand compiles pay for each.
set -f
newline='
'
IFS=$newline
code=0
assembled=
[ "$CC_ASSEMBLER" != gnu ] || assembled=${CC_USED:+$TMPDIR/assembled.d}
[ ! "$assembled" ] || set -- "$@" -Xassembler --MD -Xassembler "$assembled"
# GCC hands only the second map to its assembler.
said=$("$@" -H "-ffile-prefix-map=$PWD=." "-fdebug-prefix-map=$PWD=." 2>&1 >/dev/null) || code=$?
refused= guards= own_0=1
for line in $said; do
    dots=${line%%[!.]*}
    rest=${line#"$dots"}
    case ${dots:+dots}$rest in
    'dots /'*) continue ;; # The compiler's own: it is a mount.
    'dots '*) ;;
    *)
        case $line in
        'Multiple include guards'*) guards=1 ;;
        *:*) printf '%s\n' "$line" >&2 ;;
        *) [ "$guards" ] || printf '%s\n' "$line" >&2 ;;
        esac
        continue
        ;;
    esac
    header=${rest#?}
    header=${header#./}
    while case $header in */../*) true ;; *) false ;; esac do
        above=${header%%/../*}
        case $above in
        */*) header=${above%/*}/${header#*/../} ;;
        *) header=${header#*/../} ;;
        esac
    done
    own=
    case $CC_OWN in *"$IFS$header$IFS"*) own=1 ;; esac
    depth=${#dots}
    eval "own_$depth=\$own from=\$own_$((depth - 1))"
    [ "$from" ] && [ ! "$own" ] || continue
    case $CC_MAY_INCLUDE in *"$IFS$header$IFS"*) continue ;; esac
    for folder in $CC_FOLDERS; do
        case $header in "$folder"*) continue 2 ;; esac
    done
    refused=$refused$header$IFS
done
[ $code = 0 ] || exit $code

# What the compiler wrote down is what was preprocessed; by .incbin and .include an assembler reads more. GNU's also lists
# names that it only heard of (.file, #line). Where it is another, or a name is odd, nothing is said of what was used: then
# each header counts.
unknown=
if [ "$assembled" ]; then
    IFS=' '
    while read -r line; do
        for word in ${line#*: }; do
            case $word in
            \\) ;;
            *[\\$]*) unknown=1 ;;
            *) [ ! -e "$word" ] || printf '%s: %s\n' "$CC_USED" "$word" ;;
            esac
        done
    done <"$assembled" >>"$CC_USED"
    IFS=$newline
elif [ "$CC_USED" ]; then
    unknown=$(xargs grep -lsE 'incbin|[.]include' <"$CC_USED" 2>&1)
fi
[ ! "$unknown" ] || : >"$CC_USED"
[ "$refused" ] || exit 0

# From here on time does not matter. Each library wrote down what it exports: its label, then its headers.
comma='['
for header in $refused; do
    place=$header exporter=
    while [ "$place" ] && [ ! "$exporter" ]; do
        list=$(grep -rlxF --include='*.exports' -e "$place" . | sort | head -n 1)
        [ ! "$list" ] || read -r exporter <"$list"
        place=${place%/}
        case $place in */*) place=${place%/*}/ ;; *) place= ;; esac
    done
    printf '%s{"code": "indirect-include", "attribute": "deps", ' "$comma"
    printf '"message": "what %s includes must be exported by its deps, %s is not", ' "'$CC_TARGET'" "'$header'"
    printf '"hint": "add %s to its deps"}' "'${exporter:-what exports it}'"
    comma=', '
done >"$ETBUILD_DIAGNOSTICS"
printf ']' >>"$ETBUILD_DIAGNOSTICS"
exit 65
