using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace PortGen.Tests.Support;

/// <summary>A program of this repository, run as a process of its own.</summary>
internal sealed partial class AppProcess : IAsyncDisposable
{
    // A limit for failure only: at a load of 40 a start takes more than a minute.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private static readonly string[] s_ports = ["first", "metrics", "second", "third", "spare"];

    // SigIgn in /proc/self/status (proc(5)), bit by bit from SIGHUP, which is 1.
    private static readonly bool s_ignoresInterrupts = (Convert.ToUInt64(
        File.ReadLines("/proc/self/status").First(static l => l.StartsWith("SigIgn:", StringComparison.Ordinal))[7..].Trim(), 16) & 2) != 0;

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

    /// <summary>Starts <c>samples/VectorDb</c> as a container without a home runs it: a user of a number, a read-only root, and one folder that is a volume.</summary>
    public static AppProcess VectorDbOnReadOnlyRoot(int user, string volume, params (string Name, string Value)[] variables)
    {
        var command = $"mount -t tmpfs -o mode=777 volume {volume} && mount -o remount,bind,ro / && cd / && exec env -u HOME -u XDG_RUNTIME_DIR -u XDG_DATA_HOME \"$@\"";
        return Start("unshare", ["--mount", "sh", "-c", command, "sh", "setpriv", .. AsUser(user), PathOf("samples/VectorDb", "VectorDb")], variables);
    }

    /// <summary>Starts <c>samples/VectorDb</c> where a folder is a small disk of its own. Its files are seen from outside under <c>/proc/{pid}/root</c>.</summary>
    public static AppProcess VectorDbOnSmallDisk(string folder, params (string Name, string Value)[] variables) =>
        Start("unshare", ["--mount", "sh", "-c", $"mount -t tmpfs -o size=2m,mode=700 disk {folder} && exec \"$@\"", "sh", PathOf("samples/VectorDb", "VectorDb")], variables);

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

    /// <summary>Starts it on a block of five ports: those that it declares may be somebody else's on this machine.</summary>
    public static AppProcess TestAppOn(PortRange ports, params string[] args) =>
        TestApp([.. s_ports.Select((n, i) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"--Ports:{n}:Port={ports.First + i}")), .. args]);

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
        // A shell that runs the tests in the background makes them ignore SIGINT, and whatever they start inherits that.
        var start = new ProcessStartInfo(s_ignoresInterrupts ? "env" : path, s_ignoresInterrupts ? ["--default-signal=INT", path, .. args ?? []] : args ?? [])
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
