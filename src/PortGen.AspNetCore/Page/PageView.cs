using System.Globalization;
using PortGen.Status;

namespace PortGen.Page;

/// <summary>What the page shows, in its order: the ports with trouble first, then those on a fallback, then the rest by name.</summary>
internal sealed class PageView
{
    public PageView(IReadOnlyList<PortStatus> ports, bool showHolders, DateTimeOffset now)
    {
        Summary = new PortSummary(ports);
        ShowHolders = showHolders;
        Now = now;
        Ports = [.. ports.OrderBy(TroubleOf).ThenBy(static p => p.Name, StringComparer.Ordinal)];
        Waves = [.. ports.GroupBy(static p => p.Wave).OrderBy(static w => w.Key).Select(static w => w.Select(static p => p.Service).Distinct().ToList())];
    }

    public PortSummary Summary { get; }

    public bool ShowHolders { get; }

    public DateTimeOffset Now { get; }

    /// <summary>The buttons for the caller; <see langword="null"/> for none.</summary>
    public PageForms? Forms { get; init; }

    /// <summary>What became of the caller's last wish; <see langword="null"/> for nothing to tell.</summary>
    public string? News { get; init; }

    public IReadOnlyList<PortStatus> Ports { get; }

    /// <summary>The services, in the waves in which they start.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Waves { get; }

    /// <summary>What the window's title begins with, such as <c>(1 failed) </c>; empty where all is well.</summary>
    public string TitlePrefix => Summary switch
    {
        { Failed: > 0 and var n } => Prefix(n, "failed"),
        { Draining: > 0 } => "(stopping) ",
        { Starting: > 0 and var n } => Prefix(n, "not served yet"),
        { Released: > 0 and var n } => Prefix(n, "stopped"),
        { Fallbacks: > 0 and var n } => Prefix(n, "on a fallback"),
        _ => "",
    };

    /// <summary>A line for everybody, such as <c>3 ports: 3 serving, 1 on a fallback</c>, in parts.</summary>
    public IEnumerable<(string Kind, string Text)> SummaryParts
    {
        get
        {
            (string Kind, int Count, string Text)[] parts =
            [
                ("serving", Summary.Serving, "serving"), ("fallback", Summary.Fallbacks, "on a fallback"), ("failed", Summary.Failed, "failed"),
                ("pending", Summary.Starting, "not served yet"), ("draining", Summary.Draining, "draining"), ("released", Summary.Released, "stopped"),
            ];
            return parts.Where(static p => p.Count > 0 || p.Kind == "serving").Select(static p => (p.Kind, Text(p.Count) + " " + p.Text));
        }
    }

    /// <summary>The other port of the application that holds a number; <see langword="null"/> for none.</summary>
    public PortStatus? HolderOf(int number, PortStatus except) => Ports.FirstOrDefault(p => p.Port == number && p.Name != except.Name);

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Prefix(int count, string text) => $"({Text(count)} {text}) ";

    private static int TroubleOf(PortStatus port) => port switch
    {
        { State: PortState.Failed } => 0,
        { IsExpected: false } => 5,
        { State: PortState.Pending or PortState.Bound or PortState.Draining } => 1,
        { State: PortState.Released } => 2,
        { IsFallback: true } => 3,
        _ => 4,
    };
}
