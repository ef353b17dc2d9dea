using System.Runtime.ExceptionServices;

namespace PortGen.Tests.Support;

/// <summary>A thread that is nobody else's: what is changed of it, such as its rights, ends with it.</summary>
internal static class OwnThread
{
    /// <summary>Runs the action on it and waits for the end. What the action throws is thrown here.</summary>
    public static void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }
}
