using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

public sealed class ReadyFileTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_exists_exactly_while_the_application_is_ready()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "ready");

        // A run that was killed has left it.
        File.WriteAllText(path, "1\n");
        await using var host = ManagedHost.Build(("Ports:ReadyFile", path), ("Ports:DrainDelay", "600"));
        var seen = new List<bool>();
        host.Journal.Misbehaviour["alpha start"] = Note;
        host.Journal.Misbehaviour["gamma start"] = Note;
        await host.Host.StartAsync(Token);
        Assert.Equal([false, false], seen);
        Assert.Equal($"{Environment.ProcessId}\n", await File.ReadAllTextAsync(path, Token));

        host.Journal.Misbehaviour["alpha start"] = Note;
        await host.Manager.RestartServiceAsync("alpha", Token);
        Assert.Equal([false, false, false], seen);
        Assert.True(File.Exists(path));

        // One that an operator has stopped is missed by nobody.
        await host.Manager.StopServiceAsync("gamma", Token);
        Assert.True(File.Exists(path));

        using var patience = new CancellationTokenSource();
        var stop = host.Host.StopAsync(patience.Token);
        Assert.True(SpinWait.SpinUntil(() => !File.Exists(path), TimeSpan.FromSeconds(30)));
        Assert.Equal(PortState.Draining, host.Manager.GetPort("beta").State);
        await patience.CancelAsync();
        _ = await Record.ExceptionAsync(() => stop);
        Assert.False(File.Exists(path));

        Task Note(CancellationToken token)
        {
            seen.Add(File.Exists(path));
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Where_it_can_t_be_written_a_warning_says_so_and_the_application_runs()
    {
        await using var host = await ManagedHost.StartAsync(("Ports:ReadyFile", "/not/there/ready"));
        Assert.StartsWith("The ready file /not/there/ready could not be ", Assert.Single(host.Log.Entries, static e => e.Id == 22).Text, StringComparison.Ordinal);
        Assert.Equal("beta", await ManagedHost.AskAsync(host.Range.First + 1));
    }
}
