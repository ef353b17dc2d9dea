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

    private readonly SafeFileHandle _directory;

    /// <summary>Opens a folder, and makes it if need be.</summary>
    /// <inheritdoc cref="PrivateFolder.Open"/>
    public LinuxPrivateFolder(string path)
    {
        Name = path;
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _directory = LinuxCalls.OpenDirectory(path, out var error)
            ?? throw new IOException($"{path} is no folder of this user: {Marshal.GetPInvokeErrorMessage(error)}");
        if (Distrust(LinuxCalls.Describe(_directory)) is { } reason)
        {
            _directory.Dispose();
            throw new IOException($"{path} {reason}");
        }
    }

    public override string Name { get; }

    protected override string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_directory.DangerousGetHandle()}");

    /// <summary>In the user's runtime directory, if that is as the XDG Base Directory Specification has it; else among the temporary files.</summary>
    public static LinuxPrivateFolder OpenOwn(string name)
    {
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return new(runtime is not null && System.IO.Path.IsPathFullyQualified(runtime) && IsPrivate(runtime)
            ? System.IO.Path.Combine(runtime, name)
            : System.IO.Path.Combine(System.IO.Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"{name}-{UnixCalls.User}")));
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
            return new(null, "it is no regular file, or too large");
        }

        // What is appended meanwhile is cut off, and then makes no record.
        var content = new byte[facts.Value.Size];
        var length = RandomAccess.Read(file, content, 0);
        return new(content[..length]);
    }

    public override bool IsOwn(string fileName) => LinuxCalls.Describe(At(fileName))?.Owner == UnixCalls.User;

    public override void Dispose() => _directory.Dispose();

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
