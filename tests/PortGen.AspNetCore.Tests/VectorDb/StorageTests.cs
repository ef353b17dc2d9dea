using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ModelContextProtocol.Protocol;
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

    [Theory]
    [InlineData("OAuth__ClientSecret", "another secret of these tests")]
    [InlineData("OAuth__ClientId", "another")]
    public async Task A_new_secret_or_client_puts_an_end_to_the_tokens_there_were(string setting, string value)
    {
        if (setting != "OAuth__ClientSecret")
        {
            LongTests.SkipUnlessMiddle();
        }

        await using var network = await TestNetwork.CreateAsync();
        string token;
        await using (var app = await StartAsync(network, VectorDbApp.Client(_folder)))
        {
            token = await app.TokenAsync();
            await app.RestAsync("stores", token).ReadAsync(HttpStatusCode.OK);
        }

        await using var changed = await StartAsync(network, [.. VectorDbApp.Client(_folder), (setting, value)]);
        await changed.RestAsync("stores", token).AssertRefusedAsync(HttpStatusCode.Unauthorized, "error=\"invalid_token\"");
        var renewed = await changed.TokenAsync(setting == "OAuth__ClientId" ? ("client_id", value) : ("client_secret", value));
        await changed.RestAsync("stores", renewed).ReadAsync(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(1024, 600, 700, "is a key of 1024 bits, and one of fewer than 2048 can be broken. Delete it, and a new one is created")]
    [InlineData(2048, 666, 700, "may be known to or written by other users (mode 666). Delete it, and a new one is created")]
    [InlineData(2048, 604, 700, "may be known to or written by other users (mode 604)")]
    [InlineData(2048, 620, 700, "may be known to or written by other users (mode 620)")]
    [InlineData(2048, 600, 777, "Every user can replace ")]
    [InlineData(0, 600, 700, "is not a private RSA key in PEM format. Delete it")]
    [InlineData(-2048, 600, 700, "is not a private RSA key in PEM format. Delete it")]
    public async Task A_signing_key_that_others_may_have_or_break_stops_the_start(int bits, int mode, int folderMode, string reason)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        if (bits != 1024 && mode != 666 && folderMode != 777)
        {
            LongTests.SkipUnlessMiddle();
        }

        var key = await PutKeyAsync(bits, mode, folderMode);
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await network.RunAsync(() => AppProcess.VectorDb([], [.. VectorDbApp.Client(_folder)]));
        Assert.Equal(PortExitCode.ServiceFailed, await app.WaitForExitAsync());
        Assert.Contains(reason, app.Errors, StringComparison.Ordinal);
        Assert.Contains(key, app.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(640, 700)]
    [InlineData(400, 1777)]
    public async Task A_signing_key_that_is_its_user_s_is_taken(int mode, int folderMode)
    {
        LongTests.SkipUnlessMiddle();
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        await PutKeyAsync(2048, mode, folderMode);
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await VectorDbApp.StartAsync(network, _folder);
        Assert.NotEmpty(await app.TokenAsync());
    }

    [Fact]
    public async Task On_a_full_disk_writes_are_refused_as_such_and_everything_else_is_answered()
    {
        Assert.SkipUnless(AppProcess.CanUnshare(), "namespaces can't be had here");
        await using var network = await TestNetwork.CreateAsync();
        await using var app = await VectorDbApp.StartAsync(network, () => AppProcess.VectorDbOnSmallDisk(_folder.Path, VectorDbApp.Client(_folder)));
        var token = await app.TokenAsync();
        await app.RestAsync("stores", token, """{"name":"full"}""").ReadAsync(HttpStatusCode.Created);
        await app.RestAsync("stores/full/vectors", token, """{"id":"kept","vector":[1,2]}""").ReadAsync(HttpStatusCode.OK);
        var filler = $"/proc/{app.Process.Id}/root{_folder.Path}/filler";
        Assert.Throws<IOException>(() => File.WriteAllBytes(filler, new byte[4 << 20]));

        await app.RestAsync("stores/full/vectors", token, Large("lost")).AssertProblemAsync((HttpStatusCode)507, "The server's disk is full. Nothing was stored");
        await using (var client = await app.McpAsync(token))
        {
            var refused = await client.CallToolAsync("create_store", new Dictionary<string, object?> { ["name"] = "more" }, cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(refused.IsError);
            Assert.Contains("disk is full", Assert.IsType<TextContentBlock>(Assert.Single(refused.Content)).Text, StringComparison.Ordinal);
        }

        Assert.Equal("Degraded", await HealthAsync(app));
        Assert.Equal(1, (await app.RestAsync("stores/full", token).ReadAsync(HttpStatusCode.OK)).GetProperty("vectors").GetInt32());
        var found = await app.RestAsync("stores/full/search", token, """{"vector":[1,2]}""").ReadAsync(HttpStatusCode.OK);
        Assert.Equal("kept", Assert.Single(found.GetProperty("results").EnumerateArray()).GetProperty("id").GetString());

        File.Delete(filler);
        await app.RestAsync("stores/full/vectors", token, Large("more")).ReadAsync(HttpStatusCode.OK);
        Assert.Equal("Healthy", await HealthAsync(app));
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
        LongTests.SkipUnlessMiddle();
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

    // Larger than the log beside the database.
    private static string Large(string id) => $$$"""{"id":"{{{id}}}","vector":[1,2],"metadata":{"text":"{{{new string('x', 15 << 10)}}}"}}""";

    private static async Task<string> HealthAsync(VectorDbApp app) =>
        await app.Http.GetStringAsync(await app.FindAsync("rest") + "/api/health", TestContext.Current.CancellationToken);

    // Modes as chmod(1) writes them.
    private async Task<string> PutKeyAsync(int bits, int mode, int folderMode)
    {
        var path = Path.Combine(_folder.Path, "signing-key.pem");
        using var key = bits == 0 ? null : RSA.Create(Math.Abs(bits));
        await File.WriteAllTextAsync(path, bits > 0 ? key!.ExportPkcs8PrivateKeyPem() : key?.ExportSubjectPublicKeyInfoPem() ?? "", TestContext.Current.CancellationToken);
#pragma warning disable CA1416
        File.SetUnixFileMode(path, ModeOf(mode));
        File.SetUnixFileMode(_folder.Path, ModeOf(folderMode));
#pragma warning restore CA1416
        return path;

        static UnixFileMode ModeOf(int digits) => (UnixFileMode)Convert.ToInt32(digits.ToString(System.Globalization.CultureInfo.InvariantCulture), 8);
    }

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
