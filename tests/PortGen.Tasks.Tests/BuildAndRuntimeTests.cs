extern alias Runtime;

using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using PortGen.Tests.Support;
using Runtime::PortGen;
using PortPlanner = Runtime::PortGen.Configuration.PortPlanner;

namespace PortGen.Tasks.Tests;

/// <summary>
/// The build says of settings files what the runtime says when it starts with them: rule by rule, message by message, in each environment. They differ on purpose:
/// <list type="bullet">
/// <item>What the attributes alone break is the analyzers' to say, and no part of the build's.</item>
/// <item>A file that can't be read is PG2001 in both; the runtime's text is the provider's, and it says nothing else then.</item>
/// <item>The build looks at each file by itself: a value where a section belongs is a mistake, also where another file has the section, which hides it from the runtime.</item>
/// <item>The build spells a key as its file does, the runtime as its code does: letters are compared without regard to case.</item>
/// <item>The runtime loses its warnings where there are errors.</item>
/// </list>
/// </summary>
public sealed partial class BuildAndRuntimeTests : IDisposable
{
    private const string Common = "appsettings.json";

    private static readonly string[] s_environments = ["Development", "Staging"];

    private static readonly Gen<string> s_numbers = Gen.OneOf("9101", "9102", "9103", "9105", "9110", "9300", "9301", "19101", "0");
    private static readonly Gen<string> s_odd = Gen.OneOf(
        "80", "5432", "6000", "40000", "65536", "-1", "1.5", "true", "\"\"", "\"abc\"", "\"health\"", "\"/a b\"", "\"127.1\"", "\"8080-\"", "\" 9102 \"", "null", "{}", "[]", "[9101]", "{ \"Number\": 9101 }");

    // Mostly values that the setting takes, or few files would come as far as the rules about several ports.
    private static readonly Gen<(string, string)> s_setting = Gen.Frequency(
        (8, Pair("Port", s_numbers)),
        (5, Pair("Range", Gen.OneOf("\"9101-9102\"", "\"9101-9110\"", "\"9300\"", "\"9300-9301\"", "9102", "\"9110-9101\"", "\"9101-40000\"", "\"9199-9201\""))),
        (4, Pair("DevelopmentPort", s_numbers)),
        (2, Pair("HealthPath", Gen.OneOf("\"/health\"", "\"\"", "\"health\""))),
        (1, Pair("Host", Gen.OneOf("\"*\"", "\"localhost\"", "\"127.1\""))),
        (1, Pair("Required", Gen.OneOf("true", "0", "2"))),
        (1, Pair("ExternalPort", Gen.OneOf("443", "0"))),
        (1, Gen.Select(Gen.OneOf("Port", "port", "Range", "Prot", "HealthPath", "Host", "0"), s_odd)));

    private static readonly Gen<(string, string)> s_port = Gen.Frequency(
        (25, Gen.Select(Gen.OneOf("echo", "time", "metrics", "ECHO"), Members(s_setting))),
        (1, Gen.Select(Gen.OneOf("ehco", "0", "", "echo"), Members(s_setting))),
        (1, Gen.Select(Gen.OneOf("echo", "BindTimeout", "StopTimeout", "ForceRestart", "time"), s_odd)),
        (1, Pair("BindTimeout", Gen.OneOf("5", "\"00:00:05\""))));

    private static readonly Gen<string> s_file = Gen.Frequency(
        (30, Gen.Select(Members(s_port), Gen.OneOf("Ports", "Ports", "ports"), static (members, name) => $"{{ \"{name}\": {members} }}")),
        (1, s_odd.Select(static v => $"{{ \"Ports\": {v} }}")),
        (3, Gen.Select(s_port, s_setting, static (p, s) => $"{{ \"$schema\": \"x\", \"Ports:{p.Item1}:{s.Item1}\": {s.Item2} }}")));

    private static readonly Gen<DeclaredPort[]> s_manifest =
        from ports in Gen.Select(Gen.OneOf(0, 9101, 9102, 9103, 9300), Gen.OneOf(null, "9101-9105", "9101-9102", "9300-9301"), Gen.OneOf(0, 0, 9102, 19101), Gen.OneOf(null, "/up")).Array[3]
        select new[] { "echo", "metrics", "time" }.Zip(ports, static (name, p) => new DeclaredPort
        {
            Name = name,
            Service = name == "metrics" ? "echo" : name,
            Type = "global::" + name,
            Port = p.Item1,
            Range = p.Item2,
            DevelopmentPort = p.Item3,
            HealthPath = p.Item4,
        }).ToArray();

    private readonly string _folder = Directory.CreateTempSubdirectory("portgen settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_build_finds_what_the_runtime_finds() => Gen.Select(s_manifest, s_file, s_file.Null(), s_file.Null()).Sample(
        (manifest, common, development, staging) =>
        {
            Write(Common, common);
            Write("appsettings.Development.json", development);
            Write("appsettings.Staging.json", staging);
            Compare(manifest, [.. Directory.EnumerateFiles(_folder).Order(StringComparer.Ordinal)]);
        },
        iter: LongTests.Count(300, 1_000, 2_000), threads: 1, print: static t => string.Join("\n", t.Item1.Select(static p => $"{p.Name} {p.Port} {p.Range} {p.DevelopmentPort} {p.HealthPath}").Concat([t.Item2, "Development: " + t.Item3, "Staging: " + t.Item4])));

    private void Compare(DeclaredPort[] manifest, string[] files)
    {
        var report = SettingsChecker.Check(manifest, [.. files.Select(static f => new SettingsSource(f, File.ReadAllBytes(f)))]);
        var (production, plan) = RunIn("Production", manifest);
        if (production is null)
        {
            Assert.Contains(report.Problems, static p => p.Rule == PortRule.UnreadableFile && p.File.EndsWith(Common, StringComparison.Ordinal));
            return;
        }

        var general = report.Problems.Where(static p => p.File.EndsWith(Common, StringComparison.Ordinal) && !p.Message.StartsWith("In ", StringComparison.Ordinal)).ToList();
        Assert.Equal(production.Order(), Texts(general, withWarnings: plan is not null));
        if (plan is not null)
        {
            Assert.Equal(plan.Ports.Select(static p => (p.Port, p.HealthPath, p.Host, p.ExternalPort)), report.Ports.Select(static p => (p.Port.Port, p.Port.HealthPath, p.Port.Host, p.ExternalPort)));
        }

        foreach (var environment in s_environments)
        {
            var file = $"appsettings.{environment}.json";
            var own = report.Problems.Where(p => p.File.EndsWith(file, StringComparison.Ordinal)).ToList();
            var prefixed = report.Problems.Where(p => p.Message.StartsWith($"In {environment}: ", StringComparison.Ordinal))
                .Select(p => p with { Message = p.Message[(environment.Length + 5)..] }).ToList();
            var (found, here) = RunIn(environment, manifest);
            if (found is null)
            {
                Assert.Contains(own, static p => p.Rule == PortRule.UnreadableFile);
                continue;
            }

            var build = Texts([.. own, .. prefixed], here is not null);
            Assert.Empty(found.Except(build).Except(Texts(general, withWarnings: true)));
            Assert.DoesNotContain(build.Except(found), static p => !p.Contains("IS A SECTION", StringComparison.Ordinal) && !p.Contains("TAKES ONE VALUE", StringComparison.Ordinal));
        }
    }

    // The runtime's findings, and the plan where there is one; null where a file can't be read.
    private (HashSet<string>? Found, Runtime::PortGen.Configuration.PortPlan? Plan) RunIn(string environment, DeclaredPort[] manifest)
    {
        try
        {
            var configuration = new ConfigurationBuilder().SetBasePath(_folder).AddJsonFile(Common).AddJsonFile($"appsettings.{environment}.json", optional: true).Build();
            var plan = PortPlanner.Plan(ToManifest(manifest), configuration, new HostingEnvironment { EnvironmentName = environment });
            return (Texts(plan.Warnings), plan);
        }
        catch (PortConfigurationException e)
        {
            return (Texts(e.Errors), null);
        }
        catch (InvalidDataException)
        {
            return (null, null);
        }
    }

    private static HashSet<string> Texts(IReadOnlyList<string> messages) =>
        [.. messages.Where(static m => !m.EndsWith("(from its attribute)", StringComparison.Ordinal)).Select(static m => Origin().Replace(m, "").ToUpperInvariant())];

    private static SortedSet<string> Texts(IReadOnlyList<SettingsProblem> problems, bool withWarnings) =>
        [.. problems.Where(p => withWarnings || p.Rule.Severity == PortRuleSeverity.Error).Select(static p => $"{p.Rule.Id}: {p.Message}".ToUpperInvariant())];

    private static PortManifest ToManifest(DeclaredPort[] ports)
    {
        var services = ports.GroupBy(static p => p.Service, static p => new PortDefinition(p.Name)
        {
            Service = p.Service,
            Port = p.Port,
            Range = Runtime::PortGen.PortRange.TryParse(p.Range, out var range) ? range : null,
            DevelopmentPort = p.DevelopmentPort == 0 ? null : p.DevelopmentPort,
            HealthPath = p.HealthPath,
        }).ToList();
        return new PortManifest([.. services.Select(static s => PortServiceDefinition.For<NoService>([.. s], []))], [[.. services.Select(static s => s.Key)]]);
    }

    private void Write(string name, string? content)
    {
        var path = Path.Combine(_folder, name);
        File.Delete(path);
        if (content is not null)
        {
            File.WriteAllText(path, content, new UTF8Encoding(false));
        }
    }

    private static Gen<(string, string)> Pair(string key, Gen<string> values) => values.Select(v => (key, v));

    // A key that is there twice is rare: it makes the file unreadable.
    private static Gen<string> Members(Gen<(string Key, string Value)> members) => Gen.Select(members.Array[1, 4], Gen.Int[0, 30], static (m, twice) =>
        "{ " + string.Join(", ", (twice == 0 ? m : m.DistinctBy(static p => p.Key, StringComparer.OrdinalIgnoreCase)).Select(static p => $"\"{p.Key}\": {p.Value}")) + " }");

    [GeneratedRegex(@" \(from [^()]*\)$")]
    private static partial Regex Origin();

    private sealed class NoService : IPortService
    {
        public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
