#!/bin/sh
# Runs one command line on this host and outlives whoever sent it.
#
#   run-command.sh FOLDER SECONDS GRACE LINE
#
# It must be started as the leader of a process group. In FOLDER it leaves `pid` (number and, on Linux, start time),
# `output.log` and, last of all, `exit-code`. After SECONDS, the whole group gets SIGTERM and, GRACE seconds later,
# SIGKILL.
folder=$1 seconds=$2 grace=$3 line=$4

write() { # a reader sees the whole file or none
  echo "$2" > "$folder/$1.new" && mv "$folder/$1.new" "$folder/$1"
}
trap : TERM # a cancel goes to the whole group: this shell stays to write down how the line ended

write pid "$$ $(cut -d ' ' -f 22 /proc/$$/stat 2> /dev/null)"
if [ -e "$folder/cancelled" ]; then
  write exit-code 143
  exit
fi

# Without the trap, this shell would die of a SIGTERM at once, and the program it waits for could not tidy up.
sh -c "trap 'exit 143' TERM
$line" < /dev/null > "$folder/output.log" 2>&1 &
child=$!
(
  trap - TERM
  sleep "$seconds"
  trap '' TERM
  echo "Stopped: it took longer than $seconds seconds." >> "$folder/output.log"
  write timed-out "$seconds"
  kill -s TERM -- "-$$"
  sleep "$grace"
  write exit-code 124
  kill -s KILL -- "-$$"
) &

while :; do
  wait "$child"
  code=$?
  kill -0 "$child" 2> /dev/null || break # else the wait was cut short by a signal
done
[ -e "$folder/timed-out" ] && code=124 # as timeout(1) answers
write exit-code "$code"
kill -s KILL -- "-$$" # the timer, and what the line may have left behind
