using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace PortGen.Compiler.Rules;

/// <summary>The compiler's view of the rulebook.</summary>
internal static class RuleDescriptors
{
    private const string Category = "PortGen";

    // What the compiler knows: classes and their attributes, and the project's properties.
    private static readonly Dictionary<string, DiagnosticDescriptor> s_byId = PortRule.All.Where(static r => r.Id[2] is '0' or '1' or '4')
        .ToDictionary(static r => r.Id, static r => Create(r, prefix: ""));

    private static readonly Dictionary<string, DiagnosticDescriptor> s_ofDevelopment = PortRule.All.Where(static r => r.Id[2] == '0')
        .ToDictionary(static r => r.Id, static r => Create(r, "In Development: "));

    public static readonly ImmutableArray<DiagnosticDescriptor> All = [.. s_byId.Values.OrderBy(static d => d.Id, StringComparer.Ordinal)];

    /// <summary>The rule's descriptor; with its own wording for problems that occur only in Development.</summary>
    public static DiagnosticDescriptor Of(PortRule rule, bool isOfDevelopment = false) => (isOfDevelopment ? s_ofDevelopment : s_byId)[rule.Id];

    private static DiagnosticDescriptor Create(PortRule rule, string prefix) =>
        new(rule.Id, rule.Title, prefix + rule.MessageFormat, Category, ToSeverity(rule.Severity), isEnabledByDefault: true, helpLinkUri: rule.HelpLink, customTags: Tags(rule));

    // Nothing is generated for a service from another generator, so nothing could reject it later.
    private static string[] Tags(PortRule rule) => rule == PortRule.GeneratedService ? [WellKnownDiagnosticTags.NotConfigurable, WellKnownDiagnosticTags.CompilationEnd] : [];

    private static DiagnosticSeverity ToSeverity(PortRuleSeverity severity) => severity switch
    {
        PortRuleSeverity.Error => DiagnosticSeverity.Error,
        PortRuleSeverity.Warning => DiagnosticSeverity.Warning,
        _ => DiagnosticSeverity.Info,
    };
}
