using System.Globalization;
using System.Text;

namespace PortGen;

/// <summary>PG0005 and PG0011: names, and what is generated from them.</summary>
internal sealed class NameRules
{
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
            }
        }

        // Cures come last, when every good name is known, and take what they propose.
        foreach (var problem in broken)
        {
            problems.Add(problem with { Cures = [new(PortPart.Name, rules.Propose(ports[problem.Spec].Name, problem.Spec))] });
        }
    }

    private PortProblem? Check(int index)
    {
        var port = _ports[index];
        if (PortName.Defect(port.Name, _generatedClass) is { } defect)
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

    // The name as near to what was written as can be; with a number where that is taken.
    private string Propose(string name, int index)
    {
        var stem = Clean(name);
        var proposal = stem;
        for (var i = 2; PortName.Defect(proposal, _generatedClass) is not null || _byName.ContainsKey(proposal) || Collision(proposal) is not null; i++)
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
