namespace PortGen.Tasks;

/// <summary>A key of the section <c>Ports</c> in a settings file, merged from every place that sets something at or below it.</summary>
/// <param name="path">Its parts, starting with the section.</param>
internal sealed class SettingsKey(string[] path)
{
    // Anything below a port's setting is ignored.
    private const int Depth = 3;

    private bool _isNull;

    public string[] Path => path;

    /// <summary>Its text; <see langword="null"/> for none.</summary>
    public string? Text { get; private set; }

    /// <summary>Whether there are keys below it.</summary>
    public bool IsSection { get; private set; }

    /// <summary>Whether it is a non-empty list where the section, a port's section or an application setting belongs.</summary>
    public bool IsList { get; private set; }

    public int Line { get; private set; }

    public int Column { get; private set; }

    // Null in place of the section is a mistake; null elsewhere is ignored, and so is an object without keys.
    private bool SaysSomething => Text is not null || IsSection || (path.Length == 1 && _isNull);

    /// <summary>The keys of a file that set something, in order, as the configuration will see them: <c>"Ports:echo:Port": 1</c> is three.</summary>
    public static IEnumerable<SettingsKey> Of(IReadOnlyList<SettingsValue> values)
    {
        var keys = new List<SettingsKey>();
        var byPath = new Dictionary<string, SettingsKey>(StringComparer.OrdinalIgnoreCase);
        var list = "";
        foreach (var value in values)
        {
            var path = value.Path.Split(':');
            if (!string.Equals(path[0], PortSetting.Section, StringComparison.OrdinalIgnoreCase)
                || (list.Length > 0 && value.Path.StartsWith(list, StringComparison.Ordinal)))
            {
                continue;
            }

            for (var length = 1; length <= Math.Min(path.Length, Depth); length++)
            {
                var name = string.Join(":", path, 0, length);
                if (!byPath.TryGetValue(name, out var key))
                {
                    keys.Add(key = byPath[name] = new([.. path.Take(length)]) { Line = value.Line, Column = value.Column });
                }

                if (length == path.Length)
                {
                    key.Take(value);
                    // If a list stands where a section belongs, report the list, not each element.
                    list = value.IsArray && length < Depth ? value.Path + ":" : "";
                }
                else
                {
                    key.IsSection = true;
                }
            }
        }

        return keys.Where(static k => k.SaysSomething);
    }

    private void Take(SettingsValue value)
    {
        if (!value.IsContainer)
        {
            (Text, Line, Column, _isNull) = (value.Text, value.Line, value.Column, value.Text is null);
        }
        else if (value.IsEmpty)
        {
            (Text, Line, Column) = (value.Text, value.Line, value.Column);
        }
        else
        {
            IsSection = true;
            IsList |= value.IsArray && path.Length < Depth;
        }
    }
}
