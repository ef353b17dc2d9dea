using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using PortGen.Tests.VectorDb;

namespace PortGen.Package.Tests.Support;

/// <summary>A built application that runs, and whose ports the test finds in its log.</summary>
internal sealed partial class ServedApplication : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServedApplication(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => OnLine(e.Data);
        _process.ErrorDataReceived += (_, e) => OnLine(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All that it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>The number that a port got, once the application has started.</summary>
    public async Task<int> PortAsync(string name)
    {
        await Task.WhenAny(_started.Task, _process.WaitForExitAsync()).WaitAsync(s_patience);
        Assert.True(_started.Task.IsCompleted, Output);
        var match = Regex.Match(Output, $"""{name}'? serves on port (\d+)""");
        Assert.True(match.Success, Output);
        return int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Connects to a port and returns the first line that comes.</summary>
    /// <param name="name">The port's name.</param>
    /// <param name="network">The network that the application runs in; absent = the machine's.</param>
    public async Task<string?> ReadAsync(string name, TestNetwork? network = null)
    {
        using var client = network is null ? new TcpClient(AddressFamily.InterNetwork) : await network.RunAsync(static () => new TcpClient(AddressFamily.InterNetwork));
        await client.ConnectAsync(IPAddress.Loopback, await PortAsync(name));
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadLineAsync().WaitAsync(s_patience);
    }

    /// <summary>Sends SIGTERM and returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Assert.Equal(0, Kill(_process.Id, 15));
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Add(line);
        }

        if (line.Contains("Application started", StringComparison.Ordinal))
        {
            _started.TrySetResult();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
