using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

/// <summary>What a run tells on standard error, and how it takes a signal. Both are the whole process's, so nothing else runs meanwhile.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed partial class RunTests
{
    private const int Terminate = 15;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_that_is_taken_is_told_with_what_to_do_next()
    {
        var port = FreePorts.Block(1).First;
        using var holder = FreePorts.Occupy(port);
        var (exitCode, errors) = await RunAsync(port, static _ => { }, "--Ports:BindTimeout=0");
        Assert.Equal(69, exitCode);
        Assert.Matches($@"\APG3001: No port available for 'web': port {port} on localhost was tried; .*\n\z", errors);
    }

    [Fact]
    public async Task A_service_that_fails_to_start_is_told_with_its_reason()
    {
        var (exitCode, errors) = await RunAsync(FreePorts.Block(1).First, static s => s.OnStart = static _ => throw new InvalidOperationException("the test wants it"));
        Assert.Equal(70, exitCode);
        Assert.StartsWith("PG3002: ", errors, StringComparison.Ordinal);
        Assert.Contains("the test wants it", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_fails_later_is_told_with_its_reason()
    {
        var (exitCode, errors) = await RunAsync(FreePorts.Block(1).First, static s => s.OnRun = static _ => throw new InvalidOperationException("the test wants it"));
        Assert.Equal(70, exitCode);
        Assert.StartsWith("PG3005: ", errors, StringComparison.Ordinal);
        Assert.Contains("the test wants it", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_fails_while_a_neighbour_still_starts_is_told_too()
    {
        var waits = new TaskCompletionSource();
        var (exitCode, errors) = await RunAsync(
            FreePorts.Block(1).First,
            s => s.OnRun = async _ =>
            {
                await waits.Task;
                throw new InvalidOperationException("the test wants it");
            },
            b => b.Services.AddHostedService(_ => new Neighbour(token =>
            {
                waits.SetResult();
                return Task.Delay(Timeout.Infinite, token);
            })));
        Assert.Equal(70, exitCode);
        Assert.Contains("the test wants it", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_neighbour_that_fails_is_told_by_its_message()
    {
        var (exitCode, errors) = await RunAsync(
            FreePorts.Block(1).First, static _ => { }, static b => b.Services.AddHostedService(static _ => new Neighbour(static _ => throw new InvalidOperationException("the neighbour's"))));
        Assert.Equal(70, exitCode);
        Assert.StartsWith("The application failed: the neighbour's\n   System.InvalidOperationException\n   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_that_breaks_a_rule_is_told()
    {
        var (exitCode, errors) = await RunAsync(FreePorts.Block(1).First, static _ => { }, "--Ports:web:Port=80");
        Assert.Equal(78, exitCode);
        Assert.StartsWith("PG0002: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_that_comes_before_the_host_is_built_ends_the_run_with_0()
    {
        var seen = new TaskCompletionSource();
        var (exitCode, errors) = await RunAsync(FreePorts.Block(1).First, static _ => { }, _ =>
        {
            // The handlers of a signal are called one after the other, so this one's being called says that the run knows of it, or is about to.
            using var handler = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => seen.SetResult());
            Assert.Equal(0, Kill(Environment.ProcessId, Terminate));
            seen.Task.Wait(Token);
        });
        Assert.Equal((0, ""), (exitCode, errors));
    }

    [Fact]
    public async Task A_signal_during_the_start_of_a_service_that_objects_ends_the_run_with_0()
    {
        var (exitCode, errors) = await RunAsync(FreePorts.Block(1).First, static s => s.OnStart = token =>
        {
            token.Register(static () => throw new InvalidOperationException("the test wants it to be a nuisance"));
            Assert.Equal(0, Kill(Environment.ProcessId, Terminate));
            return Task.Delay(Timeout.Infinite, token);
        });
        Assert.Equal((0, ""), (exitCode, errors));
    }

    [Fact]
    public async Task What_is_wrong_with_instance_files_is_logged_as_PortGen_s()
    {
        // Whoever looks at the folder first tells and removes it.
        var folder = Directory.CreateDirectory(Path.Combine(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR")!, "portgen"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(folder.FullName, "0123456789abcdef-1-2-3.json"), "no record");
        using var log = new TestLog();
        var manifest = new PortManifest([PortServiceDefinition.For<Service>([new PortDefinition("web") { Port = FreePorts.Block(1).First }], [])], [["web"]]);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.None).AddFilter("PortGen", LogLevel.Debug);
        PortHostBuilderExtensions.AddPortServices(builder, manifest);
        using var host = builder.Build();
        await host.StartAsync(Token);
        await host.StopAsync(Token);

        // A test that failed may have left a file of a process that it killed.
        Assert.Equal(31, Assert.Single(log.Entries, static e => e.Text.Contains("0123456789abcdef", StringComparison.Ordinal)).Id);
    }

    private static Task<(int ExitCode, string Errors)> RunAsync(int port, Action<Service> prepare, params string[] args) => RunAsync(port, prepare, static _ => { }, args);

    private static async Task<(int ExitCode, string Errors)> RunAsync(int port, Action<Service> prepare, Action<HostApplicationBuilder> configure, params string[] args)
    {
        var (before, errors, service) = (Console.Error, new StringWriter { NewLine = "\n" }, new Service());
        prepare(service);
        Console.SetError(errors);
        try
        {
            var manifest = new PortManifest([PortServiceDefinition.For<Service>([new PortDefinition("web") { Port = port }], [])], [["web"]]);
            var run = PortApplication.RunAsync(
                manifest,
                args,
                b =>
                {
                    b.Logging.ClearProviders();
                    b.Services.AddSingleton(service);
                    configure(b);
                },
                Token);
            return (await run.WaitAsync(TimeSpan.FromMinutes(1), Token), errors.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);

    internal sealed class Service : BackgroundPortService
    {
        public Func<CancellationToken, Task> OnStart { get; set; } = static _ => Task.CompletedTask;

        public Func<CancellationToken, Task> OnRun { get; set; } = static token => Task.Delay(Timeout.Infinite, token);

        public override async Task StartAsync(PortLease lease, CancellationToken cancellationToken)
        {
            await OnStart(cancellationToken);
            await base.StartAsync(lease, cancellationToken);
        }

        protected override Task ExecuteAsync(PortLease lease, CancellationToken stoppingToken) => OnRun(stoppingToken);
    }

    // Its part comes when the port services have started.
    private sealed class Neighbour(Func<CancellationToken, Task> start) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => start(cancellationToken);

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
