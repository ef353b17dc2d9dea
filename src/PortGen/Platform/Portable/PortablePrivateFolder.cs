namespace PortGen.Platform.Portable;

/// <summary>
/// The folder on macOS and Windows; untested. It is below the user's own application data, which the system keeps private, so links are
/// looked for by name and owners not at all.
/// </summary>
internal sealed class PortablePrivateFolder : PrivateFolder
{
    private const int SharingViolation = 32;
    private const int WouldBlock = 35;

    public PortablePrivateFolder(string name)
    {
        Path = System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), name);
        var folder = OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(Path)
            : Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (folder.LinkTarget is not null)
        {
            throw new IOException($"{Path} is a link");
        }
    }

    public override string Name => Path;

    public override string Location => Path;

    protected override string Path { get; }

    public override FileReading Read(string fileName)
    {
        var file = new FileInfo(At(fileName));
        if (!file.Exists)
        {
            return new(null, "it is gone", IsMissing: true);
        }

        return file.LinkTarget is not null || file.Length > LargestFile
            ? new(null, "it is a link, or is too large")
            : new(File.ReadAllBytes(file.FullName));
    }

    public override bool IsOwn(string fileName) => true;

    public override bool IsHeld(string fileName) => true;

    public override IDisposable? TryLock(string fileName, byte[] holder)
    {
        try
        {
            var file = new FileStream(At(fileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.Write(holder);
            file.SetLength(holder.Length);
            file.Flush();
            return file;
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is SharingViolation or WouldBlock)
        {
            return null;
        }
    }

    protected override IDisposable? Hold(string fileName) => null;

    public override void Dispose()
    {
    }
}
