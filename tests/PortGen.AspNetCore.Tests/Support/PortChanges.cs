namespace PortGen.AspNetCore.Tests.Support;

internal static class PortChanges
{
    /// <summary>Completes when a port is as wanted; at once where one is already.</summary>
    public static async Task WaitForAsync(this PortRegistry registry, Func<PortStatus, bool> isWanted)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(object? sender, PortStatus status)
        {
            if (isWanted(status))
            {
                reached.TrySetResult();
            }
        }

        registry.Changed += Look;
        try
        {
            if (!registry.Ports.Any(isWanted))
            {
                await reached.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            }
        }
        finally
        {
            registry.Changed -= Look;
        }
    }
}
