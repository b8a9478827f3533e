#!/usr/bin/env bash
# Installs peers from PyPI, each into an environment of its own: install.sh FOLDER [PEER...], without a name all of them. One that cannot
# be installed leaves the reason in FOLDER/PEER.failed, and the others go on.
set -euo pipefail
cd "$(dirname "$0")"

folder=$1
shift
mkdir -p "$folder"
for requirements in requirements/*.txt; do
  peer=$(basename "$requirements" .txt)
  if [ $# -gt 0 ] && [[ " $* " != *" $peer "* ]]; then continue; fi
  # What was installed from these very lines is there.
  if cmp -s "$requirements" "$folder/$peer/requirements.txt"; then continue; fi
  echo "installing $peer"
  rm -rf "${folder:?}/$peer" "$folder/$peer.failed"
  if python3 -m venv "$folder/$peer" && "$folder/$peer/bin/pip" install --quiet --disable-pip-version-check -r "$requirements" 2>"$folder/$peer.log"; then
    cp "$requirements" "$folder/$peer/requirements.txt"
  else
    { grep -m 1 '^ERROR' "$folder/$peer.log" || echo "see $folder/$peer.log"; } >"$folder/$peer.failed"
    echo "$peer could not be installed: $(cat "$folder/$peer.failed")" >&2
  fi
done
