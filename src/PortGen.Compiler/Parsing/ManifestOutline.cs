using Microsoft.CodeAnalysis.CSharp;
using PortGen.Compiler.Model;

namespace PortGen.Compiler.Parsing;

/// <summary>Which declared services can be made, which ports get a property, and which problems only a code change can fix.</summary>
internal sealed class ManifestOutline
{
    private readonly HashSet<string> _included = new(StringComparer.Ordinal);
    private readonly HashSet<string> _identifiers = new(StringComparer.Ordinal);

    public ManifestOutline(IReadOnlyList<ServiceModel> services, IReadOnlyList<ServiceProblem> problems, string className)
    {
        // The compiler reports each of them; these messages are for suppressed errors.
        var severe = problems.Where(static p => p.Rule.Severity == PortRuleSeverity.Error && !p.IsCurable).ToList();
        var entries = services.Select(s => new Entry(s, severe.Count == 0 ? [] : [.. severe.Where(p => ReferenceEquals(p.Service, s))])).ToList();
        NamePorts(entries, className, areMisnamed: false);
        if (severe.Count > 0)
        {
            NamePorts(entries, className, areMisnamed: true);
        }

        var byName = entries.OrderBy(static e => e.Service.Port.Name, StringComparer.Ordinal).ToList();
        Ports = [.. byName.SelectMany(static e => e.Ports).OfType<ManifestPort>()];
        Services = [.. byName.Where(static e => e.CanBeMade).Select(static e => (e.Service, e.Ports.OfType<ManifestPort>().ToEquatableArray()))];
        _included.UnionWith(Services.Select(static s => s.Service.Port.Name));
        Problems = [.. services.Select(static s => s.Port.Problem).OfType<string>(), .. severe.Select(Text).Distinct(StringComparer.Ordinal)];
        Broken = [.. entries.Where(static e => e.IsBroken).Select(static e => new BrokenService(e.Service.Ports, Text(e.Problems[0])))];
    }

    /// <summary>The services that can be made, by name.</summary>
    public IReadOnlyList<(ServiceModel Service, EquatableArray<ManifestPort> Ports)> Services { get; }

    /// <inheritdoc cref="ManifestModel.Ports"/>
    public EquatableArray<ManifestPort> Ports { get; }

    /// <inheritdoc cref="ManifestModel.Problems"/>
    public IReadOnlyList<string> Problems { get; }

    /// <inheritdoc cref="ManifestModel.Broken"/>
    public EquatableArray<BrokenService> Broken { get; }

    /// <summary>Whether a service of that name can be made.</summary>
    public bool Includes(string name) => _included.Contains(name);

    private static string Text(ServiceProblem problem) => $"{problem.Rule.Id}: {problem.Rule.Format(problem.Arguments)}";

    // Valid names first; a rejected one takes what is left, so that code that uses it doesn't break as well.
    private void NamePorts(List<Entry> entries, string className, bool areMisnamed)
    {
        foreach (var entry in entries)
        {
            for (var i = 0; i < entry.Ports.Length; i++)
            {
                var declaration = entry.Service.Ports[i];
                if (entry.IsMisnamed(i) == areMisnamed
                    && PortName.ToIdentifier(declaration.Name) is var identifier && SyntaxFacts.IsValidIdentifier(identifier)
                    && !NameRules.IsGeneratedMember(identifier, className) && _identifiers.Add(identifier))
                {
                    entry.Ports[i] = new()
                    {
                        Identifier = identifier,
                        Declaration = declaration,
                        Range = PortRange.TryParse(declaration.Range, out var range) ? range : null,
                    };
                }
            }
        }
    }

    /// <summary>A service with its problems and the properties that its ports get.</summary>
    private sealed class Entry(ServiceModel service, IReadOnlyList<ServiceProblem> problems)
    {
        public ServiceModel Service => service;

        public IReadOnlyList<ServiceProblem> Problems => problems;

        public ManifestPort?[] Ports { get; } = new ManifestPort?[service.Ports.Count];

        public bool CanBeMade => service.Port.Problem is null && !problems.Any(static p => p.IsOfClass) && !Ports.Contains(null);

        public bool IsBroken => !service.IsReferenced && (!CanBeMade || problems.Any(static p => p.Rule == PortRule.DependencyIsNoService));

        public bool IsMisnamed(int port) => problems.Any(p => p.Part == PortPart.Name && p.PortIndex == port);
    }
}
