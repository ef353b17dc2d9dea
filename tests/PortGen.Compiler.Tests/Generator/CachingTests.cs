using Microsoft.CodeAnalysis;
using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.Generator;

public sealed class CachingTests
{
    [Fact]
    public void After_an_unrelated_edit_no_step_runs_anew()
    {
        var library = Generation.ToReference("Lib", "namespace Lib;\n" + Sources.Base + Sources.Service(7).Replace(", DependsOn = [typeof(S6)]", "", StringComparison.Ordinal), asFile: true);
        var compilation = Compilations.Create(Sources.Base + Sources.Service(0) + Sources.Service(1), "class Unrelated;").AddReferences(library);
        var driver = Generation.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        var edited = compilation.ReplaceSyntaxTree(
            compilation.SyntaxTrees[1], Compilations.Parse("class Unrelated { int edited; }", "File1.cs"));

        Assert.Contains("PortDefinition S7 ", driver.GetRunResult().GeneratedTrees[0].ToString(), StringComparison.Ordinal);
        var steps = Steps(driver.RunGenerators(edited, TestContext.Current.CancellationToken));

        Assert.Equal(TrackingNames.All.Order(), steps.Keys.Order());

        // "Unchanged" is computed again with the same outcome; the references are not even looked at.
        Assert.All(steps[TrackingNames.Reference].Concat(steps[TrackingNames.ReferencedPorts]), static r => Assert.Equal(IncrementalStepRunReason.Cached, r));
        Assert.All(steps, static s => Assert.All(s.Value, static r => Assert.True(r is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged)));
    }

    [Fact]
    public void After_an_edit_in_the_service_s_own_file_that_changes_no_attribute_nothing_is_emitted_anew()
    {
        var compilation = Compilations.Create(Sources.Base + Sources.Service(0));
        var driver = Generation.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        var edited = compilation.ReplaceSyntaxTree(
            compilation.SyntaxTrees[0], Compilations.Parse("// a line above\n" + Sources.Base + Sources.Service(0), "File0.cs"));

        var steps = Steps(driver.RunGenerators(edited, TestContext.Current.CancellationToken));

        Assert.All(steps[TrackingNames.Output], static r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }

    [Fact]
    public void An_edit_of_one_service_emits_once()
    {
        var compilation = Compilations.Create(Sources.Base + Sources.Service(0), Sources.Service(1));
        var driver = Generation.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        var edited = compilation.ReplaceSyntaxTree(
            compilation.SyntaxTrees[1],
            Compilations.Parse(Sources.Service(1).Replace("2001", "2002", StringComparison.Ordinal), "File1.cs"));

        var steps = Steps(driver.RunGenerators(edited, TestContext.Current.CancellationToken));

        Assert.Equal([IncrementalStepRunReason.Modified], steps[TrackingNames.Output]);
        Assert.Single(steps[TrackingNames.Service], static r => r == IncrementalStepRunReason.Modified);
    }

    private static Dictionary<string, List<IncrementalStepRunReason>> Steps(GeneratorDriver driver) => driver.GetRunResult().Results.Single().TrackedSteps
        .Where(static s => TrackingNames.All.Contains(s.Key))
        .ToDictionary(static s => s.Key, static s => s.Value.SelectMany(static r => r.Outputs).Select(static o => o.Reason).ToList());
}
