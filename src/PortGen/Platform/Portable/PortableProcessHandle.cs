using System.ComponentModel;
using System.Diagnostics;
using PortGen.Platform.Unix;

namespace PortGen.Platform.Portable;

/// <summary>A process on macOS or Windows; untested. Windows can't ask a process without a window to stop, so there it is ended at once.</summary>
internal sealed class PortableProcessHandle : ProcessHandle
{
    private readonly Process? _process;

    public PortableProcessHandle(int processId)
    {
        try
        {
            _process = Process.GetProcessById(processId);

            // On Windows this opens the process, and so keeps its id from being used again.
            _ = _process.SafeHandle;
        }
        catch (Exception e) when (e is ArgumentException or Win32Exception or InvalidOperationException)
        {
            // It is gone, or what is done with it later says why that can't be done.
        }
    }

    public override string? Terminate()
    {
        if (OperatingSystem.IsWindows())
        {
            return Kill();
        }

        return _process is { HasExited: false } ? Describe(UnixCalls.Signal(_process.Id, UnixCalls.Terminate)) : null;
    }

    public override string? Kill()
    {
        try
        {
            _process?.Kill();
            return null;
        }
        catch (Exception e) when (e is Win32Exception or NotSupportedException)
        {
            return e.Message;
        }
    }

    public override async Task<bool> WaitForExitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_process is null)
        {
            return true;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limit);
        await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return _process.HasExited;
    }

    public override void Dispose() => _process?.Dispose();

    private static string? Describe(int error) =>
        error is 0 or UnixCalls.NoSuchProcess ? null : System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error);
}
