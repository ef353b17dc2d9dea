using System.Diagnostics;
using System.Globalization;
using PortGen.Binding.Conflicts;
using PortGen.Platform;
using PortGen.Platform.Linux;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

public sealed class ProcessDetailsTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("two\nlines\r\t\u001b[31m", "two?lines???[31m")]
    [InlineData("\u202egnp.exe\u2028x", "?gnp.exe?x")]
    [InlineData("0123456789012345678", "0123456789012345678")]
    [InlineData("01234567890123456789", "0123456789012345678…")]
    [InlineData("012345678901234567\U0001F600", "012345678901234567…")]
    public void A_text_from_outside_stays_on_one_line_of_limited_length(string text, string printable) =>
        Assert.Equal(printable, ProcessReader.Printable(text, 20));

    [Theory]
    [InlineData("secret-in-no-file --password script.sh", null)]
    [InlineData("-script.sh", null)]
    [InlineData("--password script.sh", null)]
    [InlineData("script.sh --password script.sh", "script.sh")]
    [InlineData("{folder}/script.sh", "{folder}/script.sh")]
    [InlineData("{folder}/missing.sh", null)]
    [InlineData("exec script.sh --token x", "script.sh")]
    [InlineData("-jar script.sh", "script.sh")]
    [InlineData("", null)]
    public void Of_the_arguments_only_a_script_is_shown(string arguments, string? script)
    {
        using var process = new TemporaryFolder();
        process.Write("script.sh", "");
        var shown = WriteProcess(process, arguments.Replace("{folder}", process.Path, StringComparison.Ordinal));
        Assert.Equal(("/usr/bin/program " + script?.Replace("{folder}", process.Path, StringComparison.Ordinal)).TrimEnd(), shown);
    }

    [Fact]
    public void Of_a_process_without_arguments_the_executable_is_shown()
    {
        using var process = new TemporaryFolder();
        process.Write("cmdline", "");
        File.CreateSymbolicLink(Path.Combine(process.Path, "exe"), "/usr/bin/program");
        Assert.Equal("/usr/bin/program", ProcessReader.Command(process.Path));
    }

    [Fact]
    public void A_long_command_is_cut()
    {
        using var process = new TemporaryFolder();
        var script = string.Concat(Enumerable.Repeat("0123456789", 25));
        process.Write(script, "");
        var shown = WriteProcess(process, script);
        Assert.Equal(200, shown!.Length);
        Assert.EndsWith("…", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_process_that_has_gone_nothing_is_known()
    {
        using var process = Process.Start("true");
        process.WaitForExit();
        var details = ProcessReader.Read(process.Id.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(new ProcessDetails { Id = process.Id }, details);
        Assert.Equal($"a process (pid {process.Id})", new HolderProcess(details).Describe());
    }

    [Fact]
    public void A_user_without_a_name_is_a_number()
    {
        Assert.Equal("root", ProcessReader.UserName(0));
        Assert.Equal("3999999999", ProcessReader.UserName(3_999_999_999));
    }

    // A process as /proc shows it.
    private static string? WriteProcess(TemporaryFolder folder, string arguments)
    {
        folder.Write("cmdline", ("program " + arguments).Replace(' ', '\0') + "\0");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "exe"), "/usr/bin/program");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "cwd"), folder.Path);
        File.CreateSymbolicLink(Path.Combine(folder.Path, "root"), "/");
        return ProcessReader.Command(folder.Path);
    }
}
