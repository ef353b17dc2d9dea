namespace PortGen.Hosting;

/// <summary>The application was told to stop while it started. That is not an error, so it has no stack trace if a program does not catch it.</summary>
internal sealed class StartAbandonedException(CancellationToken cancellationToken)
    : OperationCanceledException("The application was told to stop before it had started; everything was rolled back.", cancellationToken)
{
    /// <inheritdoc/>
    public override string? StackTrace => null;
}
