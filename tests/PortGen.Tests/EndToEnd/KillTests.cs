using System.Globalization;
using PortGen.Tests.Support;

namespace PortGen.Tests.EndToEnd;

/// <summary>An application that is killed at any moment leaves nothing that the next start stumbles over.</summary>
public sealed class KillTests
{
    private static readonly string[] s_names = ["first", "second", "third", "spare", "metrics"];

    [Fact]
    public async Task After_a_SIGKILL_at_any_moment_the_next_start_works_and_leaves_nothing_behind()
    {
        var ports = FreePorts.Block(s_names.Length);
        using var runtime = new TemporaryFolder();
        var random = new Random(4);
        for (var kills = LongTests.Count(10, 60, 300); kills > 0; kills--)
        {
            await using var app = Start(ports, runtime);
            if (random.Next(2) == 0)
            {
                // While it starts, which takes about half a second; the next round shows what that has left.
                await Task.Delay(random.Next(600), TestContext.Current.CancellationToken);
            }
            else
            {
                await AssertServesAsync(app, runtime);
                app.Signal(15);
                await Task.Delay(random.Next(60), TestContext.Current.CancellationToken);
            }

            app.Kill();
            await app.WaitForExitAsync();
        }

        await using var last = Start(ports, runtime);
        await AssertServesAsync(last, runtime);
        last.Signal(15);
        Assert.Equal(0, await last.WaitForExitAsync());
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(runtime.Path, "portgen")));
        Assert.All(Enumerable.Range(ports.First, ports.Count), static p => Assert.True(FreePorts.BecomesFree(p)));
    }

    private static AppProcess Start(PortRange ports, TemporaryFolder runtime) => AppProcess.TestApp(
        [.. s_names.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"--Ports:{name}:Port={ports.First + i}")), "--Ports:BindTimeout=0"],
        ("XDG_RUNTIME_DIR", runtime.Path));

    // The ports are exact and tried once: it starts on the same ones or not at all. Of the killed ones no file is left.
    private static async Task AssertServesAsync(AppProcess app, TemporaryFolder runtime)
    {
        await app.WaitForAsync("Application started");
        var file = Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(runtime.Path, "portgen"), "*.json")));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"-{app.Id}-"), file, StringComparison.Ordinal);
        Assert.Equal(Path.ChangeExtension(file, "sock"), Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(runtime.Path, "portgen"), "*.sock*"))));
        Assert.DoesNotContain("in use", app.Output, StringComparison.Ordinal);
    }
}
