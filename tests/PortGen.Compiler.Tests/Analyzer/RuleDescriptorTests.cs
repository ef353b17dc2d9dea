using Microsoft.CodeAnalysis;
using PortGen.Compiler.Rules;

namespace PortGen.Compiler.Tests.Analyzer;

/// <summary>What the compiler is told about each rule.</summary>
public sealed class RuleDescriptorTests
{
    [Fact]
    public void The_compiler_has_the_rules_about_declarations_classes_and_the_project_in_order()
    {
        Assert.Equal(["PG0", "PG1", "PG4"], RuleDescriptors.All.Select(static d => d.Id[..3]).Distinct());
        Assert.Equal(RuleDescriptors.All.Select(static d => d.Id).Order(StringComparer.Ordinal), RuleDescriptors.All.Select(static d => d.Id));
        Assert.All(RuleDescriptors.All, static d => Assert.Equal(("PortGen", true), (d.Category, d.IsEnabledByDefault)));
    }

    [Theory]
    [InlineData("PG0002", DiagnosticSeverity.Error)]
    [InlineData("PG0009", DiagnosticSeverity.Warning)]
    [InlineData("PG0012", DiagnosticSeverity.Info)]
    public void The_severity_is_the_rulebook_s(string id, DiagnosticSeverity severity) =>
        Assert.Equal(severity, RuleDescriptors.All.Single(d => d.Id == id).DefaultSeverity);

    [Fact]
    public void Only_a_service_of_another_generator_can_t_be_silenced() => Assert.Equal(
        ["PG1009"], RuleDescriptors.All.Where(static d => d.CustomTags.Contains(WellKnownDiagnosticTags.NotConfigurable)).Select(static d => d.Id));
}
