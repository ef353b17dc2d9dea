namespace PortGen;

/// <summary>A value with its origin.</summary>
/// <param name="Value">The value.</param>
/// <param name="Source">Where a reader found it; <see langword="null"/> for the attribute.</param>
/// <param name="Rank">The precedence of its source: the higher one wins. The attribute has -1.</param>
internal readonly record struct Chosen<T, TSource>(T Value, TSource? Source = null, int Rank = -1)
    where TSource : class;

/// <summary>A port while its settings are merged, level by level: both at run time and in the build.</summary>
/// <typeparam name="TSource">How a reader remembers where a value came from.</typeparam>
internal sealed class PortDraft<TSource>
    where TSource : class
{
    public required string Name { get; init; }

    public required string Service { get; init; }

    public required Chosen<int, TSource> Port { get; set; }

    public required Chosen<string?, TSource> Range { get; set; }

    /// <summary>The port to prefer in the Development environment; 0 for <see cref="Port"/>.</summary>
    public required Chosen<int, TSource> DevelopmentPort { get; set; }

    /// <summary>The attribute's host; <see langword="null"/> if a setting decides, which its reader has checked.</summary>
    public string? Host { get; init; }

    /// <summary>The path of a health check; <see langword="null"/> for none.</summary>
    public string? HealthPath { get; set; }

    /// <summary>Resolves conflicts between port, range and environment. Call it once, after all levels have been read.</summary>
    public void Decide(bool isDevelopment)
    {
        if (isDevelopment && DevelopmentPort.Value != 0 && DevelopmentPort.Rank >= Port.Rank)
        {
            PreferInDevelopment();
        }
        else if (Port.Value != 0 && Port.Rank > Range.Rank)
        {
            // Whoever configures a port means that port: a range from a lower level no longer counts.
            Range = new(null);
        }
        else if (Port.Value != 0 && Range.Rank > Port.Rank && RangeWithout(Port.Value) is not null)
        {
            // Whoever configures a range means that range: a preferred port from a lower level that lies outside is dropped, so that
            // services can share a range.
            Port = new(0, Range.Source, Range.Rank);
        }
    }

    /// <summary>
    /// Keeps only the preferred port, if something outside maps exactly that one: a fallback would hide the service. A configured range
    /// is intended and stays; so does the range of a port without a preference, which nothing outside can know.
    /// </summary>
    public void Pin()
    {
        if (Range.Source is null && Port.Value != 0)
        {
            Range = new(null);
        }
    }

    /// <summary>The port as the rules see it.</summary>
    public PortSpec ToSpec() => new()
    {
        Name = Name,
        Service = Service,
        DeclaredBy = $"service '{Service}'",
        Port = Port.Value,
        Range = Range.Value,
        Host = Host,
        HealthPath = HealthPath,
    };

    /// <summary>Where the part's value came from; <see langword="null"/> for the attribute.</summary>
    public TSource? SourceOf(PortPart part) => part switch
    {
        PortPart.Port => Port.Source ?? Range.Source,
        PortPart.Range => Range.Source ?? Port.Source,
        _ => null,
    };

    // A starting point, never the only choice: a range that doesn't contain it moves there with the same width, unless a higher
    // level configures that range.
    private void PreferInDevelopment()
    {
        var preferred = DevelopmentPort.Value;
        Port = DevelopmentPort;
        if (!PortNumber.IsSelectable(preferred) || RangeWithout(preferred) is not { } range)
        {
            return;
        }

        if (Range.Rank > DevelopmentPort.Rank)
        {
            Port = new(0, Range.Source, Range.Rank);
        }
        else
        {
            var moved = new PortRange(preferred, Math.Min(preferred + range.Count - 1, PortNumber.Max));
            Range = new(moved.ToString(), DevelopmentPort.Source, DevelopmentPort.Rank);
        }
    }

    private PortRange? RangeWithout(int port) => PortRange.TryParse(Range.Value, out var range) && !range.Contains(port) ? range : null;
}

/// <summary>Applies the rules to drafts.</summary>
internal static class PortDraft
{
    /// <summary>Each broken rule with the source of the value at fault: if two ports collide, the one that has a source.</summary>
    /// <param name="drafts">The ports of one application.</param>
    /// <param name="numbersAlone">Whether to check only numbers: in the build, the compiler has checked the names.</param>
    public static IEnumerable<(PortProblem Problem, TSource? Source)> Check<TSource>(IReadOnlyList<PortDraft<TSource>> drafts, bool numbersAlone = false)
        where TSource : class
    {
        PortSpec[] specs = [.. drafts.Select(static d => d.ToSpec())];
        foreach (var problem in numbersAlone ? PortRules.CheckNumbers(specs) : PortRules.Check(specs, generatedClass: null))
        {
            var source = drafts[problem.Spec].SourceOf(problem.Part)
                ?? problem.Others.Select(i => drafts[i].SourceOf(problem.Part)).FirstOrDefault(static s => s is not null);
            yield return (problem, source);
        }
    }
}
