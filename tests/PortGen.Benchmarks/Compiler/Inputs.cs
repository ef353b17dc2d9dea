using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace PortGen.Benchmarks.Compiler;

/// <summary>Projects of equal size for PortGen and its peers: so many declarations among a thousand other types, ten types a file.</summary>
internal sealed class Inputs
{
    private const int OtherTypes = 1000;
    private const int TypesPerFile = 10;

    private static readonly CSharpParseOptions s_options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest);

    private readonly MetadataReference[] _references;
    private readonly SyntaxTree _unrelatedEdit;
    private readonly SyntaxTree _declarationEdit;

    private Inputs(string preamble, Func<int, string> declaration, (string Text, string Other) edit, int count, params string[] libraries)
    {
        Sources = [preamble, .. Files(count, declaration), .. Files(OtherTypes, Other)];
        Trees = [.. Sources.Select((s, i) => Parse(s, i))];
        _references =
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(static p => Path.GetFileName(p) is var n && (n.StartsWith("System.", StringComparison.Ordinal) || n.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) || n is "netstandard.dll" or "PortGen.dll"))
                .Concat(libraries)
                .Select(static p => MetadataReference.CreateFromFile(p)),
        ];
        Compilation = Create();
        _unrelatedEdit = Parse(Sources[^1] + "class Added { int edited; }", Trees.Length - 1);
        _declarationEdit = Parse(Sources[1].Replace(edit.Text, edit.Other, StringComparison.Ordinal), 1);
    }

    public string[] Sources { get; }

    public SyntaxTree[] Trees { get; }

    public CSharpCompilation Compilation { get; }

    /// <summary>A compilation after an edit in a file without declarations. As after a key stroke it is a new one, in which nothing has been bound.</summary>
    public CSharpCompilation UnrelatedEdit() => Compilation.ReplaceSyntaxTree(Trees[^1], _unrelatedEdit);

    /// <summary>A new compilation after an edit of one declaration.</summary>
    public CSharpCompilation DeclarationEdit() => Compilation.ReplaceSyntaxTree(Trees[1], _declarationEdit);

    public static Inputs PortGen(int count) => new(
        """
        public abstract class Base : PortGen.IPortService
        {
            public System.Threading.Tasks.Task StartAsync(PortGen.PortLease lease, System.Threading.CancellationToken c) => System.Threading.Tasks.Task.CompletedTask;
            public System.Threading.Tasks.Task StopAsync(System.Threading.CancellationToken c) => System.Threading.Tasks.Task.CompletedTask;
        }
        """,
        static i => string.Create(CultureInfo.InvariantCulture, $$"""
            [PortGen.PortService("s{{i}}", Port = {{12000 + (i * 10)}}, Range = "{{12000 + (i * 10)}}-{{12009 + (i * 10)}}"{{(i % 10 == 0 ? "" : $", DependsOn = [typeof(S{i - 1})]")}})]
            public sealed class S{{i}} : Base { public int Kept => {{i}}; }
            """),
        ("Port = 12000", "Port = 12001"),
        count);

    public static Inputs Mapperly(int count) => new(
        "",
        static i => $$"""
            public class A{{i}} { public int X { get; set; } public string Y { get; set; } = ""; public long Z { get; set; } }
            public class B{{i}} { public int X { get; set; } public string Y { get; set; } = ""; public long Z { get; set; } }
            [Riok.Mapperly.Abstractions.Mapper] public partial class M{{i}} { public partial B{{i}} Map(A{{i}} a); }
            """,
        ("class A0 { public int X", "class A0 { public int W"),
        count,
        Metadata("MapperlyAbstractions"));

    public static Inputs Mediator(int count) => new(
        "",
        static i => $$"""
            public sealed record R{{i}}(int X) : Mediator.IRequest<int>;
            public sealed class H{{i}} : Mediator.IRequestHandler<R{{i}}, int>
            {
                public System.Threading.Tasks.ValueTask<int> Handle(R{{i}} request, System.Threading.CancellationToken c) => new(request.X);
            }
            """,
        ("record R0(int X) :", "record R00(int X) :"),
        count,
        Metadata("MediatorAbstractions"));

    /// <summary>A compilation in which nothing has been bound yet.</summary>
    public CSharpCompilation Create() => CSharpCompilation.Create(
        "Input", Trees, _references, new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

    public SyntaxTree[] ParseAll() => [.. Sources.Select((s, i) => Parse(s, i))];

    /// <summary>The generator of a peer, from its package.</summary>
    public static IIncrementalGenerator Load(string name)
    {
        var assembly = Assembly.LoadFrom(Metadata(name));
        return (IIncrementalGenerator)Activator.CreateInstance(
            assembly.GetTypes().Single(static t => typeof(IIncrementalGenerator).IsAssignableFrom(t) && !t.IsAbstract && t.GetCustomAttribute<GeneratorAttribute>() is not null))!;
    }

    public static GeneratorDriver Driver(IIncrementalGenerator generator) => CSharpGeneratorDriver.Create([generator.AsSourceGenerator()], parseOptions: s_options);

    private static IEnumerable<string> Files(int count, Func<int, string> declaration) => Enumerable.Range(0, count).Chunk(TypesPerFile)
        .Select(chunk => chunk.Aggregate(new StringBuilder(), (text, i) => text.AppendLine(declaration(i))).ToString());

    private static string Other(int i) => $$"""
        [System.Serializable] public class Other{{i}} { public int Value { get; set; } public string Text(int x) { var y = x + Value; return y.ToString(); } }
        """;

    private static SyntaxTree Parse(string source, int index) => CSharpSyntaxTree.ParseText(source, s_options, $"File{index}.cs", Encoding.UTF8);

    private static string Metadata(string key) => typeof(Inputs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value!;
}
