#!/bin/sh
# Compiles one source, and refuses an include that no direct dependency exports. The words are the compiler's command.
#   $CC_TARGET       who compiles
#   $CC_OWN          its own headers, one a line, with a line break before and after each
#   $CC_MAY_INCLUDE  what its direct dependencies export, in the same way
#   $CC_FOLDERS      folders of both, each with a slash at the end
#   $CC_USED         where the compiler writes down what it read, if it is asked to
#   $CC_ASSEMBLER    "gnu": its assembler writes that down, too
# -H says who includes what: a dot for each level, a space, the header. A header that is guarded it says once: whether what
# others include is included here, too, the sources say. Each process beside the compiler's is one that a thousand compiles
# pay for.
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

normalize() { # $header
    header=${header#./}
    while case $header in */../*) true ;; *) false ;; esac do
        above=${header%%/../*}
        case $above in
        */*) header=${above%/*}/${header#*/../} ;;
        *) header=${header#*/../} ;;
        esac
    done
}

refused= hidden= ours= guards= own_0=1
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
    normalize
    own=
    case $CC_OWN in *"$IFS$header$IFS"*) own=1 ;; esac
    depth=${#dots}
    eval "own_$depth=\$own from=\$own_$((depth - 1))"
    [ ! "$own" ] || ours=$ours$header$IFS
    [ ! "$own" ] || continue
    case $CC_MAY_INCLUDE in *"$IFS$header$IFS"*) continue ;; esac
    for folder in $CC_FOLDERS; do
        case $header in "$folder"*) continue 2 ;; esac
    done
    if [ "$from" ]; then refused=$refused$header$IFS; else hidden=$hidden$header$IFS; fi
done
if [ $code != 0 ]; then
    for line in $said; do
        case $line in
        *': Error: file not found: '*) missing=${line##*: Error: file not found: } ;;
        *": Error: can't open "*' for reading: '*) missing=${line##*": Error: can't open "} missing=${missing%% for reading: *} ;;
        *": error: Could not find inc"*" file '"*) missing=${line##*" file '"} missing=${missing%"'"*} ;;
        *) continue ;;
        esac
        printf '[{"code": "undeclared-header", "attribute": "srcs", "message": "%s", "notes": ["%s"], "hint": "%s"}]' \
            "what '$CC_TARGET' reads by .include or .incbin must be in its srcs or come from its deps, '$missing' does not" \
            "$(printf '%s' "$line" | sed 's/["\\]/\\&/g')" \
            "in srcs it must end as a header does, as in .inc; in hdrs of a cc_library among deps as it likes" \
            >"$ETBUILD_DIAGNOSTICS"
        exit 65
    done
    exit $code
fi

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

# What an own file names, by the end of its path, and only others were seen to include: the preprocessor says of each
# #include whether it counts, and here it is looked for where the compiler does.
named=
if [ "$hidden" ]; then
    for word; do
        [ "$before" != -c ] || ours=$ours$word$IFS
        before=$word
    done
    for line in $(grep -hE '^[[:blank:]]*#[[:blank:]]*(include|import)' $ours); do
        name=${line#*[\"<]}
        name=${name%%[\">]*}
        case $IFS$hidden in *"/${name##*./}$IFS"* | *"$IFS${name##*./}$IFS"*) named=1 ;; esac
    done
fi
if [ "$named" ]; then
    folders= taken=
    for word; do
        shift
        case $taken in
        -o | -MF)
            taken=
            continue
            ;;
        -isystem) folders=$folders$word$IFS ;;
        esac
        taken=
        case $word in
        -MD) continue ;;
        -o | -MF)
            taken=$word
            continue
            ;;
        -isystem) taken=$word ;;
        -I*) folders=$folders${word#-I}$IFS ;;
        esac
        set -- "$@" "$word"
    done
    export CC_OURS="$ours"
    for line in $("$@" -E -dI 2>"$TMPDIR/said" | awk '
        BEGIN { for (count = split(ENVIRON["CC_OURS"], names, "\n"); count > 0; count--) ours[names[count]] = 1 }
        /^# [0-9]+ "/ { file = $3; gsub(/"/, "", file); sub(/^\.\//, "", file) }
        /^# *(include|import)/ && file in ours { print file " " $0 }'); do
        file=${line%% *}
        near=
        case $line in *'"'*) near=./$file near=${near%/*}$IFS.$IFS ;; esac
        name=${line#*[\"<]}
        name=${name%%[\">]*}
        for folder in $near $folders; do
            [ -e "$folder/$name" ] || continue
            header=$folder/$name
            normalize
            case $IFS$refused in *"$IFS$header$IFS"*) break ;; esac
            case $IFS$hidden in *"$IFS$header$IFS"*) refused=$refused$header$IFS ;; esac
            break
        done
    done
fi
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
