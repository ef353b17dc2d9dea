using System.Text;
using System.Text.Json;

namespace PortGen;

/// <summary>A value in a JSON settings file, and its position.</summary>
/// <param name="Path">Its configuration key, such as <c>Ports:echo:Range</c>.</param>
/// <param name="Text">Its text as the configuration system reads it: empty for an empty array; <see langword="null"/> for null and for any other object or array.</param>
/// <param name="IsContainer">Whether it is an object or an array.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Column">Its column, from 1, in characters.</param>
/// <param name="IsArray">Whether it is an array.</param>
/// <param name="IsEmpty">Whether it is an empty object or array.</param>
internal sealed record SettingsValue(string Path, string? Text, bool IsContainer, int Line, int Column, bool IsArray = false, bool IsEmpty = false);

/// <summary>Reads a JSON settings file with the position of each value, by the rules of the JSON configuration provider.</summary>
internal static class SettingsFile
{
    private static readonly JsonReaderOptions s_options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Every value of the file in order, containers before their contents. A value replaced by an empty container with the same key is left out.</summary>
    /// <param name="file">The file's bytes, in any encoding that it declares.</param>
    /// <exception cref="JsonException">The file is not JSON; the exception has the line, from 0, and the position in it.</exception>
    public static IReadOnlyList<SettingsValue> Read(byte[] file)
    {
        var content = Decode(file);
        var reader = new Utf8JsonReader(content, s_options);
        var values = new List<SettingsValue>();
        var parents = new Stack<Container>();
        var position = new LineCounter();
        var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        string? property = null;

        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                property = reader.GetString();
                continue;
            }

            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                if (parents.Pop() is { IsEmpty: true, Path: { } empty })
                {
                    Replace(values, empty);
                    keys.Add(empty);
                }

                continue;
            }

            var parent = parents.Count > 0 ? parents.Peek() : null;
            var path = parent?.Child(property);
            var isContainer = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            if (parent is null && reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("The file must contain an object.", null, 0, 0);
            }

            if (path is not null)
            {
                var (line, column) = position.Advance(content, (int)reader.TokenStartIndex);
                if (!isContainer && !keys.Add(path))
                {
                    throw new JsonException($"The key '{path}' appears twice.", null, line - 1, position.ByteInLine);
                }

                values.Add(new SettingsValue(path, isContainer ? null : Text(ref reader), isContainer, line, column, reader.TokenType == JsonTokenType.StartArray));
            }

            if (isContainer)
            {
                parents.Push(new Container(path, reader.TokenType == JsonTokenType.StartArray));
            }
        }

        return values;
    }

    /// <summary>Where reading stopped: line and column from 1, in characters, as an editor shows them.</summary>
    public static (int Line, int Column) PositionOf(JsonException exception, byte[] file)
    {
        var content = Decode(file);
        var lineStart = 0;
        for (var line = exception.LineNumber ?? 0; line > 0 && lineStart < content.Length; lineStart++)
        {
            line -= content[lineStart] == (byte)'\n' ? 1 : 0;
        }

        var target = (int)Math.Min(content.Length, lineStart + (exception.BytePositionInLine ?? 0));
        return new LineCounter().Advance(content, target);
    }

    /// <summary>What the exception says, without the position that the parser appends.</summary>
    public static string ReasonOf(JsonException exception)
    {
        var position = exception.Message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return position < 0 ? exception.Message : exception.Message.Substring(0, position);
    }

    // Like the configuration provider: by byte order mark, else UTF-8; invalid bytes become U+FFFD.
    private static byte[] Decode(byte[] file)
    {
        using var reader = new StreamReader(new MemoryStream(file));
        return Encoding.UTF8.GetBytes(reader.ReadToEnd());
    }

    // The last value is an empty container: it replaces an earlier value with the same key, which is allowed. A later one would be an error.
    private static void Replace(List<SettingsValue> values, string path)
    {
        var last = values[values.Count - 1];
        values.RemoveAll(v => !v.IsContainer && v.Path.Equals(path, StringComparison.OrdinalIgnoreCase));
        values[values.Count - 1] = last with { IsEmpty = true, Text = last.IsArray ? "" : null };
    }

    private static string? Text(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.True => "True",
        JsonTokenType.False => "False",
        JsonTokenType.Null => null,
        _ => Encoding.UTF8.GetString(reader.ValueSpan.ToArray()),
    };

    // The root object has no path. An empty path is that of an empty key.
    private sealed class Container(string? path, bool isArray)
    {
        private int _next;

        public string? Path => path;

        public bool IsEmpty { get; private set; } = true;

        public string Child(string? property)
        {
            IsEmpty = false;
            var name = isArray ? (_next++).ToString(System.Globalization.CultureInfo.InvariantCulture) : property;
            return path is null ? name! : path + ":" + name;
        }
    }

    // Tokens come in order, so each byte is looked at once.
    private sealed class LineCounter
    {
        private int _position;
        private int _line = 1;
        private int _column = 1;
        private int _lineStart;

        /// <summary>The position in its line, in bytes from 0.</summary>
        public int ByteInLine => _position - _lineStart;

        public (int Line, int Column) Advance(ReadOnlySpan<byte> content, int target)
        {
            for (; _position < target; _position++)
            {
                var b = content[_position];
                if (b == (byte)'\n')
                {
                    _line++;
                    _column = 1;
                    _lineStart = _position + 1;
                }
                else if ((b & 0xC0) != 0x80)
                {
                    // UTF-16 columns: a lead byte counts, a continuation byte doesn't, and four bytes are a surrogate pair.
                    _column += b >= 0xF0 ? 2 : 1;
                }
            }

            return (_line, _column);
        }
    }
}
