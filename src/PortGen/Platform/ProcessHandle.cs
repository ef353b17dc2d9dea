namespace PortGen.Platform;

/// <summary>A process to be ended.</summary>
internal abstract class ProcessHandle : IDisposable
{
    /// <summary>Asks the process to stop.</summary>
    /// <returns>Why it can't be asked; <see langword="null"/> if it was, or if it is gone.</returns>
    public abstract string? Terminate();

    /// <summary>Ends the process without asking.</summary>
    /// <inheritdoc cref="Terminate"/>
    public abstract string? Kill();

    /// <summary>Waits for the end of the process.</summary>
    /// <returns>Whether it came within the limit.</returns>
    public abstract Task<bool> WaitForExitAsync(TimeSpan limit, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract void Dispose();
}
