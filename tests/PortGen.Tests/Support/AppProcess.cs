using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace PortGen.Tests.Support;

/// <summary>A program of this repository, run as a process of its own.</summary>
internal sealed partial class AppProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Found)> _waiters = [];

    private AppProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => OnLine(_output, e.Data);
        _process.ErrorDataReceived += (_, e) => OnLine(_errors, e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static string RepositoryRoot => Metadata("RepositoryRoot");

    public int Id => _process.Id;

    /// <summary>The one child of the process.</summary>
    public int ChildId => int.Parse(
        File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children").Trim(), System.Globalization.CultureInfo.InvariantCulture);

    public bool HasExited => _process.HasExited;

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <summary>Starts <c>samples/HelloPorts</c>.</summary>
    public static AppProcess HelloPorts(string[]? args = null, params (string Name, string Value)[] variables) =>
        Start("samples/HelloPorts", "HelloPorts", args, variables);

    /// <summary>Starts a program by its path.</summary>
    public static AppProcess Program(string path, params string[] args) => Start(path, args, []);

    /// <summary>Starts <c>samples/VectorDb</c>.</summary>
    public static AppProcess VectorDb(string[] args, params (string Name, string Value)[] variables) => Start("samples/VectorDb", "VectorDb", args, variables);

    /// <summary>Starts <c>samples/VectorDb</c> as process 1 of process and mount namespaces of its own, in the network of the thread.</summary>
    public static AppProcess VectorDbInNamespaces(params (string Name, string Value)[] variables) =>
        Start("unshare", ["--pid", "--fork", "--kill-child", "--mount-proc", PathOf("samples/VectorDb", "VectorDb")], variables);

    /// <summary>Starts <c>samples/HelloPorts</c> as process 1 of process, mount and network namespaces of its own, as a container does (unshare(1)).</summary>
    public static AppProcess HelloPortsInNamespaces(params (string Name, string Value)[] variables) =>
        Start("unshare", ["--pid", "--fork", "--kill-child", "--mount-proc", "--net", HelloPortsPath], variables);

    /// <summary>Starts <c>samples/HelloPorts</c> as a user of a number (setpriv(1)).</summary>
    public static AppProcess HelloPortsAs(int user, string[] args) => Start("setpriv", [.. AsUser(user), HelloPortsPath, .. args], []);

    /// <summary>Starts <c>samples/HelloPorts</c> as a user of a number in a network namespace of its own, after a shell command there.</summary>
    public static AppProcess HelloPortsAfter(string command, int user, string[] args) =>
        Start("unshare", ["--net", "sh", "-c", command + " && exec \"$@\"", "sh", "setpriv", .. AsUser(user), HelloPortsPath, .. args], []);

    /// <summary>Starts a command of bash(1).</summary>
    public static AppProcess Bash(string command) => Start("/bin/bash", ["-c", command], []);

    /// <summary>Whether the tests may become another user, who can then run what was built.</summary>
    public static bool CanBecome(int user) => Succeeds("setpriv", [.. AsUser(user), "test", "-x", HelloPortsPath, "-a", "-r", HelloPortsPath]);

    /// <summary>Whether this machine lets the tests make namespaces.</summary>
    public static bool CanUnshare() => Succeeds("unshare", ["--pid", "--fork", "--mount-proc", "--net", "true"]);

    /// <summary>Starts the application whose services misbehave on demand.</summary>
    public static AppProcess TestApp(params string[] args) => TestApp(args, []);

    /// <inheritdoc cref="TestApp(string[])"/>
    public static AppProcess TestApp(string[] args, params (string Name, string Value)[] variables) =>
        Start("tests/PortGen.TestApp", "PortGen.TestApp", args, variables);

    /// <summary>Starts any program.</summary>
    public static AppProcess Program(string path, string[] args, params (string Name, string Value)[] variables) => Start(path, args, variables);

    /// <summary>Waits for a line of output that contains the text, or for several.</summary>
    public async Task<string> WaitForAsync(string text, int count = 1)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_output)
        {
            count -= _output.Count(l => l.Contains(text, StringComparison.Ordinal));
            if (count <= 0)
            {
                return _output.First(l => l.Contains(text, StringComparison.Ordinal));
            }

            _waiters.Add((l => l.Contains(text, StringComparison.Ordinal) && --count == 0, found));
        }

        Task either = Task.WhenAny(found.Task, _process.WaitForExitAsync());
        await either.WaitAsync(s_patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!found.Task.IsCompleted)
        {
            throw new InvalidOperationException($"The process never printed '{text}'.\n{Output}\n{Errors}");
        }

        return await found.Task;
    }

    /// <summary>Sends a signal: 15 SIGTERM, 2 SIGINT, 9 SIGKILL.</summary>
    public void Signal(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

    /// <summary>Kills the process, which may have ended already.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Gives the process a line to read.</summary>
    public void WriteLine(string line) => _process.StandardInput.WriteLine(line);

    /// <summary>Sends a signal to the one child of the process.</summary>
    public void SignalChild(int signal) => Assert.Equal(0, Kill(ChildId, signal));

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string[] AsUser(int user) => [$"--reuid={user}", "--clear-groups"];

    private static bool Succeeds(string program, string[] args)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>The program of <see cref="TestApp(string[])"/>.</summary>
    public static string TestAppPath => PathOf("tests/PortGen.TestApp", "PortGen.TestApp");

    private static string HelloPortsPath => PathOf("samples/HelloPorts", "HelloPorts");

    private static AppProcess Start(string folder, string name, string[]? args, (string Name, string Value)[] variables) =>
        Start(PathOf(folder, name), args, variables);

    /// <summary>Where a program of this repository was built.</summary>
    public static string PathOf(string folder, string name) => Path.Combine(RepositoryRoot, folder, "bin", Metadata("Configuration"), "net10.0", name);

    private static AppProcess Start(string path, string[]? args, (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(path, args ?? [])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (variable, value) in variables)
        {
            start.Environment[variable] = value;
        }

        return new AppProcess(start);
    }

    private static string Metadata(string key) => typeof(AppProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value!;

    private void OnLine(List<string> lines, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            lines.Add(line);
            foreach (var (wanted, found) in _waiters)
            {
                if (lines == _output && wanted(line))
                {
                    found.TrySetResult(line);
                }
            }
        }
    }

    private string Text(List<string> lines)
    {
        lock (_output)
        {
            return string.Join('\n', lines);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
