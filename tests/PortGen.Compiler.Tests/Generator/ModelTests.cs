using System.Collections;
using System.Reflection;
using CsCheck;
using Microsoft.CodeAnalysis;
using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.Generator;

/// <summary>What the generator keeps between two key strokes: comparable, and nothing that holds on to a compilation.</summary>
public sealed class ModelTests
{
    private const string Source = """
        [PortGen.PortService("a", Port = 2001, Range = "2001-2009", DependsOn = [typeof(B)], HealthPath = "/h", DevelopmentPort = 3001, Host = "*", Required = false)]
        [PortGen.AdditionalPort("c", Port = 2011)]
        public sealed class A : Base;

        [PortGen.PortService("b", Range = "2021-2029", Primary = true)]
        public sealed class B : Base;
        """;

    [Fact]
    public void No_step_keeps_a_compilation_a_symbol_a_node_or_a_place()
    {
        var library = Generation.ToReference("Lib", Sources.Base + Source.Replace("\"a\"", "\"x\"", StringComparison.Ordinal), asFile: false);
        var run = Generation.Driver().RunGenerators(
            Compilations.Create(Sources.Base + Source).AddReferences(library), TestContext.Current.CancellationToken).GetRunResult().Results.Single();
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var (name, steps) in run.TrackedSteps.Where(static s => TrackingNames.All.Contains(s.Key)))
        {
            foreach (var (value, _) in steps.SelectMany(static s => s.Outputs))
            {
                Walk(value, name, seen);
            }
        }

        // The walk must have got somewhere: models, arrays in models, records in arrays.
        Assert.Contains(seen, static o => o is DeclaredPort);
        Assert.Contains(seen, static o => o is Model.ManifestPort);
        Assert.True(seen.Count > 30, $"only {seen.Count} objects");
    }

    [Fact]
    public void The_walk_finds_what_it_looks_for()
    {
        var compilation = Compilations.Create(Source);
        object[] hidden = [compilation, compilation.Assembly, compilation.SyntaxTrees[0].GetRoot(TestContext.Current.CancellationToken), Location.None];
        Assert.All(hidden, static h => Assert.ThrowsAny<Exception>(() => Walk(new { Outer = new[] { new { Inner = h } } }, "", [])));
    }

    [Theory]
    [InlineData("2001,", "2002,")]
    [InlineData("2001-2009", "2001-2008")]
    [InlineData("typeof(B)", "typeof(Base)")]
    [InlineData("\"/h\"", "\"/i\"")]
    [InlineData("3001", "3002")]
    [InlineData("\"*\"", "\"localhost\"")]
    [InlineData("Required = false", "Required = true")]
    [InlineData("Primary = true", "Primary = false")]
    [InlineData("\"c\"", "\"d\"")]
    [InlineData("2011", "2012")]
    [InlineData("class A ", "class D ")]
    [InlineData("sealed class A : Base", "abstract class A : Base")]
    [InlineData("class B : Base", "class B")]
    public void Different_sources_give_different_models_and_equal_ones_equal_models(string text, string other)
    {
        Assert.Equal(Models(Source), Models(Source));
        Assert.Equal(Models(Source).GetHashCode(), Models(Source).GetHashCode());
        Assert.NotEqual(Models(Source), Models(Source.Replace(text, other, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_output_is_the_same_for_any_order_of_files_and_declarations()
    {
        var declarations = Enumerable.Range(0, 6).Select(static i => i == 5
            ? """[PortGen.PortService("s3", Port = 2003)] public sealed class Collides : Base;"""
            : Sources.Service(i)).ToArray();
        var expected = Output([.. declarations]);
        Gen.Shuffle(declarations).SelectMany(static d => Gen.Int[1, 6].Select(n => (Shuffled: d, Files: n))).Sample(
            s => Assert.Equal(expected, Output([.. s.Shuffled.Chunk(s.Files).Select(static c => string.Concat(c))])), iter: 100);
    }

    private static EquatableArray<Model.ServiceModel> Models(string source)
    {
        var run = Generation.Driver().RunGenerators(Compilations.Create(Sources.Base + source), TestContext.Current.CancellationToken).GetRunResult().Results.Single();
        var services = run.TrackedSteps[TrackingNames.Service].SelectMany(static s => s.Outputs).Select(static o => (Model.ServiceModel)o.Value);
        return EquatableArray.ToEquatableArray(services.OrderBy(static s => s.Port.Name, StringComparer.Ordinal));
    }

    private static string Output(string[] files) => Generation.Driver()
        .RunGenerators(Compilations.Create([Sources.Base, .. files]), TestContext.Current.CancellationToken)
        .GetRunResult().Results.Single().GeneratedSources[0].SourceText.ToString();

    private static void Walk(object? value, string path, HashSet<object> seen)
    {
        if (value is null || value.GetType().IsPrimitive || value is string or Enum || !seen.Add(value))
        {
            return;
        }

        // By "is": a location in a source file is a class derived from Location, a symbol some internal class.
        if (value is Compilation or ISymbol or SyntaxNode or SyntaxTree or Location or SemanticModel or MetadataReference)
        {
            Assert.Fail($"{path} keeps a {value.GetType().Name}");
        }

        if (value is IEnumerable items)
        {
            foreach (var item in items)
            {
                Walk(item, path + "[]", seen);
            }

            return;
        }

        for (var type = value.GetType(); type is not null; type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                Walk(field.GetValue(value), $"{path}.{field.Name}", seen);
            }
        }
    }
}
