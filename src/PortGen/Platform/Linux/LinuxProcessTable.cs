using System.Globalization;
using System.Text;
using PortGen.Platform.Unix;

namespace PortGen.Platform.Linux;

/// <summary>Processes as /proc shows them (proc(5)).</summary>
/// <param name="root">Where /proc is; a test has it elsewhere.</param>
/// <param name="usesDescriptors">Whether processes are held by descriptors, as kernels from 5.3 on can.</param>
internal sealed class LinuxProcessTable(string root = "/proc", bool usesDescriptors = true) : ProcessTable
{
    private const string DeletedSuffix = " (deleted)";
    private const int LongestCommandLine = 64 * 1024;

    private readonly Lazy<string> _bootId = new(() => File.ReadAllText(Path.Combine(root, "sys/kernel/random/boot_id")).Trim());
    private readonly Lazy<string> _pidNamespace = new(() => ReadNamespace(root));

    private readonly Lazy<string> _networkNamespace = new(() => new FileInfo(Path.Combine(root, "self/ns/net")).LinkTarget ?? "");

    public override string BootId => _bootId.Value;

    public override string PidNamespace => _pidNamespace.Value;

    public override string NetworkNamespace => _networkNamespace.Value;

    public override uint User => UnixCalls.User;

    public override ProcessReading Read(int processId)
    {
        var folder = Path.Combine(root, processId.ToString(CultureInfo.InvariantCulture));
        try
        {
            if (LinuxCalls.Describe(folder) is { } description && ProcessStat.Read(folder) is var (state, startTime))
            {
                // A zombie has closed everything; only its parent still has to take note.
                return state is "Z" or "X" ? new(null, IsGone: true) : new(Describe(folder, startTime, description.Owner), IsGone: false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended just now, or it can't be read.
        }

        // A /proc that hides processes (hidepid) shows nothing of one that is there.
        return new(null, UnixCalls.Signal(processId, 0) == UnixCalls.NoSuchProcess);
    }

    public override ProcessHandle Open(int processId) => new LinuxProcessHandle(this, processId, usesDescriptors);

    private static ProcessFacts Describe(string folder, long startTime, uint owner)
    {
        var executable = new FileInfo(Path.Combine(folder, "exe")).LinkTarget;
        if (executable?.EndsWith(DeletedSuffix, StringComparison.Ordinal) == true)
        {
            // It was rebuilt since it started.
            executable = executable[..^DeletedSuffix.Length];
        }

        var isHost = executable is not null && ProcessFacts.IsDotnetHost(executable);
        return new(startTime, owner, executable, isHost ? ReadEntryAssembly(folder) : null);
    }

    // "dotnet X.dll", "dotnet exec --depsfile ... X.dll". As it was typed: the working folder may have changed since.
    private static string? ReadEntryAssembly(string folder)
    {
        using var file = File.OpenRead(Path.Combine(folder, "cmdline"));
        var content = new byte[LongestCommandLine];
        var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(content, 0, length).Split('\0').Skip(1)
            .FirstOrDefault(static a => a.EndsWith(".dll", StringComparison.OrdinalIgnoreCase));
    }

    private static string ReadNamespace(string root)
    {
        // A /proc of another namespace numbers processes differently: what it says about a number is about some other process.
        var self = new FileInfo(Path.Combine(root, "self")).LinkTarget;
        if (self != Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
        {
            throw new IOException($"{root} shows the processes of another namespace, or none");
        }

        return new FileInfo(Path.Combine(root, "self/ns/pid")).LinkTarget ?? throw new IOException($"{root}/self/ns/pid can't be read");
    }
}
