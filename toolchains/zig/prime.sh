# Makes the libraries of a target, and packs what a link needs of them:
#   prime.sh SOURCE REPOSITORY OUTPUT TARGET...      TARGET: the compiler's words for it
source=$1 zig=$2/ziglang/zig out=$3
shift 3
cache=$HOME/.cache/zig
"$zig" c++ "$@" -O1 -c "$source" -o "$HOME/program.o"
"$zig" c++ "$@" -O1 -Wl,--gc-sections "$HOME/program.o" -o "$HOME/program"
# The objects are in the archives by now, but for those that start programs.
rm -rf "$cache/tmp"
find "$cache/o" -name '*.o' ! -name '*crt*' -delete
find "$cache/o" -type d -empty -delete
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$cache" -cf "$out" .
