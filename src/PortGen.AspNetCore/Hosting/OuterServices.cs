using Microsoft.Extensions.DependencyInjection;

namespace PortGen.Hosting;

/// <summary>The application's container, for the web application inside it.</summary>
internal sealed class OuterServices(IServiceProvider services)
{
    /// <summary>The application's one object of that type.</summary>
    /// <exception cref="InvalidOperationException">There is none, or more than one.</exception>
    public TService GetSingleton<TService>()
        where TService : class
    {
        using var scope = services.CreateScope();
        var service = scope.ServiceProvider.GetService<TService>() ?? throw new InvalidOperationException(
            $"The application has no {typeof(TService).Name} to share: register it where the application is built, builder.Services.AddSingleton<{typeof(TService).Name}>().");

        // A container tells nobody how long a service lives. A singleton is the same in every scope.
        using var other = services.CreateScope();
        return ReferenceEquals(service, other.ServiceProvider.GetService<TService>()) ? service : throw new InvalidOperationException(
            $"{typeof(TService).Name} can't be shared, because the application has it as a scoped or transient service: register it as a singleton.");
    }
}
