using System.Diagnostics;
using System.Globalization;
using PortGen.Instances;
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
        Assert.Equal((program, null, LinuxCalls.User), (facts.Executable, facts.EntryAssembly, facts.Owner));
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

    private sealed class FixedTable(ProcessFacts facts, InstanceRecord record) : ProcessTable
    {
        public override string BootId => record.BootId;

        public override string PidNamespace => record.PidNamespace;

        public override uint User => 0;

        public override ProcessReading Read(int processId) => new(facts, IsGone: false);

        public override ProcessHandle Open(int processId) => throw new InvalidOperationException(processId.ToString(CultureInfo.InvariantCulture));
    }
}
