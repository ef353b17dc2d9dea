using System.Net.Sockets;
using System.Text;
using PortGen;

return await Ports.RunAllAsync(args);

/// <summary>Sends every line back.</summary>
[PortService("echo", Port = 9101, Range = "9101-9110")]
internal sealed class EchoServer : LineServer
{
    protected override string Answer(string line) => line;
}

/// <summary>Sends the time, ISO 8601, and closes the connection.</summary>
[PortService("time", Port = 9111, Range = "9111-9120", DependsOn = [typeof(EchoServer)])]
internal sealed class TimeServer : ConnectionServer
{
    protected override async Task ServeAsync(Stream stream, CancellationToken cancellationToken) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{DateTimeOffset.UtcNow:O}\n"), cancellationToken);
}

/// <summary>Answers each line in upper case.</summary>
[PortService("shout", Port = 9121, Range = "9121-9130", DependsOn = [typeof(EchoServer), typeof(TimeServer)])]
internal sealed class ShoutServer : LineServer
{
    protected override string Answer(string line) => line.ToUpperInvariant();
}

/// <summary>Serves each connection of its port on its own.</summary>
internal abstract class ConnectionServer : BackgroundPortService
{
    protected abstract Task ServeAsync(Stream stream, CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(PortLease lease, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            _ = HandleAsync(await lease.AcceptAsync(stoppingToken), stoppingToken);
        }
    }

    private async Task HandleAsync(Socket connection, CancellationToken stoppingToken)
    {
        try
        {
            await using var stream = new NetworkStream(connection, ownsSocket: true);
            await ServeAsync(stream, stoppingToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client has gone, or the server is going.
        }
    }
}

/// <summary>Answers a client line by line.</summary>
internal abstract class LineServer : ConnectionServer
{
    protected abstract string Answer(string line);

    protected override async Task ServeAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { AutoFlush = true, NewLine = "\n" };
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            await writer.WriteLineAsync(Answer(line).AsMemory(), cancellationToken);
        }
    }
}
