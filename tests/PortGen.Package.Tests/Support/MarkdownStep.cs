using System.Text.RegularExpressions;

namespace PortGen.Package.Tests.Support;

/// <summary>The blocks of a page's code, in their order.</summary>
/// <param name="File">The file that the line before the block names; empty for none.</param>
/// <param name="Language">The block's language.</param>
/// <param name="Text">What is in it.</param>
internal sealed partial record MarkdownStep(string File, string Language, string Text)
{
    /// <summary>The blocks of a page, or of one of its sections.</summary>
    public static async Task<IReadOnlyList<MarkdownStep>> ReadAsync(string page, string? section = null)
    {
        var text = await System.IO.File.ReadAllTextAsync(Path.Combine(LocalFeed.RepositoryRoot, page), TestContext.Current.CancellationToken);
        if (section is not null)
        {
            text = Regex.Match(text, $"^## {Regex.Escape(section)}\n.*?(?=^## )", RegexOptions.Singleline | RegexOptions.Multiline).Value;
        }

        return [.. Block().Matches(text).Select(static m => new MarkdownStep(m.Groups["file"].Value, m.Groups["language"].Value, m.Groups["text"].Value))];
    }

    [GeneratedRegex("(`(?<file>[A-Za-z./]+)`[^\n]*\n\n)?```(?<language>\\w+)\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
