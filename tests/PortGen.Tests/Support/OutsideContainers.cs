using System.Runtime.CompilerServices;

namespace PortGen.Tests.Support;

/// <summary>The tests may run in a container, and what they start must not think of itself as in one unless a test says so.</summary>
internal static class OutsideContainers
{
#pragma warning disable CA2255 // A test assembly has no other place that is before everything.
    [ModuleInitializer]
#pragma warning restore CA2255
    public static void Forget()
    {
        string[] variables =
        [
            "DOTNET_RUNNING_IN_CONTAINER", "CONTAINER", "container", "KUBERNETES_SERVICE_HOST", "K_SERVICE", "DYNO", "CONTAINER_APP_NAME",
            "ECS_CONTAINER_METADATA_URI_V4", "PORT", "DOTNET_ENVIRONMENT",
        ];
        foreach (var variable in variables)
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }
}
