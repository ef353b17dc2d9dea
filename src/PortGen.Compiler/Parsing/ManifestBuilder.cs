using PortGen.Compiler.Model;

namespace PortGen.Compiler.Parsing;

/// <summary>A rule that a service breaks, in the compiler's terms.</summary>
/// <param name="Service">The service at fault.</param>
/// <param name="PortIndex">Which of its ports: 0 its own, 1 the first additional one.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Part">The part to point at.</param>
/// <param name="Element">Which element of the part, where it is a list.</param>
/// <param name="Arguments">What fills the places of the rule's message.</param>
/// <param name="Cures">What would put it right.</param>
internal sealed record ServiceProblem(ServiceModel Service, int PortIndex, PortRule Rule, PortPart Part, int Element, object[] Arguments, IReadOnlyList<PortCure> Cures);

/// <summary>What all services together come to: the proven manifest, and what is wrong with the rest.</summary>
internal sealed record ManifestResult(ManifestModel Manifest, IReadOnlyList<ServiceProblem> Problems);

/// <summary>
/// Applies the rulebook to the services of a compilation. The generator prints <see cref="ManifestResult.Manifest"/>, the analyzer
/// reports <see cref="ManifestResult.Problems"/>: a declaration is in exactly one of the two.
/// </summary>
internal static class ManifestBuilder
{
    public static ManifestResult Build(
        IEnumerable<ServiceModel> declared, IEnumerable<ServiceModel> referenced, string className, CancellationToken cancellationToken)
    {
        // By type name, not by place: the result must not depend on the order of files, and no place may be in a cached model.
        // Of two that collide the later one is at fault, and a project can only change its own.
        var own = declared.OrderBy(static s => s.TypeName, StringComparer.Ordinal).ToList();
        List<ServiceModel> services = [.. referenced.OrderBy(static s => s.TypeName, StringComparer.Ordinal), .. own];
        var serviceNames = ServiceNames(services);
        var problems = ClassProblems(services, serviceNames);

        cancellationToken.ThrowIfCancellationRequested();
        var (specs, origins) = Specs(services, serviceNames);
        var broken = new HashSet<ServiceModel>();
        foreach (var problem in PortRules.Check(specs, className))
        {
            // A cycle is reported at one of its services, and none of them can be started.
            if (problem.Rule == PortRule.DependencyCycle)
            {
                broken.UnionWith(problem.Others.Select(i => origins[i].Service));
            }

            var (service, portIndex) = origins[problem.Spec];
            problems.Add(new(service, portIndex, problem.Rule, problem.Part, Element(service, serviceNames, problem), problem.Arguments, problem.Cures));
        }

        cancellationToken.ThrowIfCancellationRequested();
        broken.UnionWith(problems.Where(static p => p.Rule.Severity == PortRuleSeverity.Error).Select(static p => p.Service));
        var valid = services.Where(s => !broken.Contains(s)).ToList();
        return new ManifestResult(ToManifest(valid, serviceNames, isDeclared: own.Count > 0), problems);
    }

    private static Dictionary<string, string> ServiceNames(List<ServiceModel> services)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var service in services)
        {
            names[service.TypeName] = service.Port.Name;
        }

        return names;
    }

    // PG1001, PG1002, PG1003.
    private static List<ServiceProblem> ClassProblems(List<ServiceModel> services, Dictionary<string, string> serviceNames)
    {
        var problems = new List<ServiceProblem>();
        foreach (var service in services.Where(static s => !s.IsReferenced))
        {
            if (service.ClassDefect is { } defect)
            {
                problems.Add(new(service, 0, PortRule.UnusableClass, PortPart.Class, 0, [service.DisplayName, defect], []));
            }

            if (!service.IsPortService)
            {
                problems.Add(new(service, 0, PortRule.NotAPortService, PortPart.Class, 0, [service.DisplayName], []));
            }

            for (var i = 0; i < service.DependsOn.Count; i++)
            {
                var dependency = service.DependsOn[i];
                if (dependency.Length > 0 && !serviceNames.ContainsKey(dependency))
                {
                    problems.Add(new(service, 0, PortRule.DependencyIsNoService, PortPart.DependsOn, i, [service.Port.Name, ServiceModel.ToDisplayName(dependency)], []));
                }
            }
        }

        return problems;
    }

    private static (List<PortSpec> Specs, List<(ServiceModel Service, int PortIndex)> Origins) Specs(
        List<ServiceModel> services, Dictionary<string, string> serviceNames)
    {
        var specs = new List<PortSpec>();
        var origins = new List<(ServiceModel, int)>();
        foreach (var service in services)
        {
            var portIndex = 0;
            foreach (var port in service.Ports)
            {
                specs.Add(new PortSpec
                {
                    Name = port.Name,
                    Service = service.Port.Name,
                    DeclaredBy = service.DisplayName,
                    Port = port.Port,
                    Range = port.Range,
                    HealthPath = port.HealthPath,
                    Primary = port.Primary,
                    DependsOn = portIndex == 0 ? DependencyNames(service, serviceNames) : [],
                });
                origins.Add((service, portIndex++));
            }
        }

        return (specs, origins);
    }

    private static List<string> DependencyNames(ServiceModel service, Dictionary<string, string> serviceNames) =>
        [.. service.DependsOn.Select(d => serviceNames.TryGetValue(d, out var name) ? name : null).OfType<string>().Distinct(StringComparer.Ordinal)];

    // The rulebook counts the dependencies it was given, the source also those that name no service.
    private static int Element(ServiceModel service, Dictionary<string, string> serviceNames, PortProblem problem)
    {
        if (problem.Part != PortPart.DependsOn)
        {
            return 0;
        }

        var name = DependencyNames(service, serviceNames)[problem.Element];
        return service.DependsOn.ToList().FindIndex(d => serviceNames.TryGetValue(d, out var n) && n == name);
    }

    private static ManifestModel ToManifest(List<ServiceModel> valid, Dictionary<string, string> serviceNames, bool isDeclared)
    {
        var included = new HashSet<string>(valid.Select(static s => s.Port.Name), StringComparer.Ordinal);
        var services = valid.OrderBy(static s => s.Port.Name, StringComparer.Ordinal).Select(service => new ManifestService
        {
            Ports = service.Ports.Select(port => ToPort(port, serviceNames)).ToEquatableArray(),
            DependsOn = DependencyNames(service, serviceNames).Where(included.Contains).ToEquatableArray(),
        }).ToEquatableArray();

        var dependsOn = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var service in services)
        {
            dependsOn.Add(service.Port.Declaration.Name, service.DependsOn);
        }

        return new ManifestModel
        {
            Services = services,
            IsDeclared = isDeclared,
            Waves = StartupOrder.Of(dependsOn).Waves.Select(static w => w.ToEquatableArray()).ToEquatableArray(),
        };
    }

    private static ManifestPort ToPort(DeclaredPort port, Dictionary<string, string> serviceNames) => new()
    {
        Identifier = PortName.ToIdentifier(port.Name),
        Declaration = port with { DependsOn = port.DependsOn.Where(serviceNames.ContainsKey).ToEquatableArray() },
        Range = PortRange.TryParse(port.Range, out var range) ? range : null,
    };
}
