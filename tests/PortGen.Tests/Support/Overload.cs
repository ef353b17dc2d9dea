using System.Globalization;

namespace PortGen.Tests.Support;

/// <summary>How much more the machine has to do than it has processors for.</summary>
internal static class Overload
{
    /// <summary>1 for a machine that isn't overloaded, else by how much everything takes longer (the load of the last minute, proc(5)).</summary>
    public static double Factor()
    {
        var load = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
        return Math.Max(1, load / Environment.ProcessorCount);
    }
}
