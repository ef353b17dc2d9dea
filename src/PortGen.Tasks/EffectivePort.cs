namespace PortGen.Tasks;

/// <summary>A port under the settings of one environment.</summary>
/// <param name="Declared">The declaration.</param>
/// <param name="Draft">Port, range and health path, merged from the attribute and the files.</param>
/// <param name="Values">The files' values for this port, the deciding one last.</param>
internal sealed record EffectivePort(DeclaredPort Declared, PortDraft<PortValue> Draft, IReadOnlyList<PortValue> Values)
{
    /// <summary>Whether a library has declared it.</summary>
    public bool IsReferenced => Declared.Registration is not null;

    /// <summary>The declaration with the settings' values in place of its own.</summary>
    public DeclaredPort Port => Declared with
    {
        Port = Draft.Port.Value,
        Range = Draft.Range.Value?.Trim(),
        Host = Find(PortSetting.Host)?.Trim() ?? Declared.Host,
        Required = Find(PortSetting.Required) is { } text ? PortSettingValue.TryParseBoolean(text, out var required) && required : Declared.Required,
        HealthPath = Draft.HealthPath,
        DevelopmentPort = Math.Max(Draft.DevelopmentPort.Value, 0),
    };

    /// <summary>The port as seen from outside; <see langword="null"/> for the same.</summary>
    public int? ExternalPort => Find(PortSetting.ExternalPort) is { } text && PortSettingValue.TryParsePort(text, out var port) ? port : null;

    /// <summary>Merges the files' values over the attribute's, level by level.</summary>
    public static EffectivePort Merge(DeclaredPort declared, IReadOnlyList<ILookup<string, PortValue>> levels, bool isDevelopment)
    {
        var draft = declared.ToDraft<PortValue>();
        var values = new List<PortValue>();
        for (var rank = 0; rank < levels.Count; rank++)
        {
            foreach (var value in levels[rank][declared.Name])
            {
                Apply(draft, declared, value, rank);
                values.Add(value);
            }
        }

        draft.Decide(isDevelopment);
        return new EffectivePort(declared, draft, values);
    }

    // An unreadable value counts as not configured, as at run time: the attribute's value applies, not a lower level's.
    private static void Apply(PortDraft<PortValue> draft, DeclaredPort declared, PortValue value, int rank)
    {
        PortSettingValue.TryParsePort(value.Text, out var port);
        if (value.Setting == PortSetting.Port)
        {
            draft.Port = value.IsReadable ? new(port, value, rank) : new(declared.Port);
        }
        else if (value.Setting == PortSetting.Range)
        {
            draft.Range = new(value.Text, value, rank);
        }
        else if (value.Setting == PortSetting.DevelopmentPort)
        {
            draft.DevelopmentPort = value.IsReadable ? new(port, value, rank) : new(declared.DevelopmentPort);
        }
        else if (value.Setting == PortSetting.HealthPath)
        {
            draft.HealthPath = value.IsReadable && value.Text.Trim() is { Length: > 0 } path ? path : null;
        }
    }

    private string? Find(PortSetting setting) => Values.LastOrDefault(v => v.Setting == setting) is { IsReadable: true } value ? value.Text : null;
}
