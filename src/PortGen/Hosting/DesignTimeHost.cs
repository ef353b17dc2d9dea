using System.Reflection;

namespace PortGen.Hosting;

/// <summary>A tool that runs an application's entry point only to ask what it is made of: it must bind nothing and start nothing.</summary>
internal static class DesignTimeHost
{
    // Their own programs, which then load the application: the OpenAPI document at build (Microsoft.Extensions.ApiDescription.Server), Entity Framework,
    // Swashbuckle, NSwag.
    private static readonly string[] s_tools = ["GetDocument.Insider", "ef", "dotnet-swagger", "dotnet-nswag", "NSwag.AspNetCore.Launcher"];

    /// <summary>Whether this process is such a tool's.</summary>
    public static bool IsRunning { get; } = IsTool(Assembly.GetEntryAssembly()?.GetName().Name);

    /// <summary>Whether a program of that name is such a tool.</summary>
    public static bool IsTool(string? entryAssembly) => s_tools.Contains(entryAssembly, StringComparer.OrdinalIgnoreCase);
}
