#!/usr/bin/env bash
# Has LLVM's fuzzer make up input for each target in turn; ends with an error where something did not hold.
# Usage: fuzz.sh SECONDS [--keep] [TARGET]...   SECONDS are per target; without a TARGET, all of them.
# --keep adds what reached new code to the corpus that is committed.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=$1; shift
keep=; if [ "${1:-}" = --keep ]; then keep=1; shift; fi
targets=("$@"); [ $# -gt 0 ] || mapfile -t targets < <(basename -s .rs tests/fuzz/targets/*.rs)

cache=${DUPLEX_CACHE:-$HOME/.cache/duplex}/fuzz
mkdir -p "$cache/log"
# Of its own: everything is built once more, with the fuzzer's eyes.
export CARGO_TARGET_DIR=$cache/target
# A release is built anew as long as the page that it embeds is missing; none of it is fuzzed.
mkdir -p manifest/ui/dist
# What is fuzzed has no unsafe code; without a sanitizer it is quicker, and stable Rust builds it.
cargo fuzz build --fuzz-dir tests/fuzz --sanitizer none
built=$CARGO_TARGET_DIR/$(rustc -vV | sed -n 's/^host: //p')/release
# No input is longer (bytes), takes longer (seconds) or needs more memory (MiB).
bounds=(-max_len=16384 -timeout=25 -rss_limit_mb=2048)

failed=()
printf '%-10s %12s %8s %9s %7s\n' target executions per_s coverage inputs
for target in "${targets[@]}"; do
  corpus=$cache/corpus/$target findings=$cache/findings/$target log=$cache/log/$target
  mkdir -p "$corpus" "$findings"
  options=("${bounds[@]}" -max_total_time="$seconds" -artifact_prefix="$findings/" -print_final_stats=1)
  dictionary=tests/fuzz/dictionaries/$target.dict
  if [ -f "$dictionary" ]; then options+=("-dict=$dictionary"); fi
  # New inputs go to the first folder.
  if ! "$built/$target" "${options[@]}" "$corpus" "tests/fuzz/corpus/$target" >"$log" 2>&1; then
    failed+=("$target")
    tail -n 40 "$log"
    echo "a finding: $target does not hold; its input lies in $findings. Mended, it belongs to tests/fuzz/corpus/$target."
  fi
  stat() { sed -n "s/^stat::$1: *//p" "$log" | tail -n 1; }
  last() { sed -n "s/.* $1: \([0-9]*\).*/\1/p" "$log" | tail -n 1; }
  printf '%-10s %12s %8s %9s %7s\n' "$target" "$(stat number_of_executed_units)" "$(stat average_exec_per_sec)" "$(last cov)" "$(last corp)"
  if [ -n "$keep" ]; then
    "$built/$target" "${bounds[@]}" -set_cover_merge=1 -use_counters=0 "tests/fuzz/corpus/$target" "$corpus" >>"$log" 2>&1
  fi
done
if [ ${#failed[@]} -gt 0 ]; then echo "did not hold: ${failed[*]}"; exit 1; fi
