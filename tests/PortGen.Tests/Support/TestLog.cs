using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PortGen.Tests.Support;

/// <summary>A logger, and a provider of it, that keeps what it is told.</summary>
internal sealed class TestLog : ILogger, ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, int Id, string Text)> _entries = [];

    public IReadOnlyList<(LogLevel Level, int Id, string Text)> Entries => [.. _entries];

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue((logLevel, eventId.Id, formatter(state, exception)));
}
