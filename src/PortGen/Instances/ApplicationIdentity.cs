using System.Reflection;
using PortGen.Platform;

namespace PortGen.Instances;

/// <summary>Which application this is, the same for every way to start it: whatever the working folder, the user's session and the variables.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Id">Of two instances of one application equal, of others not: another checkout, or a Debug and a Release build, are others.</param>
internal sealed record ApplicationIdentity(string Name, string Id)
{
    /// <summary>This application's, by the folder that it runs from and its entry assembly.</summary>
    /// <param name="fallbackName">Its name where it has no entry assembly, as in a host of another platform.</param>
    public static ApplicationIdentity OfThisProcess(string fallbackName)
    {
        var name = Assembly.GetEntryAssembly()?.GetName().Name ?? fallbackName;

        // An assembly's own location is empty in a single file and in native code.
        return new(name, Path.Combine(RealPath.Of(AppContext.BaseDirectory), name));
    }
}
