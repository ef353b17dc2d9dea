#!/usr/bin/env bash
# What PortGen costs a build: `dotnet build` of samples/VectorDb with the package, and with PortGen's parts switched off: no generator,
# analyzers or task, the generated files among the sources. The two take turns in one run; the figures are medians.
#
#   tests/PortGen.Benchmarks/build.sh [rounds]
set -euo pipefail
rounds=${1:-11}
repository=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
server=portgen-build-$$
cleanup() {
  # The compiler server of this run, which would wait for more work for ten minutes.
  pgrep -f -- "-pipename:$server" | xargs -r kill || true
  rm -rf "$work"
}
trap cleanup EXIT
cd "$work"

for project in PortGen PortGen.AspNetCore; do
  dotnet pack "$repository/src/$project" -c Release -o feed --artifacts-path artifacts -p:Version=999.0.0 -p:ContinuousIntegrationBuild=true --disable-build-servers -tl:off -v:q
done

machine=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')
cat > NuGet.Config <<EOF
<configuration>
  <packageSources><add key="portgen" value="$work/feed" /></packageSources>
  <fallbackPackageFolders><add key="machine" value="$machine" /></fallbackPackageFolders>
</configuration>
EOF
export NUGET_PACKAGES=$work/cache

# A project as its owner would have it: nothing of this repository's own settings.
cat > Directory.Build.props <<'EOF'
<Project>
  <PropertyGroup>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
</Project>
EOF
sed 's|</Project>|  <ItemGroup><PackageVersion Include="PortGen.AspNetCore" Version="999.0.0" /></ItemGroup>\n</Project>|' "$repository/Directory.Packages.props" > Directory.Packages.props

for variant in with off; do
  mkdir $variant
  (cd "$repository/samples/VectorDb" && tar c --exclude=bin --exclude=obj .) | tar x -C $variant
  sed -i -e '/Consumer.props/d' -e 's|<ProjectReference Include=".*PortGen.AspNetCore.csproj" />|<PackageReference Include="PortGen.AspNetCore" />|' $variant/VectorDb.csproj
done

build() { dotnet build "$1/VectorDb.csproj" --no-restore -nr:false -tl:off -v:q -clp:NoSummary -p:SharedCompilationId=$server "${@:2}" > log.txt 2>&1 || { cat log.txt; exit 1; }; }

dotnet restore with -v:q -tl:off
build with -p:EmitCompilerGeneratedFiles=true -p:CompilerGeneratedFilesOutputPath=generated
mkdir off/Generated
cp with/generated/PortGen.Compiler/*/*.cs off/Generated/
rm -rf with/generated
cat > off/Directory.Build.targets <<'EOF'
<Project>
  <PropertyGroup><PortGenCheckSettings>false</PortGenCheckSettings></PropertyGroup>
  <Target Name="SwitchPortGenOff" BeforeTargets="CoreCompile">
    <ItemGroup><Analyzer Remove="@(Analyzer)" Condition="$([System.String]::Copy('%(Filename)').StartsWith('PortGen.'))" /></ItemGroup>
  </Target>
</Project>
EOF
dotnet restore off -v:q -tl:off

TIMEFORMAT='%R %U %S'
measure() { # variant, kind
  local times; { times=$( { time build "$1" 1>&3 2>&3; } 2>&1 ); } 3>&1
  [ "$round" = 0 ] || echo "$times" | awk -v v="$1" -v k="$2" '{ print v, k, $1 * 1000, ($2 + $3) * 1000 }' >> times.txt
}

# The first round warms up and is not counted.
for round in $(seq 0 "$rounds"); do
  order="with off"; [ $((round % 2)) = 0 ] || order="off with"
  for variant in $order; do
    rm -rf $variant/bin; find $variant/obj -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} +
    measure $variant clean
    echo "// $round" >> $variant/Program.cs
    measure $variant edit
    measure $variant nothing
  done
done

median() { awk -v v="$1" -v k="$2" -v c="$3" '$1 == v && $2 == k { print $c }' times.txt | sort -n | awk '{ a[NR] = $1 } END { print (a[int((NR + 1) / 2)] + a[int((NR + 2) / 2)]) / 2 }'; }
spread() { awk -v v="$1" -v k="$2" '$1 == v && $2 == k { n++; s += $3; q += $3 * $3 } END { print sqrt(q / n - (s / n) ^ 2) }' times.txt; }
printf '%-8s %20s %20s %8s %22s\n' "" "with, ms (sd)" "off, ms (sd)" "ratio" "CPU of MSBuild, ratio"
for kind in clean edit nothing; do
  w=$(median with $kind 3) o=$(median off $kind 3) wc=$(median with $kind 4) oc=$(median off $kind 4)
  awk -v k=$kind -v w="$w" -v o="$o" -v wc="$wc" -v oc="$oc" -v ws="$(spread with $kind)" -v os="$(spread off $kind)" \
    'BEGIN { printf "%-8s %12.0f (%5.0f) %12.0f (%5.0f) %8.3f %22.3f\n", k, w, ws, o, os, w / o, wc / oc }'
done
