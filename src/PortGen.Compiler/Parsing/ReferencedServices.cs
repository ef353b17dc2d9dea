using PortGen.Compiler.Model;

namespace PortGen.Compiler.Parsing;

/// <summary>The services of referenced libraries as the application sees them: some renamed, some excluded.</summary>
internal sealed class ReferencedServices
{
    private readonly Dictionary<string, ReferencedPortChange> _excluded = new(StringComparer.Ordinal);
    private readonly List<ChangeProblem> _problems = [];

    public ReferencedServices(IReadOnlyList<DeclaredPort> ports, IReadOnlyList<ReferencedPortChange> changes)
    {
        foreach (var change in changes)
        {
            if (change.Defect(ports, changes) is { } reason)
            {
                _problems.Add(new(change, reason));
            }
            else if (change.Exclude)
            {
                _excluded[ports.First(p => p.Assembly == change.Assembly && p.Name == change.Port).TypeId] = change;
            }
        }

        Services = [.. ToServices(ReferencedPortChange.Apply(ports, changes)).OrderBy(static s => s.TypeId, StringComparer.Ordinal)];
    }

    /// <summary>The services that the application includes, by class.</summary>
    public IReadOnlyList<ServiceModel> Services { get; }

    /// <summary>What is wrong with the changes.</summary>
    public IReadOnlyList<ChangeProblem> Problems => _problems;

    /// <summary>Whether the class is a service that the application excludes.</summary>
    public bool IsExcluded(string typeId) => _excluded.ContainsKey(typeId);

    /// <summary>PG1010 for an excluded service that this one needs.</summary>
    public void CheckDependencies(ServiceModel service)
    {
        if (_excluded.Count > 0)
        {
            _problems.AddRange(service.DependsOn.Where(_excluded.ContainsKey).Select(d => new ChangeProblem(_excluded[d], $"service '{service.Port.Name}' depends on it")));
        }
    }

    private static IEnumerable<ServiceModel> ToServices(IReadOnlyList<DeclaredPort> ports)
    {
        foreach (var own in ports.Where(static p => p.IsServicePort))
        {
            yield return new ServiceModel
            {
                ClassDefect = null,
                Role = ClassRole.Service,
                Ports = [own, .. ports.Where(p => p.Assembly == own.Assembly && p.Service == own.Name && !p.IsServicePort)],
            };
        }
    }
}

/// <summary>A <c>[ReferencedPort]</c> that can't be applied (PG1010), and why.</summary>
internal sealed record ChangeProblem(ReferencedPortChange Change, string Reason)
{
    /// <summary>The arguments of the rule's message.</summary>
    public object[] Arguments => [Change.Assembly, Change.Port, Reason];

    /// <summary>The rule's id and message.</summary>
    public string Text => $"{PortRule.ReferencedPortUnknown.Id}: {PortRule.ReferencedPortUnknown.Format(Arguments)}";
}
