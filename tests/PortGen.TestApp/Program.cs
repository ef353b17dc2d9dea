using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

if (args is ["hold", var ports, var stop])
{
    return PortGen.TestApp.Holder.Run(ports, stop);
}

if (args is ["start", var wanted, .. var settings])
{
    return await PortGen.TestApp.Starter.RunAsync(wanted, settings);
}

if (args is ["ask", var control])
{
    // What a stranger might do at a control socket.
    using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
    await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(control));
    await socket.SendAsync("hello\n"u8.ToArray());
    return await socket.ReceiveAsync(new byte[10]);
}

if (args is ["caller", .. var rest])
{
    // As a program that doesn't take the exit code from PortGen.
    await using var app = await Ports.StartAllAsync(rest, Configure);
    Console.Out.WriteLine("running");
    await app.WaitForShutdownAsync();
    Console.Out.WriteLine("ended");
    return 0;
}

// An application whose services misbehave as the tests ask: --Test:second:Start=throw. What happens is printed, a line each.
return await Ports.RunAllAsync(args, Configure);

static void Configure(HostApplicationBuilder builder)
{
    Environment.ExitCode = builder.Configuration.GetValue("Test:ExitCode", 0);
    if (builder.Configuration["Test:Configure"] == "wait")
    {
        // Until the test says go on.
        Console.Out.WriteLine("configuring");
        Console.In.ReadLine();
    }
}

namespace PortGen.TestApp
{
    [PortService("first", Port = 9201, Range = "9201-9210")]
    [AdditionalPort("metrics", Port = 9241, Range = "9241-9250")]
    internal sealed class First(IConfiguration configuration) : TestService("first", configuration);

    [PortService("second", Port = 9211, Range = "9211-9220", DependsOn = [typeof(First)])]
    internal sealed class Second(IConfiguration configuration) : TestService("second", configuration);

    [PortService("third", Port = 9221, Range = "9221-9230", DependsOn = [typeof(Second)])]
    internal sealed class Third(IConfiguration configuration) : TestService("third", configuration);

    [PortService("spare", Port = 9231, Range = "9231-9240", Required = false)]
    internal sealed class Spare(IConfiguration configuration) : TestService("spare", configuration);

    /// <summary>Sends its name to whoever connects, and misbehaves on demand: throw, hang, block, grumble, or fail once it runs.</summary>
    internal abstract class TestService(string name, IConfiguration configuration) : BackgroundPortService
    {
        public override async Task StartAsync(PortLease lease, CancellationToken cancellationToken)
        {
            Say("starting");
            await MisbehaveAsync("Start", cancellationToken);
            await base.StartAsync(lease, cancellationToken);
            Say("started on " + lease.Port);
        }

        public override async Task StopAsync(CancellationToken cancellationToken)
        {
            Say("stopping");
            await MisbehaveAsync("Stop", cancellationToken);
            await base.StopAsync(cancellationToken);
            Say("stopped");
        }

        public override void Dispose()
        {
            base.Dispose();
            Say("disposed");
            _ = MisbehaveAsync("Dispose", CancellationToken.None);
        }

        protected override async Task ExecuteAsync(PortLease lease, CancellationToken stoppingToken)
        {
            while (true)
            {
                using var connection = await lease.AcceptAsync(stoppingToken);
                await MisbehaveAsync("Run", stoppingToken);
                connection.Send(System.Text.Encoding.ASCII.GetBytes(name + "\n"));
            }
        }

        private Task MisbehaveAsync(string phase, CancellationToken cancellationToken)
        {
            switch (configuration[$"Test:{name}:{phase}"])
            {
                case "throw": throw new InvalidOperationException($"the test wants {name} to fail");
                case "hang": return Task.Delay(Timeout.Infinite, CancellationToken.None);
                case "block":
                    new ManualResetEvent(false).WaitOne();
                    return Task.CompletedTask;
                case "grumble":
                    cancellationToken.Register(() => throw new InvalidOperationException($"the test wants {name} to be a nuisance"));
                    Say("grumbles");
                    return Task.Delay(Timeout.Infinite, cancellationToken);
                case "wait": return Task.Delay(Timeout.Infinite, cancellationToken);
                default: return Task.CompletedTask;
            }
        }

        private void Say(string what) => Console.Out.WriteLine($"{name} {what}");
    }
}
