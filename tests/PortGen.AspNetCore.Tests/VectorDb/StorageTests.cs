using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using PortGen.Tests.Support;

namespace PortGen.Tests.VectorDb;

/// <summary>What the sample keeps, and what it keeps to itself.</summary>
public sealed class StorageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => Path.Combine(_folder.Path, "new", "data");

    [Fact]
    public async Task A_secret_that_was_generated_is_shown_once_kept_as_a_hash_and_good_after_a_restart()
    {
        await using var network = await TestNetwork.CreateAsync();
        (string, string)[] client;
        string token;
        await using (var app = await StartAsync(network))
        {
            client = [Shown(app, "client_id"), Shown(app, "client_secret")];
            token = await app.TokenAsync(client);
            await app.RestAsync("stores", token, """{"name":"kept"}""").ReadAsync(HttpStatusCode.Created);
            Assert.All(Directory.GetFiles(Data), file =>
                Assert.True(Read(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(client[1].Item2)) < 0, $"{file} has the secret"));
            app.Process.Signal(15);
            Assert.Equal(PortExitCode.Success, await app.Process.WaitForExitAsync());
            Assert.Single(Regex.Matches(app.Process.Output + app.Process.Errors, Regex.Escape(client[1].Item2)));
        }

        await using var again = await StartAsync(network);
        Assert.DoesNotContain("client_secret", again.Process.Output, StringComparison.Ordinal);
        Assert.NotEmpty(await again.TokenAsync(client));
        await again.RestAsync("stores/kept", token).ReadAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Its_folder_and_files_are_for_its_user_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await StartAsync(network);
        await app.RestAsync("stores", await app.TokenAsync(Shown(app, "client_id"), Shown(app, "client_secret")), """{"name":"x"}""").ReadAsync(HttpStatusCode.Created);
#pragma warning disable CA1416
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Data));
        Assert.Contains(Directory.GetFiles(Data), static f => f.EndsWith("-wal", StringComparison.Ordinal));
        Assert.All(Directory.GetFiles(Data), static file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
#pragma warning restore CA1416
    }

    [Fact]
    public async Task A_client_that_is_configured_takes_the_place_of_the_one_there_was()
    {
        LongTests.SkipUnlessMiddle();
        await using var network = await TestNetwork.CreateAsync();
        (string, string)[] generated;
        await using (var app = await StartAsync(network))
        {
            generated = [Shown(app, "client_id"), Shown(app, "client_secret")];
        }

        await using (var app = await StartAsync(network, ("OAuth__ClientId", "tests"), ("OAuth__ClientSecret", "another secret of these tests")))
        {
            await app.RequestTokenAsync(generated).ReadAsync(HttpStatusCode.Unauthorized);
        }

        await using var changed = await StartAsync(network, ("OAuth__ClientId", "tests"), ("OAuth__ClientSecret", VectorDbApp.Secret));
        await changed.RequestTokenAsync(("client_secret", "another secret of these tests")).ReadAsync(HttpStatusCode.Unauthorized);
        Assert.NotEmpty(await changed.TokenAsync());
        Assert.DoesNotContain(VectorDbApp.Secret, changed.Process.Output + changed.Process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_is_too_short_stops_the_start()
    {
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await network.RunAsync(() => AppProcess.VectorDb([], ("Storage__Folder", Data), ("OAuth__ClientSecret", "short")));
        Assert.Equal(PortExitCode.ServiceFailed, await app.WaitForExitAsync());
        Assert.Contains("OAuth:ClientSecret must have at least 16 characters.", app.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_read_only_root_and_no_home_it_names_the_setting_and_runs_with_it()
    {
        const int User = 12345;
        Assert.SkipUnless(AppProcess.CanBecome(User) && AppProcess.CanUnshare(), "another user or namespaces can't be had here");
        await using var network = await TestNetwork.CreateAsync();
        await using (var app = await network.RunAsync(() => AppProcess.VectorDbOnReadOnlyRoot(User, _folder.Path)))
        {
            Assert.Equal(PortExitCode.ServiceFailed, await app.WaitForExitAsync());
            Assert.Contains("The data folder /.local/share/vectordb can't be used: Read-only file system", app.Errors, StringComparison.Ordinal);
            Assert.Contains("Set Storage:Folder (in the environment Storage__Folder) to a folder that this user may write to", app.Errors, StringComparison.Ordinal);
        }

        await using var set = await VectorDbApp.StartAsync(
            network, () => AppProcess.VectorDbOnReadOnlyRoot(User, _folder.Path, [.. VectorDbApp.Client(_folder), ("Storage__Folder", Path.Combine(_folder.Path, "data"))]));
        Assert.NotEmpty(await set.TokenAsync());
    }

    [Fact]
    public async Task A_data_folder_that_is_there_and_can_t_be_written_is_named_with_the_setting()
    {
        const int User = 12345;
        Assert.SkipUnless(AppProcess.CanBecome(User) && AppProcess.CanUnshare(), "another user or namespaces can't be had here");
        _folder.Share();
        using var volume = new TemporaryFolder();
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await network.RunAsync(() => AppProcess.VectorDbOnReadOnlyRoot(User, volume.Path, ("Storage__Folder", _folder.Path)));
        Assert.Equal(PortExitCode.ServiceFailed, await app.WaitForExitAsync());
        Assert.Contains($"The data folder {_folder.Path} can't be used: ", app.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static (string Name, string Value) Shown(VectorDbApp app, string name) => (name, Regex.Match(app.Process.Output, $@"{name}: +(\S+)").Groups[1].Value);

    private static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private Task<VectorDbApp> StartAsync(TestNetwork network, params (string Name, string Value)[] variables) =>
        VectorDbApp.StartAsync(network, () => AppProcess.VectorDb([], [("Storage__Folder", Data), .. variables]));
}
