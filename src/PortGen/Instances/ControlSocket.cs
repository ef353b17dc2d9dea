using System.Net.Sockets;
using PortGen.Platform;
using PortGen.Platform.Unix;

namespace PortGen.Instances;

/// <summary>
/// By which other processes of this user speak to a running application: one socket in each folder of instance files. Each caller has a thread, because what it is
/// answered by blocks; a slow or broken one holds nobody up.
/// </summary>
internal sealed class ControlSocket : IDisposable
{
    private const int MostCallers = 8;

    private static readonly TimeSpan s_timeToAsk = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _closed = new();
    private readonly SemaphoreSlim _callers = new(MostCallers);
    private readonly List<Socket> _sockets = [];
    private readonly uint _user;
    private readonly Func<string, DescriptorChannel, Task> _answer;

    private ControlSocket(uint user, Func<string, DescriptorChannel, Task> answer)
    {
        _user = user;
        _answer = answer;
    }

    /// <summary>Listens in every folder. Where it can't, the application does without.</summary>
    /// <param name="folders">The folders.</param>
    /// <param name="name">The name of the instance file beside it.</param>
    /// <param name="user">The user that may call; root may too.</param>
    /// <param name="answer">Answers a request, given as a line; the connection is closed afterwards.</param>
    public static ControlSocket Open(PrivateFolders folders, InstanceFileName name, uint user, Func<string, DescriptorChannel, Task> answer)
    {
        var control = new ControlSocket(user, answer);
        foreach (var folder in folders.All)
        {
            try
            {
                control._sockets.Add(folder.Listen(name.Control, name.TemporaryControl));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or ArgumentException)
            {
                // A folder whose file system has no sockets, say. The record there works all the same.
            }
        }

        control._sockets.ForEach(s => _ = control.AcceptAsync(s));
        return control;
    }

    /// <summary>Listens no more. Whoever is being answered gets the answer.</summary>
    public void Dispose()
    {
        _closed.Cancel();
        _sockets.ForEach(static s => s.Dispose());
    }

    private async Task AcceptAsync(Socket listening)
    {
        while (!_closed.IsCancellationRequested)
        {
            try
            {
                await _callers.WaitAsync(_closed.Token).ConfigureAwait(false);
                var channel = new DescriptorChannel(await listening.AcceptAsync(_closed.Token).ConfigureAwait(false));
                _ = Task.Factory.StartNew(() => Answer(channel), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // No descriptor left, say. Others are served meanwhile.
                _callers.Release();
                await Task.Delay(s_timeToAsk).ConfigureAwait(false);
            }
        }
    }

    // The permission of the file keeps others out; what the system says of the caller proves it.
    private void Answer(DescriptorChannel channel)
    {
        try
        {
            if (channel.Peer is { } peer && (peer.User == _user || peer.User == 0) && channel.Receive(s_timeToAsk, _closed.Token) is { } request)
            {
                foreach (var descriptor in request.Descriptors)
                {
                    descriptor.Dispose();
                }

                _answer(request.Line, channel).GetAwaiter().GetResult();
            }
        }
        catch (Exception e) when (e is IOException or SocketException or TimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            // The caller has gone, or asks too slowly.
        }
        finally
        {
            channel.Dispose();
            _callers.Release();
        }
    }
}
