using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PortGen.Instances;
using PortGen.Platform;
using PortGen.Platform.Linux;
using PortGen.Platform.Unix;
using PortGen.Tests.Support;

namespace PortGen.Tests.EndToEnd;

/// <summary>One start takes the ports over from the one that runs, while clients connect.</summary>
public sealed class TakeOverTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Under_load_no_client_is_refused_and_none_is_left_unanswered()
    {
        var stage = new Stage();
        var app = await stage.StartAsync();
        await using var clients = new Clients(stage.Ports, threads: 16);
        var count = LongTests.Count(2, 8, 50);
        for (var i = 0; i < count; i++)
        {
            await clients.AnswerAsync(LongTests.Count(100, 300, 2500));
            var next = await stage.StartAsync("--take-over");
            await app.WaitForAsync("PortGen[51]");
            Assert.Equal(0, await app.WaitForExitAsync());
            await app.DisposeAsync();
            app = next;
        }

        await clients.AnswerAsync(100);
        await clients.EndAsync();
        TestContext.Current.SendDiagnosticMessage("{0} take-overs, {1} answers, longest wait {2} ms, failures: {3}", count, clients.Answers, clients.LongestWait, string.Join(", ", clients.Failures));
        Assert.Empty(clients.Failures);
        app.Signal(15);
        Assert.Equal(0, await app.WaitForExitAsync());
        await app.DisposeAsync();
        Assert.All(stage.Ports, static p => Assert.True(FreePorts.BecomesFree(p)));
    }

    [Theory]
    [InlineData(70, "--Test:second:Start=throw")]
    [InlineData(70, "--Test:third:Start=hang", "--Ports:StartTimeout=0.5")]
    [InlineData(78, "--Ports:first:Colour=blue")]
    public async Task A_newcomer_that_fails_changes_nothing_for_the_one_that_runs(int exitCode, params string[] args)
    {
        if (args.Length > 1 || exitCode == 78)
        {
            LongTests.SkipUnlessMiddle();
        }

        var stage = new Stage();
        await using var app = await stage.StartAsync();
        await using var clients = new Clients(stage.Ports, threads: 4);

        // The first time the runtime opens what it needs; from then on nothing may be left.
        await FailAsync(1);
        var before = Descriptors(app);
        await FailAsync(2);
        await clients.AnswerAsync(100);
        await clients.EndAsync();
        Assert.Empty(clients.Failures);
        await AssertSameAsync(before, app);

        async Task FailAsync(int times)
        {
            await using var newcomer = stage.Begin(["--take-over", .. args]);
            Assert.Equal(exitCode, await newcomer.WaitForExitAsync());
            if (exitCode != 78)
            {
                await app.WaitForAsync("PortGen[52]", times);
            }
        }

        // The next one succeeds.
        await using var next = await stage.StartAsync("--take-over");
        Assert.Equal(0, await app.WaitForExitAsync());
    }

    [Fact]
    public async Task A_newcomer_that_is_killed_at_any_moment_changes_nothing_for_the_one_that_runs()
    {
        LongTests.SkipUnlessMiddle();
        var stage = new Stage();
        await using var app = await stage.StartAsync();
        await using var clients = new Clients(stage.Ports, threads: 4);
        var before = 0;
        for (var i = 0; i < LongTests.Count(4, 8, 200); i++)
        {
            // It never becomes ready, and waits with the sockets in its hands.
            await using var newcomer = stage.Begin("--take-over", "--Test:third:Start=hang");
            if (i % 2 == 0)
            {
                await newcomer.WaitForAsync("PortGen[45]");
            }
            else
            {
                await Task.Delay(Random.Shared.Next(600), Token);
            }

            newcomer.Kill();
            await newcomer.WaitForExitAsync();
            before = i == 1 ? Descriptors(app) : before;
        }

        await clients.AnswerAsync(100);
        await clients.EndAsync();
        Assert.Empty(clients.Failures);
        Assert.False(app.HasExited);
        await AssertSameAsync(before, app);
    }

    [Fact]
    public async Task If_the_one_that_runs_is_killed_meanwhile_the_newcomer_has_its_ports()
    {
        LongTests.SkipUnlessMiddle();
        for (var i = 0; i < LongTests.Count(2, 8, 200); i++)
        {
            var stage = new Stage();
            await using var app = await stage.StartAsync();
            await using var newcomer = stage.Begin("--take-over");
            if (i % 2 == 0)
            {
                await newcomer.WaitForAsync("PortGen[44]");
                await Task.Delay(Random.Shared.Next(100), Token);
            }
            else
            {
                await Task.Delay(Random.Shared.Next(600), Token);
            }

            app.Kill();
            await newcomer.WaitForAsync("Application started");
            foreach (var (port, name) in stage.Ports.Zip(Stage.Names))
            {
                Assert.Equal(name, await Clients.AskAsync(port));
            }
        }
    }

    [Fact]
    public async Task Told_to_stop_while_it_hands_over_it_leaves_its_ports_to_the_newcomer()
    {
        var stage = new Stage();
        await using var app = await stage.StartAsync();
        await using var newcomer = stage.Begin("--take-over", "--Test:Configure=wait");
        await newcomer.WaitForAsync("configuring");
        newcomer.WriteLine("");
        await newcomer.WaitForAsync("PortGen[45]");
        app.Signal(15);
        Assert.Equal(0, await app.WaitForExitAsync());
        await newcomer.WaitForAsync("Application started");
        Assert.All(stage.Ports.Zip(Stage.Names), static p => Assert.Equal(p.Second, Clients.AskAsync(p.First).GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task Of_several_at_one_moment_one_is_left_and_it_serves()
    {
        LongTests.SkipUnlessMiddle();
        for (var i = 0; i < LongTests.Count(1, 4, 100); i++)
        {
            var stage = new Stage();
            await using var app = await stage.StartAsync();
            var newcomers = Enumerable.Range(0, 3 + (i % 3)).Select(_ => stage.Begin("--take-over")).ToList();
            try
            {
                // Each waits for the one before it.
                var ends = newcomers.Select(static n => n.WaitForExitAsync()).Prepend(app.WaitForExitAsync()).ToList();
                for (var left = ends.Count; left > 1; left--)
                {
                    var ended = await Task.WhenAny(ends);
                    Assert.Equal(0, await ended);
                    ends.Remove(ended);
                }

                var last = Assert.Single(newcomers, static n => !n.HasExited);
                await last.WaitForAsync("Application started");
                Assert.All(stage.Ports.Zip(Stage.Names), static p => Assert.Equal(p.Second, Clients.AskAsync(p.First).GetAwaiter().GetResult()));
            }
            finally
            {
                foreach (var newcomer in newcomers)
                {
                    await newcomer.DisposeAsync();
                }
            }
        }
    }

    [Fact]
    public async Task A_port_that_the_newcomer_wants_elsewhere_moves_and_the_old_one_is_closed()
    {
        var stage = new Stage();
        using var folder = new TemporaryFolder();
        var ready = Path.Combine(folder.Path, "ready");
        await using var app = await stage.StartAsync($"--Ports:ReadyFile={ready}");
        Assert.True(File.Exists(ready));
        var elsewhere = FreePorts.Block(1).First;
        await using var newcomer = await stage.StartAsync("--take-over", $"--Ports:third:Port={elsewhere}", $"--Ports:ReadyFile={ready}");
        Assert.Equal(0, await app.WaitForExitAsync());

        // The file of readiness is the newcomer's, and the other one has not taken it along.
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{newcomer.Id}\n"), await File.ReadAllTextAsync(ready, Token));
        Assert.Equal("third", await Clients.AskAsync(elsewhere));
        Assert.Equal("second", await Clients.AskAsync(stage.Ports[1]));
        Assert.True(FreePorts.BecomesFree(stage.Ports[2]));
    }

    [Fact]
    public async Task One_that_does_not_answer_is_left_alone_and_the_start_is_like_any_other()
    {
        LongTests.SkipUnlessMiddle();
        var stage = new Stage();
        await using var app = await stage.StartAsync();
        app.Signal(19);
        await using (var newcomer = stage.Begin("--take-over", "--Ports:BindTimeout=0"))
        {
            Assert.Equal(69, await newcomer.WaitForExitAsync());
            Assert.Contains("PortGen[47]", newcomer.Output, StringComparison.Ordinal);
        }

        app.Signal(18);
        Assert.Equal("second", await Clients.AskAsync(stage.Ports[1]));
        await using var next = await stage.StartAsync("--take-over");
        Assert.Equal(0, await app.WaitForExitAsync());
    }

    [Fact]
    public async Task One_that_stops_to_answer_once_the_newcomer_is_ready_is_ended_and_the_newcomer_serves()
    {
        LongTests.SkipUnlessMiddle();
        var stage = new Stage();
        await using var app = await stage.StartAsync();
        await using var newcomer = stage.Begin("--take-over", "--Ports:RestartTimeout=1");
        await newcomer.WaitForAsync("PortGen[45]");
        app.Signal(19);
        await newcomer.WaitForAsync("PortGen[49]");
        await newcomer.WaitForAsync("Application started");
        Assert.Equal(137, await app.WaitForExitAsync());
        Assert.All(stage.Ports.Zip(Stage.Names), static p => Assert.Equal(p.Second, Clients.AskAsync(p.First).GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task Another_application_and_another_version_of_the_protocol_get_nothing()
    {
        var stage = new Stage();
        await using var app = await stage.StartAsync();
        var folder = Path.Combine(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR")!, "portgen");
        var control = Assert.Single(Directory.GetFiles(folder, $"*-{app.Id}-*.sock"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(control));
        foreach (var (request, reason) in new[]
        {
            (HandOverMessage.Write(HandOverMessage.TakeOver, "another"), "it is another application"),
            (HandOverMessage.Write("steal", "x"), "unknown request 'steal'"),
            ("{\"version\":2,\"message\":\"take-over\"}", "This is not a message of this version."),
            ("nonsense", ""),
        })
        {
            using var channel = Connect(control);
            channel.Send(request);
            var answer = channel.Receive(TimeSpan.FromSeconds(30), Token)!;
            Assert.Empty(answer.Descriptors);
            var (kind, text, _) = HandOverMessage.Read(answer.Line);
            Assert.Equal(HandOverMessage.Busy, kind);
            Assert.Contains(reason, text, StringComparison.Ordinal);
            Assert.Null(channel.Receive(TimeSpan.FromSeconds(30), Token));
        }

        // Slow ones, broken ones, and one that goes away, more than are answered at a time.
        var slow = Enumerable.Range(0, 12).Select(_ => Connect(control)).ToList();
        slow[0].Send("");
        slow.ForEach(static s => s.Dispose());
        Assert.Equal("first", await Clients.AskAsync(stage.Ports[0]));
        await using var next = await stage.StartAsync("--take-over");
        Assert.Equal(0, await app.WaitForExitAsync());
        Assert.False(File.Exists(control));
    }

    [Fact]
    public async Task Another_user_is_not_answered_even_where_the_socket_can_be_reached()
    {
        Assert.SkipUnless(UnixCalls.User == 0 && AppProcess.CanBecome(65534), "needs root, to become another user who can run what was built");
        using var folder = new TemporaryFolder();
        using var folders = new PrivateFolders(new LinuxPrivateFolder(Path.Combine(folder.Path, "portgen")));
        var asked = 0;
        var name = new InstanceFileName("0123456789abcdef", 1, 2, 3);

        // It takes the caller, root, for another user than its own; root is let in all the same, so the caller becomes nobody.
        using var control = ControlSocket.Open(folders, name, user: 12345, (_, _) => Task.FromResult(Interlocked.Increment(ref asked)));
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0x1FF);
        File.SetUnixFileMode(Path.Combine(folder.Path, "portgen"), (UnixFileMode)0x1FF);
        var path = Path.Combine(folder.Path, "portgen", name.Control);
        File.SetUnixFileMode(path, (UnixFileMode)0x1FF);
        await using (var nobody = AppProcess.Program("setpriv", "--reuid=65534", "--clear-groups", AppProcess.TestAppPath, "ask", path))
        {
            await nobody.WaitForExitAsync();
        }

        Assert.Equal(0, Volatile.Read(ref asked));
        await using (var root = AppProcess.TestApp("ask", path))
        {
            Assert.Equal(0, await root.WaitForExitAsync());
        }

        Assert.Equal(1, Volatile.Read(ref asked));
    }

    private static DescriptorChannel Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return new DescriptorChannel(socket);
    }

    [Fact]
    public async Task Without_anybody_to_take_over_from_it_is_a_start_like_any_other()
    {
        var stage = new Stage();
        await using var app = await stage.StartAsync("--take-over");
        Assert.Contains("PortGen[48]", app.Output, StringComparison.Ordinal);
        await using var other = new Stage().Begin("--take-over");
        await other.WaitForAsync("PortGen[48]");
        Assert.Equal("first", await Clients.AskAsync(stage.Ports[0]));
    }

    private static int Descriptors(AppProcess app) => Directory.GetFiles($"/proc/{app.Id}/fd").Length;

    private static async Task AssertSameAsync(int before, AppProcess app)
    {
        // Connections of clients may have been counted before, and end by and by.
        for (var end = Environment.TickCount64 + 30_000; Descriptors(app) > before && Environment.TickCount64 < end;)
        {
            await Task.Delay(20, Token);
        }

        Assert.InRange(Descriptors(app), 0, before);
    }

    /// <summary>An application of its own, on ports of its own.</summary>
    private sealed class Stage
    {
        public static readonly string[] Names = ["first", "second", "third"];

        private readonly string _id = Guid.NewGuid().ToString("N");
        private readonly PortRange _block = FreePorts.Block(5);

        /// <summary>Of the services that answer by their name.</summary>
        public IReadOnlyList<int> Ports => [_block.First, _block.First + 2, _block.First + 3];

        public AppProcess Begin(params string[] args) => AppProcess.TestAppOn(_block, [$"--Ports:Application={_id}", .. args]);

        public async Task<AppProcess> StartAsync(params string[] args)
        {
            var app = Begin(args);
            await app.WaitForAsync("Application started");
            return app;
        }
    }

    /// <summary>Clients that connect one time after the other, and expect the service's name.</summary>
    private sealed class Clients : IAsyncDisposable
    {
        private readonly CancellationTokenSource _ended = new();
        private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);
        private readonly Task[] _threads;
        private readonly Tally _answers = new();
        private long _longestWait;

        public Clients(IReadOnlyList<int> ports, int threads) => _threads = [.. Enumerable.Range(0, threads).Select(i => Task.Run(() => RunAsync(ports[i % 3], Stage.Names[i % 3])))];

        public int Answers => _answers.Count;

        public long LongestWait => Volatile.Read(ref _longestWait);

        public IReadOnlyDictionary<string, int> Failures => _failures;

        public static async Task<string> AskAsync(int port)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, Token);
            using var reader = new StreamReader(client.GetStream());
            return (await reader.ReadToEndAsync(Token)).Trim();
        }

        public async Task AnswerAsync(int more)
        {
            await _answers.ReachAsync(more);
            Assert.Empty(_failures);
        }

        public async Task EndAsync()
        {
            await _ended.CancelAsync();
            await Task.WhenAll(_threads);
        }

        public async ValueTask DisposeAsync() => await EndAsync();

        private async Task RunAsync(int port, string name)
        {
            while (!_ended.IsCancellationRequested)
            {
                var begin = Environment.TickCount64;
                try
                {
                    var answer = await AskAsync(port);
                    if (answer != name)
                    {
                        Fail($"answer '{answer}'");
                        continue;
                    }

                    _answers.Add();
                    var waited = Environment.TickCount64 - begin;
                    for (var longest = LongestWait; waited > longest && Interlocked.CompareExchange(ref _longestWait, waited, longest) != longest; longest = LongestWait)
                    {
                    }
                }
                catch (Exception e) when (e is SocketException or IOException)
                {
                    Fail(string.Create(CultureInfo.InvariantCulture, $"{(e as SocketException ?? e.InnerException as SocketException)?.SocketErrorCode}"));
                }
            }
        }

        private void Fail(string what)
        {
            _failures.AddOrUpdate(what, 1, static (_, n) => n + 1);
            _answers.End();
        }
    }
}
