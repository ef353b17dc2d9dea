using System.Diagnostics;
using System.Net;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Configuration;
using PortGen.Configuration;
using PortGen.Tests.Support;

namespace PortGen.Tests.Configuration;

public sealed class ConfigurationFuzzTests
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    [Fact]
    public void Configuration_fuzz_gives_a_plan_or_a_configuration_error()
    {
        var (plans, refusals) = (0, 0);
        using var folder = new TemporaryFolder();
        FuzzInput.Any.Sample(
            input =>
            {
                var clock = Stopwatch.StartNew();
                if (TryPlan(input, folder) is { } plan)
                {
                    AssertValid(plan);
                    plans++;
                }
                else
                {
                    refusals++;
                }

                Assert.InRange(clock.Elapsed, TimeSpan.Zero, s_longest);
            },
            iter: LongTests.Count(5_000, 50_000, 1_000_000),
            threads: 1);

        // Neither outcome is rare, or the inputs would say nothing.
        Assert.True(plans > refusals / 10 && refusals > plans / 10, $"{plans} plans, {refusals} refusals");
        TestContext.Current.TestOutputHelper?.WriteLine($"{plans} plans, {refusals} refusals");
    }

    private static PortPlan? TryPlan(FuzzInput input, TemporaryFolder folder)
    {
        IConfiguration configuration;
        try
        {
            configuration = Build(input, folder);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or System.Text.Json.JsonException)
        {
            // The configuration system's own refusals: a file that is no JSON, an argument that is none.
            return null;
        }

        try
        {
            return PortPlanner.Plan(FuzzManifests.All[input.Manifest], configuration, Plans.Environment(input.IsDevelopment ? "Development" : "Production"));
        }
        catch (PortConfigurationException e)
        {
            Assert.NotEmpty(e.Errors);
            Assert.All(e.Errors, static m => Assert.True(m.StartsWith("PG0", StringComparison.Ordinal) || m.StartsWith("PG2", StringComparison.Ordinal), m));
            Assert.Equal(e.Errors.Count, e.Errors.Distinct().Count());
            return null;
        }
    }

    private static IConfigurationRoot Build(FuzzInput input, TemporaryFolder folder)
    {
        var builder = new ConfigurationBuilder();
        if (input.Json is not null && input.Json.Length % 8 > 0)
        {
            builder.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(input.Json)));
        }
        else if (input.Json is not null)
        {
            // From a file every eighth time: it is what has lines to name, and takes the longest.
            folder.Write("appsettings.json", input.Json);
            builder.SetBasePath(folder.Path).AddJsonFile("appsettings.json");
        }

        return builder
            .AddInMemoryCollection(input.Memory.DistinctBy(static m => m.Key, StringComparer.OrdinalIgnoreCase).Select(static m => KeyValuePair.Create(m.Key, m.Value)))
            .Add(new MadeUpVariables("", input.Variables))
            .AddCommandLine(input.Arguments)
            .Build();
    }

    // The rules once more, in other words than the product's.
    private static void AssertValid(PortPlan plan)
    {
        foreach (var port in plan.Ports)
        {
            Assert.InRange(port.ExternalPort ?? 80, 1, 65535);
            Assert.True(port.Host is "localhost" or "*" || IPAddress.Parse(port.Host).ToString() == port.Host || port.Host.Contains(':', StringComparison.Ordinal), port.Host);
            if (port.Range is not { } allowed)
            {
                Assert.Equal(0, port.Port);
                continue;
            }

            Assert.True(allowed.First >= 1024 && allowed.First <= allowed.Last && allowed.Last <= 65535, $"{allowed}");
            Assert.True(port.Port == 0 || (port.Port >= allowed.First && port.Port <= allowed.Last), $"{port.Port} of {allowed}");
            Assert.NotEmpty(port.PortSource.ToString());
        }

        var preferred = plan.Ports.Select(static p => p.Port).Where(static n => n != 0).ToList();
        Assert.Equal(preferred.Count, preferred.Distinct().Count());
        Assert.All((TimeSpan[])[plan.BindTimeout, plan.StartTimeout, plan.StopTimeout, plan.DrainDelay], static t => Assert.InRange(t, TimeSpan.Zero, TimeSpan.FromDays(1)));
        AssertServable([.. plan.Ports.Select(static p => p.Range).OfType<PortRange>()]);
    }

    // Number by number, the range that ends first is served first.
    private static void AssertServable(List<PortRange> open)
    {
        for (var number = 1024; open.Count > 0; number++)
        {
            number = Math.Max(number, open.Min(static r => r.First));
            var next = open.Where(r => r.First <= number).MinBy(static r => r.Last);
            Assert.True(next.Last >= number, $"{next} gets no number");
            open.Remove(next);
        }
    }
}
