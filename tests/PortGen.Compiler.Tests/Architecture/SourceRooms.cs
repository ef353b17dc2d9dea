using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.Architecture;

/// <summary>A place in a room that uses a type of another.</summary>
/// <param name="From">The room that uses.</param>
/// <param name="To">The room that is used.</param>
/// <param name="Place">File and line, from src.</param>
/// <param name="Used">The type, or its member.</param>
internal sealed record RoomUse(string From, string To, string Place, string Used)
{
    public override string ToString() => $"{From} -> {To}: {Place} uses {Used}";
}

/// <summary>Something that only the operating system has, and where a source reaches for it.</summary>
internal sealed record PlatformUse(string Room, string Place, string Used)
{
    public override string ToString() => $"{Room}: {Place} has {Used}";
}

/// <summary>
/// Reads the sources of a project: which room uses which. A name counts for what it means to the compiler, so that no alias, no <c>var</c> and no
/// extension method hides what is used; a type of a package that can't be found here is of no room anyway.
/// </summary>
internal sealed class SourceRooms
{
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    private static readonly string s_source = Path.Combine(
        typeof(SourceRooms).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(static a => a.Key == "RepositoryRoot").Value!, "src");

    // Whatever is loaded here and the shared framework of ASP.NET Core. A project that links no file of the runtime sees the built one.
    private static readonly PortableExecutableReference[] s_references = [.. LoadReferences()];

    private readonly string _folder;
    private readonly Dictionary<SyntaxTree, string> _rooms;
    private readonly Compilation _compilation;

    private SourceRooms(string project, IEnumerable<(string Path, string Text)> files)
    {
        _folder = Path.Combine(s_source, project) + Path.DirectorySeparatorChar;
        var trees = files.Select(static f => CSharpSyntaxTree.ParseText(f.Text, Compilations.ParseOptions, f.Path)).ToList();
        _rooms = trees.ToDictionary(static t => t, t => RoomOf(t.FilePath));
        _compilation = CSharpCompilation.Create(
            project,
            [.. trees, CSharpSyntaxTree.ParseText(ImplicitUsings, Compilations.ParseOptions)],
            s_references.Where(r => Path.GetFileNameWithoutExtension(r.FilePath) != project),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>The rooms that have a file.</summary>
    public IReadOnlySet<string> Rooms => _rooms.Values.Where(static r => r != ProjectRooms.Shared).ToHashSet();

    /// <summary>The project as it is on disk.</summary>
    public static SourceRooms Read(string project) =>
        new(project, Files(project).Concat(ProjectRooms.All[project].LinksShared ? Files("Shared") : []).Select(static f => (f, File.ReadAllText(f))));

    /// <summary>A project of made-up files, by their paths in it.</summary>
    public static SourceRooms Of(params (string Path, string Text)[] files) =>
        new("Made.Up", files.Select(static f => (Path.Combine(s_source, "Made.Up", f.Path), f.Text)));

    /// <summary>Each use of a room by another, in the order of the files.</summary>
    public IReadOnlyList<RoomUse> Uses()
    {
        var uses = new List<RoomUse>();
        foreach (var (tree, room) in _rooms.Where(static r => r.Value != ProjectRooms.Shared).OrderBy(static r => r.Key.FilePath, StringComparer.Ordinal))
        {
            var model = _compilation.GetSemanticModel(tree);
            foreach (var node in tree.GetRoot().DescendantNodes(static n => n is not UsingDirectiveSyntax).Where(static n => n is SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax))
            {
                var info = model.GetSymbolInfo(node);
                if (TypeOf(info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) is { } type && RoomsOf(type) is { Count: > 0 } rooms && !rooms.Contains(room) && !rooms.Contains(ProjectRooms.Shared))
                {
                    uses.Add(new(room, rooms[0], Place(node), type.Name));
                }
            }
        }

        return uses;
    }

    /// <summary>Rooms that use each other, by whatever way round: each circle with an example of every step.</summary>
    public static IReadOnlyList<IReadOnlyList<RoomUse>> Circles(IReadOnlyList<RoomUse> uses)
    {
        var examples = uses.GroupBy(static u => (u.From, u.To)).ToDictionary(static g => g.Key, static g => g.First());
        var needs = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var room in uses.SelectMany(static u => new[] { u.From, u.To }).Distinct())
        {
            needs[room] = [.. examples.Keys.Where(a => a.From == room).Select(static a => a.To).Order(StringComparer.Ordinal)];
        }

        // Rooms are ordered as services are.
        return [.. StartupOrder.Of(needs).Cycles.Select(c => c.Select((room, i) => examples[(room, c[(i + 1) % c.Count])]).ToList())];
    }

    /// <summary>Every import from a native library, every path of /proc, every question which system this is.</summary>
    public IReadOnlyList<PlatformUse> PlatformUses()
    {
        var uses = new List<PlatformUse>();
        foreach (var (tree, room) in _rooms.Where(static r => r.Value != ProjectRooms.Shared))
        {
            foreach (var node in tree.GetRoot().DescendantNodesAndTokens())
            {
                if (PlatformUseOf(node) is { } used)
                {
                    uses.Add(new(room, Place(node), used));
                }
            }
        }

        return uses;
    }

    private static string? PlatformUseOf(SyntaxNodeOrToken node) => node.AsNode() switch
    {
        AttributeSyntax { Name: var name } when name.ToString().Split('.')[^1] is "DllImport" or "LibraryImport" => name.ToString(),
        MemberAccessExpressionSyntax { Expression: var type, Name.Identifier.ValueText: var member } when type.ToString() is "OperatingSystem" or "System.OperatingSystem" && member.StartsWith("Is", StringComparison.Ordinal) => node.ToString(),
        null when IsText(node.AsToken()) && node.AsToken().ValueText.Contains("/proc", StringComparison.Ordinal) => node.ToString(),
        _ => null,
    };

    private static bool IsText(SyntaxToken token) => token.Kind() is
        SyntaxKind.StringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.InterpolatedStringTextToken
        or SyntaxKind.Utf8StringLiteralToken or SyntaxKind.Utf8SingleLineRawStringLiteralToken or SyntaxKind.Utf8MultiLineRawStringLiteralToken;

    private static IEnumerable<string> Files(string project)
    {
        var folder = Path.Combine(s_source, project);
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(f => Path.GetRelativePath(folder, f).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"));
    }

    private static IEnumerable<PortableExecutableReference> LoadReferences()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var web = framework.Replace("Microsoft.NETCore.App", "Microsoft.AspNetCore.App", StringComparison.Ordinal);
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Concat(Directory.Exists(web) ? Directory.EnumerateFiles(web, "*.dll") : [])
            .DistinctBy(Path.GetFileName)
            .Select(static f => MetadataReference.CreateFromFile(f));
    }

    private static INamedTypeSymbol? TypeOf(ISymbol? symbol)
    {
        var type = symbol switch
        {
            IAliasSymbol alias => TypeOf(alias.Target),
            INamedTypeSymbol named => named,
            IArrayTypeSymbol { ElementType: INamedTypeSymbol element } => element,
            IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol => symbol.ContainingType,
            _ => null,
        };
        return type?.OriginalDefinition;
    }

    // A type in parts may be at home in several rooms.
    private List<string> RoomsOf(INamedTypeSymbol type) =>
        [.. type.DeclaringSyntaxReferences.Select(r => _rooms.GetValueOrDefault(r.SyntaxTree)).OfType<string>().Distinct()];

    private string RoomOf(string file)
    {
        if (!file.StartsWith(_folder, StringComparison.Ordinal))
        {
            return ProjectRooms.Shared;
        }

        var path = file[_folder.Length..].Split(Path.DirectorySeparatorChar);
        return path.Length == 1 ? ProjectRooms.Root : path[0];
    }

    private static string Place(SyntaxNodeOrToken node)
    {
        var location = node.GetLocation()!.GetLineSpan();
        return $"{Path.GetRelativePath(s_source, location.Path)}:{location.StartLinePosition.Line + 1}";
    }
}
