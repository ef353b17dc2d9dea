using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using PortGen.Platform.Unix;

namespace PortGen.Platform.Linux;

/// <summary>
/// The folder on Linux. It is opened once without following a link and judged by its descriptor; every path then goes through that
/// descriptor, so what is put in the folder's place later is never looked at. Files are opened and judged the same way.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxPrivateFolder : PrivateFolder
{
    private const int NoSuchFile = 2;
    private const int WouldBlock = 11;
    private const string SharedTemporary = "/tmp";

    private readonly SafeFileHandle _directory;

    /// <summary>Opens a folder, and makes it if need be.</summary>
    /// <exception cref="IOException">It can't be made or isn't private; the message says why.</exception>
    public LinuxPrivateFolder(string path)
    {
        Name = path;
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _directory = LinuxCalls.OpenDirectory(path, out var error)
            ?? throw new IOException($"{path} is not a folder of this user: {Marshal.GetPInvokeErrorMessage(error)}");
        if (Distrust(LinuxCalls.Describe(_directory)) is { } reason)
        {
            _directory.Dispose();
            throw new IOException($"{path} {reason}");
        }
    }

    public override string Name { get; }

    public override string Location => RealPath.Of(Path);

    protected override string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_directory.DangerousGetHandle()}");

    /// <summary>
    /// Opens each place where a folder of that name may be: in the directories that systemd or the session gives, and in those that every shell of the user knows, whatever its
    /// variables.
    /// </summary>
    public static IEnumerable<Func<PrivateFolder>> Places(string name)
    {
        var ofUser = string.Create(CultureInfo.InvariantCulture, $"{name}-{UnixCalls.User}");
        IEnumerable<string> services = Environment.GetEnvironmentVariable("RUNTIME_DIRECTORY")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
        IEnumerable<string> sessions = [Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") ?? "", string.Create(CultureInfo.InvariantCulture, $"/run/user/{UnixCalls.User}")];
        IEnumerable<string> places =
        [
            .. services.Where(static p => System.IO.Path.IsPathFullyQualified(p) && Directory.Exists(p)).Select(p => System.IO.Path.Combine(p, name)),
            .. sessions.Where(static p => System.IO.Path.IsPathFullyQualified(p) && IsPrivate(p)).Select(p => System.IO.Path.Combine(p, name)),
            System.IO.Path.Combine(System.IO.Path.GetTempPath(), ofUser),
            System.IO.Path.Combine(SharedTemporary, ofUser),
        ];
        return places.Distinct().Select(static p => (Func<PrivateFolder>)(() => new LinuxPrivateFolder(p)));
    }

    public override FileReading Read(string fileName)
    {
        using var file = LinuxCalls.OpenFile(At(fileName), out var error);
        if (file is null)
        {
            return new(null, Marshal.GetPInvokeErrorMessage(error), IsMissing: error == NoSuchFile);
        }

        var facts = LinuxCalls.Describe(file);
        if (Distrust(facts) is { } reason)
        {
            return new(null, "it " + reason);
        }

        if (!facts!.Value.IsRegularFile || facts.Value.Size > LargestFile)
        {
            return new(null, "it is not a regular file, or is too large");
        }

        // What is appended meanwhile is cut off, and then makes no record.
        var content = new byte[facts.Value.Size];
        var length = RandomAccess.Read(file, content, 0);
        return new(content[..length]);
    }

    public override bool IsOwn(string fileName) => LinuxCalls.Describe(At(fileName))?.Owner == UnixCalls.User;

    public override bool IsHeld(string fileName)
    {
        // The writer holds it shared; an exclusive lock needs it open for writing on a network file system.
        using var file = LinuxCalls.OpenFileToWrite(At(fileName), out _);
        return file is null || UnixCalls.Lock(file, exclusive: true) != 0;
    }

    public override IDisposable? TryLock(string fileName, byte[] holder)
    {
        var file = LinuxCalls.OpenOrCreateFile(At(fileName), out var error) ?? throw Failed(fileName, error);
        try
        {
            if (Distrust(LinuxCalls.Describe(file)) is { } reason)
            {
                throw new IOException($"{System.IO.Path.Combine(Name, fileName)} {reason}");
            }

            error = UnixCalls.Lock(file, exclusive: true);
            if (error is not 0 and not WouldBlock)
            {
                throw Failed(fileName, error);
            }

            // Somebody who clears temporary files away may have removed it meanwhile: then it is nobody else's lock.
            if (error == 0 && LinuxCalls.Describe(file)?.Inode == LinuxCalls.Describe(At(fileName))?.Inode)
            {
                RandomAccess.Write(file, holder, 0);
                RandomAccess.SetLength(file, holder.Length);
                return Interlocked.Exchange(ref file, null);
            }

            return null;
        }
        finally
        {
            file?.Dispose();
        }
    }

    public override void Dispose() => _directory.Dispose();

    // Before the file has its name: nobody may find it without its writer.
    protected override IDisposable? Hold(string fileName)
    {
        var file = LinuxCalls.OpenFile(At(fileName), out _);
        if (file is not null)
        {
            _ = UnixCalls.Lock(file, exclusive: false);
        }

        return file;
    }

    private IOException Failed(string fileName, int error) => new($"{System.IO.Path.Combine(Name, fileName)}: {Marshal.GetPInvokeErrorMessage(error)}");

    private static bool IsPrivate(string path)
    {
        using var directory = LinuxCalls.OpenDirectory(path, out _);
        return directory is not null && Distrust(LinuxCalls.Describe(directory)) is null;
    }

    private static string? Distrust(FileFacts? facts) => facts switch
    {
        null => "can't be looked at",
        { } f when f.Owner != UnixCalls.User => "belongs to another user",
        { IsOpenToOthers: true } => "is open to other users",
        _ => null,
    };
}
