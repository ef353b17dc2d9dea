using System.Diagnostics;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using PortGen.Instances;
using PortGen.Platform;
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
        Assert.Equal(("Stage", "/stage/Stage", Environment.ProcessId, 42L, Environment.ProcessPath), (record.Application, record.Id, record.ProcessId, record.StartTime, record.Executable));
        Assert.Equal([9101, 9102], record.Ports);
        Assert.Equal((stage.Processes.BootId, stage.Processes.PidNamespace, stage.Processes.NetworkNamespace), (record.BootId, record.PidNamespace, record.NetworkNamespace));
        Assert.Equal((InstanceRecord.Starting, false), (record.State, record.ForceRestart));

        file.Update([9103]);
        Assert.Equal([9103], InstanceRecord.Parse(File.ReadAllBytes(path))!.Ports);
        file.Update([9103], InstanceRecord.Running);
        Assert.Equal(InstanceRecord.Running, InstanceRecord.Parse(File.ReadAllBytes(path))!.State);
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
    public async Task The_application_is_named_by_its_entry_assembly_and_the_folder_that_it_runs_from()
    {
        var log = new TestLog();
        var instances = InstanceDirectory.Create(new HostingEnvironment { ApplicationName = "other", ContentRootPath = "/elsewhere" }, log);
        var name = System.Reflection.Assembly.GetEntryAssembly()!.GetName().Name!;
        Assert.Equal(new ApplicationIdentity(name, Path.Combine(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory), name)), instances.Application);
        Assert.Equal(new ApplicationIdentity(name, "shop"), instances.For("shop").Application);
        Assert.Same(instances, instances.For(null));
        var file = (await instances.RegisterAsync(Task.FromResult<IReadOnlyList<int>?>([9101])))!;
        file.Remove();

        // The folders are those of all tests of this process: a file that another one leaves may be told of.
        Assert.DoesNotContain(log.Entries, static e => e.Id == 30);
    }

    [Fact]
    public void Two_ways_to_a_folder_are_one_folder()
    {
        using var stage = new InstanceStage();
        var link = Path.Combine(stage.Root, "current");
        Directory.CreateSymbolicLink(link, stage.Files);
        Assert.Equal(RealPath.Of(stage.Files), RealPath.Of(link + "/./"));
        Assert.Equal("/missing/folder", RealPath.Of("/missing/x/../folder/"));
    }

    [Fact]
    public void A_file_is_in_every_folder_that_can_have_it_and_found_once()
    {
        using var stage = new InstanceStage();
        var second = Directory.CreateDirectory(Path.Combine(stage.Root, "second"), OwnOnly | UnixFileMode.UserExecute).FullName;
        var sleep = stage.RecordOf(stage.StartSleep());
        var name = InstanceFileName.Of(sleep, 1);
        string[] all = [stage.Files, second];
        using (var folders = Open())
        {
            folders.InEach(f => f.Write(name.ToString(), name.Temporary, sleep.ToJson())?.Dispose());
        }

        Assert.All(all, folder => Assert.True(File.Exists(Path.Combine(folder, name.ToString()))));
        var instances = new InstanceDirectory(new("Stage", "/stage/Stage"), stage.Processes, Open, stage.Log);
        Assert.Equal(sleep.ProcessId, Assert.Single(instances.FindOthers()).ProcessId);
        Assert.Equal($"{stage.Files}, {second}", instances.Places);
        File.Delete(Path.Combine(stage.Files, name.ToString()));
        Assert.Equal(sleep.ProcessId, Assert.Single(instances.FindOthers()).ProcessId);
        Assert.Equal(sleep.ProcessId, instances.FindRunning().Single(r => r.ProcessId == sleep.ProcessId).ProcessId);
        instances.Forget(sleep);
        Assert.All(all, static folder => Assert.Empty(Directory.GetFiles(folder)));

        // One that is in the way of the file in one folder isn't in that of the other.
        Directory.CreateDirectory(Path.Combine(stage.Files, name.Temporary, "full"));
        using (var folders = Open())
        {
            folders.InEach(f => f.Write(name.ToString(), name.Temporary, sleep.ToJson())?.Dispose());
            Directory.CreateDirectory(Path.Combine(second, name.Temporary, "full"));
            Assert.ThrowsAny<Exception>(() => folders.InEach(f => f.Write(name.ToString(), name.Temporary, sleep.ToJson())));
        }

        Assert.True(File.Exists(Path.Combine(second, name.ToString())));

        PrivateFolders Open() => new(new LinuxPrivateFolder(stage.Files), new LinuxPrivateFolder(second));
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

        // Only who asks for a force restart has to be warned.
        Assert.Null(stage.Register([9101]));
        Assert.Empty(stage.Instances.FindOthers());
        Assert.Equal([(LogLevel.Information, 30), (LogLevel.Warning, 30)], stage.Log.Entries.Select(static e => (e.Level, e.Id)));
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
    [InlineData("huge", true, "it is not a regular file, or is too large")]
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
            stage.Write(other with { Id = "Other", Executable = "/other" }),
            stage.Write(other with { PidNamespace = "pid:[1]" }, isHeld: true),
            stage.Write(other with { BootId = "another machine" }, isHeld: true),
            stage.Write(other with { Format = InstanceRecord.CurrentFormat + 1 }, isHeld: true),
            Path.Combine(stage.Files, InstanceFileName.Of(other, 1).Temporary),
            Path.Combine(stage.Files, "notes.json"),
            Path.Combine(stage.Files, "0123456789abcdef-1-02-3.json"),
            Path.Combine(stage.Files, "0123456789abcdeg-1-2-3.json"),
            Path.Combine(stage.Files, "0123456789abcdef-1-999999999-3.tmp"),
        ];
        foreach (var path in paths[5..])
        {
            File.WriteAllText(path, "no record");
        }

        stage.Register([])!.Remove();
        Assert.Equal(paths.Order(StringComparer.Ordinal), Directory.GetFileSystemEntries(stage.Files).Order(StringComparer.Ordinal));
        Assert.Empty(stage.Log.Entries);
    }

    [Fact]
    public void Only_other_instances_of_this_application_in_this_network_are_found()
    {
        using var stage = new InstanceStage();
        var sleep = stage.RecordOf(stage.StartSleep());
        stage.Write(sleep with { Id = "Other" });
        stage.Write(sleep with { NetworkNamespace = "net:[1]" });
        stage.Register([9101]);
        File.WriteAllText(Path.ChangeExtension(stage.Write(sleep with { Ports = [9104, 9300] }), ".tmp"), "half");
        Assert.Equal([9104, 9300], Assert.Single(stage.Instances.FindOthers()).Ports);
        Assert.False(stage.Instances.IsEarlierThan(sleep));
        stage.Processes.OwnStartTime = sleep.StartTime - 1;
        Assert.True(stage.Instances.IsEarlierThan(sleep));
    }

    [Fact]
    public void A_control_socket_goes_with_its_file_and_without_one_once_its_process_has_ended()
    {
        using var stage = new InstanceStage();
        var sleep = stage.StartSleep();
        var living = Path.ChangeExtension(stage.Write(stage.RecordOf(sleep)), ".sock");
        var ended = stage.Start("/bin/true");
        ended.WaitForExit();
        var dead = stage.RecordOf(sleep) with { ProcessId = ended.Id };
        var withFile = Path.ChangeExtension(stage.Write(dead), ".sock");
        var alone = Path.ChangeExtension(stage.Write(dead), ".sock");
        File.Delete(Path.ChangeExtension(alone, ".json"));
        var unready = Path.ChangeExtension(stage.Write(dead), ".sock.tmp");
        File.Delete(unready.Replace(".sock.tmp", ".json", StringComparison.Ordinal));
        foreach (var path in (string[])[living, withFile, alone, unready, Path.Combine(stage.Files, "mine.sock")])
        {
            File.WriteAllText(path, "");
        }

        stage.Register([])!.Remove();
        Assert.Equal([living, Path.Combine(stage.Files, "mine.sock")], Directory.GetFiles(stage.Files, "*.sock*").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true, LogLevel.Warning)]
    [InlineData(false, LogLevel.Debug)]
    public void What_a_killed_container_left_in_a_shared_folder_is_removed(bool isOurs, LogLevel level)
    {
        using var stage = new InstanceStage();
        var other = stage.RecordOf(stage.StartSleep()) with { PidNamespace = "pid:[1]", Id = isOurs ? "/stage/Stage" : "Other" };
        var (left, held) = (stage.Write(other), stage.Write(other, isHeld: true));
        var abandoned = Path.ChangeExtension(left, ".tmp");
        File.WriteAllText(abandoned, "half");
        File.SetLastWriteTimeUtc(abandoned, DateTime.UtcNow.AddHours(-2));
        stage.Register([])!.Remove();
        Assert.Equal(held, Assert.Single(Directory.GetFiles(stage.Files)));
        Assert.Equal([level, level], stage.Log.Entries.Where(static e => e.Id == 31).Select(static e => e.Level));
        Assert.Contains(stage.Log.Entries, e => e.Text == $"Instance file {left} is removed: the process has ended in its pid namespace");
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
        stage.Write(stage.RecordOf(other) with { Id = "/other" });
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
