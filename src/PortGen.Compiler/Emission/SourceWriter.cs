using System.Text;

namespace PortGen.Compiler.Emission;

/// <summary>Text with indentation, <c>\n</c> at every line's end.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Writes the lines of <paramref name="text"/> at the current depth; an empty line stays empty.</summary>
    public SourceWriter Write(string text)
    {
        foreach (var line in text.Replace("\r", "").Split('\n'))
        {
            if (line.Length > 0)
            {
                _text.Append(' ', _depth * 4).Append(line);
            }

            _text.Append('\n');
        }

        return this;
    }

    /// <summary>Writes an empty line.</summary>
    public SourceWriter Line() => Write("");

    /// <summary>Opens a brace and goes one level in.</summary>
    public SourceWriter Open()
    {
        Write("{");
        _depth++;
        return this;
    }

    /// <summary>Goes one level out and closes the brace.</summary>
    public SourceWriter Close()
    {
        _depth--;
        return Write("}");
    }

    /// <summary>Goes one level out and closes the brace of an initializer.</summary>
    public SourceWriter CloseStatement()
    {
        _depth--;
        return Write("};");
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
