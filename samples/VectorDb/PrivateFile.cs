namespace VectorDb;

/// <summary>A file with a secret.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Content">What it has.</param>
internal sealed record PrivateFile(string Path, string Content)
{
    private const UnixFileMode OthersMayRead = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.GroupWrite;

    /// <summary>Whether only its user can have written it, and nobody but its user and group can have read it.</summary>
    /// <exception cref="InvalidOperationException">It isn't so.</exception>
    public static void Check(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var mode = File.GetUnixFileMode(path);
        if ((mode & OthersMayRead) != 0)
        {
            throw new InvalidOperationException(
                $"{path} may be known to or written by other users (mode {Octal(mode)}). Delete it, and a new one is created; if you are sure that nobody has changed it: chmod 600 {path}");
        }

        var folder = System.IO.Path.GetDirectoryName(path)!;
        mode = File.GetUnixFileMode(folder);
        if ((mode & (UnixFileMode.OtherWrite | UnixFileMode.StickyBit)) == UnixFileMode.OtherWrite)
        {
            throw new InvalidOperationException(
                $"Every user can replace {path}: its folder has mode {Octal(mode)}. Use chmod o-w {folder}, or set Storage:Folder to a new folder in it, which only this user can read");
        }
    }

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8);
}
