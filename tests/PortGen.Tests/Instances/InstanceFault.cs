using System.Globalization;
using PortGen.Instances;
using PortGen.Platform.Linux;

namespace PortGen.Tests.Instances;

/// <summary>What alone makes a record that would otherwise be proof enough no proof, or a file that nobody may trust.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="NeedsRoot">Whether only root can arrange it.</param>
/// <param name="Apply">Arranges it.</param>
internal sealed record InstanceFault(string Name, bool NeedsRoot, Action<Fraud> Apply)
{
    public static readonly IReadOnlyList<InstanceFault> All =
    [
        new("recycled id, earlier start", false, static f => f.Record = f.Record with { StartTime = f.Record.StartTime - 1 }),
        new("recycled id, later start", false, static f => f.Record = f.Record with { StartTime = f.Record.StartTime + 7 }),
        new("another boot", false, static f => f.Record = f.Record with { BootId = Guid.NewGuid().ToString() }),
        new("another pid namespace", false, static f => f.Record = f.Record with { PidNamespace = "pid:[1]" }),
        new("another executable", false, static f => f.Record = f.Record with { Executable = "/usr/bin/dotnet" }),
        new("another application", false, static f => f.Record = f.Record with { Id = "Other" }),
        new("another network", false, static f => f.Record = f.Record with { NetworkNamespace = "net:[1]" }),
        new("a later format", false, static f => f.Record = f.Record with { Format = InstanceRecord.CurrentFormat + 1 }),
        new("ports of no interest", false, static f => f.Record = f.Record with { Ports = [f.Stage.Ports.Last + 1] }),
        new("a process group", false, static f => f.Content = static (r, _) => (r with { ProcessId = -r.ProcessId }).ToJson()),
        new("everybody", false, static f => f.Content = static (r, _) => (r with { ProcessId = -1 }).ToJson()),
        new("the caller's group", false, static f => f.Content = static (r, _) => (r with { ProcessId = 0 }).ToJson()),
        new("a name for another process", false, static f => f.Content = static (r, _) => (r with { ProcessId = r.ProcessId + 1 }).ToJson()),
        new("cut off", false, static f => f.Content = static (r, n) => r.ToJson()[..(n % r.ToJson().Length)]),
        new("empty values", false, static f => f.Content = static (_, _) => "{\"application\":null,\"ports\":null}"u8.ToArray()),
        new("garbage", false, static f => f.Content = static (_, n) => [.. Enumerable.Range(0, n).Select(static i => (byte)(i * 7))]),
        new("huge", false, static f => f.Content = static (r, _) => [.. r.ToJson(), .. Enumerable.Repeat((byte)' ', 70_000)]),
        new("open to others", false, static f => f.AfterWrite += static path => File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite)),
        new("a symbolic link", false, static f => f.AfterWrite += path => MoveAndLink(path, Path.Combine(f.Stage.Root, "linked.json"))),
        new("a pipe", false, static f => f.AfterWrite += path =>
        {
            File.Delete(path);
            f.Stage.Start("mkfifo", path).WaitForExit();
        }),
        new("a folder behind a link", false, static f => f.AfterWrite += _ => MoveAndLink(f.Stage.Files, Path.Combine(f.Stage.Root, "linked"))),
        new("an open folder", false, static f => f.AfterWrite += _ => File.SetUnixFileMode(f.Stage.Files, (UnixFileMode)0b111_000_111)),
        new("an unreadable /proc", false, static f => f.Stage.Processes = new(new LinuxProcessTable(f.Stage.Root))),
        new("a /proc that hides it", false, static f => f.Stage.Processes = new(new LinuxProcessTable(HidingProc(f.Stage.Root)))),
        new("a foreign file", true, static f => f.AfterWrite += static path =>
        {
            if (File.Exists(path))
            {
                InstanceStage.Chown(path);
            }
        }),
        new("a foreign folder", true, static f => f.AfterWrite += _ => InstanceStage.Chown(f.Stage.Files)),
    ];

    public static InstanceFault Named(string name) => All.Single(f => f.Name == name);

    private static void MoveAndLink(string path, string target)
    {
        if (Directory.Exists(path))
        {
            Directory.Move(path, target);
            Directory.CreateSymbolicLink(path, target);
        }
        else if (File.Exists(path))
        {
            File.Move(path, target);
            File.CreateSymbolicLink(path, target);
        }
    }

    // What a mount of /proc with hidepid shows to another user: itself, and nothing of the victim.
    private static string HidingProc(string root)
    {
        var proc = Directory.CreateDirectory(Path.Combine(root, "proc")).FullName;
        var self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        File.CreateSymbolicLink(Path.Combine(proc, "self"), self);
        Directory.CreateSymbolicLink(Path.Combine(proc, self), "/proc/" + self);
        Directory.CreateSymbolicLink(Path.Combine(proc, "sys"), "/proc/sys");
        return proc;
    }
}

/// <summary>A record and its file before and after the faults.</summary>
internal sealed class Fraud(InstanceStage stage, InstanceRecord record)
{
    public InstanceStage Stage { get; } = stage;

    public InstanceRecord Record { get; set; } = record;

    public Func<InstanceRecord, int, byte[]>? Content { get; set; }

    public Action<string> AfterWrite { get; set; } = static _ => { };
}
