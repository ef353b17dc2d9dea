using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PortGen.Tests.Support;

/// <summary>A logger that keeps what it is told.</summary>
internal sealed class TestLog : ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, int Id, string Text)> _entries = [];

    public IReadOnlyList<(LogLevel Level, int Id, string Text)> Entries => [.. _entries];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue((logLevel, eventId.Id, formatter(state, exception)));
}
