using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PortGen.Platform.Unix;

namespace PortGen.Platform.Linux;

/// <summary>
/// A process of Linux, by a descriptor (pidfd). The descriptor means one process for ever: once its identity is proven with the descriptor
/// open, no other process can be hit, even if the id is used again. Kernels before 5.3 have none; there, the id is looked at just before.
/// </summary>
internal sealed class LinuxProcessHandle : ProcessHandle
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly LinuxProcessTable _table;
    private readonly int _processId;
    private readonly SafeFileHandle? _descriptor;
    private readonly bool _isGone;
    private readonly long? _startTime;

    public LinuxProcessHandle(LinuxProcessTable table, int processId, bool usesDescriptor)
    {
        _table = table;
        _processId = processId;
        if (usesDescriptor)
        {
            _descriptor = LinuxCalls.OpenProcess(processId, out var error);
            _isGone = error == UnixCalls.NoSuchProcess;
        }

        _startTime = table.Read(processId).Facts?.StartTime;
    }

    public override string? Terminate() => Signal(UnixCalls.Terminate);

    public override string? Kill() => Signal(UnixCalls.Kill);

    public override Task<bool> WaitForExitAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        _descriptor is null || LinuxCalls.CreateEvent() is not { } alarm
            ? PollAsync(limit, cancellationToken)
            : Task.Factory.StartNew(() => Wait(_descriptor, alarm, limit, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public override void Dispose() => _descriptor?.Dispose();

    private string? Signal(int signal)
    {
        if (_isGone || (_descriptor is null && !IsThere()))
        {
            return null;
        }

        var error = _descriptor is null ? UnixCalls.Signal(_processId, signal) : LinuxCalls.Signal(_descriptor, signal);
        return error is 0 or UnixCalls.NoSuchProcess ? null : Marshal.GetPInvokeErrorMessage(error);
    }

    private static bool Wait(SafeFileHandle process, SafeFileHandle alarm, TimeSpan limit, CancellationToken cancellationToken)
    {
        using (alarm)
        using (cancellationToken.UnsafeRegister(static a => RandomAccess.Write((SafeFileHandle)a!, [1, 0, 0, 0, 0, 0, 0, 0], 0), alarm))
        {
            var ended = LinuxCalls.WaitReadable(process, alarm, limit);
            cancellationToken.ThrowIfCancellationRequested();
            return ended;
        }
    }

    private async Task<bool> PollAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        for (var clock = Stopwatch.StartNew(); !_isGone && IsThere(); await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false))
        {
            if (clock.Elapsed >= limit)
            {
                return false;
            }
        }

        return true;
    }

    // What can't be read may still be there.
    private bool IsThere() => _table.Read(_processId) is { IsGone: false } reading && (reading.Facts is null || reading.Facts.StartTime == _startTime);
}
