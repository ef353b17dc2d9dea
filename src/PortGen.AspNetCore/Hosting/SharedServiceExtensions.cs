using Microsoft.Extensions.DependencyInjection;
using PortGen.Hosting;

namespace PortGen;

/// <summary>Shares services of the application with the web applications inside it.</summary>
public static class SharedServiceExtensions
{
    /// <summary>
    /// Adds a singleton of the application to this web application: one object for both. The application creates and disposes of it; the web application, which is
    /// built again at each start, only uses it.
    /// </summary>
    /// <typeparam name="TService">The type under which the application has registered it.</typeparam>
    /// <param name="services">The services in <see cref="WebPortService.ConfigureBuilder"/>.</param>
    /// <exception cref="InvalidOperationException">
    /// The application has not registered the type, or not as a singleton; or these are not the services of a <see cref="WebPortService"/>.
    /// </exception>
    public static IServiceCollection AddSharedSingleton<TService>(this IServiceCollection services)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(services);
        var outer = services.LastOrDefault(static s => s.ServiceType == typeof(OuterServices))?.ImplementationInstance as OuterServices
            ?? throw new InvalidOperationException(
                $"AddSharedSingleton<{typeof(TService).Name}>() shares with the web application of a WebPortService: call it in ConfigureBuilder, on builder.Services.");

        // The object itself, because a container disposes of what its own factory has made.
        return services.AddSingleton(outer.GetSingleton<TService>());
    }
}
