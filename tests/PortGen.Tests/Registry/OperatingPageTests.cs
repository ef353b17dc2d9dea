using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace PortGen.Tests.Registry;

/// <summary>The operator's page names what the application can say and be told.</summary>
public sealed partial class OperatingPageTests
{
    private static readonly string s_root = typeof(OperatingPageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(static a => a.Key == "RepositoryRoot").Value!;
    private static readonly string s_page = File.ReadAllText(Path.Combine(s_root, "src", "PortGen", "OPERATING.md"));

    [Fact]
    public void Every_event_of_the_log_is_there_with_its_level()
    {
        var rows = Row().Matches(s_page).ToDictionary(
            static m => m.Groups["ids"].Value.Split(", ").Select(static i => int.Parse(i, CultureInfo.InvariantCulture)).ToList(), static m => m.Groups["levels"].Value);
        var methods = typeof(PortLog).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Select(static m => m.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>().ToList();
        Assert.Equal(methods.Select(static m => m.EventId).Order(), rows.Keys.SelectMany(static k => k).Where(static id => id < 60).Order());
        Assert.All(methods.Where(static m => m.Level != LogLevel.None), m => Assert.Contains(m.Level.ToString(), rows.First(r => r.Key.Contains(m.EventId)).Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_instrument_is_there_with_its_unit()
    {
        using var meters = new Meters();
        _ = new PortTelemetry(meters);
        Assert.NotEmpty(meters.Instruments);
        Assert.All(meters.Instruments, static i => Assert.Contains($"| `{i.Name}` | {i.Unit} |", s_page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("OPERATING.md")]
    [InlineData("../../README.md")]
    public void Every_variable_and_every_exit_code_is_there(string page)
    {
        var text = File.ReadAllText(Path.Combine(s_root, "src", "PortGen", page));
        var variables = PortSetting.Aliases("rest").Where(static v => !v.Contains("RANGE_", StringComparison.Ordinal))
            .Concat([PortSetting.GenericPortVariable, PortSetting.AllInterfacesVariable]);
        Assert.All(variables, v => Assert.Contains(v, text, StringComparison.Ordinal));
        if (page == "OPERATING.md")
        {
            Assert.All(PortSetting.Globals.Select(static s => s.Variable).OfType<string>(), v => Assert.Contains(v, text, StringComparison.Ordinal));
            Assert.All(typeof(PortExitCode).GetFields(), f => Assert.Contains($"| {f.GetRawConstantValue()} |", text, StringComparison.Ordinal));
        }
        else
        {
            Assert.All(PortSetting.PerPort.Concat(PortSetting.Globals.Where(static s => s.Variable is null)), s => Assert.Matches($"`[^`]*\\b{s.Key}`", text));
        }
    }

    [GeneratedRegex("^\\| (?<ids>[0-9]+(?:, [0-9]+)*) \\| (?<levels>(?:Debug|Information|Warning|Error|Critical)[^|]*) \\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    private sealed class Meters : IMeterFactory
    {
        private readonly MeterListener _listener = new();

        public Meters()
        {
            _listener.InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Scope == this)
                {
                    Instruments.Add(instrument);
                }
            };
            _listener.Start();
        }

        public List<Instrument> Instruments { get; } = [];

        public Meter Create(MeterOptions options) => new(options.Name, options.Version, options.Tags, scope: this);

        public void Dispose() => _listener.Dispose();
    }
}
