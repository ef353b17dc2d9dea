using CsCheck;
using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

[Collection(nameof(ProcessEnvironment))]
public sealed class R2_ConfigurationTests
{
    private static readonly string[] s_hosts = ["localhost", "127.0.0.1", "::1", "*"];

    private static readonly PortDefinition s_web = new("web") { Port = 9105, Range = new PortRange(9105, 9114), Primary = true, HealthPath = "/up" };
    private static readonly PortDefinition s_api = new("api") { Port = 9205, Range = new PortRange(9205, 9214), Host = "127.0.0.1", Required = false };

    private static readonly Gen<Statement> s_statement = Gen
        .Select(Gen.OneOf(s_web, s_api), Gen.OneOf("Port", "Port", "Range", "Range", "Host", "Required", "HealthPath", "ExternalPort"), Gen.Enum<Source>(), Gen.Int[0, 15], Gen.Int[0, 15])
        .Select(static (port, setting, source, a, b) => new Statement(
            port.Name,
            setting,
            source == Source.WeakVariable && !(setting is "Range" or "Host" || (setting == "Port" && port == s_web)) ? Source.Variable : source,
            setting switch
            {
                "Port" => $"{port.Port - 5 + a + b}",
                "Range" => $"{port.Port - 5 + a}-{port.Port - 5 + a + b}",
                "Host" => source == Source.WeakVariable ? "*" : s_hosts[a % 4],
                "Required" => a % 2 == 0 ? "true" : "false",
                "HealthPath" => $"/health{a}",
                _ => $"{a + 80}",
            }));

    [Fact]
    public void P06_Every_source_is_read_and_every_value_knows_where_it_came_from() =>
        Gen.Select(s_statement.Array[0, 16], Gen.Int[0, 1000]).Sample(static (all, pick) =>
        {
            var statements = all.DistinctBy(static s => (s.Port, s.Setting, s.Source)).ToList();
            var expected = ((PortDefinition[])[s_web, s_api]).Select(d => new ExpectedPort(d, statements)).ToList();
            using (var sources = new ConfigurationSources(statements))
            {
                if (expected.Any(static e => e.IsContradiction))
                {
                    var errors = Assert.Throws<PortConfigurationException>(() => Plan(sources)).Errors;
                    var contradictions = expected.Where(static e => e.IsContradiction).Select(e => sources.Origin(e.Winner("Port")!));
                    Assert.Equal(contradictions.Select(static o => ("PG0004", o)), errors.Select(static e => (e[..6], e[(e.IndexOf("(from ", StringComparison.Ordinal) + 6)..^1])));
                    return;
                }

                Assert.All(Plan(sources).Ports.Zip(expected), pair => pair.Second.AssertEqual(pair.First, sources));
            }

            // The same once more, with one of the values that count made unreadable: the message must name the very place.
            if (expected.SelectMany(static e => e.Effective).ToList() is { Count: > 0 } effective)
            {
                var broken = effective[pick % effective.Count] with { Value = "nonsense" };
                using var sources = new ConfigurationSources([.. statements.Where(s => (s.Port, s.Setting, s.Source) != (broken.Port, broken.Setting, broken.Source)), broken]);
                var error = Assert.Single(Assert.Throws<PortConfigurationException>(() => Plan(sources)).Errors);
                Assert.StartsWith(broken.Setting == "Range" ? "PG0001: " : "PG2003: ", error, StringComparison.Ordinal);
                Assert.Contains("nonsense", error, StringComparison.Ordinal);
                Assert.EndsWith($"(from {sources.Origin(broken)})", error, StringComparison.Ordinal);
            }
        }, iter: 300, threads: 1);

    private static PortGen.Configuration.PortPlan Plan(ConfigurationSources sources) => Plans.Of(Manifests.Of(s_web, s_api), sources.Configuration);
}
