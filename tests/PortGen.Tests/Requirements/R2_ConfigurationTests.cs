using CsCheck;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

[Collection(nameof(ProcessEnvironment))]
public sealed class R2_ConfigurationTests
{
    private static readonly string[] s_hosts = ["localhost", "127.0.0.1", "::1", "*"];

    // What may be wrong with the one setting of one port.
    private static readonly (string Rule, Func<string, Source, Statement> Of)[] s_mistakes =
    [
        ("PG2003", static (port, source) => new(port, "Port", source, "eighty")),
        ("PG2003", static (port, source) => new(port, "Port", source, "-5")),
        ("PG0002", static (port, source) => new(port, "Port", source, "1023")),
        ("PG0002", static (port, source) => new(port, "Port", source, "65536")),
        ("PG0001", static (port, source) => new(port, "Range", source, "9100..9109")),
        ("PG0002", static (port, source) => new(port, "Range", source, "1000-1100")),
        ("PG0003", static (port, source) => new(port, "Range", source, "9109-9100")),
        ("PG2003", static (port, source) => new(port, "Host", source, "nowhere")),
        ("PG2003", static (port, source) => new(port, "Required", source, "perhaps")),
        ("PG2003", static (port, source) => new(port, "ExternalPort", source, "65536")),
        ("PG2003", static (port, source) => new(port, "ExternalPort", source, "0")),
    ];

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

    [Fact]
    public async Task P07_Only_ports_of_a_configured_range_are_selected() =>
        await Gen.Select(Gen.Bool.Array[1, 8], Gen.Int[1, 3], Gen.Enum<Source>(), Gen.Int[0, 20]).SampleAsync(static async (occupied, services, source, preferred) =>
        {
            // Preferred ports lie before, inside and behind the range; some of its ports are taken by others.
            var block = FreePorts.Block(occupied.Length + 14);
            var range = new PortRange(block.First + 7, block.First + 6 + occupied.Length);
            var holders = occupied.Select((o, i) => o ? FreePorts.Occupy(range.First + i) : null).ToList();
            PortDefinition[] ports = [.. Enumerable.Range(0, services).Select(i => new PortDefinition($"s{i}") { Port = block.First + ((preferred + i) % block.Count) })];
            using var sources = new ConfigurationSources([.. ports.Select(p => new Statement(p.Name, "Range", source, range.ToString()))]);
            var free = occupied.Count(static o => !o);
            try
            {
                await using var host = await RunningHost.StartAsync(Manifests.Of(ports), sources.Folder, [.. sources.Arguments, "--Ports:BindTimeout=0"]);
                var selected = host.Ports.Select(static p => p.Port!.Value).ToList();
                Assert.All(selected, port => Assert.True(range.Contains(port) && !occupied[port - range.First], $"{port} of {range}"));
                Assert.Equal(services, selected.Distinct().Count());
            }
            catch (PortUnavailableException)
            {
                Assert.True(free < services, $"{free} ports are free for {services} services");
            }
            catch (PortConfigurationException e)
            {
                // The same first port for two that the range moved, or too small a range for all.
                Assert.All(e.Errors, static m => Assert.Matches("^PG000[67]: ", m));
                Assert.True(services > 1);
            }
            finally
            {
                holders.ForEach(static h => h?.Dispose());
            }
        }, iter: 100, threads: 1);

    [Fact]
    public async Task P08_Without_configuration_the_attributes_defaults_apply() =>
        await Gen.Select(Gen.Int[0, 4], Gen.Int[0, 9], Gen.Bool, Gen.OneOf(s_hosts), Gen.Bool).Array[1, 3].SampleAsync(static async declared =>
        {
            PortDefinition[] ports =
            [
                .. declared.Select(static (d, i) =>
                {
                    var (offset, width, hasRange, host, required) = d;
                    var block = FreePorts.Block(15);
                    var range = new PortRange(block.First, block.First + offset + width);
                    return new PortDefinition($"s{i}") { Port = block.First + offset, Range = hasRange ? range : null, Host = host, Required = required, HealthPath = required ? "/up" : null };
                }),
            ];
            using var sources = new ConfigurationSources([]);
            Assert.All(Plans.Of(Manifests.Of(ports), sources.Configuration).Ports.Zip(ports), static p => Assert.Equal(
                (p.Second.Port, p.Second.Range ?? new PortRange(p.Second.Port, p.Second.Port), p.Second.Host, p.Second.Required, p.Second.HealthPath, null),
                (p.First.Port, p.First.Range, p.First.Host, p.First.Required, p.First.HealthPath, p.First.ExternalPort)));

            await using var host = await RunningHost.StartAsync(Manifests.Of(ports), sources.Folder);
            Assert.All(host.Ports.Zip(ports), pair =>
            {
                var (status, port) = pair;
                Assert.Equal((port.Port, PortState.Serving, port.Host), (status.Port, status.State, status.Host));
                var line = $"{port.Name}: prefers {port.Port} (its attribute), range {port.Range ?? new PortRange(port.Port, port.Port)} (its attribute), on {port.Host} (its attribute)";
                Assert.Contains((LogLevel.Debug, 20, line), host.Log.Entries);
            });
        }, iter: 100, threads: 1);

    [Fact]
    public async Task P09_Each_service_has_its_own_settings() =>
        await Gen.Select(Gen.Enum<Source>(), Gen.Int[0, 63], Gen.Int[0, 9]).Array[3].SampleAsync(static async settings =>
        {
            // Of each service a random part is configured; whatever is not must stay as declared, whatever the neighbours say.
            var block = FreePorts.Block(60);
            PortDefinition[] ports = [.. Enumerable.Range(0, 3).Select(i => new PortDefinition($"s{i}") { Port = block.First + (20 * i), Host = s_hosts[i], HealthPath = $"/{i}" })];
            var statements = settings.SelectMany((s, i) => Own(ports[i], s.Item1, s.Item2, s.Item3)).ToList();
            using var sources = new ConfigurationSources(statements);
            var plan = Plans.Of(Manifests.Of(ports), sources.Configuration).Ports;
            await using var host = await RunningHost.StartAsync(Manifests.Of(ports), sources.Folder, sources.Arguments);
            for (var i = 0; i < ports.Length; i++)
            {
                new ExpectedPort(ports[i], statements).AssertEqual(plan[i], sources);
                Assert.Equal((plan[i].Port, plan[i].Host, plan[i].ExternalPort), (host.Ports[i].Port, host.Ports[i].Host, host.Ports[i].ExternalPort));
            }
        }, iter: 100, threads: 1);

    // A configured number is in a range of the service's own twenty, which the same source gives or another service's source doesn't.
    private static IEnumerable<Statement> Own(PortDefinition port, Source source, int which, int value)
    {
        var strong = source == Source.WeakVariable ? Source.Variable : source;
        Statement[] all =
        [
            new(port.Name, "Port", strong, $"{port.Port + value}"),
            new(port.Name, "Range", strong, $"{port.Port}-{port.Port + 10 + value}"),
            new(port.Name, "Host", strong, s_hosts[value % 4]),
            new(port.Name, "Required", strong, value % 2 == 0 ? "true" : "false"),
            new(port.Name, "HealthPath", strong, $"/own{value}"),
            new(port.Name, "ExternalPort", strong, $"{80 + value}"),
        ];
        return all.Where((_, i) => (which & (1 << i)) != 0);
    }

    [Fact]
    public async Task P10_Invalid_configuration_reports_every_error_and_binds_nothing() =>
        await Gen.Select(Gen.Int[-1, s_mistakes.Length - 1], Gen.Enum<Source>()).Array[4].SampleAsync(static async choices =>
        {
            // Each service has one mistake or none; the valid ones would be free to start.
            var block = FreePorts.Block(40);
            PortDefinition[] ports = [.. Enumerable.Range(0, 4).Select(i => new PortDefinition($"s{i}") { Port = block.First + (10 * i), Range = new PortRange(block.First + (10 * i), block.First + (10 * i) + 9) })];
            var mistakes = choices.Select((c, i) => (Index: c.Item1, Source: c.Item2 == Source.WeakVariable ? Source.Variable : c.Item2, Port: ports[i].Name)).Where(static c => c.Index >= 0)
                .Select(static c => (Statement: s_mistakes[c.Index].Of(c.Port, c.Source), s_mistakes[c.Index].Rule)).ToList();
            using var sources = new ConfigurationSources([.. mistakes.Select(static m => m.Statement)]);
            if (mistakes.Count == 0)
            {
                await using var host = await RunningHost.StartAsync(Manifests.Of(ports), sources.Folder, sources.Arguments);
                Assert.All(host.Ports, static p => Assert.Equal(PortState.Serving, p.State));
                return;
            }

            var errors = (await Assert.ThrowsAsync<PortConfigurationException>(() => RunningHost.StartAsync(Manifests.Of(ports), sources.Folder, sources.Arguments))).Errors;
            Assert.Equal(mistakes.Count, errors.Count);
            Assert.All(mistakes, mistake => Assert.Single(errors, e => e.StartsWith(mistake.Rule + ": ", StringComparison.Ordinal)
                && e.Contains(mistake.Rule == "PG2002" ? mistake.Statement.Port : mistake.Statement.Value.Split('-')[0], StringComparison.Ordinal)
                && e.EndsWith($"(from {sources.Origin(mistake.Statement)})", StringComparison.Ordinal)));
            Assert.All(Enumerable.Range(block.First, block.Count), static n => Assert.True(FreePorts.BecomesFree(n)));
        }, iter: 100, threads: 1);

    private static PortGen.Configuration.PortPlan Plan(ConfigurationSources sources) => Plans.Of(Manifests.Of(s_web, s_api), sources.Configuration);
}
