using System.ComponentModel;

namespace PortGen;

/// <summary>All services of an application and the order in which they start, as the compiler has proven it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PortManifest
{
    /// <summary>Creates a manifest; the generated code does.</summary>
    /// <param name="services">The services.</param>
    /// <param name="waves">Their names in waves: a service needs only services of earlier waves, and those of one wave start side by side.</param>
    /// <param name="problems">What is wrong with declarations that could not become services, where the compiler's errors were silenced: a start refuses it.</param>
    /// <exception cref="ArgumentException">The waves are not exactly the services, or a service comes before one it needs.</exception>
    public PortManifest(IReadOnlyList<PortServiceDefinition> services, IReadOnlyList<IReadOnlyList<string>> waves, IReadOnlyList<string>? problems = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(waves);
        Services = [.. services];
        Waves = [.. waves];
        Problems = problems is null ? [] : [.. problems];
        Ports = [.. Services.SelectMany(static s => s.Ports)];
        Verify();
    }

    /// <summary>The services by name.</summary>
    public IReadOnlyList<PortServiceDefinition> Services { get; }

    /// <summary>The startup waves.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Waves { get; }

    /// <summary>Every port of every service.</summary>
    public IReadOnlyList<PortDefinition> Ports { get; }

    /// <summary>What is wrong with declarations, and no setting cures; with any, nothing starts.</summary>
    public IReadOnlyList<string> Problems { get; }

    // The generated manifest passes by construction; a hand-written one must not start services in a wrong order.
    private void Verify()
    {
        var started = new HashSet<string>(StringComparer.Ordinal);
        var byName = Services.ToDictionary(static s => s.Name, StringComparer.Ordinal);
        foreach (var wave in Waves)
        {
            foreach (var name in wave)
            {
                if (!byName.TryGetValue(name, out var service))
                {
                    throw new ArgumentException($"The waves name '{name}', which is not a service of the manifest.");
                }

                if (service.DependsOn.FirstOrDefault(d => !started.Contains(d)) is { } missing)
                {
                    throw new ArgumentException($"Service '{name}' needs '{missing}', which does not start in an earlier wave.");
                }
            }

            foreach (var name in wave)
            {
                if (!started.Add(name))
                {
                    throw new ArgumentException($"The waves start '{name}' twice.");
                }
            }
        }

        if (Services.FirstOrDefault(s => !started.Contains(s.Name)) is { } forgotten)
        {
            throw new ArgumentException($"The waves leave out service '{forgotten.Name}'.");
        }
    }
}
