using System.ComponentModel;
using System.Diagnostics;

namespace PortGen.Platform.Portable;

/// <summary>
/// Processes as .NET shows them on macOS and Windows; untested. A start time there is a point in time, so it needs no boot id. The command
/// line can't be read, so an application that runs by the dotnet host is never proven, and so never ended; nor can the owner, who
/// is this user where the executable can be read.
/// </summary>
internal sealed class PortableProcessTable : ProcessTable
{
    public override string BootId => "";

    public override string PidNamespace => "";

    public override string NetworkNamespace => "";

    public override uint User => 0;

    public override ProcessReading Read(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return new(new ProcessFacts(process.StartTime.ToUniversalTime().Ticks, User, process.MainModule?.FileName, EntryAssembly: null), IsGone: false);
        }
        catch (ArgumentException)
        {
            return new(null, IsGone: true);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or NotSupportedException)
        {
            return new(null, IsGone: false);
        }
    }

    public override ProcessHandle Open(int processId) => new PortableProcessHandle(processId);
}
