using System.Runtime.CompilerServices;

namespace PortGen.Compiler.Tests.Support;

/// <summary>
/// Compares text with the approved file beside the test, <c>{Class}.{Test}.verified.cs</c>. On a mismatch the text is written to
/// <c>.received.cs</c>: look at the difference, and rename the file to approve it.
/// </summary>
internal static class Snapshot
{
    public static void Verify(string text, [CallerFilePath] string file = "", [CallerMemberName] string test = "")
    {
        var stem = Path.Combine(Path.GetDirectoryName(file)!, $"{Path.GetFileNameWithoutExtension(file)}.{test}");
        var (verified, received) = (stem + ".verified.cs", stem + ".received.cs");
        if (File.Exists(verified) && File.ReadAllText(verified).ReplaceLineEndings("\n") == text)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, text);
        Assert.Fail($"The text is not the approved one; compare {received} with {verified}.");
    }
}
