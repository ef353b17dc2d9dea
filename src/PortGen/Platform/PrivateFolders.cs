using PortGen.Platform.Linux;
using PortGen.Platform.Portable;

namespace PortGen.Platform;

/// <summary>
/// The private folders of one name that a user's running programs share. Which ones a process knows depends on its variables, so a file goes to all of
/// them and is looked for in all: two processes that have one in common find each other.
/// </summary>
internal sealed class PrivateFolders : IDisposable
{
    /// <summary>Has folders that are open.</summary>
    public PrivateFolders(params IReadOnlyList<PrivateFolder> all) => All = all;

    /// <summary>The folders, none twice; the preferred one first.</summary>
    public IReadOnlyList<PrivateFolder> All { get; }

    /// <summary>Their usual paths, for messages.</summary>
    public string Names => string.Join(", ", All.Select(static f => f.Name));

    /// <summary>Opens the folders of that name, and makes them if need be. Those that can't be made or aren't private are left out.</summary>
    /// <exception cref="IOException">There is none; the message says why.</exception>
    public static PrivateFolders Open(string name) => OperatingSystem.IsLinux()
        ? Open(LinuxPrivateFolder.Places(name))
        : new(new PortablePrivateFolder(name));

    /// <summary>Does the same in every folder.</summary>
    /// <exception cref="IOException">It failed in all of them, as it did in the first.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public void InEach(Action<PrivateFolder> action)
    {
        var failures = new List<Exception>();
        foreach (var folder in All)
        {
            try
            {
                action(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failures.Add(e);
            }
        }

        if (failures.Count == All.Count)
        {
            throw failures[0];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var folder in All)
        {
            folder.Dispose();
        }
    }

    private static PrivateFolders Open(IEnumerable<Func<PrivateFolder>> places)
    {
        var folders = new Dictionary<string, PrivateFolder>(StringComparer.Ordinal);
        var reasons = new List<string>();
        foreach (var open in places)
        {
            try
            {
                var folder = open();
                if (!folders.TryAdd(folder.Location, folder))
                {
                    folder.Dispose();
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                reasons.Add(e.Message);
            }
        }

        return folders.Count > 0 ? new([.. folders.Values]) : throw new IOException(string.Join("; ", reasons));
    }
}
