using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PortGen.Compiler;
using PortGen.Compiler.Rules;

namespace PortGen.Benchmarks.Compiler;

/// <summary>Cold runs, runs after an edit by a primed driver, and the analyzers alone; beside the floor and two peers.</summary>
[MemoryDiagnoser]
public class GeneratorBenchmarks
{
    private static readonly ImmutableArray<DiagnosticAnalyzer> s_empty = [new EmptyAnalyzer()];
    private static readonly ImmutableArray<DiagnosticAnalyzer> s_portGen = [new PortServiceAnalyzer()];

    private Case _empty = null!;
    private Case _portGen = null!;
    private Case _mapperly = null!;
    private Case _mediator = null!;

    /// <summary>How many declarations the project has.</summary>
    [Params(10, 100, 1000)]
    public int Services { get; set; }

    [GlobalSetup]
    public void Prime()
    {
        var input = Inputs.PortGen(Services);
        _empty = new Case(new EmptyGenerator(), input);
        _portGen = new Case(new PortsGenerator(), input);
        _mapperly = new Case(Inputs.Load("Mapperly"), Inputs.Mapperly(Services));
        _mediator = new Case(Inputs.Load("Mediator"), Inputs.Mediator(Services));
        Expect(_portGen, 1);
        Expect(_mapperly, Services);
        Expect(_mediator, 1);
    }

    [Benchmark]
    public object Parsing() => _portGen.Input.ParseAll();

    [Benchmark]
    public object Cold_Empty() => _empty.Cold();

    [Benchmark]
    public object Cold_PortGen() => _portGen.Cold();

    [Benchmark]
    public object Cold_Mapperly() => _mapperly.Cold();

    [Benchmark]
    public object Cold_Mediator() => _mediator.Cold();

    [Benchmark]
    public object UnrelatedEdit_Empty() => _empty.Primed.RunGenerators(_empty.Input.UnrelatedEdit());

    [Benchmark]
    public object UnrelatedEdit_PortGen() => _portGen.Primed.RunGenerators(_portGen.Input.UnrelatedEdit());

    [Benchmark]
    public object UnrelatedEdit_Mapperly() => _mapperly.Primed.RunGenerators(_mapperly.Input.UnrelatedEdit());

    [Benchmark]
    public object UnrelatedEdit_Mediator() => _mediator.Primed.RunGenerators(_mediator.Input.UnrelatedEdit());

    [Benchmark]
    public object DeclarationEdit_Empty() => _empty.Primed.RunGenerators(_empty.Input.DeclarationEdit());

    [Benchmark]
    public object DeclarationEdit_PortGen() => _portGen.Primed.RunGenerators(_portGen.Input.DeclarationEdit());

    [Benchmark]
    public object DeclarationEdit_Mapperly() => _mapperly.Primed.RunGenerators(_mapperly.Input.DeclarationEdit());

    [Benchmark]
    public object DeclarationEdit_Mediator() => _mediator.Primed.RunGenerators(_mediator.Input.DeclarationEdit());

    [Benchmark]
    public object Analyzers_Empty() => Analyze(s_empty);

    [Benchmark]
    public object Analyzers_PortGen() => Analyze(s_portGen);

    // Over a fresh compilation, so with the binding of what the analyzers look at.
    private object Analyze(ImmutableArray<DiagnosticAnalyzer> analyzers) => new CompilationWithAnalyzers(_portGen.Input.Create(), analyzers, options: null)
        .GetAnalyzerDiagnosticsAsync(CancellationToken.None).GetAwaiter().GetResult();

    // A peer that finds nothing in its input would look fast.
    private static void Expect(Case @case, int sources)
    {
        var result = @case.Primed.GetRunResult().Results.Single();
        if (result.Exception is not null || result.GeneratedSources.Length < sources)
        {
            throw new InvalidOperationException($"{result.Generator.GetGeneratorType()} generated {result.GeneratedSources.Length} files; {result.Exception}");
        }
    }

    private sealed class Case(IIncrementalGenerator generator, Inputs input)
    {
        public Inputs Input { get; } = input;

        public GeneratorDriver Primed { get; } = Inputs.Driver(generator).RunGenerators(input.Compilation);

        public GeneratorDriver Cold() => Inputs.Driver(generator).RunGenerators(Input.Create());
    }
}
