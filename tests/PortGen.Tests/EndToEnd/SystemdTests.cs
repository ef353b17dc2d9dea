using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using PortGen.Tests.Support;

namespace PortGen.Tests.EndToEnd;

/// <summary>Sockets that systemd's own program for trying this has opened.</summary>
public sealed class SystemdTests
{
    private const string Activate = "/usr/bin/systemd-socket-activate";
    private const string Analyze = "/usr/bin/systemd-analyze";

    private static readonly int[] s_places = [2, 1, 3, 5, 6];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sockets_come_by_name_and_a_client_from_before_the_start_is_answered_and_no_child_gets_them()
    {
        Assert.SkipUnless(File.Exists(Activate), "needs systemd-socket-activate");
        var ports = FreePorts.Block(7);

        // By name "first", which the configuration would have elsewhere; the second by its number alone.
        await using var app = AppProcess.Program(
            Activate,
            ["-l", Address(ports.First), "-l", Address(ports.First + 1), "-l", Address(ports.First + 4), "--fdname=first:shop.socket:other", AppProcess.TestAppPath, .. Settings(ports)]);
        using var client = new TcpClient();
        await ConnectAsync(client, ports.First);
        await app.WaitForAsync("Application started");
        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("first", await reader.ReadLineAsync(Token));
        Assert.Equal("second", await AskAsync(ports.First + 1));
        Assert.Equal("third", await AskAsync(ports.First + 3));
        Assert.Contains($"first has its sockets from systemd (LISTEN_FDS): first on 127.0.0.1:{ports.First}", app.Output, StringComparison.Ordinal);
        Assert.Contains($"Socket 'other' of LISTEN_FDS, 127.0.0.1:{ports.First + 4}, fits no port of this application, and is closed", app.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("in use", app.Output, StringComparison.Ordinal);
        foreach (var descriptor in Directory.GetFiles($"/proc/{app.Id}/fd").Where(static f => new FileInfo(f).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true))
        {
            Assert.Matches("flags:\\s+02[0-9]{6}", await File.ReadAllTextAsync($"/proc/{app.Id}/fdinfo/{Path.GetFileName(descriptor)}", Token));
        }

        app.Signal(15);
        Assert.Equal(0, await app.WaitForExitAsync());
    }

    [Fact]
    public async Task Of_a_process_in_between_they_are_used_with_a_warning_and_of_another_not_at_all()
    {
        Assert.SkipUnless(File.Exists(Activate), "needs systemd-socket-activate");
        var ports = FreePorts.Block(7);
        var command = $"\"{AppProcess.TestAppPath}\" \"$@\" & wait";
        await using (var app = AppProcess.Program(Activate, ["-l", Address(ports.First), "--fdname=first", "/bin/bash", "-c", command, "bash", .. Settings(ports)]))
        {
            using var client = new TcpClient();
            await ConnectAsync(client, ports.First);
            await app.WaitForAsync("which started this one: its sockets are used here");
            await app.WaitForAsync("Application started");
            using var reader = new StreamReader(client.GetStream());
            Assert.Equal("first", await reader.ReadLineAsync(Token));
        }

        await using var other = AppProcess.TestApp(
            [.. Settings(FreePorts.Block(7))], ("LISTEN_PID", Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "9"), ("LISTEN_FDS", "2"));
        await other.WaitForAsync("LISTEN_FDS is ignored");
        await other.WaitForAsync("Application started");
    }

    [Fact]
    public async Task The_units_of_the_operator_s_page_are_well_formed()
    {
        Assert.SkipUnless(File.Exists(Analyze), "needs systemd-analyze");
        using var folder = new TemporaryFolder();
        var page = await File.ReadAllTextAsync(Path.Combine(AppProcess.RepositoryRoot, "src", "PortGen", "OPERATING.md"), Token);
        var units = Regex.Matches(page, "`(?<file>[a-z]+\\.[a-z]+)`:\n\n```ini\n(?<text>.*?)```", RegexOptions.Singleline);
        Assert.Equal(["shop.socket", "shop.service"], units.Select(static u => u.Groups["file"].Value));
        foreach (Match unit in units)
        {
            folder.Write(unit.Groups["file"].Value, unit.Groups["text"].Value);
        }

        await using var check = AppProcess.Program(Analyze, ["verify", "--man=no", .. units.Select(u => Path.Combine(folder.Path, u.Groups["file"].Value))]);
        var code = await check.WaitForExitAsync();

        // It also tells of what is wrong with the machine's own units.
        Assert.DoesNotContain("shop", check.Output + check.Errors, StringComparison.Ordinal);
        Assert.InRange(code, 0, 1);
    }

    private static string Address(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    // Of "first" somewhere else than the socket that comes for it.
    private static IEnumerable<string> Settings(PortRange ports) => new[] { "first", "second", "third", "metrics", "spare" }.Select(
        (name, i) => string.Create(CultureInfo.InvariantCulture, $"--Ports:{name}:Port={ports.First + s_places[i]}"));

    private static async Task ConnectAsync(TcpClient client, int port)
    {
        while (true)
        {
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, Token);
                return;
            }
            catch (SocketException)
            {
                // The program hasn't begun to listen yet.
                await Task.Delay(20, Token);
            }
        }
    }

    private static async Task<string?> AskAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Token);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadLineAsync(Token);
    }
}
