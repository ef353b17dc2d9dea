using System.Diagnostics;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using PortGen.Instances;
using PortGen.Platform.Linux;
using PortGen.Tests.Support;

namespace PortGen.Tests.Instances;

/// <summary>The files of running applications, honest ones and others.</summary>
public sealed class InstanceDirectoryTests
{
    private const UnixFileMode OwnOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public void A_file_tells_of_this_process_and_its_ports_until_it_is_removed()
    {
        using var stage = new InstanceStage();
        stage.Processes.OwnStartTime = 42;
        var file = stage.Register([9101, 9102])!;
        var path = Assert.Single(Directory.GetFiles(stage.Files));
        Assert.Equal(OwnOnly, File.GetUnixFileMode(path));
        var record = InstanceRecord.Parse(File.ReadAllBytes(path))!;
        Assert.Equal(("Stage", "/stage", Environment.ProcessId, 42L, Environment.ProcessPath), (record.Application, record.ContentRoot, record.ProcessId, record.StartTime, record.Executable));
        Assert.Equal([9101, 9102], record.Ports);
        Assert.Equal((stage.Processes.BootId, stage.Processes.PidNamespace), (record.BootId, record.PidNamespace));

        file.Update([9103]);
        Assert.Equal([9103], InstanceRecord.Parse(File.ReadAllBytes(path))!.Ports);
        file.Remove();
        file.Update([9104]);
        Assert.Empty(Directory.GetFileSystemEntries(stage.Files));
        file.Remove();
        Assert.Empty(stage.Log.Entries);
    }

    [Fact]
    public void A_file_is_written_anew_only_for_other_ports_and_what_can_t_be_written_is_a_warning()
    {
        using var stage = new InstanceStage();
        var file = stage.Register([9101, 9102])!;
        File.Delete(Assert.Single(Directory.GetFiles(stage.Files)));
        file.Update([9101, 9102]);
        Assert.Empty(Directory.GetFiles(stage.Files));
        file.Update([9102]);
        Assert.Single(Directory.GetFiles(stage.Files));
        Assert.Empty(stage.Log.Entries);
        File.SetUnixFileMode(stage.Files, OwnOnly | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        file.Update([9103]);
        Assert.Equal(30, Assert.Single(stage.Log.Entries).Id);
    }

    [Fact]
    public async Task The_application_is_named_by_its_entry_assembly_and_content_root()
    {
        using var root = new TemporaryFolder();
        var environment = new HostingEnvironment { ApplicationName = "other", ContentRootPath = root.Path + "/./" };
        var log = new TestLog();
        var file = (await InstanceDirectory.Create(environment, log).RegisterAsync(Task.FromResult<IReadOnlyList<int>?>([9101])))!;
        var records = Directory.GetFiles(Path.Combine(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR")!, "portgen")).Select(Read);
        Assert.Equal(System.Reflection.Assembly.GetEntryAssembly()!.GetName().Name, Assert.Single(records, r => r?.ContentRoot == root.Path)!.Application);
        file.Remove();

        // The folder is that of all tests of this process: a file that another one leaves may be told of, and one that was there is gone.
        Assert.DoesNotContain(log.Entries, static e => e.Id == 30);

        static InstanceRecord? Read(string path)
        {
            try
            {
                return InstanceRecord.Parse(File.ReadAllBytes(path));
            }
            catch (FileNotFoundException)
            {
                return null;
            }
        }
    }

    [Fact]
    public void Two_hosts_in_one_process_have_a_file_each()
    {
        using var stage = new InstanceStage();
        var (first, second) = (stage.Register([9101])!, stage.Register([9102])!);
        first.Remove();
        Assert.Equal([9102], InstanceRecord.Parse(File.ReadAllBytes(Assert.Single(Directory.GetFiles(stage.Files))))!.Ports);
        second.Remove();
    }

    [Fact]
    public void The_folder_is_made_for_this_user_alone()
    {
        using var stage = new InstanceStage();
        Directory.Delete(stage.Files);
        stage.Register([])!.Remove();
        Assert.Equal(OwnOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(stage.Files));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("file")]
    [InlineData("open")]
    [InlineData("foreign")]
    public void A_folder_that_is_not_this_user_s_alone_gets_a_warning_and_nothing_else(string what)
    {
        Assert.SkipWhen(what == "foreign" && !InstanceStage.IsRoot, "only root can give a folder away");
        using var stage = new InstanceStage();
        var elsewhere = Directory.CreateDirectory(Path.Combine(stage.Root, "elsewhere")).FullName;
        switch (what)
        {
            case "link":
                Directory.Delete(stage.Files);
                Directory.CreateSymbolicLink(stage.Files, elsewhere);
                break;
            case "file":
                Directory.Delete(stage.Files);
                File.WriteAllText(stage.Files, "");
                break;
            case "open":
                File.SetUnixFileMode(stage.Files, OwnOnly | UnixFileMode.UserExecute | UnixFileMode.GroupRead);
                break;
            default:
                InstanceStage.Chown(stage.Files);
                break;
        }

        Assert.Null(stage.Register([9101]));
        Assert.Empty(stage.Instances.FindEarlier([new PortRange(9101, 9101)]));
        Assert.All(stage.Log.Entries, e => Assert.Equal((LogLevel.Warning, 30), (e.Level, e.Id)));
        Assert.Contains(stage.Files, stage.Log.Entries[0].Text, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    [Fact]
    public void A_folder_that_is_exchanged_once_it_is_open_is_not_followed()
    {
        using var stage = new InstanceStage();
        var (moved, elsewhere) = (Path.Combine(stage.Root, "moved"), Directory.CreateDirectory(Path.Combine(stage.Root, "elsewhere")).FullName);
        using var folder = new LinuxPrivateFolder(stage.Files);
        Directory.Move(stage.Files, moved);
        Directory.CreateSymbolicLink(stage.Files, elsewhere);
        folder.Write("0123456789abcdef-1-2-3.json", "0123456789abcdef-1-2-3.tmp", [1]);
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
        Assert.Equal("0123456789abcdef-1-2-3.json", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(moved))));
    }

    [Theory]
    [InlineData("ended", true, "the process has ended")]
    [InlineData("recycled", true, "the process has ended and its id was used again")]
    [InlineData("boot", true, "the machine has been restarted since")]
    [InlineData("damaged", true, "it is damaged")]
    [InlineData("misnamed", true, "it is damaged")]
    [InlineData("huge", true, "it is no regular file, or too large")]
    [InlineData("link", true, "Too many levels of symbolic links")]
    [InlineData("pipe", true, "it is ")]
    [InlineData("open", true, "it is open to other users")]
    [InlineData("abandoned", true, "the process ended while it wrote the file")]
    [InlineData("folder", false, "it is open to other users")]
    [InlineData("foreign", false, "it belongs to another user")]
    public void What_is_of_no_use_is_removed_with_a_warning_if_it_can_be(string what, bool removed, string reason)
    {
        Assert.SkipWhen(what == "foreign" && !InstanceStage.IsRoot, "only root can give a file away");
        using var stage = new InstanceStage();
        var target = Path.Combine(stage.Root, "target");
        File.WriteAllText(target, "precious");
        var path = Spoil(stage, what, target);
        Assert.Equal(path, Assert.Single(Directory.GetFileSystemEntries(stage.Files)));

        stage.Register([])!.Remove();
        Assert.Equal(removed ? [] : [path], Directory.GetFileSystemEntries(stage.Files));
        Assert.Equal("precious", File.ReadAllText(target));
        var warning = Assert.Single(stage.Log.Entries);
        Assert.Equal((LogLevel.Warning, 31), (warning.Level, warning.Id));
        Assert.Contains($"{path} is {(removed ? "removed" : "ignored")}: {reason}", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_others_stay_without_a_word()
    {
        using var stage = new InstanceStage();
        var other = stage.RecordOf(stage.StartSleep());
        string[] paths =
        [
            stage.Write(other),
            stage.Write(other with { Application = "Other", Executable = "/other" }),
            stage.Write(other with { PidNamespace = "pid:[1]" }),
            Path.Combine(stage.Files, InstanceFileName.Of(other, 1).Temporary),
            Path.Combine(stage.Files, "notes.json"),
            Path.Combine(stage.Files, "0123456789abcdef-1-02-3.json"),
            Path.Combine(stage.Files, "0123456789abcdeg-1-2-3.json"),
            Path.Combine(stage.Files, "0123456789abcdef-1-999999999-3.tmp"),
        ];
        foreach (var path in paths[3..])
        {
            File.WriteAllText(path, "no record");
        }

        stage.Register([])!.Remove();
        Assert.Equal(paths.Order(StringComparer.Ordinal), Directory.GetFileSystemEntries(stage.Files).Order(StringComparer.Ordinal));
        Assert.Empty(stage.Log.Entries);
    }

    [Fact]
    public void Only_earlier_instances_of_this_application_with_a_number_of_the_plan_are_found()
    {
        using var stage = new InstanceStage();
        var sleep = stage.RecordOf(stage.StartSleep());
        stage.Write(sleep with { Application = "Other" });
        stage.Write(sleep with { ContentRoot = "/other" });
        stage.Write(sleep with { Ports = [9100, 9111] });
        File.WriteAllText(Path.ChangeExtension(stage.Write(sleep with { Ports = [9104, 9300] }), ".tmp"), "half");
        Assert.Equal([9104, 9300], Assert.Single(stage.Instances.FindEarlier([new PortRange(8000, 8000), new PortRange(9101, 9110)])).Ports);

        stage.Processes.OwnStartTime = sleep.StartTime - 1;
        Assert.Empty(stage.Instances.FindEarlier([new PortRange(9101, 9110)]));
    }

    [Fact]
    public void Of_two_instances_never_both_are_the_earlier_one()
    {
        using var stage = new InstanceStage();
        var sleep = stage.RecordOf(stage.StartSleep());
        foreach (var (startTime, id) in ((long, int)[])[(sleep.StartTime, sleep.ProcessId + 1), (sleep.StartTime + 1, 1), (sleep.StartTime - 1, sleep.ProcessId)])
        {
            var other = sleep with { StartTime = startTime, ProcessId = id };
            Assert.NotEqual(sleep.IsEarlierThan(other), other.IsEarlierThan(sleep));
        }

        Assert.False(sleep.IsEarlierThan(sleep));
    }

    [Fact]
    public void A_process_is_known_as_an_instance_only_with_proof()
    {
        using var stage = new InstanceStage();
        var (known, recycled, other) = (stage.StartSleep(), stage.StartSleep(), stage.StartSleep());
        stage.Write(stage.RecordOf(known));
        stage.Write(stage.RecordOf(recycled) with { StartTime = 1 });
        stage.Write(stage.RecordOf(other) with { ContentRoot = "/other" });
        stage.Register([9101]);
        var running = Assert.Single(stage.Instances.FindRunning());
        Assert.Equal((known.Id, stage.Ports.First), (running.ProcessId, Assert.Single(running.Ports)));
        stage.Files = "/dev/null/none";
        Assert.Empty(stage.Instances.FindRunning());
    }

    private static string Spoil(InstanceStage stage, string what, string target)
    {
        var record = stage.RecordOf(stage.StartSleep());
        if (what is "ended" or "abandoned")
        {
            using var ended = Process.Start("/bin/true");
            record = record with { ProcessId = ended.Id };
            ended.WaitForExit();
        }

        var path = stage.Write(what switch
        {
            "recycled" => record with { StartTime = 1 },
            "boot" => record with { BootId = "another" },
            _ => record,
        });
        switch (what)
        {
            case "damaged": File.WriteAllText(path, "{"); break;
            case "huge": File.AppendAllText(path, new string(' ', 70_000)); break;
            case "open": File.SetUnixFileMode(path, OwnOnly | UnixFileMode.GroupRead); break;
            case "foreign": InstanceStage.Chown(path); break;
            case "link":
                File.Delete(path);
                File.CreateSymbolicLink(path, target);
                break;
            case "folder":
                File.Delete(path);
                Directory.CreateDirectory(path);
                break;
            case "pipe":
                File.Delete(path);
                stage.Start("mkfifo", path).WaitForExit();
                break;
            case "misnamed":
                var misnamed = Path.Combine(stage.Files, InstanceFileName.Of(record with { ProcessId = stage.StartSleep().Id }, 1).ToString());
                File.Move(path, misnamed);
                return misnamed;
            case "abandoned":
                var temporary = Path.ChangeExtension(path, ".tmp");
                File.Move(path, temporary);
                return temporary;
        }

        return path;
    }
}
