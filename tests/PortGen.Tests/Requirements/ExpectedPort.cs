using System.Globalization;
using PortGen.Configuration;
using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

/// <summary>A simple reference for what a port's settings come to, written from the documented order of precedence.</summary>
internal sealed class ExpectedPort(PortDefinition definition, IReadOnlyList<Statement> statements)
{
    /// <summary>The source says both, and one excludes the other.</summary>
    public bool IsContradiction => Level("Port") >= 0 && Level("Port") == Level("Range") && !Configured("Range").Contains(Preferred);

    /// <summary>The statements that decide something and can be wrong.</summary>
    public IEnumerable<Statement> Effective =>
        ((string[])["Port", "Range", "Host", "Required", "ExternalPort"]).Where(s => s != "Range" || !IsExact).Select(Winner).OfType<Statement>();

    private bool IsExact => Level("Port") > Level("Range");

    private int Preferred => Winner("Port") is { } port ? int.Parse(port.Value, CultureInfo.InvariantCulture) : definition.Port;

    private bool IsMoved => Level("Range") > Level("Port") && !Configured("Range").Contains(Preferred);

    /// <summary>The strongest statement; <see langword="null"/> where the attribute decides.</summary>
    public Statement? Winner(string setting) => statements
        .Where(s => s.Setting == setting && (s.Port == definition.Name || (s.Source == Source.WeakVariable && setting == "Host")))
        .MaxBy(static s => s.Source);

    /// <summary>Compares every setting, and where those of the number and the interface came from.</summary>
    public void AssertEqual(PlannedPort port, ConfigurationSources sources)
    {
        var allowed = IsExact ? new PortRange(Preferred, Preferred) : Configured("Range");
        Assert.Equal((IsMoved ? 0 : Preferred, allowed), (port.Port, port.Range!.Value));
        Assert.Equal(Winner("Host")?.Value ?? definition.Host, port.Host);
        Assert.Equal(Winner("Required")?.Value ?? (definition.Required ? "true" : "false"), port.Required ? "true" : "false");
        Assert.Equal(Winner("HealthPath")?.Value ?? definition.HealthPath, port.HealthPath);
        Assert.Equal(Winner("ExternalPort")?.Value, port.ExternalPort?.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(Origin(IsMoved ? "Range" : "Port"), port.PortSource.ToString());
        Assert.Equal(Origin(IsExact ? "Port" : "Range"), port.RangeSource.ToString());
        Assert.Equal(Origin("Host"), port.HostSource.ToString());

        string Origin(string setting) => Winner(setting) is { } winner ? sources.Origin(winner) : "its attribute";
    }

    private int Level(string setting) => Winner(setting)?.Level ?? -1;

    private PortRange Configured(string setting) =>
        Winner(setting) is { } range && PortRange.TryParse(range.Value, out var configured) ? configured : definition.Range ?? new PortRange(definition.Port, definition.Port);
}
