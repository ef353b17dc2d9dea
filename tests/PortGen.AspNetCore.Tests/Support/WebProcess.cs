using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Support;

/// <summary>The application of two web services, as a process.</summary>
internal static class WebProcess
{
    public static string Path { get; } = AppProcess.PathOf("tests/PortGen.WebTestApp", "PortGen.WebTestApp");

    /// <summary>Starts it and waits until it has started.</summary>
    /// <param name="ports">The first is for <c>front</c>, which has everything, the last for <c>back</c>.</param>
    /// <param name="drainDelay">In seconds.</param>
    /// <param name="more">More arguments.</param>
    public static async Task<AppProcess> StartAsync(PortRange ports, string drainDelay, params string[] more)
    {
        var app = AppProcess.Program(Path, [$"--Ports:front:Port={ports.First}", $"--Ports:back:Port={ports.Last}", $"--Ports:DrainDelay={drainDelay}", .. more]);
        await app.WaitForAsync("Application started");
        return app;
    }
}
