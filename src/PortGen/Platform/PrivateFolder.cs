using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using PortGen.Platform.Unix;

namespace PortGen.Platform;

/// <summary>A folder for private files, opened and proven to be this user's alone: one seam for Linux, one for the others.</summary>
internal abstract class PrivateFolder : IDisposable
{
    /// <summary>In bytes; a larger file is not read.</summary>
    protected const int LargestFile = 64 * 1024;

    /// <summary>A path that leads to the folder as long as this is open, whatever becomes of <see cref="Name"/>.</summary>
    protected abstract string Path { get; }

    /// <summary>The folder's usual path, for messages.</summary>
    public abstract string Name { get; }

    /// <summary>The folder's real path, by which it is the same folder whatever way leads there.</summary>
    public abstract string Location { get; }

    /// <summary>The names of all files.</summary>
    public IReadOnlyList<string> List() => [.. Directory.EnumerateFileSystemEntries(Path).Select(static p => System.IO.Path.GetFileName(p))];

    /// <summary>Reads a file, which must be a regular one of this user.</summary>
    public abstract FileReading Read(string fileName);

    /// <summary>Whether what has this name belongs to this user; of a symbolic link, the link.</summary>
    public abstract bool IsOwn(string fileName);

    /// <summary>Writes a file: a reader sees all of it or nothing.</summary>
    /// <param name="fileName">The file's name.</param>
    /// <param name="temporaryName">The name that it has until it is complete.</param>
    /// <param name="content">The content.</param>
    /// <returns>To be kept as long as the file is true: until it is disposed of, or this process ends, <see cref="IsHeld"/> says so.</returns>
    public IDisposable? Write(string fileName, string temporaryName, byte[] content)
    {
        // A new file only, so that nothing is followed or shared; what a killed process left behind goes first.
        Delete(temporaryName);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(At(temporaryName), options))
        {
            file.Write(content);
        }

        var hold = Hold(temporaryName);
        try
        {
            File.Move(At(temporaryName), At(fileName), overwrite: true);
            return hold;
        }
        catch
        {
            hold?.Dispose();
            throw;
        }
    }

    /// <summary>Whether whoever wrote the file lives and keeps it, in whatever pid namespace; also <see langword="true"/> where the system doesn't tell.</summary>
    public abstract bool IsHeld(string fileName);

    /// <summary>Takes the lock of a file, which is made if need be and never removed. Somebody else's end lets go of it.</summary>
    /// <param name="fileName">The file's name.</param>
    /// <param name="holder">What the file tells others of who has it.</param>
    /// <returns>To be disposed of; <see langword="null"/> if somebody else has the lock.</returns>
    /// <exception cref="IOException">There can be no lock here.</exception>
    public abstract IDisposable? TryLock(string fileName, byte[] holder);

    /// <summary>Listens for other processes of this user, under a name in the folder. The name is removed by <see cref="Delete"/>, not when the socket is closed.</summary>
    /// <param name="fileName">The name.</param>
    /// <param name="temporaryName">The name that it has until it is private.</param>
    /// <exception cref="SocketException">It can't.</exception>
    /// <exception cref="IOException">It can't.</exception>
    public Socket Listen(string fileName, string temporaryName)
    {
        Delete(temporaryName);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(At(temporaryName)));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(At(temporaryName), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            socket.Listen();

            // .NET removes the name that it has bound when the socket is closed. By then it is another's, or nobody's.
            File.Move(At(temporaryName), At(fileName), overwrite: true);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects to a process that listens under a name in the folder.</summary>
    /// <returns>The connection; <see langword="null"/> where nobody listens.</returns>
    public DescriptorChannel? Connect(string fileName)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(At(fileName)));
            return new DescriptorChannel(socket);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>When a file was last written, in UTC; of a file that isn't there, long ago.</summary>
    public DateTime LastWriteTime(string fileName) => File.GetLastWriteTimeUtc(At(fileName));

    /// <summary>Whether there is a file of that name.</summary>
    public bool Exists(string fileName) => File.Exists(At(fileName));

    /// <summary>Removes a file, of a symbolic link the link.</summary>
    public void Delete(string fileName) => File.Delete(At(fileName));

    /// <inheritdoc/>
    public abstract void Dispose();

    protected abstract IDisposable? Hold(string fileName);

    protected string At(string fileName) => System.IO.Path.Combine(Path, fileName);
}

/// <summary>A file's content, or why it is not to be trusted.</summary>
/// <param name="Content">The content; <see langword="null"/> if it is not to be trusted.</param>
/// <param name="Defect">Why not.</param>
/// <param name="IsMissing">Whether there is no such file, as when it was removed just now.</param>
internal sealed record FileReading(byte[]? Content, string? Defect = null, bool IsMissing = false)
{
    [MemberNotNullWhen(true, nameof(Content))]
    public bool IsTrusted => Content is not null;
}
