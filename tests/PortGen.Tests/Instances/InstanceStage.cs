using System.Diagnostics;
using System.Runtime.InteropServices;
using PortGen.Configuration;
using PortGen.Instances;
using PortGen.Platform;
using PortGen.Platform.Linux;
using PortGen.Platform.Unix;
using PortGen.Tests.Support;

namespace PortGen.Tests.Instances;

/// <summary>A folder of instance files, an application that looks into it, and processes that the files may be about.</summary>
internal sealed partial class InstanceStage : IDisposable
{
    public const uint Nobody = 65534;

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _processes = [];
    private readonly List<IDisposable> _held = [];
    private int _sequence = 1000;

    public InstanceStage()
    {
        Files = Path.Combine(_folder.Path, "portgen");
        Directory.CreateDirectory(Files, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Ports = FreePorts.Block(3);
    }

    public static bool IsRoot => UnixCalls.User == 0;

    /// <summary>Where the instance files are.</summary>
    public string Files { get; set; }

    public string Root => _folder.Path;

    public PortRange Ports { get; }

    public TestLog Log { get; } = new();

    /// <summary>The processes as the application sees them: it is the latest of all.</summary>
    public LateTable Processes { get; set; } = new(new LinuxProcessTable());

    public InstanceDirectory Instances => new(new("Stage", "/stage/Stage"), Processes, () => new PrivateFolders(new LinuxPrivateFolder(Files)), Log);

    public InstanceFile? Register(IReadOnlyList<int> ports) => Instances.RegisterAsync(Task.FromResult<IReadOnlyList<int>?>(ports)).GetAwaiter().GetResult();

    public Process Start(string program, params string[] args)
    {
        var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _processes.Add(process);
        return process;
    }

    /// <summary>A process that nobody may end, on a port of the plan for all that others can see.</summary>
    public Process StartSleep(string program = "/bin/sleep") => Start(program, "600");

    public void Occupy(int port) => _held.Add(FreePorts.Occupy(port));

    /// <summary>What an instance of the application would write, if it were that process.</summary>
    public InstanceRecord RecordOf(Process process)
    {
        var table = new LinuxProcessTable();
        var facts = table.Read(process.Id).Facts!;
        return new InstanceRecord
        {
            Format = InstanceRecord.CurrentFormat,
            Application = "Stage",
            Id = "/stage/Stage",
            State = InstanceRecord.Running,
            ProcessId = process.Id,
            StartTime = facts.StartTime,
            BootId = table.BootId,
            PidNamespace = table.PidNamespace,
            NetworkNamespace = table.NetworkNamespace,
            Executable = facts.Executable!,
            EntryAssembly = facts.EntryAssembly,
            Ports = [Ports.First],
        };
    }

    /// <summary>Writes a record to a file as an instance would.</summary>
    /// <param name="record">The record.</param>
    /// <param name="isHeld">Whether its writer lives, for all that the file tells.</param>
    /// <returns>The file's path.</returns>
    public string Write(InstanceRecord record, bool isHeld = false)
    {
        var name = InstanceFileName.Of(record, ++_sequence);
        using var folder = new LinuxPrivateFolder(Files);
        var hold = folder.Write(name.ToString(), name.Temporary, record.ToJson())!;
        if (isHeld)
        {
            _held.Add(hold);
        }
        else
        {
            hold.Dispose();
        }

        return Path.Combine(Files, name.ToString());
    }

    public PortPlan Plan(TimeSpan? patience = null) =>
        Plans.Of(Manifests.Of(Manifests.Port("web", Ports.First, Ports))) with { ForceRestart = true, RestartTimeout = patience ?? TimeSpan.FromSeconds(30) };

    /// <summary>The instance files: the lock of the application stays beside them for ever.</summary>
    public IEnumerable<string> FileNames => Directory.GetFileSystemEntries(Files).Where(static p => Path.GetExtension(p) != ".lock");

    public Task EndAsync(TimeSpan? patience = null, CancellationToken cancellationToken = default) => EndAsync(Plan(patience), cancellationToken);

    public async Task EndAsync(PortPlan plan, CancellationToken cancellationToken) =>
        (await new EarlierInstances(Instances, Processes, Log).EndAsync(plan, cancellationToken))?.Dispose();

    /// <summary>The process has ended by now; that this one, its parent, takes note may need another moment.</summary>
    public void AssertGone(Process process)
    {
        Assert.Contains(process, _processes);
        Assert.True(new LinuxProcessTable().Read(process.Id).IsGone, "the process is gone");
        process.WaitForExit();
    }

    public static void Chown(string path) => Assert.Equal(0, ChangeOwner(path, Nobody, Nobody));

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        _held.ForEach(static h => h.Dispose());
        _folder.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    /// <summary>Processes as they are, but this one started after all others; a test may replace more.</summary>
    public sealed class LateTable(LinuxProcessTable real) : ProcessTable
    {
        public override string BootId => real.BootId;

        public override string PidNamespace => real.PidNamespace;

        public override string NetworkNamespace => real.NetworkNamespace;

        public override uint User => real.User;

        public long OwnStartTime { get; set; } = long.MaxValue;

        public Func<int, ProcessHandle>? OnOpen { get; set; }

        public override ProcessReading Read(int processId) => processId == Environment.ProcessId && real.Read(processId) is { Facts: { } facts } reading
            ? reading with { Facts = facts with { StartTime = OwnStartTime } }
            : real.Read(processId);

        public override ProcessHandle Open(int processId) => OnOpen?.Invoke(processId) ?? real.Open(processId);
    }
}
