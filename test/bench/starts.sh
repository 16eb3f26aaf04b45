#!/usr/bin/env bash
# starts.sh COUNT PROGRAM…: starts each program COUNT times, in turns, and prints each turn's microseconds on a line.
# Bash splits off a process faster than Node does, so less of what is measured is the measuring.
set -u

count=$1
shift
for ((turn = 0; turn < count; turn++)); do
  times=()
  for program; do
    begin=$EPOCHREALTIME
    "$program"
    end=$EPOCHREALTIME
    times+=("$((${end/[.,]/} - ${begin/[.,]/}))")
  done
  echo "${times[*]}"
done
