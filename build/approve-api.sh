#!/usr/bin/env bash
# Takes the public API as it is now into PublicAPI.Unshipped.txt; the diff is what to read before a commit.
set -euo pipefail
cd "$(dirname "$0")/.."
for project in src/PortGen src/PortGen.AspNetCore; do
  file=$project/PublicAPI.Unshipped.txt
  printf '#nullable enable\n' > "$file"
  log=$(dotnet build "$project" -tl:off -p:TreatWarningsAsErrors=false -p:MSBuildTreatWarningsAsErrors=false 2>&1 || true)
  { printf '#nullable enable\n'; sed -n "s|.*: warning RS0016: Symbol '\(.*\)' is not part of.*\[.*/$project/[^/]*\]$|\1|p" <<< "$log" | LC_ALL=C sort -u; } > "$file.new"
  mv "$file.new" "$file"
done
git diff --stat -- '*/PublicAPI.Unshipped.txt'
