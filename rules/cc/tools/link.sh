#!/bin/sh
# Links, and says which targets define the same symbol. The words are the linker's command.
#   $CC_TARGET     who links
#   $CC_LIBRARIES  "path label" of each library and of its list of symbols, one a line
#   $CC_SYMBOLS    the lists of symbols, one a line
#   $CC_MAP        where one is wanted: the map that the linker writes
#   $CC_SIZES      the program that finds the largest pieces in it
#   $CC_CONTENTS   a file with what fills these pieces, if anybody knows: "memory text", one a line
# A linker takes the first of two archives that have a symbol, and says nothing: so the lists are compared first.
set -f
newline='
'
comma='['

escape() { # text
    printf '%s' "$1" | sed 's/["\\]/\\&/g'
}

owner() { # object, archive(object), or list of symbols
    line=$(printf '%s' "$CC_LIBRARIES" | grep -F -e "${1%%(*} " | head -n 1)
    label=${line##* }
    printf '%s' "${label:-$CC_TARGET}"
}

source_of() { # object or archive(object)
    object=${1##*(}
    object=${object%)}
    name=${CC_TARGET##*/}
    name=_cc/${name##*:}/
    case $object in *"$name"*) object=${object%%"$name"*}${object#*"$name"} ;; esac
    object=${object##*_of/}
    printf '%s' "${object%.o}"
}

twice() { # symbol, the two: of two targets, or sources of one
    first=$(owner "$2") second=$(owner "$3") where=$CC_TARGET attribute=deps
    if [ "$first" = "$second" ]; then
        [ "$first" != "$CC_TARGET" ] || attribute=srcs
        where=$first first=$(source_of "$2") second=$(source_of "$3")
    fi
    printf '%s{"code": "duplicate-symbol", "attribute": "%s", "message": "' "$comma" "$attribute"
    printf "'%s' must be defined once in '%s', is by '%s' and by '%s'" "$(escape "$1")" "$where" "$first" "$second"
    printf '", "hint": "give it another name, or make it static, inline or weak"}'
    comma=', '
}

too_big() { # memory, bytes
    printf '%s{"code": "image-overflow", "message": "' "$comma"
    printf "'%s' must fit into memory '%s', is %s bytes too big" "$CC_TARGET" "$1" "$2"
    printf '", "notes": ["the largest pieces in it, in bytes:%s"' \
        "$(sh "$CC_SIZES" "$CC_MAP" "$1" | while read -r line; do printf '\\n    %s' "$(escape "$line")"; done)"
    contents=$([ ! "$CC_CONTENTS" ] || sed -n "s/^$1 //p" "$CC_CONTENTS" | while read -r line; do
        printf '\\n    %s' "$(escape "$line")"
    done)
    [ ! "$contents" ] || printf ', "the largest tensors planned in it, in bytes:%s"' "$contents"
    printf '], "hint": "leave something out, build with --mode=size, or correct the platform'"'"'s memory"}'
    comma=', '
}

refuse() { # what `twice` and `too_big` wrote
    printf '%s]' "$1" >"$ETBUILD_DIAGNOSTICS"
    exit 65
}

case $CC_SYMBOLS in *"$newline"*)
    IFS=$newline
    # shellcheck disable=SC2086 # One a line.
    shared=$(sort -m $CC_SYMBOLS | uniq -d | head -n 9)
    # shellcheck disable=SC2046,SC2086
    [ ! "$shared" ] || refuse "$(for symbol in $shared; do
        twice "$symbol" $(grep -lxF -e "$symbol" $CC_SYMBOLS | head -n 2)
    done)"
    unset IFS
    ;;
esac

code=0
said=$("$@" 2>&1) || code=$?
[ ! "$said" ] || printf '%s\n' "$said" >&2
if [ $code = 0 ]; then
    # What is optimized when linked lies in files of GCC's, under names that are others each time.
    [ ! "$CC_MAP" ] || sed -i "s:$TMPDIR/cc......\\.:/tmp/lto.:g" "$CC_MAP"
    exit 0
fi
# GNU ld: "ld: b.a(b.o): in function `f()':", then "b.cc:1: multiple definition of `f()'; a.a(a.o):a.cc:1: first …".
# LLVM's: "ld.lld: error: duplicate symbol: f()", then twice ">>>   a.o:(f()) in archive a.a" or ">>> defined in a.a(a.o)".
# Zig's own for macOS: "error: duplicate symbol definition: _f", then twice "note: defined by /…/a.a(a.o)".
found=$(printf '%s\n' "$said" | while read -r line; do
    case $line in
    *': in function '*)
        file=${line%%: in function *}
        file=${file##*: }
        ;;
    *': multiple definition of '*)
        symbol=${line##*multiple definition of ?}
        first=${symbol#*"'; "}
        case $line in
        */ld:*|ld:*) file=${line#*ld: } file=${file%%:*} ;;
        esac
        first=${first%%:*}
        twice "${symbol%%"'; "*}" "$first" "$file"
        ;;
    *'duplicate symbol: '* | *'duplicate symbol definition: '*) symbol=${line##*duplicate symbol*: } file= ;;
    '>>> '*' in archive '* | '>>> defined '*'.o' | '>>>  '*':('* | '>>>  '*.o | '>>>  '*'.o)' | '>>> defined in '* | '>>> defined '*'.a('* | *': defined by '*)
        path=${line##* in archive }
        path=${path#*defined ?? }
        path=${path#"$PWD/"}
        case $line in
        *' in archive '*)
            member=${line%%:(*}
            path="$path(${member##* })"
            ;;
        *) case $path in '>>>'*) path=${path%%:(*} path=${path##* } ;; esac ;;
        esac
        [ ! "$file" ] || twice "$symbol" "$file" "$path"
        file=$path
        ;;
    *": region "*" overflowed by "*)
        memory=${line##*: region ?}
        bytes=${line##* overflowed by }
        too_big "${memory%%"' "*}" "${bytes%% *}"
        ;;
    esac
done)
[ ! "$found" ] || refuse "$found"
exit $code
