namespace PortGen.Hosting;

/// <summary>The application was told to stop while it started. It is no error, so it has no stack trace where a program lets it through.</summary>
internal sealed class StartAbandonedException(CancellationToken cancellationToken)
    : OperationCanceledException("The application was told to stop before it had started; everything was rolled back.", cancellationToken)
{
    /// <inheritdoc/>
    public override string? StackTrace => null;
}
