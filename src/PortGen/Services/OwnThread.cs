namespace PortGen.Services;

/// <summary>Runs code of the application's that may block: each on a thread of its own, so that it holds up nobody, not even where there are more of them than the thread pool has threads.</summary>
internal static class OwnThread
{
    /// <summary>Runs a function.</summary>
    public static Task<T> RunAsync<T>(Func<T> function) =>
        Task.Factory.StartNew(function, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    /// <summary>Runs the part of an asynchronous function before its first await; the rest continues on any thread.</summary>
    public static Task RunAsync(Func<Task> function) =>
        Task.Factory.StartNew(function, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).Unwrap();
}
