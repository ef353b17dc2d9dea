using System.Runtime.InteropServices;
using System.Text;
using PortGen.Platform.Unix;

namespace PortGen.Platform;

/// <summary>Paths without links: two ways to one folder are one folder.</summary>
internal static class RealPath
{
    /// <summary>The real path of a folder, without a separator at its end; the full path where the system doesn't resolve it.</summary>
    public static unsafe string Of(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (OperatingSystem.IsWindows())
        {
            return path;
        }

        var resolved = stackalloc byte[UnixCalls.LongestPath];
        return UnixCalls.Resolve(path, resolved) == 0 ? path : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(resolved));
    }
}
