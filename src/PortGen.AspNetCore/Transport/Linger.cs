using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace PortGen.Transport;

/// <summary>
/// Keeps a connection of HTTP/2 for a moment after Kestrel has ended it, and reads what still comes. To close a socket with unread bytes resets the connection,
/// and the reset overtakes the last frame (GOAWAY, RFC 9113 section 6.8), by which the client knows which of its requests it may send again.
/// </summary>
internal static class Linger
{
    /// <summary>The item of a connection that carries HTTP/2.</summary>
    public static readonly object Mark = new();

    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(500);

    /// <summary>The connection's middleware.</summary>
    public static ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        var transport = connection.Transport;
        connection.Transport = new OpenPipe(transport);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            connection.Transport = transport;
            if (connection.Items.ContainsKey(Mark))
            {
                await WaitForClientAsync(transport.Input, connection.ConnectionClosed).ConfigureAwait(false);
            }

            await transport.Input.CompleteAsync().ConfigureAwait(false);
            await transport.Output.CompleteAsync().ConfigureAwait(false);
        }
    };

    // Until the client has closed its side: it has read everything then.
    private static async Task WaitForClientAsync(PipeReader input, CancellationToken closed)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(closed);
        limit.CancelAfter(s_longest);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(limit.Token).ConfigureAwait(false);
                if (read.IsCompleted)
                {
                    return;
                }

                input.AdvanceTo(read.Buffer.End);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException or ConnectionAbortedException)
        {
            // It has not gone in time, or not in peace.
        }
    }

    /// <summary>The two directions of a connection, for one that may not close them.</summary>
    private sealed class OpenPipe(IDuplexPipe transport) : IDuplexPipe
    {
        public PipeReader Input { get; } = new OpenReader(transport.Input);

        public PipeWriter Output { get; } = new OpenWriter(transport.Output);
    }

    private sealed class OpenReader(PipeReader reader) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => reader.CancelPendingRead();

        public override void Complete(Exception? exception = null)
        {
            // Whoever has made the connection does.
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => reader.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => reader.TryRead(out result);
    }

    private sealed class OpenWriter(PipeWriter writer) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => writer.CanGetUnflushedBytes;

        public override long UnflushedBytes => writer.UnflushedBytes;

        public override void Advance(int bytes) => writer.Advance(bytes);

        public override void CancelPendingFlush() => writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null)
        {
            // As above.
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => writer.FlushAsync(cancellationToken);

        public override Memory<byte> GetMemory(int sizeHint = 0) => writer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => writer.GetSpan(sizeHint);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) => writer.WriteAsync(source, cancellationToken);
    }
}
