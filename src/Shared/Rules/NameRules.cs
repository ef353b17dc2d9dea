using System.Globalization;
using System.Text;

namespace PortGen;

/// <summary>PG0005, PG0011 and PG0015: names, and what is generated from them.</summary>
internal sealed class NameRules
{
    // Members of the generated class and of the running application, which a port's property of that name would hide or break.
    // Longer ones (AddPortServices, ReferenceEquals) are out of reach: a name has too few characters for them and their hyphens.
    private static readonly HashSet<string> s_generatedMembers = new(StringComparer.Ordinal)
    {
        "Manifest", "StartAll", "StartAllAsync", "RunAllAsync",
        "Services", "GetPort", "StopAsync", "DisposeAsync", "Dispose",
        "Equals", "GetHashCode", "GetType", "ToString", "Finalize",
    };

    private readonly IReadOnlyList<PortSpec> _ports;
    private readonly string? _generatedClass;
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _byIdentifier = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _byAlias = new(StringComparer.Ordinal);

    private NameRules(IReadOnlyList<PortSpec> ports, string? generatedClass)
    {
        _ports = ports;
        _generatedClass = generatedClass;
    }

    public static void Check(IReadOnlyList<PortSpec> ports, string? generatedClass, List<PortProblem> problems)
    {
        var rules = new NameRules(ports, generatedClass);
        var broken = new List<PortProblem>();
        for (var i = 0; i < ports.Count; i++)
        {
            if (rules.Check(i) is { } problem)
            {
                broken.Add(problem);
            }
            else
            {
                rules.Take(ports[i].Name, i);
                CheckKubernetes(ports[i].Name, i, problems);
            }
        }

        // Cures come last, when all valid names are known, and take what they propose.
        foreach (var problem in broken)
        {
            problems.Add(problem with { Cures = [new(PortPart.Name, rules.Propose(ports[problem.Spec].Name, problem.Spec))] });
        }
    }

    /// <summary>Whether a port's property of that name would collide with a member that is always generated.</summary>
    public static bool IsGeneratedMember(string identifier, string? generatedClass) => s_generatedMembers.Contains(identifier)
        || (generatedClass is not null && (identifier == generatedClass || identifier == "Running" + generatedClass));

    private PortProblem? Check(int index)
    {
        var port = _ports[index];
        if (Defect(port.Name) is { } defect)
        {
            return new(PortRule.InvalidName, index, PortPart.Name, [port.Name, defect]);
        }

        if (_byName.TryGetValue(port.Name, out var first))
        {
            return new(PortRule.DuplicateName, index, PortPart.Name, [port.Name, port.DeclaredBy, _ports[first].DeclaredBy]) { Others = [first] };
        }

        return Collision(port.Name) is not { } collision
            ? null
            : new(PortRule.InvalidName, index, PortPart.Name, [port.Name, collision.Reason]) { Others = [collision.Other] };
    }

    // PG0015: in every pod of the namespace a Service "auth" means AUTH_SERVICE_PORT, the variable of a port "auth-service".
    private static void CheckKubernetes(string name, int index, List<PortProblem> problems)
    {
        const string Suffix = "-service";
        if (name.EndsWith(Suffix, StringComparison.Ordinal))
        {
            var variable = PortName.ToVariable(name) + PortSetting.Port.AliasSuffix;
            problems.Add(new(PortRule.KubernetesName, index, PortPart.Name, [name, variable, name.Substring(0, name.Length - Suffix.Length)]));
        }
    }

    // What is wrong with the name by itself and what to do; null for a valid one.
    private string? Defect(string name)
    {
        if (!PortName.IsWellFormed(name))
        {
            return $"use 1 to {PortName.MaxLength} lower-case letters, digits and single inner hyphens, first a letter";
        }

        var identifier = PortName.ToIdentifier(name);
        if (IsGeneratedMember(identifier, _generatedClass))
        {
            return $"its generated property {identifier} would collide with a generated member; choose another name";
        }

        if (PortSetting.Globals.FirstOrDefault(s => string.Equals(s.Key, name, StringComparison.OrdinalIgnoreCase)) is { } setting)
        {
            return $"its configuration section would collide with the setting Ports:{setting.Key}; choose another name";
        }

        return null;
    }

    private (int Other, string Reason)? Collision(string name)
    {
        if (_byIdentifier.TryGetValue(PortName.ToIdentifier(name), out var other))
        {
            return (other, $"its generated property {PortName.ToIdentifier(name)} would also be that of '{_ports[other].Name}'; choose another name");
        }

        foreach (var alias in PortSetting.Aliases(name))
        {
            if (_byAlias.TryGetValue(alias, out other))
            {
                return (other, $"its environment variable {alias} would also be one of '{_ports[other].Name}'; choose another name");
            }
        }

        return null;
    }

    private void Take(string name, int index)
    {
        _byName[name] = index;
        _byIdentifier[PortName.ToIdentifier(name)] = index;
        foreach (var alias in PortSetting.Aliases(name))
        {
            _byAlias[alias] = index;
        }
    }

    // The valid name nearest to what was written; with a number if that is taken.
    private string Propose(string name, int index)
    {
        var stem = Clean(name);
        var proposal = stem;
        for (var i = 2; Defect(proposal) is not null || _byName.ContainsKey(proposal) || Collision(proposal) is not null; i++)
        {
            var suffix = "-" + i.ToString(CultureInfo.InvariantCulture);
            proposal = stem.Substring(0, Math.Min(stem.Length, PortName.MaxLength - suffix.Length)).TrimEnd('-') + suffix;
        }

        Take(proposal, index);
        return proposal;
    }

    // "HTTPServer_2" is "http-server-2".
    private static string Clean(string name)
    {
        var clean = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var c = char.ToLowerInvariant(name[i]);
            var isWordStart = char.IsUpper(name[i]) && i > 0 && (char.IsLower(name[i - 1]) || (char.IsUpper(name[i - 1]) && i + 1 < name.Length && char.IsLower(name[i + 1])));
            var isUsable = c is (>= 'a' and <= 'z') or (>= '0' and <= '9');
            if ((isWordStart || !isUsable) && clean.Length > 0 && clean[clean.Length - 1] != '-')
            {
                clean.Append('-');
            }

            if (isUsable)
            {
                clean.Append(c);
            }
        }

        if (clean.Length == 0 || clean[0] is < 'a' or > 'z')
        {
            clean.Insert(0, "port");
        }

        return clean.ToString(0, Math.Min(clean.Length, PortName.MaxLength)).TrimEnd('-');
    }
}
