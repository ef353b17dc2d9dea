using System.Diagnostics;
using System.Globalization;
using PortGen.Instances;
using PortGen.Platform;
using PortGen.Platform.Linux;
using PortGen.Platform.Unix;
using PortGen.Tests.Support;

namespace PortGen.Tests.Instances;

/// <summary>What counts as proof, and what the names of the files mean.</summary>
public sealed class InstanceProofTests
{
    [Fact]
    public void The_executable_of_a_program_built_anew_is_still_the_same()
    {
        using var stage = new InstanceStage();
        var program = Path.Combine(stage.Root, "program");
        File.Copy("/bin/sleep", program);
        var process = stage.StartSleep(program);
        File.Delete(program);
        var facts = new LinuxProcessTable().Read(process.Id).Facts!;
        Assert.Equal((program, null, UnixCalls.User), (facts.Executable, facts.EntryAssembly, facts.Owner));
    }

    [Theory]
    [InlineData("X.dll", true)]
    [InlineData("Y.dll", false)]
    public void Of_the_dotnet_host_the_assembly_counts(string assembly, bool isProven)
    {
        using var stage = new InstanceStage();
        var record = stage.RecordOf(Process.GetCurrentProcess()) with { Executable = "/usr/share/dotnet/dotnet", EntryAssembly = "X.dll" };
        var table = new FixedTable(new ProcessFacts(record.StartTime, 0, record.Executable, assembly), record);
        Assert.Equal(isProven ? InstanceState.Running : InstanceState.Unproven, InstanceProof.Of(record, table).State);
    }

    [Fact]
    public void The_dotnet_host_s_assembly_is_read_from_its_command_line()
    {
        using var stage = new InstanceStage();
        var assembly = AppProcess.TestAppPath + ".dll";
        var host = stage.Start("dotnet", "exec", "--depsfile", Path.ChangeExtension(assembly, ".deps.json"), assembly, "hold", stage.Ports.First.ToString(CultureInfo.InvariantCulture), "now");
        Assert.Equal("holding", host.StandardOutput.ReadLine());
        var record = stage.RecordOf(host);
        Assert.Equal(("dotnet", assembly), (Path.GetFileName(record.Executable), record.EntryAssembly));
        Assert.Equal(InstanceState.Running, InstanceProof.Of(record, stage.Processes).State);
        Assert.Equal(InstanceState.Unproven, InstanceProof.Of(record with { EntryAssembly = "Other.dll" }, stage.Processes).State);
    }

    [Fact]
    public void A_name_is_what_it_was_written_as_and_nothing_else()
    {
        var name = new InstanceFileName("0123456789abcdef", 4026531836, 17, 3);
        Assert.True(InstanceFileName.TryParse("0123456789abcdef-4026531836-17-3.json", out var read, out var isTemporary));
        Assert.Equal((name, false), (read, isTemporary));
        Assert.True(InstanceFileName.TryParse(name.Temporary, out read, out isTemporary));
        Assert.Equal((name, true), (read, isTemporary));
        foreach (var wrong in (string[])["", ".json", "a-1-2-3.json", "0123456789ABCDEF-1-2-3.json", "0123456789abcdef-1-+2-3.json", "0123456789abcdef-1-2-3", "0123456789abcdef-1-2-3.txt", "0123456789abcdef-1--2-3.json", "0123456789abcdef-1-2-99999999999.json"])
        {
            Assert.False(InstanceFileName.TryParse(wrong, out _, out _), wrong);
        }
    }

    [Theory]
    [InlineData("boot", InstanceState.Ended, "the machine has been restarted since")]
    [InlineData("namespace", InstanceState.Unproven, "it runs in another pid namespace")]
    [InlineData("gone", InstanceState.Ended, "the process has ended")]
    [InlineData("hidden", InstanceState.Unproven, "the system doesn't show that process")]
    [InlineData("start", InstanceState.Ended, "the process has ended and its id was used again")]
    [InlineData("owner", InstanceState.Unproven, "the process belongs to another user")]
    [InlineData("unreadable", InstanceState.Unproven, "the executable of the process can't be read")]
    [InlineData("program", InstanceState.Unproven, "the process runs another program")]
    [InlineData("assembly", InstanceState.Unproven, "the process runs another assembly")]
    internal void What_speaks_against_it_is_told(string what, InstanceState state, string reason)
    {
        using var stage = new InstanceStage();
        var record = stage.RecordOf(Process.GetCurrentProcess()) with { Executable = "/usr/bin/dotnet", EntryAssembly = "X.dll" };
        var facts = new ProcessFacts(record.StartTime, what == "owner" ? 1u : 0, what == "unreadable" ? null : "/usr/bin/dotnet", what == "assembly" ? null : "X.dll");
        var table = new FixedTable(what is "gone" or "hidden" ? null : facts, record, isGone: what == "gone");
        var told = what switch
        {
            "boot" => record with { BootId = "another" },
            "namespace" => record with { PidNamespace = "pid:[1]" },
            "start" => record with { StartTime = 1 },
            "program" => record with { Executable = "/usr/bin/other" },
            _ => record,
        };
        Assert.Equal(new InstanceProof(state, reason), InstanceProof.Of(told, table));
    }

    [Theory]
    [InlineData("\"processId\":1,\"ports\":[1,65535]", true)]
    [InlineData("\"processId\":1,\"ports\":[]", true)]
    [InlineData("\"processId\":0,\"ports\":[]", false)]
    [InlineData("\"processId\":-1,\"ports\":[]", false)]
    [InlineData("\"processId\":1,\"ports\":[1,0]", false)]
    [InlineData("\"processId\":1,\"ports\":[65536,1]", false)]
    [InlineData("\"processId\":1,\"ports\":[-1]", false)]
    [InlineData("\"processId\":1,\"ports\":null", false)]
    [InlineData("\"processId\":1", false)]
    public void A_record_has_a_process_and_port_numbers(string values, bool isRecord)
    {
        var json = $$"""{"format":1,"application":"a","id":"/","state":"running","networkNamespace":"","later":{},"startTime":1,"bootId":"b","pidNamespace":"n","executable":"e",{{values}}}""";
        Assert.Equal(isRecord, InstanceRecord.Parse(System.Text.Encoding.UTF8.GetBytes(json)) is not null);
    }

    [Fact]
    public void A_process_that_is_not_shown_to_itself_can_t_tell_of_itself()
    {
        using var stage = new InstanceStage();
        var e = Assert.Throws<IOException>(() => InstanceSelf.Describe(new("a", "/"), new LinuxProcessTable(stage.Root)));
        Assert.Equal("the system doesn't show this process", e.Message);
    }

    [Fact]
    public void A_name_has_the_number_of_the_pid_namespace()
    {
        using var stage = new InstanceStage();
        var record = stage.RecordOf(Process.GetCurrentProcess());
        Assert.Equal(4026531836, InstanceFileName.Of(record with { PidNamespace = "pid:[4026531836]" }, 1).Namespace);
        Assert.Equal(0u, InstanceFileName.Of(record with { PidNamespace = "" }, 1).Namespace);
    }

    private sealed class FixedTable(ProcessFacts? facts, InstanceRecord record, bool isGone = false) : ProcessTable
    {
        public override string BootId => record.BootId;

        public override string PidNamespace => record.PidNamespace;

        public override string NetworkNamespace => record.NetworkNamespace;

        public override uint User => 0;

        public override ProcessReading Read(int processId) => new(facts, isGone);

        public override ProcessHandle Open(int processId) => throw new InvalidOperationException(processId.ToString(CultureInfo.InvariantCulture));
    }
}
