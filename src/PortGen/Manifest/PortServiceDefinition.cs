using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace PortGen;

/// <summary>A service of the manifest: its ports, what it needs, and how the container creates it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PortServiceDefinition
{
    private PortServiceDefinition(
        Type serviceType,
        IReadOnlyList<PortDefinition> ports,
        IReadOnlyList<string> dependsOn,
        Action<IServiceCollection> register,
        Func<IServiceProvider, IPortService> resolve)
    {
        ServiceType = serviceType;
        Ports = ports;
        DependsOn = dependsOn;
        Register = register;
        Resolve = resolve;
    }

    /// <summary>The service's name: that of its own port.</summary>
    public string Name => Ports[0].Name;

    /// <summary>The service's class.</summary>
    public Type ServiceType { get; }

    /// <summary>Whether the application's own host serves the ports, and <see cref="ServiceType"/> has the entry point.</summary>
    public bool IsHost { get; private init; }

    /// <summary>The service's own port, then its additional ones.</summary>
    public IReadOnlyList<PortDefinition> Ports { get; }

    /// <summary>The names of the services that must run first.</summary>
    public IReadOnlyList<string> DependsOn { get; }

    /// <summary>Whether the service is a web application of its own, which expects the variables of one.</summary>
    internal bool IsWebApplication
    {
        get
        {
            for (var type = ServiceType; type is not null; type = type.BaseType)
            {
                if (type.FullName == "PortGen.WebPortService")
                {
                    return true;
                }
            }

            return false;
        }
    }

    internal Action<IServiceCollection> Register { get; }

    internal Func<IServiceProvider, IPortService> Resolve { get; }

    /// <summary>The same service under the names that an application gives to the ports of a library. The generated code calls this.</summary>
    /// <param name="names">A name for each of <see cref="Ports"/>, in their order.</param>
    /// <param name="dependsOn">The names of the services that must run first, by the names that the application gives them.</param>
    /// <exception cref="ArgumentException">There are more or fewer names than ports.</exception>
    public PortServiceDefinition WithNames(IReadOnlyList<string> names, IReadOnlyList<string> dependsOn)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(dependsOn);
        if (names.Count != Ports.Count)
        {
            throw new ArgumentException($"Service '{Name}' has {Ports.Count} ports, not {names.Count}.", nameof(names));
        }

        return new PortServiceDefinition(ServiceType, [.. Ports.Zip(names, (port, name) => port.Rename(name, names[0]))], [.. dependsOn], Register, Resolve);
    }

    /// <summary>Defines the ports that the application's own host serves: it starts last, and nothing can depend on it.</summary>
    /// <param name="program">The class with the entry point.</param>
    /// <param name="ports">The host's main port first.</param>
    /// <exception cref="ArgumentException"><paramref name="ports"/> is empty.</exception>
    public static PortServiceDefinition ForHost(Type program, IReadOnlyList<PortDefinition> ports)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(ports);
        if (ports.Count == 0)
        {
            throw new ArgumentException("A service has at least one port.", nameof(ports));
        }

        return new PortServiceDefinition(program, [.. ports], [], static _ => { }, static _ => HostService.Instance) { IsHost = true };
    }

    /// <summary>Defines the service of class <typeparamref name="TService"/>: a singleton, unless the application registers the class itself.</summary>
    /// <typeparam name="TService">The service's class.</typeparam>
    /// <param name="ports">The service's own port first.</param>
    /// <param name="dependsOn">The names of the services that must run first.</param>
    /// <exception cref="ArgumentException"><paramref name="ports"/> is empty.</exception>
    public static PortServiceDefinition For<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(
        IReadOnlyList<PortDefinition> ports, IReadOnlyList<string> dependsOn)
        where TService : class, IPortService
    {
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentNullException.ThrowIfNull(dependsOn);
        if (ports.Count == 0)
        {
            throw new ArgumentException("A service has at least one port.", nameof(ports));
        }

        return new PortServiceDefinition(
            typeof(TService),
            [.. ports],
            [.. dependsOn],
            static services => services.TryAddSingleton<TService>(),
            static provider => provider.GetRequiredService<TService>());
    }

    /// <summary>The host as one of the services. The Generic Host starts and stops it.</summary>
    private sealed class HostService : IPortService
    {
        public static readonly HostService Instance = new();

        public Task StartAsync(PortLease lease, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
