using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using PortGen.Package.Tests.Support;

namespace PortGen.Package.Tests.Contents;

/// <summary>
/// What is loaded by the compiler or by MSBuild refers only to what these have, in no newer a version. A wrong reference shows nowhere but
/// in somebody else's editor, as a generator that isn't there.
/// </summary>
public sealed class HostReferenceTests(LocalFeed feed)
{
    // Roslyn 5.0, the compiler of the SDK 10.0.100, and what it brings along where it runs on .NET Framework, in Visual Studio.
    private static readonly Dictionary<string, Version> s_compiler = new(StringComparer.Ordinal)
    {
        ["netstandard"] = new(2, 0, 0, 0),
        ["Microsoft.CodeAnalysis"] = new(5, 0, 0, 0),
        ["Microsoft.CodeAnalysis.CSharp"] = new(5, 0, 0, 0),
        ["System.Collections.Immutable"] = new(9, 0, 0, 0),
        ["System.Reflection.Metadata"] = new(9, 0, 0, 0),
        ["System.Memory"] = new(4, 0, 2, 0),
    };

    // An editor has these besides, which the compiler on the command line has not.
    private static readonly Dictionary<string, Version> s_editor = new(s_compiler, StringComparer.Ordinal)
    {
        ["Microsoft.CodeAnalysis.Workspaces"] = new(5, 0, 0, 0),
        ["Microsoft.CodeAnalysis.CSharp.Workspaces"] = new(5, 0, 0, 0),
        ["System.Composition.AttributedModel"] = new(9, 0, 0, 0),
        ["PortGen.Compiler"] = new(999, 0, 0, 0),
    };

    // MSBuild 18.0 on .NET Framework binds these; on .NET the shared framework has newer ones of all.
    private static readonly Dictionary<string, Version> s_msbuild = new(StringComparer.Ordinal)
    {
        ["netstandard"] = new(2, 0, 0, 0),
        ["Microsoft.Build.Framework"] = new(15, 1, 0, 0),
        ["Microsoft.Build.Utilities.Core"] = new(15, 1, 0, 0),
        ["System.Collections.Immutable"] = new(9, 0, 0, 0),
        ["System.Reflection.Metadata"] = new(9, 0, 0, 0),
        ["System.Text.Json"] = new(9, 0, 0, 0),
        ["System.Text.Encodings.Web"] = new(9, 0, 0, 0),
        ["System.Memory"] = new(4, 0, 2, 0),
    };

    [Fact]
    public void The_compiler_part_refers_to_what_the_compiler_has() => AssertSupplied("analyzers/dotnet/roslyn5.0/cs/PortGen.Compiler.dll", s_compiler);

    [Fact]
    public void The_code_fixes_refer_to_what_an_editor_has() => AssertSupplied("analyzers/dotnet/roslyn5.0/cs/PortGen.CodeFixes.dll", s_editor);

    [Fact]
    public void The_task_refers_to_what_MSBuild_has() => AssertSupplied("tasks/netstandard2.0/PortGen.Tasks.dll", s_msbuild);

    // The SDK that runs this test is such a host itself.
    [Fact]
    public void This_SDK_has_what_the_task_and_the_compiler_part_refer_to()
    {
        var sdk = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var root = Path.GetFullPath(Path.Combine(sdk, "..", "..", ".."));
        var folders = Directory.EnumerateDirectories(Path.Combine(root, "sdk")).SelectMany(static f => new[] { f, Path.Combine(f, "Roslyn", "bincore") }).Append(sdk).Where(Directory.Exists).ToList();
        foreach (var (name, version) in References("tasks/netstandard2.0/PortGen.Tasks.dll").Concat(References("analyzers/dotnet/roslyn5.0/cs/PortGen.Compiler.dll")))
        {
            var found = folders.Select(f => Path.Combine(f, name + ".dll")).Where(File.Exists).Select(static f => System.Reflection.AssemblyName.GetAssemblyName(f).Version).Max();
            Assert.True(found >= version, $"{name} {version}: this SDK has {found}");
        }
    }

    private void AssertSupplied(string path, Dictionary<string, Version> host) => Assert.All(References(path), reference =>
    {
        Assert.True(host.TryGetValue(reference.Name, out var version), $"nobody supplies {reference.Name}");
        Assert.True(reference.Version <= version, $"{reference.Name} {reference.Version} is newer than {version}");
    });

    private List<(string Name, Version Version)> References(string path)
    {
        using var package = ZipFile.OpenRead(Path.Combine(feed.Folder, $"PortGen.{LocalFeed.Version}.nupkg"));
        using var content = new MemoryStream();
        using (var stream = package.GetEntry(path)!.Open())
        {
            stream.CopyTo(content);
        }

        content.Position = 0;
        using var image = new PEReader(content);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(metadata.GetAssemblyReference).Select(r => (metadata.GetString(r.Name), r.Version))];
    }
}
