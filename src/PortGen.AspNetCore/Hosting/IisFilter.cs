using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace PortGen.Hosting;

/// <summary>
/// What IIS integration puts in front of a web application where the variables of IIS are set (ASPNETCORE_PORT, ASPNETCORE_TOKEN, ASPNETCORE_APPL_PATH):
/// it answers 400 to every request that doesn't come from IIS.
/// </summary>
internal static class IisFilter
{
    private const string TypeName = "Microsoft.AspNetCore.Server.IISIntegration.IISSetupFilter";

    /// <summary>Whether a web application has it.</summary>
    public static bool IsIn(IServiceProvider services) => services.GetServices<IStartupFilter>().Any(static f => f.GetType().FullName == TypeName);

    /// <summary>Takes it away from a web application whose port IIS knows nothing of.</summary>
    public static void RemoveFrom(IServiceCollection services)
    {
        foreach (var filter in services.Where(IsFilter).ToList())
        {
            services.Remove(filter);
        }
    }

    private static bool IsFilter(ServiceDescriptor service) =>
        service.ServiceType == typeof(IStartupFilter) && (service.ImplementationType ?? service.ImplementationInstance?.GetType())?.FullName == TypeName;
}
