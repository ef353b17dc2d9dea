using PortGen.Compiler.Model;

namespace PortGen.Compiler.Parsing;

/// <summary>The combined result of all declarations, and their problems.</summary>
internal sealed record ManifestResult(ManifestModel Manifest, IReadOnlyList<ServiceProblem> Problems, IReadOnlyList<ChangeProblem> ChangeProblems);

/// <summary>
/// Applies the rulebook to the services of a compilation. The generator prints <see cref="ManifestResult.Manifest"/>, the analyzer
/// reports <see cref="ManifestResult.Problems"/>. Nothing that compiles is dropped: what a rule rejects is in the manifest too, as a service
/// that the runtime checks again, or as a problem that prevents the start.
/// </summary>
internal sealed class ManifestBuilder
{
    private readonly ManifestInput _input;
    private readonly List<ServiceModel> _services;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<ServiceProblem> _problems = [];
    private readonly ReferencedServices _referenced;
    private readonly bool _isDeclared;

    private ManifestBuilder(ManifestInput input)
    {
        _input = input;
        _referenced = new ReferencedServices([.. input.Referenced], [.. input.Changes]);

        // By type name, not by location: the result must not depend on file order, and a cached model must not hold locations.
        // If two collide, the later one is at fault, and a project can only change its own.
        var own = input.Declared.OrderBy(static s => s.TypeName, StringComparer.Ordinal).ToList();
        _isDeclared = own.Count > 0;
        _services = [.. _referenced.Services, .. own];
        foreach (var service in _services)
        {
            _names[service.TypeId] = service.Port.Name;
        }
    }

    public static ManifestResult Build(ManifestInput input, CancellationToken cancellationToken)
    {
        var builder = new ManifestBuilder(input);
        builder.CheckClasses();
        cancellationToken.ThrowIfCancellationRequested();
        builder.CheckRules();
        cancellationToken.ThrowIfCancellationRequested();
        return new ManifestResult(builder.ToManifest(), builder._problems, builder._referenced.Problems);
    }

    // PG1001, PG1003, PG1005, PG1012; and PG1010 for an excluded service that is needed.
    private void CheckClasses()
    {
        foreach (var service in _services)
        {
            _referenced.CheckDependencies(service);
            if (service.IsReferenced)
            {
                continue;
            }

            if (service.ClassDefect is { } defect)
            {
                _problems.Add(new(service, 0, PortRule.UnusableClass, PortPart.Class, [service.DisplayName, defect]));
            }

            CheckRole(service);
            for (var i = 0; i < service.DependsOn.Count; i++)
            {
                var dependency = service.DependsOn[i];
                if (_services.Find(s => s.IsHost && s.TypeId == dependency) is { } host)
                {
                    _problems.Add(new(service, 0, PortRule.HostService, PortPart.DependsOn, [host.Port.Name, $"it starts last, and '{service.Port.Name}' can't depend on it: remove it from DependsOn"]) { Element = i });
                }
                else if (dependency.Length > 0 && !_names.ContainsKey(dependency) && !_referenced.IsExcluded(dependency))
                {
                    _problems.Add(new(service, 0, PortRule.DependencyIsNoService, PortPart.DependsOn, [service.Port.Name, TypeId.ToDisplayName(dependency)]) { Element = i });
                }
            }
        }
    }

    // PG1005, PG1012.
    private void CheckRole(ServiceModel service)
    {
        switch (service.Role)
        {
            case ClassRole.None or ClassRole.Host when NobodyServes(service) is { } advice:
                _problems.Add(new(service, 0, PortRule.NobodyServes, PortPart.Class, [service.DisplayName, service.Port.Name, advice]));
                break;
            case ClassRole.Host when !service.Port.Required:
                _problems.Add(new(service, 0, PortRule.HostService, PortPart.Class, [service.Port.Name, "it can't be optional: remove Required"]));
                break;
        }
    }

    private string? NobodyServes(ServiceModel service) =>
        _input.Options.IsBrowser ? "an application in the browser can't listen; remove the attribute"
        : service.IsHost ? null
        : _input.Options.IsLibrary ? "implement IPortService, or derive from BackgroundPortService; a library has no entry point, whose host could serve it"
        : "put the attribute on the class with the entry point, 'public partial class Program', where the application's own host serves the port; else implement IPortService, or derive from BackgroundPortService";

    private void CheckRules()
    {
        var specs = new List<PortSpec>();
        var origins = new List<(ServiceModel Service, int PortIndex)>();
        foreach (var service in _services)
        {
            var portIndex = 0;
            foreach (var port in service.Ports)
            {
                specs.Add(port.ToSpec(service.DisplayName, portIndex == 0 ? DependencyNames(service) : []));
                origins.Add((service, portIndex++));
            }
        }

        var problems = PortRules.Check(specs, _input.Options.ClassName);
        IReadOnlyList<PortProblem> ofDevelopment = [];
        if (_services.Exists(static s => s.Port.DevelopmentPort != 0))
        {
            List<DeclaredPort> ports = [.. _services.SelectMany(static s => s.Ports)];
            ofDevelopment = DevelopmentRules.Check(ports, problems);
            if (_input.HasCures)
            {
                problems = DevelopmentRules.Settle(ports, problems);
                ofDevelopment = DevelopmentRules.Settle(ports, ofDevelopment);
            }
        }

        Add(problems, origins, isOfDevelopment: false);
        Add(ofDevelopment, origins, isOfDevelopment: true);
    }

    private void Add(IEnumerable<PortProblem> problems, List<(ServiceModel Service, int PortIndex)> origins, bool isOfDevelopment)
    {
        foreach (var problem in problems)
        {
            var (service, portIndex) = origins[problem.Spec];
            _problems.Add(new(service, portIndex, problem.Rule, problem.Part, problem.Arguments)
            {
                Element = Element(service, problem),
                Cures = problem.Cures,
                IsOfDevelopment = isOfDevelopment,
            });
        }
    }

    private List<string> DependencyNames(ServiceModel service)
    {
        var names = new List<string>();
        foreach (var dependency in service.DependsOn)
        {
            if (_names.TryGetValue(dependency, out var name) && !names.Contains(name))
            {
                names.Add(name);
            }
        }

        return names;
    }

    // The rulebook's index skips dependencies that aren't services; the source's index doesn't.
    private int Element(ServiceModel service, PortProblem problem)
    {
        if (problem.Part != PortPart.DependsOn)
        {
            return 0;
        }

        var name = DependencyNames(service)[problem.Element];
        return service.DependsOn.ToList().FindIndex(d => _names.TryGetValue(d, out var n) && n == name);
    }

    private ManifestModel ToManifest()
    {
        var outline = new ManifestOutline(_services, _problems, _input.Options.ClassName);
        var services = outline.Services.Select(s => (s.Service, s.Ports, Names: DependencyNames(s.Service).Where(outline.Includes).ToList())).ToList();

        // The application's own host starts after everything else, and nothing can wait for it.
        var waves = Waves(services.Where(static s => !s.Service.IsHost).Select(static s => (s.Service.Port.Name, s.Names)));
        waves = [.. waves, .. services.Where(static s => s.Service.IsHost).Select(static s => new EquatableArray<string>([s.Service.Port.Name]))];
        var waveOf = waves.SelectMany(static (wave, i) => wave.Select(name => (name, i))).ToDictionary(static w => w.name, static w => w.i, StringComparer.Ordinal);
        string[] others = [.. _input.Orphans.Select(static o => o.Problem), .. _referenced.Problems.Select(static p => p.Text)];
        return new ManifestModel
        {
            Ports = outline.Ports,
            Services = services.Select(s => new ManifestService
            {
                Ports = s.Ports,
                IsHost = s.Service.IsHost,
                IsRenamed = s.Service.IsReferenced && IsRenamed(s.Service),

                // Services in a cycle start side by side, if they start at all.
                DependsOn = s.Names.Where(d => waveOf[d] < waveOf[s.Service.Port.Name]).ToEquatableArray(),
            }).ToEquatableArray(),
            IsDeclared = _isDeclared || _input.Orphans.Any(),
            Waves = waves,
            Problems = outline.Problems.Concat(others.OrderBy(static p => p, StringComparer.Ordinal)).ToEquatableArray(),
            Broken = [.. outline.Broken, .. _input.Orphans.Select(static o => o.ToBroken())],
        };
    }

    private bool IsRenamed(ServiceModel service) => service.Ports.Any(static p => p.DeclaredName is not null)
        || service.DependsOn.Any(d => !_names.ContainsKey(d) || _services.Exists(s => s.TypeId == d && s.Port.DeclaredName is not null));

    private static EquatableArray<EquatableArray<string>> Waves(IEnumerable<(string Name, List<string> DependsOn)> services)
    {
        var dependsOn = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, needs) in services)
        {
            dependsOn.Add(name, needs);
        }

        var order = StartupOrder.Of(dependsOn);
        var inCycles = order.Cycles.SelectMany(static c => c).OrderBy(static n => n, StringComparer.Ordinal).ToEquatableArray();
        var waves = order.Waves.Select(static w => w.ToEquatableArray());
        return inCycles.Count == 0 ? waves.ToEquatableArray() : [.. waves, inCycles];
    }
}
