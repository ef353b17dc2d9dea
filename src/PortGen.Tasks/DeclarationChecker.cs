namespace PortGen.Tasks;

/// <summary>Applies the rules to the attributes in an assembly that no PortGen analyzer has seen, such as one in F# or Visual Basic.</summary>
internal static class DeclarationChecker
{
    /// <summary>Reports what is wrong with the project's own declarations, for Production and for Development. There is no line; the message names the type.</summary>
    public static IReadOnlyList<SettingsProblem> Check(IReadOnlyList<DeclaredPort> manifest)
    {
        var everywhere = Check(manifest, isDevelopment: false);
        return [.. everywhere, .. Check(manifest, isDevelopment: true).Except(everywhere).Select(static p => p.In("Development"))];
    }

    private static List<SettingsProblem> Check(IReadOnlyList<DeclaredPort> manifest, bool isDevelopment)
    {
        var names = new ServiceNames(manifest);
        PortSpec[] specs = [.. manifest.Select(p => EffectivePort.Merge(p, [], isDevelopment).Draft.ToSpec() with
        {
            DeclaredBy = ServiceNames.ClassOf(p),
            Primary = p.Primary,
            DependsOn = p.IsServicePort ? names.NeededBy(p) : [],
        })];

        // A library's own problems were reported when it was built.
        return [.. PortRules.Check(specs, generatedClass: null)
            .Where(p => p.Others.Append(p.Spec).Any(i => manifest[i].Registration is null))
            .Select(p => new SettingsProblem(p.Rule, "", 0, 0, $"{ServiceNames.ClassOf(manifest[p.Spec])}: {p.Message}"))];
    }
}
