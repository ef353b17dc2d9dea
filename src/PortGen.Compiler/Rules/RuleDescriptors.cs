using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace PortGen.Compiler.Rules;

/// <summary>The compiler's view of the rulebook.</summary>
internal static class RuleDescriptors
{
    private const string Category = "PortGen";

    private static readonly Dictionary<string, DiagnosticDescriptor> s_byId = PortRule.All
        .Where(static r => r.Id.StartsWith("PG0", StringComparison.Ordinal) || r.Id.StartsWith("PG1", StringComparison.Ordinal))
        .ToDictionary(static r => r.Id, Create);

    public static readonly ImmutableArray<DiagnosticDescriptor> All = [.. s_byId.Values.OrderBy(static d => d.Id, StringComparer.Ordinal)];

    public static DiagnosticDescriptor Of(PortRule rule) => s_byId[rule.Id];

    private static DiagnosticDescriptor Create(PortRule rule) =>
        new(rule.Id, rule.Title, rule.MessageFormat, Category, ToSeverity(rule.Severity), isEnabledByDefault: true, helpLinkUri: rule.HelpLink);

    private static DiagnosticSeverity ToSeverity(PortRuleSeverity severity) => severity switch
    {
        PortRuleSeverity.Error => DiagnosticSeverity.Error,
        PortRuleSeverity.Warning => DiagnosticSeverity.Warning,
        _ => DiagnosticSeverity.Info,
    };
}
