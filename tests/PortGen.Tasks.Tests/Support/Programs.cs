namespace PortGen.Tasks.Tests.Support;

/// <summary>Programs for the temporary projects.</summary>
internal static class Programs
{
    public const string Main = """
        using PortGen;

        return await Ports.RunAllAsync(args);

        abstract class Service : BackgroundPortService
        {
            protected override Task ExecuteAsync(PortLease lease, CancellationToken stoppingToken) => Task.Delay(Timeout.Infinite, stoppingToken);
        }


        """;

    public const string EchoAndTime = Main + """
        [PortService("echo", Port = 9101, Range = "9101-9110", HealthPath = "/health")]
        class Echo : Service;

        class Outer
        {
            [PortService("time", Port = 9111, Host = "*", Required = false, DependsOn = [typeof(Echo)])]
            [AdditionalPort("metrics", Range = "9464-9470")]
            internal class Time : Service;
        }
        """;
}
