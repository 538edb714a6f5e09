#!/bin/sh
# Configures and builds a CMake project, and takes out of it what is wanted.
#   cmake_project.sh SOURCE -DNAME=VALUE… --targets TARGET… --wanted PATH OUTPUT…
#   $CMAKE_TOOLCHAIN   the text of a toolchain file
#   $CMAKE_LINK        where links read further files: the linker's command, which puts them where it looks for them
# It works in a copy of the tree: projects write beside their sources, which are read-only here.
set -eu
CMAKE_WORK=$(mktemp -d)
export CMAKE_WORK
trap 'rm -rf "$CMAKE_WORK"' EXIT
mkdir "$CMAKE_WORK/source"
cp -RL "$1/." "$CMAKE_WORK/source"
chmod -R u+w "$CMAKE_WORK/source"
printf '%s' "$CMAKE_TOOLCHAIN" >"$CMAKE_WORK/toolchain.cmake"
source=${1#.}
shift
[ -z "${CMAKE_LINK:-}" ] || eval "$CMAKE_LINK --version" >"$CMAKE_WORK/linker"

# Words for cmake go round to the end of the list, so that they keep their spaces.
options=0
while [ "$1" != --targets ]; do
    set -- "$@" "$1"
    options=$((options + 1))
    shift
done
shift
targets=
while [ "$1" != --wanted ]; do
    targets="$targets $1"
    shift
done
shift
count=$(($# - options))
wanted=$CMAKE_WORK/wanted
: >"$wanted"
while [ "$count" -gt 0 ]; do
    printf '%s\n%s\n' "$1" "$2" >>"$wanted"
    shift 2
    count=$((count - 2))
done

# Runs a command. What it says of the copy, which nobody will find, it says of the tree; and of the rest as BUILD.toml does.
named() {
    { "$@" 2>&1 || echo $? >"$CMAKE_WORK/code"; } | sed "s|$CMAKE_WORK/source/|${source:+$source/}|g; s|$CMAKE_WORK/||g"
    [ ! -e "$CMAKE_WORK/code" ] || exit "$(cat "$CMAKE_WORK/code")"
}

named cmake -S "$CMAKE_WORK/source" -B "$CMAKE_WORK/build" -G Ninja -Wno-dev \
    "-DCMAKE_TOOLCHAIN_FILE=$CMAKE_WORK/toolchain.cmake" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_INSTALL_PREFIX=/installed -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_SKIP_BUILD_RPATH=ON \
    '-DCMAKE_INSTALL_RPATH=$ORIGIN' -DCMAKE_EXPORT_NO_PACKAGE_REGISTRY=ON -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF \
    -DFETCHCONTENT_FULLY_DISCONNECTED=ON "$@"
mkdir "$CMAKE_WORK/installed"
for target in $targets; do
    named env "DESTDIR=$CMAKE_WORK" cmake --build "$CMAKE_WORK/build" --target "$target"
done
mv "$CMAKE_WORK/installed" "$CMAKE_WORK/install"

# Headers, and what they include: a folder of headers may be the whole source tree.
copy_headers() {
    mkdir -p "$2"
    (cd "$1" && find -L . -type f \( -name '*.h' -o -name '*.hh' -o -name '*.hpp' -o -name '*.hxx' -o -name '*.inc' \
        -o -name '*.inl' -o -name '*.ipp' -o -name '*.tpp' -o -name '*.def' -o ! -name '*.*' \) -print) |
        while read -r file; do
            mkdir -p "$2/${file%/*}"
            cp -L "$1/$file" "$2/$file"
        done
}

missing=
while read -r path && read -r output; do
    place=$CMAKE_WORK/$path
    if [ -d "$place" ]; then
        copy_headers "$place" "$output"
    elif [ -f "$place" ]; then
        cp -L "$place" "$output"
    else
        missing="$missing${missing:+, }'$path'"
    fi
done <"$wanted"
[ "$missing" ] || exit 0

made=$(cd "$CMAKE_WORK" && find build install -name '*.a' -o -name '*.so*' -o -name '*.dylib' -o -name '*.lib' | sort |
    head -n 20 | sed 's/.*/"it makes &"/' | paste -s -d , -)
printf '[{"code": "cmake-not-made", "message": "the CMake project must make %s, and does not", "notes": [%s]}]' \
    "$missing" "$made" >"$ETBUILD_DIAGNOSTICS"
exit 65
